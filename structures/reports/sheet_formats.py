"""The formats of an exchange of sheets: what django-import-export reads and writes, within our limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import tablib
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.formats import base_formats

from clea.documents import services as documents
from structures.reports.sheets import as_text, unarm, write_csv, write_xlsx

# A sheet larger than this is not a list somebody keeps; it would also exhaust the memory.
MAX_ROWS = 5_000
MAX_COLUMNS = 60


class Unreadable(ValueError):
    """A file that cannot be read as a sheet, with what to do about it."""


def _decoded(content: bytes) -> str:
    """UTF-8, or what Excel writes under other names: "Texte Unicode" is UTF-16, plain CSV is Windows-1252."""
    try:
        return content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


class FrenchCSV(base_formats.CSV):
    """CSV as French Excel writes and reads it. Reads commas, semicolons or tabs, in any of Excel's encodings."""

    def get_title(self) -> Any:
        return gettext_lazy("CSV (point-virgule, pour Excel)")

    def is_binary(self) -> bool:
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        text = _decoded(in_stream)
        if "\0" in text:
            raise Unreadable(_("Ce fichier n'est pas du CSV."))
        header = text.partition("\n")[0]
        delimiter = max(";,\t", key=header.count)
        rows: list[list[str]] = []
        blank = 0
        try:
            # Row by row: five megabytes of separators are five million cells.
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
                while row and not row[-1].strip():
                    row.pop()
                if not row:
                    blank += 1
                    continue
                if len(row) > MAX_COLUMNS:
                    raise _too_wide()
                if len(rows) + blank > MAX_ROWS:
                    raise _too_long()
                rows += [[]] * blank + [row]
                blank = 0
        except csv.Error as error:
            raise Unreadable(_("Ce fichier n'est pas du CSV lisible (guillemets mal fermés ?).")) from error
        return _dataset(rows)

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        return write_csv(dataset.headers, dataset)

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"


class SafeXLSX(base_formats.XLSX):
    """XLSX whose texts stay texts. Reads the first sheet; of a formula, its last known value."""

    def get_title(self) -> Any:
        return gettext_lazy("Excel (XLSX)")

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            rows = documents.read_workbook(in_stream, max_rows=MAX_ROWS + 1, max_columns=MAX_COLUMNS)
        except documents.PieceRefused as error:  # busy
            raise Unreadable(str(error)) from error
        except documents.SheetRefused as error:
            if error.code == "too_many_rows":
                raise _too_long() from error
            if error.code == "too_many_columns":
                raise _too_wide() from error
            if error.code == "too_complex":
                raise Unreadable(
                    _("Ce classeur est trop lourd à lire. Copiez la liste dans un classeur neuf, ou en CSV.")
                ) from error
            raise Unreadable(
                _("Ce fichier n'est pas un classeur Excel lisible. Enregistrez-le au format .xlsx.")
            ) from error
        return _dataset(rows)

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        return write_xlsx(dataset.headers, dataset, title=dataset.title or "")


def _too_long() -> Unreadable:
    return Unreadable(_("Ce fichier compte plus de %(count)s lignes : coupez-le en plusieurs.") % {"count": MAX_ROWS})


def _too_wide() -> Unreadable:
    return Unreadable(
        _("Ce fichier compte plus de %(count)s colonnes : gardez celles que la page d'import nomme.")
        % {"count": MAX_COLUMNS}
    )


def _dataset(rows: Sequence[Sequence[Any]]) -> tablib.Dataset:
    """Rows as texts, squared to the width of the first line; empty columns and last empty lines left out."""
    texts = [[unarm(as_text(cell)) for cell in row] for row in rows]
    while texts and not any(texts[-1]):
        texts.pop()
    if not texts:
        raise Unreadable(_("Ce fichier est vide."))
    width = max(len(row) for row in texts)
    texts = [row + [""] * (width - len(row)) for row in texts]
    kept = [column for column in range(width) if any(row[column] for row in texts)]
    if any(not texts[0][column] for column in kept):
        raise Unreadable(_("Une colonne remplie n'a pas de titre : donnez-lui-en un sur la première ligne."))
    dataset = tablib.Dataset(headers=[texts[0][column] for column in kept])
    for row in texts[1:]:
        dataset.append([row[column] for column in kept])
    return dataset
