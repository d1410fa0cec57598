"""What needs the coordinator's attention today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import ApplicationState, CallStatus, DepositKind
from candidatures.models import (
    Application,
    Call,
    CallPiece,
    CallSection,
    ContactMessage,
    Deposit,
    PieceRequest,
    Position,
)
from clea.ui.dates import day, deadline
from clea.ui.desk import DeskItem
from structures.models import Territory

if TYPE_CHECKING:
    from clea.accounts.models import User

#: How far ahead a close or a date is told.
AHEAD = timedelta(days=21)
#: A close this near is said first.
PRESSING = timedelta(days=3)
#: What arrived within this time is new.
RECENT = timedelta(hours=48)


def items(request: HttpRequest) -> list[DeskItem]:
    """The lines of this app for the person's own territories. Five queries, whatever there is."""
    user: User = request.user  # type: ignore[assignment]
    return [*_dossiers(user), *_requests(user), *_questions(user), *_calls(user)]


def _list(model: str, **params: str) -> str:
    url = reverse(f"admin:candidatures_{model}_changelist")
    return f"{url}?{urlencode(params)}" if params else url


def _dossiers(user: User) -> list[DeskItem]:
    """Dossiers to verify, and how many of them have just arrived. One query."""
    found = Application.objects.coordinated_by(user).aggregate(
        waiting=Count("pk", filter=Q(state=ApplicationState.SUBMITTED)),
        new=Count(
            "pk",
            filter=Q(state=ApplicationState.SUBMITTED, last_deposit__received_at__gte=timezone.now() - RECENT),
        ),
    )
    if not found["waiting"]:
        return []
    new = found["new"]
    return [
        DeskItem(
            label=ngettext("candidature à vérifier", "candidatures à vérifier", found["waiting"]),
            count=found["waiting"],
            url=_list("application", etat=ApplicationState.SUBMITTED),
            urgency="now",
            detail=ngettext("%(n)d reçue depuis deux jours", "%(n)d reçues depuis deux jours", new) % {"n": new}
            if new
            else "",
        )
    ]


def _requests(user: User) -> list[DeskItem]:
    """Pieces that are late, those still awaited, those that came. Two queries."""
    now = timezone.now()
    own = Territory.objects.coordinated_by(user)
    waiting = (
        PieceRequest.objects.waiting()
        .filter(application__call__season__programme__territory__in=own)
        .aggregate(late=Count("pk", filter=Q(due_at__lte=now)), ahead=Count("pk", filter=Q(due_at__gt=now)))
    )
    supplied = Deposit.objects.filter(
        kind=DepositKind.SUPPLEMENT,
        received_at__gte=now - timedelta(days=7),
        application__call__season__programme__territory__in=own,
    ).count()
    lines = [
        DeskItem(
            label=ngettext("pièce demandée, en retard", "pièces demandées, en retard", waiting["late"]),
            count=waiting["late"],
            url=_list("application", pieces="en_retard"),
            urgency="now",
            detail=_("Le délai est passé : relancez, ou concluez sans elle."),
        ),
        DeskItem(
            label=ngettext("pièce fournie cette semaine", "pièces fournies cette semaine", supplied),
            count=supplied,
            url=_list("application", pieces="fournies"),
            urgency="soon",
            detail=_("À relire dans le dossier."),
        ),
        DeskItem(
            label=ngettext("pièce attendue", "pièces attendues", waiting["ahead"]),
            count=waiting["ahead"],
            url=_list("application", pieces="attendues"),
        ),
    ]
    return [line for line in lines if line.count]


def _questions(user: User) -> list[DeskItem]:
    """Questions from the public without an answer. One query."""
    count = ContactMessage.objects.filter(
        answered=False, call__season__programme__territory__in=Territory.objects.coordinated_by(user)
    ).count()
    if not count:
        return []
    return [
        DeskItem(
            label=ngettext("question sans réponse", "questions sans réponse", count),
            count=count,
            url=_list("contactmessage", answered__exact="0"),
            urgency="now",
        )
    ]


def _calls(user: User) -> list[DeskItem]:
    """Closes and dates ahead, calls that cannot be published yet. One query."""
    calls = (
        Call.objects.coordinated_by(user)
        .exclude(status=CallStatus.ARCHIVED)
        .annotate(
            filed=Count("applications", filter=Q(applications__last_deposit__isnull=False)),
            drafts=Count("applications", filter=Q(applications__state=ApplicationState.DRAFT)),
            has_position=Exists(Position.objects.filter(call=OuterRef("pk"))),
            has_piece=Exists(CallPiece.objects.filter(call=OuterRef("pk"))),
            has_section=Exists(CallSection.objects.filter(call=OuterRef("pk"))),
        )
        .order_by("closes_at")
    )
    lines: list[DeskItem] = []
    for call in calls:
        lines += _unready(call) if call.status == CallStatus.DRAFT else [*_closing(call), *_dates(call)]
    return lines


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
            url=reverse("admin:candidatures_call_change", args=[call.pk]),
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
            url=_list("application", call__id__exact=str(call.pk)),
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
                url=reverse("admin:candidatures_call_change", args=[call.pk]),
                urgency="soon" if left <= 7 else "info",
                detail=f"{call.title}, {day(when)}",
            )
        )
    return lines
