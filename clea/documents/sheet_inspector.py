"""Read the first sheet of a workbook, in a process of its own that may be killed.

The twin of ``inspector.py`` for XLSX: a zip of XML, both of which may inflate without end. Run as a script, never
imported by the site, without Django or the project.

    python -I sheet_inspector.py FILE MAX_ROWS MAX_COLUMNS MEMORY_BYTES CPU_SECONDS

Writes one JSON object on stdout: ``{"code": "", "rows": [["Nom", 12, true, null], …]}``. Of a formula, its last known
value. ``code``: ``unreadable``, ``too_many_rows``, ``too_many_columns`` or ``too_complex``.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
import zipfile
from typing import Any

#: What a list of five thousand lines may unfold to, and the letters it may hold.
MAX_UNFOLDED = 200 * 1024 * 1024
MAX_TEXT = 16 * 1024 * 1024
#: Formats a workbook keeps its cells as; anything else is told as text.
PLAIN = (str, int, float, bool)


class Unfit(Exception):
    """The workbook is refused with this code."""


def main(argv: list[str]) -> int:
    memory, cpu = int(argv[4]), int(argv[5])
    for what, limit in (("AS", memory), ("FSIZE", 0), ("CPU", cpu), ("CORE", 0)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{what}"), (limit, limit))
    sys.stdout.write(json.dumps(judge(argv[1], max_rows=int(argv[2]), max_columns=int(argv[3]))))
    return 0


def judge(path: str, *, max_rows: int, max_columns: int) -> dict[str, Any]:
    """The answer of :func:`read`, whatever happens."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return {"code": "", "rows": read(path, max_rows, max_columns)}
    except Unfit as error:
        return {"code": str(error)}
    except (MemoryError, RecursionError):
        return {"code": "too_complex"}
    except Exception as error:  # noqa: BLE001 - the reader raises anything on a broken file
        sys.stderr.write(f"{type(error).__name__}\n")
        return {"code": "unreadable"}


def read(path: str, max_rows: int, max_columns: int) -> list[list[Any]]:
    """Its rows, empty ones too up to the last that holds something."""
    with zipfile.ZipFile(path) as package:
        if sum(entry.file_size for entry in package.infolist()) > MAX_UNFOLDED:
            raise Unfit("too_complex")
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    rows: list[list[Any]] = []
    letters = blank = 0
    # What a file says of its own size is not believed: rows are counted as they come.
    for cells in book.worksheets[0].iter_rows(values_only=True):
        row = [None if cell is None else cell if isinstance(cell, PLAIN) else str(cell) for cell in cells]
        while row and row[-1] in (None, ""):
            row.pop()
        if not row:
            blank += 1
            continue
        if len(row) > max_columns:
            raise Unfit("too_many_columns")
        if len(rows) + blank >= max_rows:
            raise Unfit("too_many_rows")
        rows += [[]] * blank + [row]
        blank = 0
        letters += sum(len(cell) for cell in row if isinstance(cell, str))
        if letters > MAX_TEXT:
            raise Unfit("too_complex")
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv))
