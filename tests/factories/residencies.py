"""Residencies, activities, sessions, teams. Every name is invented.

``ResidencyFactory()`` is under way on a fresh territory, with one artist who has an account, from
2026-10-05 (immersion) to 2027-06-11 as in the real season, without a call. ``team(structure, n)`` names ``n``
professionals, the first one with an account. ``ActivityFactory(residency=…, structure=…)`` is planned.
``SessionFactory(activity=…, on="2027-02-02", at="10:00", minutes=90)`` is put in the calendar directly,
past the warnings. ``plan_many(residency, n)`` makes light activities in bulk for query counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from candidatures.enums import LifeStage, PeriodKind
from clea.accounts.models import User
from residencies.enums import ActivityKind, ActivityState, ResidencyState
from residencies.models import Activity, Period, Residency, ResidencyArtist, Session
from structures.models import Professional, Structure
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import SeasonFactory
from tests.factories.structures import CommuneFactory, ProfessionalFactory, StructureFactory

PARIS = ZoneInfo("Europe/Paris")
PERIODS = [
    (PeriodKind.IMMERSION, "Immersion", date(2026, 10, 5), date(2026, 10, 9)),
    (PeriodKind.PHASE, "Phase 1", date(2027, 2, 1), date(2027, 2, 19)),
    (PeriodKind.PHASE, "Phase 2", date(2027, 3, 8), date(2027, 6, 11)),
]


def moment(on: str, at: str = "10:00") -> datetime:
    """``moment("2027-02-02", "14:30")``: aware, the hour of Paris."""
    return datetime.fromisoformat(f"{on}T{at}").replace(tzinfo=PARIS)


class ResidencyFactory(DjangoModelFactory[Residency]):
    """``artist=user`` runs it (a new account by default, ``artist=None`` for nobody); ``periods=False``: none."""

    class Meta:
        model = Residency
        skip_postgeneration_save = True

    class Params:
        territory = None

    season = factory.Maybe(
        "territory",
        yes_declaration=factory.SubFactory(
            SeasonFactory,
            territory=factory.SelfAttribute("..territory"),
            starts_on=date(2026, 9, 1),
            ends_on=date(2027, 8, 31),
        ),
        no_declaration=factory.SubFactory(SeasonFactory, starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31)),
    )
    artist_name = factory.Sequence(lambda n: f"Compagnie Terril {n}")
    slug = factory.Sequence(lambda n: f"compagnie-terril-{n}")
    discipline = "théâtre"
    state = ResidencyState.CURRENT
    contract_days = Decimal(90)

    @factory.post_generation
    def artist(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if not create or (extracted is None and "none" in kwargs):
            return
        user = extracted if isinstance(extracted, User) else UserFactory()
        ResidencyArtist.objects.create(
            residency=self, user=user, first_name=user.first_name, last_name=user.last_name, is_lead=True
        )

    @factory.post_generation
    def periods(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted is not False:
            rows = extracted or PERIODS
            Period.objects.bulk_create(
                Period(residency=self, kind=kind, title=title, starts_on=start, ends_on=end)
                for kind, title, start, end in rows
            )


def artist_of(residency: Residency) -> User:
    """The account of the person who runs it."""
    found = residency.artists.select_related("user").get(is_lead=True).user
    assert found is not None
    return found


def team(structure: Structure, count: int = 2) -> list[Professional]:
    """Named members with an address; the first one has an account and comes first."""
    first = UserFactory()
    ProfessionalFactory(structure=structure, email=first.email, first_name=first.first_name, last_name=first.last_name)
    for _ in range(count - 1):
        ProfessionalFactory(structure=structure)
    return list(structure.professionals.order_by("pk"))


def member_of(structure: Structure) -> User:
    """An account that belongs to the structure's team."""
    for person in structure.professionals.exclude(email=""):
        user = User.objects.filter(email=person.email).first()
        if user is not None:
            return user
    return User.objects.get(email=team(structure)[0].email)


