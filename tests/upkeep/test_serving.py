"""Whoever sends a file waits behind those who send files: pages are answered meanwhile."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from clea.upkeep.serving import FILE_BYTES

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 90  # seconds: the machine may be busy with the other tests
#: Says how much it was sent; what was sent waits for the file « go ».
PROGRAM = """
import time
from pathlib import Path

def application(environ, start):
    sent = len(environ["wsgi.input"].read())
    while sent and not Path("go").exists():
        time.sleep(0.02)
    answer = str(sent).encode()
    start("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """One process with one thread for pages and one for files."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}", "WEB_FILE_THREADS": "1"}
    command = (
        "-m", "gunicorn", "-k", "clea.upkeep.serving.Worker", "--threads", "1", "-b", f"127.0.0.1:{port}",
        "program:application",
    )  # fmt: skip
    server = subprocess.Popen([sys.executable, *command], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert time.monotonic() < end, "the server does not answer"
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE)


def test_a_page_does_not_wait_behind_files(port: int, tmp_path: Path) -> None:
    said: list[str] = []

    def ask(connection: http.client.HTTPConnection, body: bytes | None = None) -> str:
        connection.request("POST" if body else "GET", "/", body)
        return connection.getresponse().read().decode()

    def send() -> None:
        """A file, then a page by the same connection."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        said.extend([ask(connection, b"x" * (FILE_BYTES + 1)), ask(connection)])
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    time.sleep(0.5)  # until they all wait
    visitor = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    assert ask(visitor) == "0"
    visitor.close()
    assert said == []
    (tmp_path / "go").touch()
    for sender in senders:
        sender.join(PATIENCE)
    assert sorted(said) == ["0"] * 3 + [str(FILE_BYTES + 1)] * 3
