"""A jury with slots, a shortlist, letters that have left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from candidatures.enums import ApplicationState, InterviewMode
from candidatures.models import Application, InterviewInvitation, InterviewSlot, Jury
from clea.accounts.models import User
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.candidatures import desk
from tests.factories.jury import eligible
from tests.factories.structures import CoordinatorFactory

PARIS = ZoneInfo("Europe/Paris")


def text_of(response: Any) -> str:
    """The page in one line, whatever the client's own class of answer."""
    return desk.text_of(response)


def coordinator(jury: Jury) -> User:
    return CoordinatorFactory(territory=jury.territory)


def shortlisted(jury: Jury, count: int = 1) -> list[Application]:
    return eligible(jury.call, count, state=ApplicationState.SHORTLISTED)


def tomorrow(hour: int = 9, days: int = 5) -> datetime:
    return timezone.localtime().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=days)


def open_slots(
    jury: Jury, count: int = 3, *, start: datetime | None = None, remote: bool = False
) -> list[InterviewSlot]:
    """Free slots of half an hour, one an hour, five days ahead."""
    first = start or tomorrow()
    room = (
        {"mode": InterviewMode.REMOTE, "link": "https://visio.exemple.test/salon"}
        if remote
        else {"mode": InterviewMode.IN_PERSON, "place": "Salle des mariages, 1 place de la Mairie"}
    )
    return [
        InterviewSlot.objects.create(jury=jury, starts_at=first + timedelta(hours=n), minutes=30, **room)
        for n in range(count)
    ]


def invited(application: Application, *, days: int = 3, state: str = MailState.SENT) -> InterviewInvitation:
    """An invitation whose letter has left, a week before its deadline."""
    book_by = timezone.now() + timedelta(days=days)
    mail = OutgoingMail.objects.create(
        kind="interview.invitation",
        state=state,
        to=application.owner.email,
        subject="Entretien",
        body="…",
        approved_at=None if state == MailState.DRAFT else timezone.now() - timedelta(days=7),
        sent_at=timezone.now() - timedelta(days=7) if state == MailState.SENT else None,
    )
    return InterviewInvitation.objects.create(application=application, book_by=book_by, mail=mail)


def booked(application: Application, slot: InterviewSlot) -> InterviewSlot:
    """A slot that a dossier holds, invited long ago."""
    if not InterviewInvitation.objects.filter(application=application).exists():
        invited(application)
    slot.application, slot.booked_at, slot.booked_by = (
        application,
        timezone.now() - timedelta(days=4),
        application.owner,
    )
    slot.save()
    return slot
