"""Reading a territory's files: every cell checked, every problem named with its file and line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.errors import Refused


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where. ``line`` is 0 when the whole file is concerned."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        if not self.line:
            return _("%(file)s : %(message)s") % {"file": self.file, "message": self.message}
        return _("%(file)s, ligne %(line)s : %(message)s") % {
            "file": self.file,
            "line": self.line,
            "message": self.message,
        }


class LoadRefused(Refused):
    """Files that cannot be loaded. ``problems`` lists each one; nothing was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        count = len(self.problems)
        title = ngettext(
            "Rien n'a été chargé : %(count)s problème.", "Rien n'a été chargé : %(count)s problèmes.", count
        ) % {"count": count}
        super().__init__("\n".join([title, *map(str, self.problems)]), code="load_refused")


class Problems(list[Problem]):
    """Problems met so far; all are gathered before anything is refused."""

    def add(self, file: str, line: int, message: str) -> None:
        self.append(Problem(file, line, message))

    def stop_if_any(self) -> None:
        if self:
            raise LoadRefused(sorted(self, key=lambda problem: (problem.file, problem.line)))


class BadCell(ValueError):
    """A cell that cannot be read, with what was expected."""


Parser = Callable[[str], Any]


def text(raw: str) -> str:
    return raw


def integer(raw: str) -> int | None:
    if not raw:
        return None
    try:
        return int(raw)
    except ValueError:
        raise BadCell(_("« %(value)s » n'est pas un nombre entier.") % {"value": raw}) from None


def decimal(raw: str) -> Decimal | None:
    if not raw:
        return None
    try:
        value = Decimal(raw.replace(",", "."))
    except InvalidOperation:
        raise BadCell(_("« %(value)s » n'est pas un nombre.") % {"value": raw}) from None
    if not value.is_finite():
        raise BadCell(_("« %(value)s » n'est pas un nombre.") % {"value": raw})
    return value


def number(raw: str) -> float | None:
    value = decimal(raw)
    return None if value is None else float(value)


def flag(raw: str) -> bool:
    if raw not in {"", "0", "1"}:
        raise BadCell(_("« %(value)s » : écrivez 1 pour oui, 0 pour non.") % {"value": raw})
    return raw == "1"


def several(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split("|") if part.strip())


def on_lines(raw: str) -> str:
    """Several values of a cell, one a line, as the models keep them."""
    return "\n".join(several(raw))


@dataclass(frozen=True)
class Column:
    parse: Parser = text
    required: bool = False


@dataclass(frozen=True)
class Row:
    """A line of a file, its cells read. ``value`` holds every column of the layout."""

    file: str
    line: int
    value: dict[str, Any]


@dataclass(frozen=True)
class Layout:
    """What a file must look like: its columns, and those whose values are codes, each used once."""

    columns: Mapping[str, Column]
    codes: tuple[str, ...] = field(default=("slug",))


def read_rows(path: Path, layout: Layout, problems: Problems) -> list[Row]:
    """Read a CSV file. Problems are added, unreadable lines left out. Comma or semicolon, UTF-8."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.add(path.name, 0, _("le fichier manque."))
        return []
    except UnicodeDecodeError:
        problems.add(path.name, 0, _("le fichier n'est pas en UTF-8 : enregistrez-le au format « CSV UTF-8 »."))
        return []
    header = content.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    lines: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error:
        problems.add(path.name, start, _("la ligne n'est pas du CSV lisible (guillemets ?)."))
        return []
    if not lines:
        problems.add(path.name, 0, _("le fichier est vide."))
        return []
    names = lines[0][1]
    if not _header_holds(path.name, names, layout, problems):
        return []
    rows = []
    for line, cells in lines[1:]:
        if len(cells) != len(names):
            problems.add(
                path.name,
                line,
                ngettext(
                    "%(found)s case au lieu de %(expected)s.", "%(found)s cases au lieu de %(expected)s.", len(cells)
                )
                % {"found": len(cells), "expected": len(names)},
            )
            continue
        row = _read_row(path.name, line, dict(zip(names, cells, strict=True)), layout, problems)
        if row is not None:
            rows.append(row)
    _refuse_duplicates(rows, layout, problems)
    return rows


def read_object(path: Path, layout: Layout, problems: Problems) -> list[Row]:
    """Read a JSON file that holds one object, as if it were a CSV of one line."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        problems.add(path.name, 0, _("le fichier manque."))
        return []
    except json.JSONDecodeError as error:
        problems.add(path.name, error.lineno, _("ce n'est pas du JSON lisible."))
        return []
    except UnicodeDecodeError:
        problems.add(path.name, 0, _("le fichier n'est pas en UTF-8."))
        return []
    if not isinstance(content, dict) or not all(isinstance(value, str) for value in content.values()):
        problems.add(path.name, 1, _("le fichier doit contenir un objet dont les valeurs sont des textes."))
        return []
    if not _header_holds(path.name, list(content), layout, problems):
        return []
    row = _read_row(path.name, 1, content, layout, problems)
    return [row] if row is not None else []


def _header_holds(file: str, names: list[str], layout: Layout, problems: Problems) -> bool:
    before = len(problems)
    for name in layout.columns:
        if layout.columns[name].required and name not in names:
            problems.add(file, 1, _("la colonne « %(name)s » manque.") % {"name": name})
    for name in names:
        if name not in layout.columns:
            problems.add(file, 1, _("la colonne « %(name)s » est inconnue.") % {"name": name})
        elif names.count(name) > 1:
            problems.add(file, 1, _("la colonne « %(name)s » est répétée.") % {"name": name})
    return len(problems) == before


def _read_row(file: str, line: int, cells: Mapping[str, str], layout: Layout, problems: Problems) -> Row | None:
    before = len(problems)
    value: dict[str, Any] = {}
    for name, column in layout.columns.items():
        raw = cells.get(name, "")
        if column.required and not raw:
            problems.add(file, line, _("la case « %(name)s » est vide.") % {"name": name})
            continue
        try:
            value[name] = column.parse(raw)
        except BadCell as error:
            problems.add(file, line, f"{name} : {error}")
    return Row(file, line, value) if len(problems) == before else None


def _refuse_duplicates(rows: list[Row], layout: Layout, problems: Problems) -> None:
    for name in layout.codes:
        seen: dict[str, int] = {}
        for row in rows:
            code = row.value[name]
            if not code:
                continue
            if code in seen:
                problems.add(
                    row.file,
                    row.line,
                    _("%(name)s « %(code)s » est déjà pris à la ligne %(line)s.")
                    % {"name": name, "code": code, "line": seen[code]},
                )
            else:
                seen[code] = row.line
