"""What the lines of the desk's first page all begin with, asked once a request and kept on it."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from candidatures.enums import DELIBERATED_STATES, ApplicationState
from candidatures.models import Application, Call, Jury
from candidatures.selectors import panel
from candidatures.selectors.assignment_board import short_of_readers
from candidatures.services.jury import reminders


def juries_in_hand(request: HttpRequest) -> list[Any]:
    """The juries of this person whose call may still ask something, with their call. No query once one asked.

    Their keys, rather than how they were found, go into the queries: the database then knows how few they are.
    ``silent``: members invited long enough ago who did not answer.
    """
    return [jury for jury in _open_juries(request) if jury.in_hand]


def read_so_far(request: HttpRequest) -> dict[int, panel.Progress]:
    """How far the juries of this person's open seasons read. One query, and that of the juries.

    Not those that retained somebody and have nothing left to decide: nobody owes them a reading.
    """
    reading = [jury.pk for jury in _open_juries(request) if not jury.settled]
    return _kept(request, "_read_so_far", lambda: panel.progress(reading))


def lacking_readers(request: HttpRequest) -> list[dict[str, Any]]:
    """The juries in hand that lack readers. One query."""
    return _kept(request, "_lacking_readers", lambda: short_of_readers(juries_in_hand(request)))


def _open_juries(request: HttpRequest) -> list[Any]:
    """Of the seasons that are open, with their call. One query."""

    def ask() -> list[Any]:
        invited = Q(jurors__joined_at=None, jurors__left_at=None, jurors__declined_at=None)
        silent = invited & Q(jurors__invited_at__lte=timezone.now() - reminders.ANSWER_AFTER)
        rows = Jury.objects.coordinated_by(request.user).filter(call__season__closed_at=None).select_related("call")
        asking = Call.objects.in_hand().filter(pk=OuterRef("call"))
        dossiers = Application.objects.filter(call=OuterRef("call"))
        retained = Exists(dossiers.filter(state=ApplicationState.SELECTED))
        undecided = Exists(dossiers.filter(state__in=DELIBERATED_STATES))
        return list(
            rows.annotate(
                in_hand=Exists(asking),
                settled=ExpressionWrapper(Q(retained) & ~Q(undecided), output_field=BooleanField()),
                silent=Count("jurors", filter=silent),
            )
        )

    return _kept(request, "_open_juries", ask)


def _kept(request: HttpRequest, name: str, ask: Any) -> Any:
    if not hasattr(request, name):
        setattr(request, name, ask())
    return getattr(request, name)
