"""An object store of our own for the tests: moto's server, which speaks like S3, in a process beside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUCKET = "clea"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def object_store(port: int = 0, *, per_page: int = 1000) -> Iterator[str]:
    """A running store with an empty bucket; gives its ``STORAGE_URL``. ``per_page``: keys a listing gives at once."""
    port = port or free_port()
    environment = os.environ | {"MOTO_S3_DEFAULT_MAX_KEYS": str(per_page), "NO_PROXY": "*"}
    with tempfile.TemporaryDirectory(prefix="clea-moto-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=folder, env=environment,
            )  # fmt: skip
        try:
            make = urllib.request.Request(f"http://127.0.0.1:{port}/{BUCKET}", method="PUT")
            limit = time.monotonic() + 60
            while True:
                try:
                    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(make, timeout=10).close()
                    break
                except OSError:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < limit, log.read_text()
                    time.sleep(0.05)
            yield f"s3://key:se%2Fcret@127.0.0.1:{port}/{BUCKET}?ssl=false"
        finally:
            process.kill()
            process.wait()
