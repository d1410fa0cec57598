"""Has the readers of strangers' files loaded, and becomes two for each file: a process of its own in milliseconds.

Started by ``services/bounded.py``, one for each process of the site that reads files, never imported by it; it opens
none itself. Without Django:

    python -I reader_server.py CONTROL

CONTROL is a socket. One message asks for one reader: ``{"program": path, "arguments": […]}`` and three descriptors:
what it listens and speaks to, its leash (both sockets), and the place that it holds as long as it lives. ``+`` on the
leash says that it runs, then a number how it ended; who lets go of the other end has it killed, and so has who dies.

It leaves when nobody asks any more, when who started it has gone, and after a reader that crashed: the next one is laid
out elsewhere in memory, so that a file learns nothing from the crash of another. A reader is expected to be taken over
one day by what it reads: whatever it closes, keeps or leaves behind, it and its own end with its leash, or with this.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import runpy
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
#: What each of our programs needs beside itself; any other is read when it is run.
NEEDS = {
    "assembler": (),
    "image_inspector": ("PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin"),
    "inspector": ("clea.documents.pdf.merge",),
    "sheet_inspector": (),
}
MESSAGE_BYTES = 64 * 1024
IDLE_SECONDS = 300
#: Ends that a hostile file may have without any memory being wrong.
STOPPED = {signal.SIGKILL, signal.SIGXCPU, signal.SIGXFSZ}
#: Linux: a signal for when one's parent dies (sys/prctl.h).
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Reader:
    """``gone`` is a pipe whose other end the reader alone holds: it closes when it ends."""

    pid: int
    leash: socket.socket
    gone: int


class Server:
    def __init__(self, control: socket.socket) -> None:
        self._control: socket.socket | None = control
        self._readers: set[Reader] = set()
        self._selector = selectors.PollSelector()
        self._selector.register(control, selectors.EVENT_READ, self._asked)

    def serve(self) -> None:
        while self._control or self._readers:
            ready = self._selector.select(None if self._readers else IDLE_SECONDS)
            if not ready:
                return
            for key, _events in ready:
                key.data()

    def _asked(self) -> None:
        assert self._control is not None
        message, fds, _flags, _address = socket.recv_fds(self._control, MESSAGE_BYTES, 3)
        if not message:
            self._leave(kill_all=True)
            return
        asked = json.loads(message)
        main = loaded(asked["program"])
        talk, leash, place = fds
        gone, alive = os.pipe()
        try:
            pid = os.fork()
        except OSError:  # no room for another one: those there are end first, and who asked starts another server
            for each in (talk, place, alive, leash, gone):
                os.close(each)
            self._leave(kill_all=False)
            return
        if not pid:
            become(asked, main, talk, place, alive)
        for each in (talk, place, alive):
            os.close(each)
        reader = Reader(pid, socket.socket(fileno=leash), gone)
        self._readers.add(reader)
        for what in (reader.leash, gone):
            self._selector.register(what, selectors.EVENT_READ, lambda: self._end(reader))
        tell(reader, b"+")

    def _end(self, reader: Reader) -> None:
        """It was let go, or it ended, or says so: it is no more, and nothing that it started.

        Its number is its own until it is waited for: one that was ending by itself keeps its status.
        """
        if reader not in self._readers:  # both at once
            return
        self._readers.discard(reader)
        kill(reader.pid)
        _pid, status = os.waitpid(reader.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        for each in (reader.leash, reader.gone):
            self._selector.unregister(each)
        tell(reader, str(code).encode())
        reader.leash.close()
        os.close(reader.gone)
        if code < 0 and -code not in STOPPED:
            self._leave(kill_all=False)

    def _leave(self, *, kill_all: bool) -> None:
        if self._control is not None:
            self._selector.unregister(self._control)
            self._control.close()
            self._control = None
        for reader in list(self._readers) if kill_all else ():
            self._end(reader)


def loaded(program: str) -> Any:
    """``main`` of one of our programs, imported once; ``None`` for any other."""
    path = Path(program)
    if path.parent != HERE or path.stem not in NEEDS:
        return None
    for name in NEEDS[path.stem]:
        importlib.import_module(name)
    main = importlib.import_module(f"clea.documents.{path.stem}").main
    gc.freeze()  # what is there is shared with every reader, and looked at by none
    return main


def become(asked: dict[str, Any], main: Any, talk: int, place: int, alive: int) -> None:
    """Be the reader, and end. Nothing of the others is left open."""
    status, server = 1, os.getppid()
    try:
        os.setpgid(0, 0)
        if hasattr(libc, "prctl"):
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != server:  # too late for the signal
                os._exit(1)
        os.dup2(talk, 0)
        os.dup2(talk, 1)
        close_but(place, alive)
        sys.argv = [asked["program"], *asked["arguments"]]
        if main is not None:
            status = main(sys.argv)
        else:
            runpy.run_path(asked["program"], run_name="__main__")
            status = 0
        sys.stdout.flush()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001, S110 - a reader that fails says nothing, and its status tells
        pass
    finally:
        os._exit(status)


def kill(pid: int) -> None:
    """This reader and its own; it alone if it is so young that it leads nobody."""
    os.kill(pid, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def close_but(*kept: int) -> None:
    """Every descriptor but the three first and these."""
    low = 3
    for each in sorted(kept):
        os.closerange(low, each)
        low = each + 1
    os.closerange(low, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def tell(reader: Reader, word: bytes) -> None:
    with suppress(OSError):  # nobody listens any more
        reader.leash.send(word, socket.MSG_NOSIGNAL)


def main(argv: list[str]) -> int:
    # Told to stop, who started this one may still have a file to finish; it leaves after them.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    sys.path.insert(0, str(HERE.parents[1]))
    Server(socket.socket(fileno=int(argv[1]))).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
