"""Beside pretalx 2026.2.1: the same work on the same data shape, on the same machine, asked in turn by the same client.

``PEER=folder make bench ARGS="--only peer_pretalx"``. The folder is a virtual environment made beforehand, outside of
this project, with Python 3.13 (pretalx asks for it):

    python3.13 -m venv FOLDER
    FOLDER/bin/pip install pretalx==2026.2.1 gunicorn==27.0.1 'psycopg[binary]==3.3.9'

pretalx keeps its cache and sessions in Redis: ``redis-server`` is looked for in FOLDER/bin, then on the path. Both
products run two web processes on the same PostgreSQL (ours with four threads each, as its deployment says; pretalx
with gunicorn's plain ones, as its documentation says), no proxy in front. Its rows are those of
:mod:`bench.peer_pretalx_rows`. Queries are counted by Django's test client for pretalx, by the bench's middleware here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from bench import addresses
from bench.figures import Figure
from bench.load import Ask, look, ready, rounds
from bench.site import HOST, ROOT, Bench, alone, answers, end_with_us, free_port, made_on_the_cluster, stop

PART = "peer_pretalx"
VERSION = "2026.2.1"
#: What is compared, and our page for it. The issue asks five times the throughput of the first two and of the export.
OURS = {
    "coordinator's list, 50 of 300": "desk: list of dossiers",
    "juror's desk": "juror's desk",
    "one review page": "one review page",
    "public call page": "call",
    "export of reviews": "",
}
FASTER = {"coordinator's list, 50 of 300": 5.0, "juror's desk": 5.0, "export of reviews": 5.0}
SECONDS, READY_WITHIN = 2.0, 120
TOKEN = "a" * 32  # of a form, in its cookie and in its field


@dataclass
class Side:
    """One thing to ask of each, and what was counted."""

    name: str
    theirs: Ask
    ours: Ask


def run(bench: Bench) -> list[Figure]:
    """Throughput and queries of five pages beside pretalx's, S, PostgreSQL. Nothing without PEER."""
    if "PEER" not in os.environ:
        return []
    ready()
    folder = Path(os.environ["PEER"]).resolve()
    number = 1 if bench.quick else min(bench.rounds, 3)
    with tempfile.TemporaryDirectory(prefix="clea-peer-") as name, started(folder, Path(name), bench) as (peer, rows):
        sides = list(compared(bench, peer, rows))
        client = rounds([ask for side in sides for ask in (side.theirs, side.ours)], number, SECONDS, tell=print)
    return [figure for side in sides for figure in figures(side, number, client.share)]


def figures(side: Side, number: int, share: float) -> Iterator[Figure]:
    theirs, ours = side.theirs, side.ours
    note = (
        f"{ours.rate:.1f} beside {theirs.rate:.1f} requests/s, {ours.ms:.0f} beside {theirs.ms:.0f} ms alone; "
        f"medians of {number} interleaved rounds, the client took {share:.0%}"
    )
    yield Figure(
        PART, f"{side.name}: throughput beside pretalx {VERSION}", round(ours.rate / theirs.rate, 1), "×",
        FASTER.get(side.name, 1.0), at_least=True, note=note,
    )  # fmt: skip
    note = f"pretalx asks {theirs.queries}; {ours.size // 1024} KB beside {theirs.size // 1024} KB"
    yield Figure(PART, f"{side.name}: queries", ours.queries, "", theirs.queries - 1, note=note)


