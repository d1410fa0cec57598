"""Committees of a season. Every name is invented.

``MeetingFactory(season=…)`` is a planned COTECH of an hour and a half; ``held=True`` puts it in the past with
its agenda, two people present and something said; ``settled=True`` freezes it without a PDF laid out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from clea.documents import services as documents
from residencies.enums.steering import MeetingKind, MeetingState, Presence
from residencies.models import Action, AgendaItem, Attendee, Meeting
from tests.factories.candidatures import SeasonFactory
from tests.factories.residencies import moment


class MeetingFactory(DjangoModelFactory[Meeting]):
    class Meta:
        model = Meeting

    kind = MeetingKind.TECHNICAL
    title = factory.Sequence(lambda n: f"COTECH des Terrils {n}")
    season = factory.SubFactory(SeasonFactory, starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))
    place = "Salle des Chevalements"

    @classmethod
    def _create(cls, model_class: type[Meeting], *args: Any, **kwargs: Any) -> Meeting:
        held, settled = kwargs.pop("held", False), kwargs.pop("settled", False)
        published = kwargs.pop("published", False)
        starts_at: datetime = kwargs.pop("starts_at", None) or moment(kwargs.pop("on", "2027-03-09"), "14:00")
        kwargs.pop("on", None)
        kwargs.setdefault("ends_at", starts_at + timedelta(minutes=90))
        meeting = super()._create(model_class, *args, starts_at=starts_at, **kwargs)
        if held or settled or published:
            meeting.state = MeetingState.HELD
            AgendaItem.objects.create(meeting=meeting, position=1, title="Calendrier", said="Les dates conviennent.")
            people(meeting, 2, presence=Presence.PRESENT)
        if settled or published:
            meeting.state, meeting.settled_at = MeetingState.SETTLED, timezone.now()
            meeting.minutes = documents.store_bytes(
                by=None, content=b"%PDF-1.7 interne", name="cr.pdf", content_type="application/pdf"
            )
        if published:
            meeting.published_at = timezone.now()
            meeting.public_minutes = documents.store_bytes(
                by=None, content=b"%PDF-1.7 public", name="cr.pdf", content_type="application/pdf"
            )
        meeting.save()
        return meeting


class ActionFactory(DjangoModelFactory[Action]):
    class Meta:
        model = Action

    what = factory.Sequence(lambda n: f"Écrire aux relais {n}")
    owner = "Nour Delcambre"
    owner_email = "nour.delcambre@exemple.test"
    due_on = date(2027, 4, 1)


def people(meeting: Meeting, count: int, presence: Presence = Presence.INVITED) -> list[Attendee]:
    """So many participants, each with an address."""
    first = meeting.attendees.count()
    return Attendee.objects.bulk_create(
        Attendee(
            meeting=meeting,
            organisation=f"Partenaire {first + n}",
            name=f"Alix Terrenoire {first + n}",
            role="chargée de mission",
            email=f"alix{first + n}@exemple.test",
            presence=presence,
        )
        for n in range(count)
    )
