"""What an operator watches, in the text format of Prometheus, at ``/sante/mesures/``.

Two kinds of figures. Requests are counted by each process: on one machine, gunicorn's processes share a folder
(``deploy/gunicorn.conf.py``); each machine is read apart, and the reader adds them up. What waits (tasks, mails, long
work, files) is read from the database, so that every machine answers the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

#: The parts of the site that have a line of their own; the rest is "public".
SPACES = frozenset(
    {"candidatures", "jury", "ma-residence", "ma-structure", "coordination", "compte", "fichiers", "sante"}
)
METHODS = frozenset({"GET", "HEAD", "POST"})

REQUESTS = Counter("clea_requests_total", "Requests answered.", ["method", "space", "status"])
DURATION = Histogram(
    "clea_request_seconds",
    "Time to make an answer, before it is sent.",
    ["space"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


@dataclass(frozen=True)
class Gauge:
    """A figure read from the database when it is asked for: ``read`` gives (labels' values, value) pairs."""

    name: str
    meaning: str
    read: Callable[[], Iterable[tuple[tuple[str, ...], float]]]
    labels: tuple[str, ...] = field(default=())


_gauges: dict[str, Gauge] = {}


def register(gauge: Gauge) -> None:
    """Add a figure, from an ``AppConfig.ready``. The same name replaces."""
    _gauges[gauge.name] = gauge


def observe(*, method: str, space: str, status: int, seconds: float) -> None:
    """Count one answer. ``space``: the first part of its route."""
    space = space if space in SPACES else "public"
    REQUESTS.labels(method if method in METHODS else "other", space, str(status)).inc()
    DURATION.labels(space).observe(seconds)


class _State:
    """The gauges, asked one after the other."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in _gauges.values():
            family = GaugeMetricFamily(gauge.name, gauge.meaning, labels=gauge.labels)
            for labels, value in gauge.read():
                family.add_metric(labels, value)
            yield family


def text() -> bytes:
    """Every figure, as a reader of Prometheus takes it. One query a gauge at most."""
    registry = CollectorRegistry()
    registry.register(_State())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(DURATION)
    return generate_latest(registry)