def compared(bench: Bench, peer: Bench, rows: list[dict[str, Any]]) -> Iterator[Side]:
    listed = subprocess.run(
        [sys.executable, "-m", "bench.addresses"], cwd=ROOT, env=bench.environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    pages = {page.label: page for page in addresses.read(listed.stdout)}
    for row in rows:
        page = pages.get(OURS[row["name"]])
        theirs = Ask(f"pretalx: {row['name']}", peer, row["path"], row["cookie"], body=form(row))
        if page is not None:
            ours = Ask(row["name"], bench, page.path, page.cookie)
        elif not OURS[row["name"]]:
            ours = export_of(bench)
        else:
            continue
        look(ours)
        look(theirs)
        theirs.queries = row["queries"]
        yield Side(row["name"], theirs, ours)


def form(row: dict[str, Any]) -> Any:
    """The export of pretalx is a form that is sent."""
    if not row["post"]:
        return None
    body = urlencode(row["post"] | {"csrfmiddlewaretoken": TOKEN})
    cookie = f"{row['cookie']}; pretalx_csrftoken={TOKEN}"
    return lambda _sender, _turn: (row["path"], cookie, body)


def export_of(bench: Bench) -> Ask:
    """Every reading of the jury that reads most, as a table: a form that is sent too."""
    bench.setup()
    from django.db.models import Count
    from django.urls import reverse
    from proofs import machines

    from candidatures.models import Jury

    jury = Jury.objects.annotate(read=Count("jurors__reviews")).order_by("-read", "pk").first()
    assert jury is not None
    path, cookie = reverse("admin:candidatures_jury_export", args=[jury.uuid]), bench.cookie()
    body = urlencode({"form": "lectures.csv", "csrfmiddlewaretoken": machines.CSRF})
    return Ask("export of reviews", bench, path, cookie, body=lambda _sender, _turn: (path, cookie, body))


# Their product ------------------------------------------------------------------------------------


@contextmanager
def started(folder: Path, work: Path, bench: Bench) -> Iterator[tuple[Bench, list[dict[str, Any]]]]:
    """pretalx with its rows, two web processes and a Redis of its own, ended and thrown away after."""
    os.environ.setdefault("DATABASE_URL", bench.environment["DATABASE_URL"])
    database = urlsplit(made_on_the_cluster("bench_pretalx"))
    asked = {name: values[0] for name, values in parse_qs(database.query).items()}
    port, redis = free_port(), work / "redis.sock"
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}} | {
        "DJANGO_SETTINGS_MODULE": "pretalx.settings",
        "PRETALX_DB_TYPE": "postgresql",
        "PRETALX_DB_NAME": database.path.lstrip("/"),
        "PRETALX_DB_HOST": database.hostname or asked.get("host", ""),
        "PRETALX_DB_USER": database.username or asked.get("user", ""),
        "PRETALX_DB_PASS": database.password or "",
        "PRETALX_REDIS": f"unix://{redis}?db=1",
        "PRETALX_SITE_URL": f"http://{HOST}:{port}",
        "PRETALX_DEBUG": "False",
    }
    for name in ("logs", "media", "static"):
        (work / name).mkdir()
        environment[f"PRETALX_FILESYSTEM_{name.upper()}"] = str(work / name)
    python, log = str(folder / "bin" / "python"), (work / "bench.log").open("ab")

    def start(*command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command, cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            preexec_fn=end_with_us,
        )  # fmt: skip

    def done(*command: str) -> str:
        ended = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise SystemExit(f"pretalx: {' '.join(command[1:3])} failed:\n{ended.stderr[-3000:]}")
        return ended.stdout

    with ExitStack() as stack:
        stack.callback(log.close)
        server = shutil.which("redis-server", path=f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}")
        if server is None:
            raise SystemExit("pretalx needs redis-server, in PEER/bin or on the path.")
        stack.callback(stop, start(server, "--port", "0", "--unixsocket", str(redis), "--save", "", "--dir", str(work)))
        done(python, "-m", "pretalx", "migrate")
        done(python, "-m", "pretalx", "rebuild")
        rows = json.loads(done(python, str(Path(__file__).with_name("peer_pretalx_rows.py"))).splitlines()[-1])
        web = start(python, "-m", "gunicorn", "-w", "2", "-b", f"{HOST}:{port}", "pretalx.wsgi")
        stack.callback(stop, web)
        peer = replace(bench, base_url=f"http://{HOST}:{port}", master=web.pid, folder=work, environment=environment)
        await_answer(peer, web, rows[0]["path"])
        yield peer, rows


def await_answer(peer: Bench, web: subprocess.Popen[bytes], path: str) -> None:
    import time

    for _turn in range(READY_WITHIN * 4):
        if answers(f"{peer.base_url}{path}"):
            return
        if web.poll() is not None:
            break
        time.sleep(0.25)
    text = (peer.folder / "bench.log").read_text(encoding="utf-8", errors="replace")
    raise SystemExit(f"pretalx did not start:\n{re.sub(r'(?m)^$', '', text)[-3000:]}")


if __name__ == "__main__":
    alone(run)
