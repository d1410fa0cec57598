"""The artist's first page: what to do now, what comes next, where the residency stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.ui.dates import day
from residencies.enums import DocumentState, PaperState, SessionState, VisitState
from residencies.methods.coverage import Gauge
from residencies.methods.presence import Ledger
from residencies.models import Inventory, Paper, Period, RequestedDocument, Residency, Session, Visit
from residencies.rules import opening as rules
from residencies.selectors.confirmations import to_confirm_of_residency
from residencies.selectors.coverage import gauge
from residencies.selectors.opening import asked_title
from residencies.selectors.presence import ledger_of

#: Lines shown of what comes next; the calendar has the rest.
SHOWN = 6


@dataclass(frozen=True)
class Next:
    """A session or a visit to come. ``where`` is the place in words, may be empty."""

    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    where: str


@dataclass(frozen=True)
class Home:
    """What :func:`home` gives to the page."""

    tasks: list[dict[str, Any]]
    coming: list[Next]
    periods: list[Period]
    ledger: Ledger
    gauge: Gauge


def home(residency: Residency, now: datetime | None = None) -> Home:
    """Everything of the first page. Thirteen queries at most, whatever there is."""
    now = now or timezone.now()
    prefetch_related_objects([residency], "periods")
    found, ahead, periods = tasks(residency, now), coming(residency, now), list(residency.periods.all())
    return Home(
        tasks=found,
        coming=ahead,
        periods=periods,
        ledger=ledger_of(residency),
        gauge=gauge(residency),
    )


# What to do now ------------------------------------------------------------------------------


def tasks(residency: Residency, now: datetime) -> list[dict[str, Any]]:
    """For ``components/task_list.html``, the contract first; ``when``, ``kind`` and ``action`` are for
    ``clea.ui.next_step``. Four queries, and the periods when they were not read."""
    return [
        *_contract(residency),
        *(document_task(row, timezone.localdate(now)) for row in _documents(residency)),
        *_sessions(residency, now),
        *_inventories(residency),
    ]


def _contract(residency: Residency) -> list[dict[str, Any]]:
    paper = Paper.objects.standing().filter(residency=residency, state=PaperState.ISSUED).first()
    if paper is None:
        return []
    return [
        {
            "title": _("Signer le contrat de résidence"),
            "href": reverse("studio:papers", args=[residency.uuid]),
            "state": "attention",
            "label": _("à signer"),
            "hint": _("À lire, à signer, à rendre avant votre premier jour."),
            "when": min((one.starts_on for one in residency.periods.all()), default=None),
            "action": _("Lire et signer"),
        }
    ]


def _documents(residency: Residency) -> list[RequestedDocument]:
    """Those the artist has something to send for: one being verified asks nothing of them."""
    return list(residency.requested_documents.filter(state__in=rules.AWAITED_DOCUMENTS))


def document_task(row: RequestedDocument, today: Any) -> dict[str, Any]:
    """A document as a task: what is expected of the artist, by when. No query."""
    late = rules.is_late(row, today)
    state, label = {
        DocumentState.ASKED: ("late" if late else "open", _("en retard") if late else _("à envoyer")),
        DocumentState.RETURNED: ("late", _("à refaire")),
        DocumentState.RECEIVED: ("partial", _("en cours de vérification")),
        DocumentState.ACCEPTED: ("done", _("vérifié")),
        DocumentState.WAIVED: ("idle", _("plus nécessaire")),
    }[DocumentState(row.state)]
    hint = _("À envoyer avant le %(day)s inclus.") % {"day": day(row.due_on)}
    if row.state == DocumentState.RECEIVED:
        hint = _("Reçu. La coordination le vérifie, vous n'avez rien à faire.")
    elif row.state == DocumentState.ACCEPTED:
        hint = _("Valable jusqu'au %(day)s.") % {"day": day(row.valid_until)} if row.valid_until else ""
    elif row.state == DocumentState.WAIVED:
        hint = ""
    return {
        "title": asked_title(row),
        "href": reverse("studio:document", args=[row.residency.uuid, row.uuid]),
        "state": state,
        "label": label,
        "hint": hint,
        "when": row.due_on,
        "action": _("Envoyer ce document"),
    }


def _sessions(residency: Residency, now: datetime) -> list[dict[str, Any]]:
    """Sessions of which the artist has not said what took place."""
    waiting = to_confirm_of_residency(residency, now)
    if not waiting:
        return []
    count = len(waiting)
    return [
        {
            "title": ngettext("Confirmer une séance", "Confirmer %(n)d séances", count) % {"n": count},
            "href": (
                reverse("studio:confirm", args=[residency.uuid, waiting[0].uuid])
                if count == 1
                else reverse("studio:confirmations", args=[residency.uuid])
            ),
            "state": "attention",
            "label": _("à confirmer"),
            "hint": _("Dites en deux minutes ce qui a eu lieu et combien vous étiez."),
            "when": waiting[-1].starts_at,
            "kind": "since",
            "action": _("Confirmer"),
        }
    ]


def _inventories(residency: Residency) -> list[dict[str, Any]]:
    """An inventory of the lodging written by the coordination, to agree with."""
    rows = Inventory.objects.filter(stay__residency=residency, agreed_at=None).select_related("stay__lodging")
    return [
        {
            "title": _("Relire l'état des lieux : %(lodging)s") % {"lodging": row.stay.lodging},
            "href": reverse("studio:welcome_inventory", args=[residency.uuid, row.uuid]),
            "state": "attention",
            "label": _("à accepter"),
            "hint": _("Acceptez-le, ou dites ce qui ne correspond pas."),
            "kind": "since",
            "action": _("Relire et répondre"),
        }
        for row in rows
    ]


# What comes next -----------------------------------------------------------------------------


def coming(residency: Residency, now: datetime) -> list[Next]:
    """The next sessions and visits, together, in order. Two queries."""
    sessions = (
        Session.objects.filter(residencies=residency, state=SessionState.PLANNED, ends_at__gt=now)
        .select_related("activity", "host__commune", "commune")
        .order_by("starts_at", "pk")[:SHOWN]
    )
    visits = (
        Visit.objects.filter(residencies=residency, state=VisitState.PLANNED, ends_at__gt=now)
        .select_related("structure__commune", "commune")
        .order_by("starts_at", "pk")[:SHOWN]
    )
    lines = [_session_line(row) for row in sessions] + [_visit_line(row) for row in visits]
    return sorted(lines, key=lambda line: line.starts_at)[:SHOWN]


def _session_line(row: Session) -> Next:
    parts = [row.host.name if row.host else row.place, str(row.where or "")]
    return Next(
        title=row.activity.title,
        kind=row.activity.get_kind_display(),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        where=", ".join(part for part in parts if part),
    )


def _visit_line(row: Visit) -> Next:
    parts = [row.place or (row.structure.name if row.structure else ""), str(row.where or "")]
    return Next(
        title=row.title,
        kind=_("visite de découverte"),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        where=", ".join(part for part in parts if part),
    )
