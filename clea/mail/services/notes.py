"""What a process was sending and whether the mail server took it, kept on this machine's disk.

The database is told of a delivery after the server has said yes; a process killed in between would send
the message again. So the server's yes is written to a file at the instant it is read, before the goodbye
and before any lock: microseconds, where the database takes milliseconds or waits for its turn.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from clea.processes import this_process

#: A note that nobody came back for says nothing of use after so long.
KEPT = timedelta(days=30)


def folder() -> Path:
    return Path(settings.VAR_DIR) / "mail-notes"


@dataclass(frozen=True)
class Note:
    """One try at one message: who tried, under what claim, and what the server answered, if it did."""

    path: Path
    mail: uuid.UUID
    claim: uuid.UUID
    process: str
    answer: str

    def is_old(self) -> bool:
        return self.path.stat().st_mtime < (timezone.now() - KEPT).timestamp()


class Pen:
    """The note of the try that goes on."""

    def __init__(self, mail: uuid.UUID, claim: uuid.UUID) -> None:
        self.answer = ""
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = folder() / f"{mail.hex}-{claim.hex}"
        # Opened and named before the message leaves: the answer is then one write.
        self.file = os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            os.write(self.file, f"{this_process()}\n".encode())
        except OSError:
            self.end()
            raise

    def accepted(self, answer: str) -> None:
        """The server took it. Safe from a kill once written, from a power cut once flushed."""
        self.answer = answer
        os.write(self.file, f"{answer[:200]}\n".encode())
        os.fsync(self.file)

    def end(self) -> None:
        """The database knows now."""
        os.close(self.file)
        self.path.unlink(missing_ok=True)


def of(mail: uuid.UUID) -> Iterator[Note]:
    """The notes left by tries at this message."""
    return _read(f"{mail.hex}-*")


def left() -> Iterator[Note]:
    """Every note of this machine, those of tries that go on included."""
    return _read("*-*")


def _read(pattern: str) -> Iterator[Note]:
    for path in sorted(folder().glob(pattern)):
        mail, _dash, claim = path.name.partition("-")
        try:
            process, _line, answer = path.read_text(encoding="utf-8").partition("\n")
            yield Note(path, uuid.UUID(mail), uuid.UUID(claim), process, answer.strip())
        except (OSError, ValueError):
            # Ended meanwhile, or not one of ours.
            continue
