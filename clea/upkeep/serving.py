"""gunicorn's threads, in two: whoever sends a file waits behind those who send files, and nobody else does.

A file is received, read through by a program of its own and written through to the disk, which takes a hundred times
what a page does. In one queue, the evening a call closes, each page would wait behind all of them; here files wait for
each other, nobody is refused who could have waited, and the threads of the pages stay theirs.

Named by ``deploy/gunicorn.conf.py`` and loaded before Django: nothing here imports it.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

#: A body beyond this is a file. No form of ours is so heavy.
FILE_BYTES = 256 * 1024
#: Files received at once by a process, beside its ``WEB_THREADS``.
FILE_THREADS = int(os.environ.get("WEB_FILE_THREADS", "3"))


class _Later:
    """What a page's thread says of a request that belongs to the others."""

    def __init__(self, request: Any) -> None:
        self.request = request


class Worker(ThreadWorker):
    """A page's thread reads the headers; when a file follows, the body is left to the threads of the files."""

    def init_process(self) -> None:
        self.files = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="file")
        super().init_process()

    def handle_request(self, req: Any, conn: TConn) -> Any:
        return _Later(req) if brings_a_file(req) else super().handle_request(req, conn)

    def _keepalive_after(self, conn: TConn, keepalive: Any) -> Any:
        # Its body is still to be read: nothing to drain yet.
        return keepalive if isinstance(keepalive, _Later) else super()._keepalive_after(conn, keepalive)

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """In the main thread, once a thread is done with a connection."""
        if not fs.cancelled() and fs.exception() is None and isinstance(later := fs.result(), _Later):
            done = self.files.submit(self._handle_file, conn, later.request)
            done.add_done_callback(lambda file: self.method_queue.defer(self.finish_request, conn, file))
            return
        super().finish_request(conn, fs)

    def _handle_file(self, conn: TConn, req: Any) -> Any:
        """As gunicorn's own ``handle``, the headers being read."""
        try:
            return super()._keepalive_after(conn, super().handle_request(req, conn))
        except OSError as error:
            self.log.debug("The sender of a file left: %s", error)
        except Exception as error:  # noqa: BLE001 - the thread serves the next one
            self.handle_error(req, conn.sock, conn.client, error)
        return False

    def handle_quit(self, sig: int, frame: Any) -> None:
        self.files.shutdown(wait=False)
        super().handle_quit(sig, frame)


def brings_a_file(req: Any) -> bool:
    """Whether the request's headers announce a heavy body, or one that does not say its weight."""
    said = {name.upper(): value for name, value in req.headers}
    length = said.get("CONTENT-LENGTH", "")
    return "TRANSFER-ENCODING" in said or (length.isdigit() and int(length) > FILE_BYTES)
