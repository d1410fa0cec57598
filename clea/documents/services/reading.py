"""The words of a PDF, page by page, read in a process of its own that may be killed."""

from __future__ import annotations

import logging
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

#: Poppler's reader; Debian's package is poppler-utils.
PROGRAM = "pdftotext"
MEMORY_BYTES = 512 * 1024 * 1024
OUTPUT_BYTES = 32 * 1024 * 1024
SECONDS = 30


def text_by_page(path: Path | str) -> list[str] | None:
    """What a selection of each page would copy, one text a page; ``None`` when it cannot be known.

    That is: the program is not installed, or the file is beyond its limits (512 MB, 30 s). Nobody
    may then conclude that the pages say nothing. About 20 ms a page; no query.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        log.warning("%s is not installed: the words of a PDF cannot be read", PROGRAM)
        return None
    with tempfile.TemporaryDirectory(prefix="clea-text-") as scratch:
        out = Path(scratch) / "text"
        command = [program, "-q", "-enc", "UTF-8", str(Path(path).absolute()), str(out)]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _limit(process.pid)
            status = process.wait(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status = None
        if status != 0 or not out.exists():
            log.warning("%s ended with status %s", PROGRAM, status)
            return None
        # Each page ends with a form feed.
        return out.read_text("utf-8", errors="replace").split("\f")[:-1]


def _limit(pid: int) -> None:
    """Bound the memory, the processor time and the output of a process just started."""
    try:
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.prlimit(pid, resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    except ProcessLookupError:  # already done
        pass
