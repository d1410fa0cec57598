"""The servers under proof: started, watched, killed and started again, as a supervisor would."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from proofs.faults.seedbed import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent.parent
READY_WITHIN = 120


class Stand:
    """``folder`` is VAR_DIR, ``environment`` what the servers are started with."""

    def __init__(self, folder: Path, environment: dict[str, str], port: int) -> None:
        self.folder, self.port = folder, port
        self.temporary = Path(environment["TMPDIR"])
        self.temporary.mkdir(parents=True, exist_ok=True)
        paths = os.pathsep.join([str(ROOT), str(ROOT / "scripts")])
        self.seedbed = subprocess.Popen(
            [sys.executable, "-m", "proofs.faults.seedbed"],
            cwd=ROOT, env=environment | {"PYTHONPATH": paths}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            preexec_fn=die_with_parent,
        )  # fmt: skip
        self.answers: queue.Queue[str] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.lock = threading.Lock()
        self.web = self.worker = 0

    def _listen(self) -> None:
        assert self.seedbed.stdout is not None
        for line in self.seedbed.stdout:
            self.answers.put(line.decode().strip())

    def wait_until_ready(self) -> None:
        if self.answers.get(timeout=READY_WITHIN) != "ready":
            raise SystemExit("the seedbed did not start")

    def fork(self, *order: str) -> int:
        with self.lock:
            assert self.seedbed.stdin is not None
            self.seedbed.stdin.write((" ".join(order) + "\n").encode())
            self.seedbed.stdin.flush()
            return int(self.answers.get(timeout=30))

    def run(self, *order: str, timeout: float = 3600) -> None:
        """Something that ends by itself."""
        child, limit = self.fork(*order), time.monotonic() + timeout
        while alive(child):
            if time.monotonic() > limit:
                raise SystemExit(f"{' '.join(order)} did not end")
            time.sleep(0.01)
        if order[0] == "manage" and (self.folder / "last-status").read_text(encoding="ascii") != "0":
            raise SystemExit(f"{' '.join(order)} failed; the log: {tail(self.folder / 'servers.log')}")

    def start(self) -> None:
        """Whatever does not run."""
        if not alive(self.web):
            self.web = self.fork("web", str(self.port))
        if not alive(self.worker):
            self.worker = self.fork("worker")

    def wait_for_web(self, within: float = 30) -> float:
        """Seconds until a page of health answers."""
        began = time.monotonic()
        while time.monotonic() - began < within:
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sante/", timeout=5):
                return time.monotonic() - began
            time.sleep(0.02)
        raise SystemExit(f"the server did not answer; its log: {tail(self.folder / 'servers.log')}")

    def kill(self, victim: str) -> bool:
        """``kill -9``; whether there was somebody to kill."""
        if victim == "gunicorn worker":
            workers = children(self.web)
            return bool(workers) and _kill(workers[time.monotonic_ns() % len(workers)])
        if victim == "gunicorn master":
            done = _kill(self.web)
            # The master dies first and alone; then its orphans, as systemd ends the rest of a group.
            _end_group(self.web)
            return done
        done = _kill(self.worker)
        _end_group(self.worker)
        return done

    def stop(self, *, web: bool = True, worker: bool = True) -> None:
        for pid, wanted in ((self.web, web), (self.worker, worker)):
            if wanted and pid:
                _end_group(pid)
                while alive(pid):
                    time.sleep(0.005)

    def close(self) -> None:
        self.stop()
        self.seedbed.kill()
        self.seedbed.wait()
        self.listener.join()
        for pipe in (self.seedbed.stdin, self.seedbed.stdout):
            assert pipe is not None
            pipe.close()


def alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def _kill(pid: int) -> bool:
    if not pid or not alive(pid):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        # On a busy machine it takes a moment to die: whoever starts it again must not find it alive.
        while alive(pid):
            time.sleep(0.001)
        return True
    return False


def _end_group(pid: int) -> None:
    """Each child leads a group of its own (setsid): never ours."""
    if pid > 1:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tail(path: Path, size: int = 3000) -> str:
    return path.read_text(encoding="utf-8", errors="replace")[-size:] if path.exists() else ""
