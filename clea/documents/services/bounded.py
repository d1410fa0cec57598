"""Programs that read what strangers sent: few at once on a machine, each bounded in memory and time.

A program is a script run by itself (``python -I``): it may die, and nothing else does. It says one JSON object on its
last line; before that it may ask, one JSON object a line, for what only the site can give.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from clea.documents.errors import PieceRefused

log = logging.getLogger(__name__)

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
    turn: float = TURN_SECONDS,
) -> dict[str, Any] | None:
    """What ``program`` said at last, or ``None`` when it died or was stopped after ``wall`` seconds.

    It is given ``memory`` (bytes) and ``cpu`` (seconds) as its last two arguments and holds itself to them;
    ``answer`` is called with each line that holds ``ask``. Raises :class:`Busy` after ``turn`` seconds in the queue.
    """
    command = [sys.executable, "-I", str(program), *arguments, str(memory), str(cpu)]
    with _turn(turn) as lock:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if answer else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            # The program holds its place too: should this process be killed, the place is free when both are gone.
            pass_fds=(lock,),
        )
        stop = threading.Timer(wall, process.kill)
        stop.daemon = True
        stop.start()
        try:
            said = _listen(process, answer)
        finally:
            stop.cancel()
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
    if said is None:
        log.warning("%s died or was stopped, with status %s", program.stem, process.returncode)
    return said


def _listen(process: subprocess.Popen[bytes], answer: Answer | None) -> dict[str, Any] | None:
    out: IO[bytes] = process.stdout  # type: ignore[assignment]
    while line := out.readline(LINE_BYTES):
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        if "ask" not in said:
            return said
        if answer is None or process.stdin is None:
            return None
        reply = json.dumps(answer(said)).encode() + b"\n"
        try:
            process.stdin.write(reply)
            process.stdin.flush()
        except BrokenPipeError:
            return None
    return None


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
