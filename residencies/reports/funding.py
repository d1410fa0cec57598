"""The financing plan as a drawing and as sheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from candidatures.reports.rows import Cell
from candidatures.reports.spreadsheets import CSV, XLSX, csv_lines, workbook
from clea.ui.dates import euros
from residencies.methods.funding import Amounts
from residencies.selectors.funding import FundingPlan, PlanLine

FORMS = {"xlsx": XLSX, "csv": CSV}

# Heights in pixels, lengths in percentages: texts keep their size on a phone.
_ROW, _BAR, _TOP = 78, 11, 24


def plot(lines: Sequence[PlanLine], *, title: str, description: str, id_prefix: str) -> SafeString:
    """Two bars a line, to one scale: what is brought (planned, notified, received), what it pays for (foreseen,
    owed, paid). The rest is written. Nothing for no amount; put the table behind.
    """
    top = max((max(line.amounts.planned, line.amounts.cost) for line in lines), default=Decimal(0))
    if not top:
        return mark_safe("")
    parts = []
    for index, line in enumerate(lines):
        y, one = index * _ROW, line.amounts
        parts.append(f'<text class="funding__label" x="0" y="{y + 15}">{escape(line.label)}</text>')
        for n, kinds in enumerate(
            (
                (("planned", one.planned), ("sure", one.committed), ("received", one.received)),
                (("planned", one.cost), ("sure", one.engaged), ("spent", one.spent)),
            )
        ):
            for kind, amount in kinds:
                if amount > 0:
                    # A hair below 100, so that the outline of the longest stays inside.
                    length = max(float(amount / top) * 99.8, 0.3)
                    parts.append(
                        f'<rect class="funding__bar funding__bar--{kind}" x="0" y="{y + _TOP + n * (_BAR + 3)}" '
                        f'width="{length:.2f}%" height="{_BAR}"/>'
                    )
        parts.append(f'<text class="funding__figure" x="0" y="{y + _TOP + 2 * _BAR + 19}">{escape(_said(one))}</text>')
    return format_html(
        '<svg class="funding" width="100%" height="{}" role="img" aria-labelledby="{}-t {}-d"><title id="{}-t">{}'
        '</title><desc id="{}-d">{}</desc>{}</svg>',
        len(lines) * _ROW, id_prefix, id_prefix, id_prefix, title, id_prefix, description,
        mark_safe("".join(parts)),  # noqa: S308 (escaped above)
    )  # fmt: skip


def _said(amounts: Amounts) -> str:
    words = _("reste %(left)s sur %(planned)s") if amounts.left >= 0 else _("dépassé de %(over)s sur %(planned)s")
    return words % {
        "left": euros(amounts.left),
        "over": euros(-amounts.left),
        "planned": euros(amounts.planned),
    }


# The sheets ------------------------------------------------------------------------------------


def _headers(*first: str) -> list[str]:
    return [
        *first, _("Prévu"), _("Notifié"), _("Reçu"), _("Dépense prévue"), _("Dépense engagée"), _("Dépense payée"),
        _("Reste à recevoir"), _("Reste à dépenser"),
    ]  # fmt: skip


def _cells(one: Amounts) -> list[Cell]:
    return [
        one.planned, one.committed, one.received, one.cost, one.engaged, one.spent, one.awaited, one.left
    ]  # fmt: skip


def _by_cell(plan: FundingPlan) -> Iterator[list[Cell]]:
    """A line for each funder of each residency that holds anything, then the total of all."""
    for residency in plan.residencies:
        for funder, amounts in zip(plan.funders, residency.parts, strict=True):
            if not amounts.is_empty:
                yield [residency.label, funder.label, *_cells(amounts)]
    yield [_("Total"), "", *_cells(plan.total)]


def _by_line(lines: Iterable[PlanLine], whole: Amounts) -> Iterator[list[Cell]]:
    for line in lines:
        yield [line.label, *_cells(line.amounts)]
    yield [_("Total"), *_cells(whole)]


def sheet(plan: FundingPlan, form: str) -> IO[bytes] | Iterator[bytes]:
    """``xlsx``: by funder, by residency, in detail. ``csv``: in detail."""
    detail = (_headers(_("Résidence"), _("Financeur")), _by_cell(plan))
    if form == "csv":
        return csv_lines(*detail)
    return workbook(
        [
            (_("Par financeur"), _headers(_("Financeur")), _by_line(plan.funders, plan.total)),
            (_("Par résidence"), _headers(_("Résidence")), _by_line(plan.residencies, plan.total)),
            (_("Détail"), *detail),
        ]
    )
