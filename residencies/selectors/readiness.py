"""What stands in the way of a residency, in words: shown first on its page, counted in the list.

Every alert says what is wrong and leads to where it is put right. Six queries for any number of residencies, and
their gauges.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import OfferState
from clea.ui.dates import day
from clea.ui.desk import Urgency
from residencies.enums import DocumentKind, DocumentState, PaperState, ResidencyState
from residencies.methods.coverage import Gauge
from residencies.models import Paper, Period, RequestedDocument, Residency, ResidencyArtist, Stay
from residencies.rules import opening as rules
from residencies.selectors import coverage
from residencies.selectors.opening import bounds, residencies_with_minors

#: What is not ready this long before the first day cannot wait.
NEAR = timedelta(days=14)
#: …and this long before, is worth a look.
AHEAD = timedelta(days=45)
_RANK = {"now": 0, "soon": 1, "info": 2}


@dataclass(frozen=True)
class Alert:
    """``url_name`` takes the residency's ``uuid``; empty, it is settled on the residency's own page."""

    code: str
    text: str
    urgency: Urgency
    url_name: str = ""


@dataclass
class Facts:
    """What is known of one residency."""

    periods: list[Period] = field(default_factory=list)
    contract: str = ""
    documents: list[RequestedDocument] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    has_account: bool = False
    meets_minors: bool = False
    without_team: int = 0


def alerts(residency: Residency, today: date) -> list[Alert]:
    """Of one residency, the most urgent first. Twelve queries at most, its offer read too."""
    return alerts_of([residency], today)[residency.pk]


def alerts_of(
    residencies: Sequence[Residency], today: date, counted: dict[int, Gauge] | None = None
) -> dict[int, list[Alert]]:
    """Of several, by primary key. Nothing for those that ended. Select ``offer`` and the territory with the rows.

    ``counted``: their gauges, when they are known already.
    """
    live = [residency for residency in residencies if residency.is_live]
    known = _facts(live, counted if counted is not None else gauges(live)) if live else {}
    found: dict[int, list[Alert]] = {residency.pk: [] for residency in residencies}
    for residency in live:
        lines = list(_of(residency, known[residency.pk], today))
        found[residency.pk] = sorted(lines, key=lambda alert: _RANK[alert.urgency])
    return found


def _facts(residencies: Sequence[Residency], counted: dict[int, Gauge]) -> dict[int, Facts]:
    ids = [residency.pk for residency in residencies]
    known = {key: Facts() for key in ids}
    for period in Period.objects.filter(residency__in=ids):
        known[period.residency_id].periods.append(period)
    for key, state in Paper.objects.standing().filter(residency__in=ids).values_list("residency", "state"):
        known[key].contract = state
    for document in RequestedDocument.objects.filter(residency__in=ids):
        known[document.residency_id].documents.append(document)
    for stay in Stay.objects.filter(residency__in=ids):
        known[stay.residency_id].stays.append(stay)
    seats = ResidencyArtist.objects.filter(residency__in=ids, left_at=None, user__is_active=True)
    for key in seats.values_list("residency", flat=True):
        known[key].has_account = True
    for key in residencies_with_minors(ids):
        known[key].meets_minors = True
    for key in ids:
        known[key].without_team = len(counted[key].incomplete)
    return known


def gauges(residencies: Sequence[Residency]) -> dict[int, Gauge]:
    """The gauges of residencies of any territories. Five queries a territory."""
    territories = attrgetter("season.programme.territory_id")
    rows = sorted(residencies, key=territories)
    return {key: one for _t, some in groupby(rows, territories) for key, one in coverage.gauges(list(some)).items()}


def _urgency(first_day: date | None, today: date) -> Urgency:
    if first_day is None:
        return "info"
    return "now" if first_day <= today + NEAR else "soon" if first_day <= today + AHEAD else "info"


def _of(residency: Residency, known: Facts, today: date) -> Iterable[Alert]:
    first_day, last_day = bounds(known.periods)
    yield from _contract(known, first_day, today)
    yield from _places(residency, known, first_day, last_day, today)
    yield from _papers(known, first_day, today)
    yield from _minors(known, today)
    if known.without_team:
        yield Alert(
            "no_team",
            ngettext(
                "%(n)d structure prévue n'a pas d'équipe complète.",
                "%(n)d structures prévues n'ont pas d'équipe complète.",
                known.without_team,
            )
            % {"n": known.without_team},
            "soon",
            "admin:residencies_residency_coverage",
        )
    if residency.published_at is None and _urgency(first_day, today) != "info":
        yield Alert("not_published", _("La page publique de la résidence n'est pas publiée."), "info")


def _contract(known: Facts, first_day: date | None, today: date) -> Iterable[Alert]:
    """Signed before the immersion (rules.md 19)."""
    if known.contract == PaperState.SIGNED:
        return
    where = "admin:residencies_residency_contract"
    step = {
        "": _("Le contrat n'est pas rédigé"),
        PaperState.DRAFT: _("Le contrat n'est pas encore envoyé à la signature"),
        PaperState.ISSUED: _("Le contrat n'est pas signé"),
    }[known.contract]
    if first_day is None:
        yield Alert("contract", f"{step}.", "info", where)
    elif first_day <= today:
        text = _("%(step)s, alors que la résidence a commencé le %(day)s.")
        yield Alert("contract", text % {"step": step, "day": day(first_day)}, "now", where)
    else:
        text = _("%(step)s : il doit être signé avant le %(day)s, premier jour de la résidence.")
        yield Alert("contract", text % {"step": step, "day": day(first_day)}, _urgency(first_day, today), where)


def _places(
    residency: Residency, known: Facts, first_day: date | None, last_day: date | None, today: date
) -> Iterable[Alert]:
    """Who, when, where they sleep, and whether the state follows the dates."""
    if residency.offer is not None and residency.offer.state != OfferState.ACCEPTED:
        yield Alert("offer_gone", _("La place n'est plus acceptée par l'artiste : interrompez la résidence."), "now")
    if not known.has_account:
        yield Alert("no_account", _("Personne ne peut ouvrir l'espace de la résidence : donnez un accès."), "now")
    if not known.periods:
        yield Alert("no_periods", _("Aucune période de présence n'est notée."), "now")
    if first_day and first_day <= today and residency.state == ResidencyState.PREPARING:
        text = _("La résidence devait commencer le %(day)s : commencez-la, ou changez ses dates.")
        yield Alert("to_start", text % {"day": day(first_day)}, "now")
    if last_day and last_day < today and residency.state == ResidencyState.CURRENT:
        text = _("La dernière période a fini le %(day)s : terminez la résidence.")
        yield Alert("to_finish", text % {"day": day(last_day)}, "soon")
    if residency.lodging_needed:
        bare = [row for row in known.periods if row.ends_on >= today and not _covered(row, known.stays)]
        if bare:
            names = ", ".join(row.title for row in bare)
            yield Alert(
                "no_lodging",
                _("Aucun logement n'est prévu : %(periods)s.") % {"periods": names},
                _urgency(min(row.starts_on for row in bare), today),
                "admin:residencies_residency_welcome",
            )


def _covered(period: Period, stays: Iterable[Stay]) -> bool:
    """Somebody sleeps somewhere during it; nights at home inside a long phase are the artist's business."""
    return any(stay.starts_on <= period.ends_on and stay.ends_on > period.starts_on for stay in stays)


