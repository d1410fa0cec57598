"""Sheets: XLSX and CSV for French Excel, in which no cell can run. The way back is in ``sheet_formats``.

openpyxl is loaded by the first workbook: with numpy, it weighs a fifth of a web process.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

# What makes a spreadsheet take a text for a formula (OWASP, CSV injection).
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r")


def defuse(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run: ``=1+1`` → ``'=1+1``."""
    return f"'{text}" if text.startswith(_TRIGGERS) else text


def unarm(text: str) -> str:
    """Undo :func:`defuse`, so that an exported file comes back as it left."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_TRIGGERS) else text


def as_text(cell: Any) -> str:
    """A cell as its reader sees it: nothing for nothing, ``12`` for ``12.0``, oui and non."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return _("oui") if cell else _("non")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with its mark, semicolons, CRLF: a double click opens it right in French Excel."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([defuse(as_text(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> bytes:
    """One sheet, its first line frozen and filtered. Texts are written as texts: none is a formula.

    Numbers and dates keep their type; characters that XML forbids become U+FFFD.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title=(title or _("Feuille"))[:31])
    content = [[cell if isinstance(cell, int | float) else as_text(cell) for cell in row] for row in rows]
    for column, header in enumerate(headers):
        longest = max([len(header), *(len(str(row[column])) for row in content)])
        sheet.column_dimensions[get_column_letter(column + 1)].width = min(longest + 2, 60)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{len(content) + 1}"

    def cell(value: Any, *, bold: bool = False) -> Any:
        if isinstance(value, str):
            value = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)
        written = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            written.data_type = "s"  # otherwise a text that begins with "=" is a live formula
        if bold:
            written.font = Font(bold=True)
        return written

    sheet.append([cell(header, bold=True) for header in headers])
    for row in content:
        sheet.append([cell(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
