"""What needs the coordinator's attention today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import ApplicationState, CallStatus
from candidatures.models import (
    Call,
    CallPiece,
    CallSection,
    ContactMessage,
    PieceRequest,
    Position,
)
from clea.ui.dates import day, deadline
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    from clea.accounts.models import User

#: How far ahead a close or a date is told.
AHEAD = timedelta(days=21)
#: A close this near is said first.
PRESSING = timedelta(days=3)
#: What arrived within this time is new.
RECENT = timedelta(hours=48)


def items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this app for the person's own territories. Two queries, whatever there is."""
    user: User = request.user  # type: ignore[assignment]
    calls = [call for call in open_calls(request) if call.in_hand]
    lines = [*_dossiers(calls), *_requests(user), *_questions(calls)]
    for call in calls:
        if call.status == CallStatus.DRAFT:
            lines += _unready(call)
        elif call.status == CallStatus.PUBLISHED:
            lines += [*_closing(call), *_dates(call)]
    return lines


def open_calls(request: HttpRequest) -> list[Any]:
    """The calls of the person's open seasons, each with all that is counted in it. One query, once a request."""
    if not hasattr(request, "_open_calls"):
        request._open_calls = _counted_calls(request.user)  # type: ignore[attr-defined, arg-type]
    return request._open_calls  # type: ignore[attr-defined]


def _counted_calls(user: User) -> list[Call]:
    submitted = Q(applications__state=ApplicationState.SUBMITTED, applications__last_deposit__isnull=False)
    recent = Q(applications__last_deposit__received_at__gte=timezone.now() - RECENT)
    asked = ContactMessage.objects.filter(call=OuterRef("pk"), answered=False)
    questions = asked.order_by().values("call").annotate(n=Count("pk")).values("n")
    return list(
        Call.objects.coordinated_by(user)
        .filter(season__closed_at=None)
        .select_related("jury")
        .annotate(
            in_hand=Exists(Call.objects.in_hand().filter(pk=OuterRef("pk"))),
            retained=Count("applications", filter=Q(applications__state=ApplicationState.SELECTED)),
            filed=Count("applications", filter=Q(applications__last_deposit__isnull=False)),
            drafts=Count("applications", filter=Q(applications__state=ApplicationState.DRAFT)),
            waiting=Count("applications", filter=submitted),
            new=Count("applications", filter=submitted & recent),
            oldest=Min("applications__last_deposit__received_at", filter=submitted),
            unanswered=Coalesce(Subquery(questions), 0),
            asked_first=Subquery(asked.order_by("received_at").values("received_at")[:1]),
            has_position=Exists(Position.objects.filter(call=OuterRef("pk"))),
            has_piece=Exists(CallPiece.objects.filter(call=OuterRef("pk"))),
            has_section=Exists(CallSection.objects.filter(call=OuterRef("pk"))),
        )
        .order_by("closes_at")
    )


def _list(model: str, **params: str) -> str:
    url = reverse(f"admin:candidatures_{model}_changelist")
    return f"{url}?{urlencode(params)}" if params else url


def _dossiers(calls: list[Call]) -> list[DeskItem]:
    """Dossiers to verify, and how many of them have just arrived."""
    waiting = sum(call.waiting for call in calls)  # type: ignore[attr-defined]
    new = sum(call.new for call in calls)  # type: ignore[attr-defined]
    if not waiting:
        return []
    return [
        DeskItem(
            label=ngettext("candidature à vérifier", "candidatures à vérifier", waiting),
            count=waiting,
            url=_list("application", etat=ApplicationState.SUBMITTED),
            urgency="now",
            detail=ngettext("%(n)d reçue depuis deux jours", "%(n)d reçues depuis deux jours", new) % {"n": new}
            if new
            else "",
            since=_first(call.oldest for call in calls),  # type: ignore[attr-defined]
        )
    ]


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in moments if one), default=None)


