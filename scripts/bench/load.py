"""Ask for pages again and again, in interleaved rounds, with ApacheBench (``ab``).

Why ``ab``: it is kept by the Apache project and by Debian's security team, and is written in C: of the two cores it
takes a few hundredths, where a client in Python would take half of one. It speaks HTTP/1.0 with connections kept
alive, as nginx keeps them to gunicorn in production. It sends one and the same body for ever: a form that must say
something new each time is sent by threads of ours (``Ask.body``).
"""

from __future__ import annotations

import http.client
import os
import re
import resource
import shutil
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.site import HOST, Bench

#: Visitors at the same time: both processes of gunicorn have some, whichever took the first connections.
CLIENTS = 8
#: Connections of a form that is sent: each has its own subject.
SENDERS = 4
LONGEST = 60  # seconds, of one round of one page
SLOW = 1500.0  # milliseconds of requests alone, beyond which a round sends no other
CLOCK = os.sysconf("SC_CLK_TCK")
#: What a browser says.
HEADERS = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "fr", "Accept": "text/html"}


@dataclass
class Ask:
    """One thing to ask of one product, and what its rounds measured."""

    label: str
    bench: Bench
    path: str
    cookie: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200  # the only one that counts as an answer
    variant: str = ""  # of the same page: without cache, conditional
    #: A form to send: its path and body, for the sender and the turn. None: a GET by ``ab``.
    body: Callable[[int, int], tuple[str, str, str]] | None = None
    #: Filled by the rounds.
    count: int = 0  # requests of one round
    rates: list[float] = field(default_factory=list)  # requests a second, one a round
    times: list[float] = field(default_factory=list)  # milliseconds of a request alone, one a round
    cpu: list[float] = field(default_factory=list)  # milliseconds of the web processes a request, one a round
    queries: int = -1
    size: int = 0

    def sent(self) -> dict[str, str]:
        return HEADERS | self.headers | ({"Cookie": self.cookie} if self.cookie else {})

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def ms(self) -> float:
        return statistics.median(self.times)


class Failed(Exception):
    """The page did not answer what it should."""


def look(ask: Ask) -> None:
    """The status, the queries and the size. Raises :class:`Failed` on any other status than the one due.

    A page is asked three times: what a process reads once in its life is not what the page costs.
    """
    for turn in range(1 if ask.body is not None else 3):
        if ask.body is not None:
            status, headers, body = _send(ask, *ask.body(0, 0), count=True)
        else:
            status, headers, body = one(ask.bench, ask.path, ask.sent() | {"X-Count-Queries": "1"})
        if status != ask.status:
            said = f": {ask.bench.log()[-500:]}" if status >= 500 else ""
            raise Failed(f"{ask.path} answered {status}, not {ask.status}{said}")
        queries = int(headers.get("x-queries", -1))
        ask.queries = queries if turn == 0 else min(queries, ask.queries)
        ask.size = len(body)


def one(bench: Bench, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, _port(bench), timeout=LONGEST)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def rounds(asks: Sequence[Ask], number: int, seconds: float, tell: Callable[[str], None] = print) -> Client:
    """Warm, settle how many requests make ``seconds`` of each, then ask for all in turn, another first each round."""
    client = Client()
    for ask in asks:
        rate = send(ask, CLIENTS if ask.body is None else SENDERS)
        if rate > CLIENTS * 4:
            rate = send(ask, min(400, round(rate * 0.2)))
        ask.count = max(4, min(20_000, round(seconds * rate)))
    for turn in range(number):
        started = time.monotonic()
        for ask in [*asks[turn % len(asks) :], *asks[: turn % len(asks)]]:
            measure(ask, client)
        tell(f"  round {turn + 1} of {number}: {time.monotonic() - started:.0f} s")
    return client


@dataclass
class Client:
    """How much of the processors the client took beside the server, over all rounds."""

    client: float = 0.0  # seconds of processor
    server: float = 0.0

    @property
    def share(self) -> float:
        return self.client / ((self.client + self.server) or 1)


def measure(ask: Ask, client: Client) -> None:
    web, ours = cpu_of(ask.bench.pids()), _own_cpu()
    ask.rates.append(send(ask, ask.count))
    web = cpu_of(ask.bench.pids()) - web
    client.client += _own_cpu() - ours
    client.server += web
    ask.cpu.append(web * 1000 / ask.count)
    alone: list[float] = []
    for turn in range(3):
        if sum(alone) > SLOW:
            break
        began = time.perf_counter()
        if ask.body is not None:
            _send(ask, *ask.body(0, -1 - turn - 3 * len(ask.times)))
        else:
            one(ask.bench, ask.path, ask.sent())
        alone.append((time.perf_counter() - began) * 1000)
    ask.times.append(statistics.median(alone))


def send(ask: Ask, count: int) -> float:
    """Requests a second over so many."""
    if ask.body is not None:
        return _sent_by_threads(ask, ask.body, count)
    command = ["ab", "-q", "-l", "-k", "-r", "-s", str(LONGEST), "-c", str(min(CLIENTS, count)), "-n", str(count)]
    for name, value in ask.sent().items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run([*command, ask.bench.base_url + ask.path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"ab failed on {ask.path}: {done.stderr.strip()[-300:]}")
    said = dict(re.findall(r"^([A-Z][\w \-]+):\s+([\d.]+)", done.stdout, re.MULTILINE))
    others = int(said.get("Non-2xx responses", 0))
    if int(said.get("Failed requests", 0)) or others != (count if not 200 <= ask.status < 300 else 0):
        raise Failed(f"{ask.path}: {others} answers of another status, {said.get('Failed requests')} failed")
    return float(said["Requests per second"])


# Forms --------------------------------------------------------------------------------------------

_turn = 0


def _sent_by_threads(ask: Ask, body: Callable[[int, int], tuple[str, str, str]], count: int) -> float:
    global _turn
    faults: list[Exception] = []
    first, _turn = _turn + 1, _turn + count

    def send(sender: int) -> None:
        try:
            for turn in range(first + sender, first + count, SENDERS):
                status, *_ = _send(ask, *body(sender, turn))
                if status != ask.status:
                    raise Failed(f"{ask.path} answered {status}, not {ask.status}")
        except (OSError, Failed) as error:
            faults.append(error)

    began = time.perf_counter()
    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise Failed(str(faults[0]))
    return count / (time.perf_counter() - began)


def _send(ask: Ask, path: str, cookie: str, body: str, count: bool = False) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(HOST, _port(ask.bench), timeout=LONGEST)
    headers = (
        HEADERS
        | ask.headers
        | {
            "Cookie": cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
    )
    try:
        connection.request("POST", path, body, headers | ({"X-Count-Queries": "1"} if count else {}))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


# Small things -------------------------------------------------------------------------------------


def _port(bench: Bench) -> int:
    return int(bench.base_url.rpartition(":")[2])


def _own_cpu() -> float:
    """Seconds of this process and of every ``ab`` that ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def cpu_of(pids: Iterable[int]) -> float:
    """Seconds of processor that these processes used so far."""
    used = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used += int(fields[11]) + int(fields[12])
    return used / CLOCK


def ready() -> None:
    if shutil.which("ab") is None:
        raise SystemExit("ApacheBench is missing: apt-get install apache2-utils (make bench installs it).")


__all__ = ["Ask", "Client", "Failed", "cpu_of", "look", "one", "ready", "rounds", "send"]
