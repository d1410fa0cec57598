"""gunicorn -c deploy/gunicorn.conf.py clea.wsgi:application

One file for systemd, the container and the documented commands. The environment says how many.
"""

import ctypes
import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from clea.upkeep import logs  # noqa: E402 - once the project can be found

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Pages; WEB_FILE_THREADS more receive files, so that no page waits behind them.
worker_class = "clea.upkeep.serving.Worker"
timeout = 120
graceful_timeout = 30
# A process that has served so many requests is replaced by a fresh one, never two at once.
max_requests = 5000
max_requests_jitter = 1000
# The line of each request is ours (clea.access): it says the route and no address of a person.
accesslog = None
logconfig_dict = logs.config(as_json=os.environ.get("DEBUG", "").lower() not in {"true", "1", "yes", "on"})
# Whether the proxy's word on the scheme is taken is Django's decision (BEHIND_PROXY).
forwarded_allow_ips = "*" if os.environ.get("BEHIND_PROXY") else "127.0.0.1"

# Nor is the proxy's word taken on where the site begins: SCRIPT_NAME is the environment's, never a visitor's header,
# which would have a page kept for the next visitor with addresses that lead nowhere.
forwarder_headers = ""

# The processes of this machine add their figures up in a folder of their own, empty at the start.
_metrics = Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR") or Path(os.environ.get("VAR_DIR", ROOT / "var")) / "metrics")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_metrics)

# glibc gives each thread a reserve of memory that it hardly gives back; they run one at a time, and share two as well.
_M_ARENA_MAX = -8
if hasattr(libc := ctypes.CDLL(None), "mallopt"):
    libc.mallopt(_M_ARENA_MAX, 2)


def on_starting(server: object) -> None:
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(parents=True, exist_ok=True)


def child_exit(server: object, worker: object) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]
