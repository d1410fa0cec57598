"""By the clock: agreements nobody signed, sessions nobody confirmed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from clea.errors import Refused
from residencies.enums import ConfirmationSide, PaperState, SessionState
from residencies.models import Paper, Session
from residencies.selectors import papers as selectors
from residencies.services import confirmation_notices, paper_notices
from residencies.services.base import lock_session
from residencies.services.papers import lock_paper

log = logging.getLogger(__name__)

#: Who has not signed is reminded that long before the first session.
BEFORE_FIRST_SESSION = timedelta(days=7)
#: A session older than this is no longer asked about by mail: it stays in the lists.
NOT_AFTER = timedelta(days=14)


def remind_signatures() -> int:
    """Remind, once an agreement, the parties that have not signed, seven days before the first session."""
    today = timezone.localdate()
    first = {row.pk: row.first_at for row in selectors.missing(today)}
    soon = [pk for pk, at in first.items() if timezone.localdate(at) - today <= BEFORE_FIRST_SESSION]
    waiting = Paper.objects.filter(
        activity__in=soon,
        activity__season__closed_at=None,
        state=PaperState.ISSUED,
        sent_at__isnull=False,
        reminded_at__isnull=True,
    )
    done = 0
    for paper in waiting.order_by("pk"):
        with transaction.atomic():
            locked = lock_paper(paper)
            if locked.state != PaperState.ISSUED or locked.reminded_at is not None:
                continue
            for person in selectors.recipients(locked, unsigned_only=True).people:
                _remind_of_paper(locked, person, first[locked.activity_id or 0])
            locked.reminded_at = timezone.now()
            locked.save(update_fields=["reminded_at"])
        done += 1
    return done


def remind_confirmations() -> int:
    """The day after a session, remind once the sides that said nothing of it."""
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = (
        Session.objects.exclude(state=SessionState.CANCELLED)
        .filter(reminded_at__isnull=True, ends_at__lt=midnight, ends_at__gte=midnight - NOT_AFTER)
        .filter(activity__season__closed_at=None)
        .order_by("pk")
    )
    done = 0
    for session in waiting:
        with transaction.atomic():
            locked = lock_session(session)
            if locked.reminded_at is not None:
                continue
            people = _silent(locked)
            for person in people:
                _remind_of_session(locked, person)
            locked.reminded_at = now
            locked.save(update_fields=["reminded_at"])
        done += bool(people)
    return done


def _silent(session: Session) -> list[selectors.Recipient]:
    """Who to write to, on the sides that have not confirmed. Nobody once the coordination has settled."""
    said = list(session.confirmations.all())
    if any(one.side == ConfirmationSide.DESK for one in said):
        return []
    residencies = session.residencies.exclude(pk__in=[one.residency_id for one in said if one.residency_id])
    structures = session.structures.exclude(pk__in=[one.structure_id for one in said if one.structure_id])
    return selectors.reachable(list(residencies), list(structures)).people


def _remind_of_paper(paper: Paper, to: selectors.Recipient, first: datetime) -> None:
    try:
        paper_notices.reminded(paper=paper, to=to, first=first)
    except Refused:
        # One wrong address must not keep the others from being told.
        log.warning("reminder of paper %s not written: bad address", paper.uuid)


def _remind_of_session(session: Session, to: selectors.Recipient) -> None:
    try:
        confirmation_notices.reminded(session=session, to=to)
    except Refused:
        log.warning("reminder of session %s not written: bad address", session.uuid)
