"""Sheets in: the cells of a workbook, read by a bounded process."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from clea.documents.services import bounded

INSPECTOR = Path(__file__).resolve().parent.parent / "sheet_inspector.py"
MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
WALL_SECONDS = 10


class SheetRefused(Exception):
    """``code``: ``unreadable``, ``too_many_rows``, ``too_many_columns`` or ``too_complex``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_workbook(content: bytes, *, max_rows: int, max_columns: int) -> list[list[Any]]:
    """The rows of the first sheet of an XLSX: texts, numbers, booleans, ``None``; not all of one length.

    Raises :class:`SheetRefused`, or ``bounded.Busy``. Costs about 0.4 s; no query.
    """
    with tempfile.NamedTemporaryFile(prefix="clea-sheet-", suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        found = bounded.run(
            INSPECTOR, [file.name, str(max_rows), str(max_columns)], memory=MEMORY_BYTES, cpu=CPU_SECONDS,
            wall=WALL_SECONDS,
        )  # fmt: skip
    if found is None:
        raise SheetRefused("too_complex")
    if found["code"]:
        raise SheetRefused(found["code"])
    rows: list[list[Any]] = found["rows"]
    return rows
