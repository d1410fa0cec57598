"""Two antivirus: one of ours that answers as a test wants, and Debian's own with a database of one signature."""

from __future__ import annotations

import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import pdfs

# In two halves: an antivirus that reads this file must not find it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = "/usr/sbin/clamd"


def infected_pdf() -> bytes:
    """A sound PDF that holds the test string in a comment, as it is."""
    return pdfs.sound(2, title="Un titre") + b"\n%" + EICAR + b"\n"


class _Answer(socketserver.StreamRequestHandler):
    server: FakeClamd

    def handle(self) -> None:
        self.server.asked += 1
        command = self.rfile.readline().strip()
        if self.server.mood == "silent":
            self.server.released.wait(10)
            return
        if command == b"nPING":
            self.wfile.write(b"PONG\n")
            return
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        if self.server.mood == "odd":
            self.wfile.write(b"stream: cannot say ERROR\n")
        elif EICAR in content or self.server.mood == "alarmed":
            self.wfile.write(b"stream: Clea.Test FOUND\n")
        else:
            self.wfile.write(b"stream: OK\n")


class FakeClamd(socketserver.ThreadingUnixStreamServer):
    """``mood``: well, alarmed (finds in everything), odd (an error for an answer), silent."""

    daemon_threads = True
    mood = "well"
    asked = 0

    def __init__(self, path: str) -> None:
        self.released = threading.Event()
        super().__init__(path, _Answer)

    @property
    def url(self) -> str:
        return f"unix://{self.server_address}"


@contextmanager
def fake() -> Iterator[FakeClamd]:
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, FakeClamd(f"{folder}/s") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()


@contextmanager
def real(folder: Path) -> Iterator[str]:
    """Debian's daemon, its socket in ``folder``, knowing one thing: the test string. Gives its ``CLAMD_URL``."""
    signatures = folder / "signatures"
    signatures.mkdir(exist_ok=True)
    (signatures / "clea.ndb").write_text(f"Clea.Eicar:0:*:{EICAR.hex()}\n")
    socket, config = folder / "s", folder / "clamd.conf"
    socket.unlink(missing_ok=True)
    config.write_text(
        f"DatabaseDirectory {signatures}\nLocalSocket {socket}\nForeground yes\nTemporaryDirectory {folder}\n"
        "StreamMaxLength 110M\nMaxFileSize 110M\nMaxScanSize 110M\nMaxThreads 2\n"
    )
    process = subprocess.Popen([CLAMD, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while not socket.exists():
            assert process.poll() is None, "clamd ended"
            assert time.monotonic() < until, "clamd does not start"
            time.sleep(0.02)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(10)
