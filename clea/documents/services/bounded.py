"""Programs that read what strangers sent: few at once on a machine, each bounded in memory and time.

A program runs in a process of its own: it may die, and nothing else does. It says one JSON object on its last line;
before that it may ask, one JSON object a line, for what only the site can give. Each is a copy of ``reader_server.py``,
which has what they need at hand: loading it again for each file took longer than reading the file.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from clea.documents.errors import PieceRefused

log = logging.getLogger(__name__)

SERVER = Path(__file__).resolve().parent.parent / "reader_server.py"

#: A reader lives for one file: giving a picture's memory back to the system, to ask for it again for the next one, took
#: a third of its time. It is bounded all the same.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(32 * 1024 * 1024), "MALLOC_TRIM_THRESHOLD_": str(64 * 1024 * 1024)}
#: Seconds after which a server that says nothing is taken for lost: it has nothing to do but to answer.
SERVER_SECONDS = 20
#: Seconds that a request waits for its turn: longer than a program may last.
TURN_SECONDS = 15
#: The longest line that is believed.
LINE_BYTES = 64 * 1024 * 1024

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Busy(PieceRefused):
    """Too many files are being read on this machine; nothing is wrong with this one."""

    def __init__(self) -> None:
        message = _(
            "Beaucoup de fichiers arrivent en même temps, et celui-ci n'a pas pu être vérifié. Renvoyez-le dans une "
            "minute : rien d'autre n'est à refaire."
        )
        super().__init__(message, code="busy")


def run(
    program: Path,
    arguments: list[str],
    *,
    memory: int,
    cpu: int,
    wall: float,
    answer: Answer | None = None,
    meanwhile: Callable[[], None] | None = None,
    turn: float = TURN_SECONDS,
) -> dict[str, Any] | None:
    """What ``program`` said at last, or ``None`` when it died or was stopped after ``wall`` seconds.

    It is given ``memory`` (bytes) and ``cpu`` (seconds) as its last two arguments and holds itself to them;
    ``answer`` is called with each line that holds ``ask``, after ``meanwhile``, which is done while it begins. Raises
    :class:`Busy` after ``turn`` seconds in the queue. Starting it costs 5 ms, and a fifth of a second for the first of
    a process.
    """
    with _turn(turn) as place:
        reader = _begin(program, [*arguments, str(memory), str(cpu)], place)
        stop = threading.Timer(wall, reader.let_go)
        stop.daemon = True
        stop.start()
        try:
            if meanwhile is not None:
                meanwhile()
            said = _listen(reader, answer)
        finally:
            stop.cancel()
            status = reader.end()
    if said is None:
        log.warning("%s died or was stopped, with status %s", program.stem, status)
    return said


class _Reader:
    """A program at work: what is said with it, and its leash (``reader_server.py``)."""

    def __init__(self, talk: socket.socket, leash: socket.socket) -> None:
        self.talk = talk.makefile("rwb")
        self._wire = talk
        talk.close()  # the file holds it
        leash.settimeout(SERVER_SECONDS)
        self._leash = leash

    def begun(self) -> bool:
        """Whether it is there; False when its server left without a look at what was asked."""
        with suppress(OSError):
            return self._leash.recv(1) == b"+"
        return False

    def let_go(self) -> None:
        """Have it killed, and wait for no word of it: whoever holds the other end."""
        for wire, way in ((self._leash, socket.SHUT_WR), (self._wire, socket.SHUT_RDWR)):
            with suppress(OSError):
                wire.shutdown(way)

    def end(self) -> str:
        """Its status, once it is no more; killed if it had not ended."""
        self.let_go()
        status = b""
        with suppress(OSError):
            while word := self._leash.recv(64):
                status += word
        self._leash.close()
        with suppress(OSError):
            self.talk.close()
        return status.decode()


def _listen(reader: _Reader, answer: Answer | None) -> dict[str, Any] | None:
    try:
        while line := reader.talk.readline(LINE_BYTES):
            said = json.loads(line)
            if not isinstance(said, dict):
                return None
            if "ask" not in said:
                return said
            if answer is None:
                return None
            reader.talk.write(json.dumps(answer(said)).encode() + b"\n")
            reader.talk.flush()
    except (ValueError, RecursionError, ConnectionError):
        pass
    return None


class _Server:
    """The readers' server of one process: a copy of that process starts its own."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-I", str(SERVER), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=MALLOC,
                pass_fds=(theirs.fileno(),),
            )

    def begin(self, message: bytes, place: int) -> _Reader | None:
        """Have a program run; None when this server is of no use any more."""
        (talk, their_talk), (leash, their_leash) = socket.socketpair(), socket.socketpair()
        with their_talk, their_leash, suppress(OSError):
            socket.send_fds(self.control, [message], [their_talk.fileno(), their_leash.fileno(), place])
        reader = _Reader(talk, leash)
        if reader.begun():
            return reader
        reader.end()
        return None


_servers: list[_Server] = []
_starting = threading.Lock()


def _begin(program: Path, arguments: list[str], place: int) -> _Reader:
    """Have ``program`` run. It holds the place too: should this process be killed, it is free when both are gone."""
    message = json.dumps({"program": str(program), "arguments": arguments}).encode()
    useless: _Server | None = None
    for _attempt in range(3):
        useless = _current(instead_of=useless)
        reader = useless.begin(message, place)
        if reader is not None:
            return reader
    raise OSError("the readers' server does not start")


def _current(*, instead_of: _Server | None) -> _Server:
    """The server of this process; a new one if there is none, or only the one that left."""
    with _starting:
        if not _servers or _servers[-1] is instead_of or _servers[-1].owner != os.getpid():
            for former in _servers:
                former.control.close()
            _servers.append(_Server())
        # One that left may have had readers to wait for: it is buried by who comes after its end.
        _servers[:-1] = [former for former in _servers[:-1] if former.process.poll() is None]
        return _servers[-1]


@atexit.register
def _close() -> None:
    for server in _servers:
        server.control.close()
        if server.owner == os.getpid():
            server.process.wait()


@contextmanager
def _turn(seconds: float) -> Iterator[int]:
    """One of the machine's places, held while the block lasts; shared by every process of the site."""
    folder = Path(settings.VAR_DIR) / "readers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    while True:
        for number in range(settings.READERS_AT_ONCE):
            handle = os.open(folder / str(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
                continue
            try:
                yield handle
            finally:
                os.close(handle)
            return
        if time.monotonic() >= end:
            raise Busy
        time.sleep(0.05)
