"""Measure public pages against an empty Django view on the same server.

Two gunicorn workers serve the demonstration with the production settings, on SQLite unless
DATABASE_URL says otherwise (scripts/with_postgres.sh .venv/bin/python scripts/bench.py). Rounds
are interleaved, the empty view among the pages, so that whatever else the machine does weighs on
all alike; what is shown is the median of the rounds. The client runs on the same machine: its own
share of processor time is printed, and is part of every figure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
HOST = "127.0.0.1"
EMPTY = "empty view"


@dataclass
class Page:
    """One address and what its rounds measured."""

    label: str
    path: str
    size: int = 0  # bytes of the body
    rates: list[float] = field(default_factory=list)  # requests a second, one figure a round
    times: list[float] = field(default_factory=list)  # milliseconds, one figure a request

    def rate(self) -> float:
        return statistics.median(self.rates)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> bytes:
    """One whole answer, headers included, on a connection of its own. Raises on anything but 200."""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\nAccept-Language: fr\r\n\r\n"
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall(request.encode())
        parts = []
        while part := connection.recv(1 << 16):
            parts.append(part)
    answer = b"".join(parts)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"{path} answered {answer[:60]!r}")
    return answer


def measure(port: int, page: Page, seconds: float, clients: int) -> None:
    """One round: ``clients`` visitors ask again and again for that many seconds."""
    lock = threading.Lock()
    counts: list[int] = []
    faults: list[BaseException] = []
    until = time.perf_counter() + seconds

    def visit() -> None:
        own: list[float] = []
        try:
            while (before := time.perf_counter()) < until:
                get(port, page.path)
                own.append((time.perf_counter() - before) * 1000)
        except (OSError, SystemExit) as fault:
            faults.append(fault)
        with lock:
            counts.append(len(own))
            page.times.extend(own)

    started = time.perf_counter()
    visitors = [threading.Thread(target=visit) for _ in range(clients)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    if faults:
        raise SystemExit(f"{page.path}: {faults[0]}")
    page.rates.append(sum(counts) / (time.perf_counter() - started))


def manage(environment: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def environments(folder: Path, port: int) -> tuple[dict[str, str], dict[str, str]]:
    """The environment that fills the demonstration, and the one that serves it as in production."""
    common = {
        **os.environ,
        "VAR_DIR": str(folder),
        "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'bench.sqlite3'}",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "EMAIL_URL": "dummymail://",
        "PYTHONPATH": str(ROOT),
    }
    fill = {**common, "DEBUG": "true", "TASKS_IMMEDIATE": "true"}
    serve = {
        **common,
        "DEBUG": "false",
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"http://{HOST}:{port}",
        "SECURE_SSL_REDIRECT": "false",
        "STAFF_SECOND_FACTOR": "true",
        "DJANGO_SETTINGS_MODULE": "scripts.bench_settings",
    }
    return fill, serve


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and server.poll() is None:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{port}/bench/empty/", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("gunicorn did not start.")


def pages_of(port: int) -> list[Page]:
    """The pages that everyone reads; the call is the first one of the list of calls."""
    pages = [Page(EMPTY, "/bench/empty/"), Page("home", "/"), Page("calls", "/appels/")]
    found = re.search(rb'href="(/appels/[a-z0-9-]+/)"', get(port, "/appels/"))
    if found is None:
        raise SystemExit("The demonstration has no call to measure.")
    pages += [Page("call", found[1].decode()), Page("territory", "/territoire/")]
    for page in pages:
        page.size = len(get(port, page.path).partition(b"\r\n\r\n")[2])
    return pages


def report(pages: list[Page], cpu_per_request: float) -> dict[str, object]:
    reference = next(page for page in pages if page.label == EMPTY).rate()
    rows = [
        {
            "page": page.label,
            "path": page.path,
            "bytes": page.size,
            "requests_per_second": round(page.rate(), 1),
            "median_ms": round(statistics.median(page.times), 2),
            "p95_ms": round(statistics.quantiles(page.times, n=20)[-1], 2),
            "share_of_empty": round(page.rate() / reference, 3),
            "requests": len(page.times),
        }
        for page in pages
    ]
    print(f"\n{'page':<12}{'req/s':>9}{'median ms':>11}{'p95 ms':>9}{'bytes':>9}{'of empty':>10}{'requests':>10}")
    for row in rows:
        print(
            f"{row['page']:<12}{row['requests_per_second']:>9}{row['median_ms']:>11}{row['p95_ms']:>9}"
            f"{row['bytes']:>9}{row['share_of_empty']:>10}{row['requests']:>10}"
        )
    print(f"The client took {cpu_per_request:.2f} ms of processor a request, on the same machine.\n")
    return {"workers": WORKERS, "client_cpu_ms": round(cpu_per_request, 3), "pages": rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="of one page in one round")
    parser.add_argument("--clients", type=int, default=4, help="visitors at the same time")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="clea-bench-") as name:
        folder, port = Path(name), free_port()
        fill, serve = environments(folder, port)
        print("Filling the demonstration ...", flush=True)
        for command in (["migrate", "--verbosity", "0"], ["createcachetable"], ["demo"]):
            manage(fill, *command)
        manage(serve, "collectstatic", "--no-input", "--verbosity", "0")
        server = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "clea.wsgi:application",
                "--bind", f"{HOST}:{port}", "--workers", str(WORKERS), "--log-level", "warning",
            ],
            cwd=ROOT,
            env=serve,
        )  # fmt: skip
        try:
            wait_for(port, server)
            pages = pages_of(port)
            for page in pages:  # each worker compiles its templates once
                measure(port, page, 0.5, options.clients)
                page.rates.clear()
                page.times.clear()
            cpu = time.process_time()
            for number in range(options.rounds):
                # Another order each round: no page always follows the same one.
                for page in pages[number % len(pages) :] + pages[: number % len(pages)]:
                    measure(port, page, options.seconds, options.clients)
            cpu = time.process_time() - cpu
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
    figures = report(pages, cpu * 1000 / sum(len(page.times) for page in pages))
    figures["database"] = "postgresql" if serve["DATABASE_URL"].startswith("postgres") else "sqlite"
    text = json.dumps(figures, indent=2)
    print(text)
    if options.json:
        options.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
