"""The list of dossiers for other people's tools. No cell can run, in either format.

openpyxl is loaded by the first workbook: with numpy, it weighs a fifth of a web process.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from candidatures.reports.rows import Cell
from structures.reports.sheets import defuse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

_WIDEST = 48
_EURO = '#,##0.00" €"'
_MOMENT = "dd/mm/yyyy hh:mm"
_DAY = "dd/mm/yyyy"


def xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str) -> IO[bytes]:
    """A workbook in a temporary file, ready to be read. Amounts, dates and counts keep their type.

    Every text is written as a text: "=1+1" stays the four characters that an artist typed. The rows
    go to the disk as they come; the last one gives the range of the filter, hence one pass.
    """
    return workbook([(title, headers, rows)])


def workbook(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> IO[bytes]:
    """:func:`xlsx` with several sheets: the title, the headers and the rows of each."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for title, headers, rows in sheets:
        sheet = book.create_sheet(title=_sheet_name(title))
        sheet.freeze_panes = "B2"
        for index, header in enumerate(headers, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = min(max(len(header) + 2, 14), _WIDEST)
        looks = _Looks(sheet)
        sheet.append([looks.title(header) for header in headers])
        count = 1
        for row in rows:
            sheet.append([looks.cell(value) for value in row])
            count += 1
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{count}"
    out = tempfile.TemporaryFile(prefix="clea-", suffix=".xlsx")  # noqa: SIM115 - the response closes it
    book.save(out)
    out.seek(0)
    return out


class _Looks:
    """How cells are shown. Each look is made once: openpyxl compares it with all others each time it is given."""

    def __init__(self, sheet: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        self._sheet, self._new, self._illegal = sheet, WriteOnlyCell, ILLEGAL_CHARACTERS_RE
        self._kept: dict[object, Any] = {}

    def cell(self, value: Cell) -> Any:
        kind: object = type(value)
        if isinstance(value, str):
            text: str = self._illegal.sub("\N{REPLACEMENT CHARACTER}", value)
            value, kind = text, "\n" in text
        cell = self._new(self._sheet, value=value)
        if isinstance(value, str):
            cell.data_type = "s"  # otherwise a text that begins with "=" is a live formula
        elif value is None or type(value) is int:
            return cell
        if kind not in self._kept:
            _dress(cell, value)
            self._kept[kind] = cell._style
        cell._style = self._kept[kind]
        return cell

    def title(self, text: str) -> Any:
        from openpyxl.styles import Alignment, Font

        cell = self._new(self._sheet, value=self._illegal.sub("\N{REPLACEMENT CHARACTER}", text))
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.font = Font(bold=True)
        return cell


def _dress(cell: Any, value: Cell) -> None:
    from openpyxl.styles import Alignment

    if isinstance(value, str):
        cell.alignment = Alignment(vertical="top", wrap_text="\n" in value)
    elif isinstance(value, datetime):
        cell.number_format = _MOMENT
    elif isinstance(value, date):
        cell.number_format = _DAY
    elif isinstance(value, Decimal):
        cell.number_format = _EURO
    elif isinstance(value, float):
        cell.number_format = "0.00"


def _sheet_name(title: str) -> str:
    """A name that Excel accepts: 31 characters, none of ``[]:*?/\\``."""
    return "".join(" " if char in "[]:*?/\\" else char for char in title).strip("' ")[:31] or "CLEA"


class _Echo(io.StringIO):
    """Gives back what was just written, so that a CSV leaves line by line."""

    def take(self) -> str:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def csv_lines(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """UTF-8 with its mark, semicolons, decimal commas, French dates: a double click opens it right.

    A text that a spreadsheet would run is preceded by an apostrophe.
    """
    buffer = _Echo(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(headers)
    yield "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + buffer.take().encode()
    for row in rows:
        writer.writerow([_text(value) for value in row])
        yield buffer.take().encode()


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, Decimal | float):
        return f"{value:.2f}".replace(".", ",")
    # A null character ends the line for some readers.
    return defuse(str(value).replace("\0", ""))
