"""Asking clamd what it thinks of bytes. ``CLAMD_URL`` says where it is; without it nobody is asked.

Only this module talks to it, by INSTREAM: the daemon needs no right on our files, and may be on another machine.
"""

from __future__ import annotations

import logging
import socket
import time
from pathlib import Path
from typing import IO, BinaryIO, cast
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

log = logging.getLogger(__name__)

#: To say it is there; a daemon that loads its signatures answers nothing.
PING_SECONDS, HEALTH_SECONDS = 2.0, 0.5
PORT = 3310


class ScannerUnavailable(Exception):
    """Nobody answers, or too late, or the answer is not a verdict. An operator's matter: in English."""


def enabled() -> bool:
    """Whether an antivirus is configured. No query."""
    return bool(settings.CLAMD_URL)


def threat_in(path: Path, *, seconds: float) -> str:
    """The name of what was found in the file at ``path``; empty when nothing was.

    Raises :class:`ScannerUnavailable` after ``seconds`` of sending, or as many of silence. No query.
    """
    with path.open("rb") as file:
        return _ask(file, seconds)


def _ask(file: IO[bytes], seconds: float) -> str:
    try:
        answer = _client(seconds).instream(cast(BinaryIO, _Timed(file, seconds)))
    except (ClamdError, OSError, UnicodeDecodeError) as error:
        raise ScannerUnavailable(str(error) or type(error).__name__) from error
    status, found = next(iter(answer.values()), ("", None))
    if status == "OK":
        return ""
    if status == "FOUND":
        return (found or "unknown")[:200]
    raise ScannerUnavailable(f"not a verdict: {status} {found}")


def health() -> bool | None:
    """For ``/sante/pret/``: whether it answers; ``None`` when none is configured."""
    return answers(seconds=HEALTH_SECONDS) if enabled() else None


def answers(*, seconds: float = PING_SECONDS) -> bool:
    """Whether the daemon says it is there. No query."""
    client = _client(seconds)
    try:
        return client.ping().strip() == "PONG"
    except (ClamdError, OSError, UnicodeDecodeError) as error:
        log.warning("the antivirus does not answer: %s", error)
        return False
    finally:  # the package leaves it open when nobody answers
        if opened := getattr(client, "clamd_socket", None):
            opened.close()


class _Timed:
    """A file that stops giving once its time is over: a slow daemon would make each block wait anew."""

    def __init__(self, file: IO[bytes], seconds: float) -> None:
        self.file, self.until = file, time.monotonic() + seconds

    def read(self, size: int) -> bytes:
        if time.monotonic() > self.until:
            raise TimeoutError("the antivirus takes too long")
        return self.file.read(size)


def _client(seconds: float) -> ClamdNetworkSocket:
    """One connection to where ``CLAMD_URL`` says: ``tcp://host:3310`` or ``unix:///path``."""
    url = urlsplit(settings.CLAMD_URL)
    if url.scheme == "unix":
        return _Unix(url.path, seconds)
    return ClamdNetworkSocket(url.hostname or "127.0.0.1", url.port or PORT, seconds)


class _Unix(ClamdUnixSocket):
    """The package's own sets the time limit once connected, and a full queue may make connecting wait for ever."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__(path)
        self.seconds = seconds

    def _init_socket(self) -> None:
        self.timeout = None
        self.clamd_socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.clamd_socket.settimeout(self.seconds)
        self.clamd_socket.connect(self.unix_socket)
