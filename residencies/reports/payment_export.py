"""The payments of a season for the finance department: XLSX and CSV, one line a payment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.reports import spreadsheets
from candidatures.reports.rows import Cell
from residencies.models import Payment
from residencies.selectors import money as selectors

FORMS = {"xlsx": spreadsheets.XLSX, "csv": spreadsheets.CSV}


def headers() -> list[str]:
    return [
        _("Identifiant"), _("Saison"), _("Résidence"), _("Nature"), _("Intitulé"), _("Bénéficiaire"),
        _("Montant versé (€)"), _("Coût total (€)"), _("Échéance"), _("État"), _("Demandé le"), _("Vérifié le"),
        _("Vérifié par"), _("Validé le"), _("Validé par"), _("Payé le"), _("Référence"), _("Explication"),
    ]  # fmt: skip


def rows(payments: Iterable[Payment]) -> Iterator[list[Cell]]:
    """Amounts stay amounts. Days stay days; hours are left out."""
    for one in payments:
        yield [
            str(one.uuid),
            one.season.name,
            one.residency.artist_name if one.residency else "",
            one.get_kind_display(),
            one.label,
            one.payee,
            one.amount,
            one.cost,
            one.due_on,
            one.get_state_display(),
            _day(one.claimed_at),
            _day(one.checked_at),
            str(one.checked_by) if one.checked_by else "",
            _day(one.approved_at),
            str(one.approved_by) if one.approved_by else "",
            one.paid_on,
            one.reference,
            " ".join(part for part in (one.get_refused_rule_display(), one.words) if part),
        ]


def totals(payments: Sequence[Payment]) -> Iterator[list[Cell]]:
    """One line a state, then what is neither refused nor cancelled."""
    for line in selectors.by_state(payments):
        yield [str(line.state.label), line.count, line.amount, line.cost]
    live = selectors.sums(payments)
    yield [_("Total, hors refusé et annulé"), live.count, live.amount, live.cost]


def workbook(payments: Sequence[Payment]) -> bytes:
    """Two sheets: the payments, their totals by state."""
    sums = [_("État"), _("Nombre"), _("Montant versé (€)"), _("Coût total (€)")]
    sheets: list[tuple[str, list[str], Iterable[list[Cell]]]] = [
        (_("Paiements"), headers(), rows(payments)),
        (_("Totaux"), sums, totals(payments)),
    ]
    with spreadsheets.workbook(sheets) as book:
        return book.read()


def lines(payments: Iterable[Payment]) -> bytes:
    """The CSV."""
    return b"".join(spreadsheets.csv_lines(headers(), rows(payments)))


def _day(moment: datetime | None) -> date | None:
    """The day it was in Paris."""
    return None if moment is None else timezone.localtime(moment).date()
