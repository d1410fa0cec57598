"""The season that is over, 2025-2026: residencies, what took place, seen from its end.

Its three hundred sessions are written as an import would write them, in bulk, already confirmed. What the
coordination does with them (payments, committees, bilan, closing) goes through the services, in :mod:`.closing`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.text import slugify

from candidatures.demo import calls
from candidatures.demo.build import account
from candidatures.demo.call_data import PARIS
from candidatures.enums import LifeStage
from candidatures.models import Season
from clea.daycount import public_holidays, school_holidays
from clea.text import normalise
from residencies.demo import data, past_data
from residencies.demo.past_data import Past
from residencies.enums import (
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    DayPart,
    Happened,
    Qualifier,
    ResidencyState,
    SessionState,
)
from residencies.models import (
    Activity,
    Confirmation,
    Headcount,
    Period,
    PresenceDay,
    Residency,
    ResidencyArtist,
    Session,
)

if TYPE_CHECKING:
    from residencies.demo.build import Scene
    from structures.models import Structure

#: Hours at which something took place, in turn.
HOURS = ((time(9, 30), 90), (time(14, 0), 120), (time(10, 0), 120), (time(18, 0), 90), (time(13, 30), 105))


def season(scene: Scene) -> Season:
    """The one that is over."""
    return calls.season(scene.territory, 2025)


def residencies(scene: Scene) -> None:
    """Six residencies, each with its people, its periods and its days, all done."""
    year = season(scene)
    for past in past_data.RESIDENCIES:
        residency = Residency.objects.create(
            season=year,
            kind=past.kind,
            slug=f"{slugify(normalise(past.name))}-2025-2026",
            artist_name=past.name,
            title=past.title,
            discipline=past.discipline,
            state=ResidencyState.FINISHED,
            outside_reason="Saison suivie dans des tableurs, reprise ici à sa fin.",
            contract_days=Decimal(85),
            home_city=past.home,
            presentation=past.presentation,
            published_at=datetime(2025, 9, 15, 10, tzinfo=PARIS),
        )
        for rank, (first, last) in enumerate(past.people):
            user = account(f"{past.key}.2025{rank or ''}@demo.test", first, last, password=scene.password)
            ResidencyArtist.objects.create(
                residency=residency,
                user=user,
                first_name=first,
                last_name=last,
                is_lead=rank == 0,
            )
        Period.objects.bulk_create(
            Period(residency=residency, kind=kind, title=title, starts_on=start, ends_on=end)
            for kind, title, start, end in past_data.PERIODS
        )
        PresenceDay.objects.bulk_create(
            PresenceDay(residency=residency, day=day, done=DayPart.FULL, checked_at=datetime(2026, 6, 15, tzinfo=PARIS))
            for day in _weekdays()
            if day not in public_holidays(day.year)
        )
        scene.past[past.key] = residency


def _weekdays() -> Iterator[date]:
    for _kind, _title, start, end in past_data.PERIODS:
        for offset in range((end - start).days + 1):
            day = start + timedelta(days=offset)
            if day.weekday() < 5:
                yield day


def sessions(scene: Scene) -> None:
    """What took place: some three hundred sessions, counted, more or less well, by both sides."""
    # A season nobody knew how to spread: some communes were never met.
    places = [row for row in scene.places.values() if row.slug not in data.NO_TEAM and row.commune is not None]
    unmet = {"gouy-servins", "villers-au-bois", "servins", "benifontaine", "acheville"}
    places = [row for row in places if row.commune is not None and row.commune.slug not in unmet]
    for rank, past in enumerate(past_data.RESIDENCIES):
        _life(scene, past, places[rank * 7 :] + places[: rank * 7], random.Random(rank))  # noqa: S311 - one story


def _life(scene: Scene, past: Past, places: list[Structure], rng: random.Random) -> None:
    residency = scene.past[past.key]
    days = [
        day
        for day in _weekdays()
        if day.year == 2026 and day not in public_holidays(2026) and day not in school_holidays("B", 2026)
    ]
    step = len(days) / past.sessions
    moments = [(days[int(number * step)], HOURS[number % len(HOURS)]) for number in range(past.sessions)]
    met = places[: 19 + rng.randrange(5)]
    number = 0
    while moments:
        kind = data.TURN[number % len(data.TURN)]
        title, stage, public, category, people = data.FORMS[kind][number % len(data.FORMS[kind])]
        structure = met[number % len(met)]
        count = min(len(moments), rng.choice([1, 1, 2, 3]))
        activity = Activity.objects.create(
            season=residency.season,
            kind=kind,
            state=ActivityState.EVALUATED,
            title=f"{title} – {structure.name}"[:200],
            public=public,
            life_stage=stage,
            people_expected=people,
            intention="Partir de ce que l'équipe et le groupe apportent.",
            artist_view="Le groupe a pris la main plus vite que prévu.",
            classes={LifeStage.SCHOOL: 2 if people > 30 else 1}.get(LifeStage(stage)),
            # Nobody counted different people once in a while: it stays unknown.
            people_met=None if number % 11 == 7 else people + rng.randrange(-2, 6),
            people_met_qualifier=Qualifier.ABOUT if category == AudienceCategory.GENERAL else Qualifier.EXACT,
        )
        activity.residencies.add(residency)
        activity.structures.add(structure)
        for _session in range(count):
            _took_place(residency, activity, structure, *moments.pop(0), category, people, rng)
        number += 1


def _took_place(
    residency: Residency,
    activity: Activity,
    structure: Structure,
    day: date,
    at: tuple[time, int],
    category: str,
    people: int,
    rng: random.Random,
) -> None:
    starts = datetime.combine(day, at[0], tzinfo=PARIS)
    session = Session.objects.create(
        activity=activity,
        host=structure,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=at[1]),
        state=SessionState.HELD,
        is_public=category == AudienceCategory.GENERAL,
    )
    session.residencies.add(residency)
    session.structures.add(structure)
    said = Confirmation.objects.create(
        session=session,
        side=ConfirmationSide.ARTIST,
        residency=residency,
        happened=Happened.YES,
        made_at=session.ends_at + timedelta(hours=2),
    )
    session.standing = said
    session.save(update_fields=["standing"])
    if rng.random() < 0.04:
        # Took place, and nobody counted.
        return
    value = max(3, people + rng.randrange(-5, 7))
    precision = Qualifier.EXACT
    if category == AudienceCategory.GENERAL:
        value, precision = value // 10 * 10, rng.choice([Qualifier.MORE_THAN, Qualifier.ABOUT])
    rows = [Headcount(confirmation=said, category=category, value=value, qualifier=precision)]
    if category == AudienceCategory.GENERAL and rng.random() < 0.3:
        # "Plus de 60, dont 20 élèves": the second is in the first.
        rows.append(Headcount(confirmation=said, category=AudienceCategory.PRIMARY, value=value // 3, inside=True))
    elif category != AudienceCategory.PROFESSIONALS and rng.random() < 0.5:
        rows.append(
            Headcount(confirmation=said, category=AudienceCategory.PROFESSIONALS, value=rng.choice([1, 2, 2, 3]))
        )
    Headcount.objects.bulk_create(rows)
