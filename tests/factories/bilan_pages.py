"""A season that took place, in bulk: sessions held and counted, words, productions. Every name is invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from candidatures.enums import LifeStage
from candidatures.models import Season
from clea.accounts.models import User
from residencies.enums import (
    ActivityKind,
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    Happened,
    Qualifier,
    SessionState,
)
from residencies.models import Activity, Bilan, Confirmation, HandCount, HandEntry, Headcount, Residency, Session
from residencies.services import bilans
from structures.models import Structure
from tests.factories.candidatures import SeasonFactory
from tests.factories.residencies import moment
from tests.factories.structures import CoordinatorFactory

CATEGORIES = list(AudienceCategory)


def held(residency: Residency, count: int, structures: Sequence[Structure], *, each: int = 4) -> list[Session]:
    """``count`` sessions held, ``each`` of one activity, counted but for one in ten. Ten queries."""
    first = Activity.objects.count()
    activities = Activity.objects.bulk_create(
        Activity(
            season=residency.season,
            kind=list(ActivityKind)[n % 5],
            state=ActivityState.DONE,
            title=f"Geste {first + n}",
            life_stage=list(LifeStage)[n % 5],
            people_met=20 + n % 9 if n % 4 else None,
            classes=1 if n % 3 == 0 else None,
        )
        for n in range(-(-count // each))
    )
    start, span = residency.season.starts_on + timedelta(days=34), 240
    sessions = Session.objects.bulk_create(
        Session(
            activity=activities[n // each],
            host=structures[(n * n) % len(structures)],
            starts_at=(at := moment((start + timedelta(days=n * span // count)).isoformat(), f"{9 + n % 8:02d}:00")),
            ends_at=at + timedelta(minutes=(60, 90, 120)[n % 3]),
            state=SessionState.HELD,
        )
        for n in range(count)
    )
    confirmations = Confirmation.objects.bulk_create(
        Confirmation(session=session, side=ConfirmationSide.DESK, happened=Happened.YES, made_at=session.ends_at)
        for n, session in enumerate(sessions)
        if n % 10
    )
    for one in confirmations:
        one.session.standing = one
    Session.objects.bulk_update([one.session for one in confirmations], ["standing"], batch_size=300)
    Headcount.objects.bulk_create(
        Headcount(
            confirmation=one,
            category=CATEGORIES[n % 3 if n % 4 else n % len(CATEGORIES)],
            value=12 + n % 14,
            qualifier=Qualifier.MORE_THAN if n % 40 == 7 else Qualifier.EXACT,
        )
        for n, one in enumerate(confirmations)
    )
    _link(Activity.residencies.through, "activity", activities, [residency] * len(activities))
    _link(Session.residencies.through, "session", sessions, [residency] * len(sessions))
    for row in sessions:
        row.host_id = row.host_id
    _link(Session.structures.through, "session", sessions, [row.host for row in sessions])
    return sessions


def _link(through: Any, name: str, rows: Sequence[Any], others: Sequence[Any]) -> None:
    column = "residency" if others and isinstance(others[0], Residency) else "structure"
    through.objects.bulk_create(through(**{name: row, column: other}) for row, other in zip(rows, others, strict=True))


def by_hand(season: Season, *, people: int = 320, sessions: int | None = 40) -> HandEntry:
    """A line of an older report: pupils, and « plus de 80 » other residents."""
    entry = HandEntry.objects.create(
        season=season, title="Résidence des bourgs", artists="Ana Lys", sessions=sessions, structures=9
    )
    HandCount.objects.create(entry=entry, category="pupils", value=people)
    HandCount.objects.create(
        entry=entry, category=AudienceCategory.ADULTS, value=80, qualifier=Qualifier.MORE_THAN, position=1
    )
    return entry


def earlier(season: Season, years: int = 1) -> Season:
    """The season ``years`` before, of the same programme."""
    found: Season = SeasonFactory(
        programme=season.programme,
        name=f"{season.starts_on.year - years}-{season.starts_on.year - years + 1}",
        starts_on=date(season.starts_on.year - years, 9, 1),
        ends_on=date(season.starts_on.year - years + 1, 8, 31),
    )
    return found


def coordinator_of(season: Season) -> User:
    found: User = CoordinatorFactory(territory=season.programme.territory)
    return found


def written(season: Season, by: User, **values: Any) -> Bilan:
    """A bilan in preparation."""
    return bilans.write(by=by, season=season, seen=None, **{"title": f"Bilan {season.name}", **values})