def _requests(user: User) -> list[DeskItem]:
    """Pieces that are late, those still awaited, those that came this week. One query."""
    now = timezone.now()
    awaited = Q(answered_at__isnull=True, cancelled_at__isnull=True)
    found = PieceRequest.objects.filter(application__call__in=Call.objects.coordinated_by(user).in_hand()).aggregate(
        late=Count("pk", filter=awaited & Q(due_at__lte=now)),
        ahead=Count("pk", filter=awaited & Q(due_at__gt=now)),
        late_since=Min("due_at", filter=awaited & Q(due_at__lte=now)),
        next_due=Min("due_at", filter=awaited & Q(due_at__gt=now)),
        supplied=Count("pk", filter=Q(answered_at__gte=now - timedelta(days=7))),
    )
    lines = [
        DeskItem(
            label=ngettext("pièce demandée, en retard", "pièces demandées, en retard", found["late"]),
            count=found["late"],
            url=_list("application", pieces="en_retard"),
            urgency="now",
            detail=_("Le délai est passé : relancez, ou concluez sans elle."),
            since=found["late_since"],
        ),
        DeskItem(
            label=ngettext("pièce fournie cette semaine", "pièces fournies cette semaine", found["supplied"]),
            count=found["supplied"],
            url=_list("application", pieces="fournies"),
            urgency="soon",
            detail=_("À relire dans le dossier."),
        ),
        DeskItem(
            label=ngettext("pièce attendue", "pièces attendues", found["ahead"]),
            count=found["ahead"],
            url=_list("application", pieces="attendues"),
            until=found["next_due"],
        ),
    ]
    return [line for line in lines if line.count]


def _questions(calls: list[Call]) -> list[DeskItem]:
    """Questions from the public without an answer."""
    count = sum(call.unanswered for call in calls)  # type: ignore[attr-defined]
    if not count:
        return []
    return [
        DeskItem(
            label=ngettext("question sans réponse", "questions sans réponse", count),
            count=count,
            url=_list("contactmessage", answered__exact="0"),
            urgency="now",
            since=_first(call.asked_first for call in calls),  # type: ignore[attr-defined]
        )
    ]


def _unready(call: Call) -> list[DeskItem]:
    missing = [
        words
        for there, words in (
            (call.has_position, _("aucune résidence proposée")),  # type: ignore[attr-defined]
            (call.has_piece, _("aucune pièce demandée")),  # type: ignore[attr-defined]
            (call.has_section, _("texte vide")),  # type: ignore[attr-defined]
        )
        if not there
    ]
    if not missing:
        return []
    return [
        DeskItem(
            label=_("à compléter avant de publier : %(call)s") % {"call": call.title},
            count=len(missing),
            url=reverse("admin:candidatures_call_change", args=[call.uuid]),
            detail=", ".join(missing).capitalize() + ".",
        )
    ]


def _closing(call: Call) -> list[DeskItem]:
    left = call.closes_at - timezone.now()
    if not call.is_open() or left > AHEAD:
        return []
    filed, drafts = call.filed, call.drafts  # type: ignore[attr-defined]
    return [
        DeskItem(
            label=ngettext("dossier déposé : %(call)s", "dossiers déposés : %(call)s", filed) % {"call": call.title},
            count=filed,
            url=_list("application", appel=str(call.uuid)),
            urgency="soon" if left <= PRESSING else "info",
            detail=_("Clôture : %(when)s.") % {"when": deadline(call.closes_at)}
            + " "
            + ngettext("%(n)d brouillon pas encore déposé.", "%(n)d brouillons pas encore déposés.", drafts)
            % {"n": drafts},
        )
    ]


def _dates(call: Call) -> list[DeskItem]:
    """Interviews, jury and results of the coming weeks, by the days that are left."""
    today = timezone.localdate()
    steps: list[tuple[str, date | None]] = [
        (_("entretiens"), call.interviews_from),
        (_("jury"), call.jury_on),
        (_("annonce des résultats"), call.results_on),
    ]
    lines = []
    for what, when in steps:
        if when is None or not today <= when <= today + AHEAD:
            continue
        left = (when - today).days
        lines.append(
            DeskItem(
                label=ngettext("jour avant : %(what)s", "jours avant : %(what)s", left) % {"what": what},
                count=left,
                url=reverse("admin:candidatures_call_change", args=[call.uuid]),
                urgency="soon" if left <= 7 else "info",
                detail=f"{call.title}, {day(when)}",
            )
        )
    return lines