class ActivityFactory(DjangoModelFactory[Activity]):
    """A planned activity of ``residency`` (or ``residencies=[…]``) with ``structure`` (or ``structures=[…]``)."""

    class Meta:
        model = Activity

    kind = ActivityKind.GESTURE
    state = ActivityState.PLANNED
    title = factory.Sequence(lambda n: f"Geste {n}")
    life_stage = LifeStage.SCHOOL
    public = "une classe de CM1"
    people_expected = 25

    @classmethod
    def _create(cls, model_class: type[Activity], *args: Any, **kwargs: Any) -> Activity:
        residency = kwargs.pop("residency", None)
        structure = kwargs.pop("structure", None)
        residencies = kwargs.pop("residencies", None) or [residency or ResidencyFactory()]
        structures = kwargs.pop("structures", None)
        kwargs.setdefault("season", residencies[0].season)
        if structures is None:
            place = structure or StructureFactory(commune=CommuneFactory(territory=residencies[0].territory))
            structures = [place]
        activity = super()._create(model_class, *args, **kwargs)
        activity.residencies.set(residencies)
        activity.structures.set(structures)
        return activity


class SessionFactory(DjangoModelFactory[Session]):
    """Ninety minutes at the activity's first structure, with its residencies and structures."""

    class Meta:
        model = Session

    @classmethod
    def _create(cls, model_class: type[Session], *args: Any, **kwargs: Any) -> Session:
        activity = kwargs.pop("activity", None) or ActivityFactory()
        starts_at = kwargs.pop("starts_at", None) or moment(kwargs.pop("on", "2027-02-02"), kwargs.pop("at", "10:00"))
        kwargs.pop("on", None)
        kwargs.pop("at", None)
        ends_at = kwargs.pop("ends_at", None) or starts_at + timedelta(minutes=kwargs.pop("minutes", 90))
        kwargs.pop("minutes", None)
        residencies = kwargs.pop("residencies", None) or list(activity.residencies.all())
        structures = kwargs.pop("structures", None)
        if structures is None:
            structures = list(activity.structures.all())
        if "host" not in kwargs and structures and "place" not in kwargs:
            kwargs["host"] = structures[0]
        session = super()._create(model_class, activity=activity, starts_at=starts_at, ends_at=ends_at, **kwargs)
        session.residencies.set(residencies)
        session.structures.set(structures)
        return session


def plan_many(residency: Residency, count: int, structures: Sequence[Structure] | None = None) -> list[Session]:
    """``count`` planned activities with one session each, a day apart, round the structures. Nine queries or so."""
    places = structures or list(Structure.objects.filter(territory=residency.territory))
    first = Activity.objects.count()
    activities = Activity.objects.bulk_create(
        Activity(
            season=residency.season,
            kind=ActivityKind.GESTURE,
            state=ActivityState.PLANNED,
            title=f"Geste {first + n}",
            life_stage=list(LifeStage)[n % len(LifeStage)],
        )
        for n in range(count)
    )
    start = moment("2027-02-01", "10:00")
    sessions = Session.objects.bulk_create(
        Session(
            activity=activity,
            host=places[n % len(places)],
            starts_at=start + timedelta(days=n % 120, minutes=n // 120 * 120),
            ends_at=start + timedelta(days=n % 120, minutes=n // 120 * 120 + 60),
        )
        for n, activity in enumerate(activities)
    )
    Activity.residencies.through.objects.bulk_create(
        Activity.residencies.through(activity=activity, residency=residency) for activity in activities
    )
    Activity.structures.through.objects.bulk_create(
        Activity.structures.through(activity=activity, structure=places[n % len(places)])
        for n, activity in enumerate(activities)
    )
    Session.residencies.through.objects.bulk_create(
        Session.residencies.through(session=session, residency=residency) for session in sessions
    )
    Session.structures.through.objects.bulk_create(
        Session.structures.through(session=session, structure=places[n % len(places)])
        for n, session in enumerate(sessions)
    )
    return sessions
