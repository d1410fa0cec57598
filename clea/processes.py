"""Which process did what, and whether it still lives: what a dead one held is given back at once."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """Machine, process, and when it began, in 64 characters: a number is used again by another process some day."""
    return f"{_machine()}:{os.getpid()}:{_began(os.getpid())}"


def is_gone(name: str) -> bool | None:
    """Whether the process of this name (:func:`this_process`) has ended; ``None`` when it is not this machine's."""
    machine, _colon, rest = name.partition(":")
    pid, _colon, began = rest.partition(":")
    if machine != _machine() or not pid.isdigit() or not began:
        return None
    return _began(int(pid)) != began


def _machine() -> str:
    return socket.gethostname()[:36]


def _began(pid: int) -> str:
    """The kernel's clock at which a process started; empty when there is none of this number, or a dead one."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    # Killed, and not yet buried by its parent: nothing of it runs any more.
    return "" if state in "ZX" else rest[18]
