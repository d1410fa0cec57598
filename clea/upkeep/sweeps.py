"""What a crash, or time, leaves behind, and who puts it right: the rounds of ``manage.py menage``.

Each app adds its own from ``AppConfig.ready``. A round finds by itself what is left, may run twice without
harm, beside the program at work, and answers how many things it did, or would do (``dry_run``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """How old a thing must be before nobody is believed to work on it; whether to count only."""

    older_than: timedelta
    dry_run: bool = False


Sweep = Callable[[Plan], int]


@dataclass(frozen=True)
class Done:
    """What one round did; ``count`` is ``None`` when it failed, which the log tells."""

    words: str
    count: int | None


_sweeps: dict[str, tuple[_StrPromise | str, Sweep]] = {}


def register(name: str, words: _StrPromise | str, act: Sweep) -> None:
    """Add a round; ``words`` say what it counts. The same name replaces."""
    _sweeps[name] = (words, act)


def run(plan: Plan) -> dict[str, Done]:
    """Every round, in the order they were added. One that fails does not keep the others from running."""
    done: dict[str, Done] = {}
    for name, (words, act) in _sweeps.items():
        count: int | None = None
        try:
            count = act(plan)
        except Exception:
            log.exception("the round %s of upkeep failed", name)
        done[name] = Done(str(words), count)
    return done