def _papers(known: Facts, first_day: date | None, today: date) -> Iterable[Alert]:
    where = "admin:residencies_residency_documents"
    late = [row for row in known.documents if rules.is_late(row, today)]
    received = [row for row in known.documents if row.state == DocumentState.RECEIVED]
    expired = [row for row in known.documents if rules.is_expired(row, today)]
    if late:
        yield Alert("documents_late", _("En retard : %(titles)s.") % {"titles": _titles(late)}, "now", where)
    if received:
        yield Alert("documents_to_check", _("À vérifier : %(titles)s.") % {"titles": _titles(received)}, "soon", where)
    if expired:
        yield Alert(
            "documents_expired", _("N'est plus valable : %(titles)s.") % {"titles": _titles(expired)}, "now", where
        )
    named = {row.pk for row in (*late, *received, *expired)}
    for kind, text in (
        (DocumentKind.LICENCE, _("Le permis de conduire n'est pas vérifié.")),
        (DocumentKind.VEHICLE, _("Le véhicule (carte grise et assurance) n'est pas vérifié.")),
    ):
        rows = [row for row in known.documents if row.kind == kind]
        settled = any(row.state in (DocumentState.ACCEPTED, DocumentState.WAIVED) for row in rows)
        told = any(row.pk in named for row in rows)
        if not settled and not told:
            yield Alert(f"{kind}_unchecked", text, _urgency(first_day, today), where)


def _minors(known: Facts, today: date) -> Iterable[Alert]:
    """The certificate: asked only when needed, seen, not kept."""
    where = "admin:residencies_residency_documents"
    rows = [row for row in known.documents if row.kind == DocumentKind.SAFEGUARDING]
    good = any(row.state == DocumentState.ACCEPTED and not rules.is_expired(row, today) for row in rows)
    waiting = [row for row in rows if row.state in rules.OPEN_DOCUMENTS]
    if known.meets_minors and not good and not waiting:
        yield Alert(
            "safeguarding_needed",
            _(
                "Une structure de la petite enfance ou de la protection de l'enfance est prévue : "
                "demandez l'attestation d'honorabilité."
            ),
            "now",
            where,
        )
    elif known.meets_minors and not good:
        yield Alert("safeguarding_awaited", _("L'attestation d'honorabilité n'est pas encore vérifiée."), "soon", where)
    elif waiting and not known.meets_minors:
        yield Alert(
            "safeguarding_not_needed",
            _("Plus rien de prévu ne demande l'attestation d'honorabilité : dispensez-en l'artiste."),
            "soon",
            where,
        )


def _titles(rows: Iterable[RequestedDocument]) -> str:
    return ", ".join(row.title for row in rows)


def as_lines(found: Iterable[Alert], residency: Residency) -> list[dict[str, Any]]:
    """For a template: the text, its urgency, where it is settled."""
    return [
        {
            "code": alert.code,
            "text": alert.text,
            "urgency": alert.urgency,
            "url": reverse(alert.url_name, args=[residency.uuid]) if alert.url_name else "",
        }
        for alert in found
    ]
