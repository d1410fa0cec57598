"""Free slots: whatever the season, what is proposed breaks nothing, and what is near is proposed first."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from candidatures.enums import LifeStage
from residencies.enums import ActivityKind, DayPart
from residencies.methods.slots import propose
from residencies.methods.travel import Figures
from residencies.methods.warnings import Artist, Draft, Spot, Taken, Team, World, warnings
from structures.models import Closure, Commune

FIGURES = Figures(detour=1.3, speed_kmh=40, fixed_minutes=10, local_km=2.0, carbon_g_per_km=218)
COMMUNES = [Commune(pk=n, name=f"C{n}", latitude=50.4 + n * 0.05, longitude=2.8) for n in range(1, 5)]
#: Around the change to summer time, a public holiday, school holidays, the end of a period.
FIRST = date(2027, 3, 22)

minutes_of_day = st.integers(0, 24 * 60 - 1)
days = st.integers(0, 34).map(lambda n: FIRST + timedelta(days=n))


def at(day: date, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(minute // 60, minute % 60)))


@st.composite
def taken(draw: st.DrawFn, key: int) -> Taken:
    start = at(draw(days), draw(minutes_of_day))
    return Taken(
        f"t{key}",
        "Pris",
        start,
        start + timedelta(minutes=draw(st.integers(15, 60 * 30))),
        Spot(draw(st.sampled_from([None, 1, 2, 3])), draw(st.sampled_from([None, *COMMUNES])), "Salle"),
        draw(st.frozensets(st.sampled_from([1, 2]))),
        draw(st.frozensets(st.sampled_from([1, 2, 3]))),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    spans = st.tuples(days, st.integers(0, 20)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1])))
    artists = {
        pk: Artist(
            key=f"a{pk}",
            name=f"Artiste {pk}",
            periods=tuple(draw(st.lists(spans, max_size=3))),
            due=Decimal(draw(st.sampled_from([0, 4, 12]))),
            parts=draw(st.dictionaries(days, st.sampled_from(list(DayPart)), max_size=4)),
            contracted=draw(st.booleans()),
        )
        for pk in (1, 2)
    }
    closures = st.one_of(
        st.integers(0, 6).map(lambda n: Closure(weekday=n)),
        spans.map(lambda span: Closure(starts_on=span[0], ends_on=span[1])),
    )
    teams = {
        pk: Team(f"s{pk}", f"Lieu {pk}", draw(st.integers(0, 3)), tuple(draw(st.lists(closures, max_size=2))))
        for pk in (1, 2, 3)
    }
    rows = [draw(taken(n)) for n in range(draw(st.integers(0, 12)))]
    opens = draw(st.sampled_from([time(0), time(2), time(9)]))
    return World(FIGURES, artists=artists, teams=teams, taken=rows, day_starts=opens, day_ends=time(18))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    return Draft(
        starts_at=datetime(2027, 1, 1, tzinfo=UTC),
        ends_at=datetime(2027, 1, 1, 1, tzinfo=UTC),
        kind=draw(st.sampled_from(ActivityKind.values)),
        residencies=draw(st.frozensets(st.sampled_from([1, 2]), min_size=1)),
        structures=draw(st.frozensets(st.sampled_from([1, 2, 3]))),
        spot=Spot(draw(st.sampled_from([None, 1, 2])), draw(st.sampled_from([None, *COMMUNES])), "Salle"),
        life_stage=draw(st.sampled_from(["", *LifeStage.values])),
    )


@settings(max_examples=50, deadline=None)
@given(world=worlds(), draft=drafts(), minutes=st.integers(15, 480), since=minutes_of_day)
def test_a_proposed_slot_never_breaks_a_rule(world: World, draft: Draft, minutes: int, since: int) -> None:
    not_before = at(FIRST, since)
    found = propose(
        world,
        draft,
        minutes=minutes,
        between=(FIRST, FIRST + timedelta(days=27)),
        not_before=not_before,
        days=range(7),
        most=40,
    )
    # What no other date would avoid is said apart: it alone may be left, and then for every slot.
    always = {f"not_contracted:a{pk}" for pk in draft.residencies if not world.artists[pk].contracted}
    always |= {f"no_team:s{pk}" for pk in draft.structures if world.teams[pk].size < world.team_size}
    for slot in found:
        assert {row.key for row in warnings(draft.at(slot.starts_at, slot.ends_at), world)} == always
        assert slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
        assert slot.starts_at >= not_before
        start, end = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
        assert world.day_starts <= start.time() < end.time() <= world.day_ends
        assert start.date() == end.date()
    assert [slot.starts_at for slot in found] == sorted(slot.starts_at for slot in found)


def test_an_empty_week_is_proposed_morning_and_afternoon_the_next_days_first() -> None:
    world = World(
        FIGURES,
        artists={1: Artist("a", "A", periods=((FIRST, FIRST + timedelta(days=30)),), contracted=True)},
        teams={1: Team("s", "S", 2, (Closure(weekday=1),))},
    )
    draft = Draft(at(FIRST, 0), at(FIRST, 60), ActivityKind.GESTURE, frozenset({1}), frozenset({1}))
    found = propose(
        world, draft, minutes=90, between=(FIRST, FIRST + timedelta(days=9)), not_before=at(FIRST, 9 * 60 + 10), most=5
    )
    # Monday from half past nine, nothing on the closed Tuesday, then Wednesday and Thursday morning.
    assert [f"{timezone.localtime(slot.starts_at):%a %d %H:%M}" for slot in found] == [
        "Mon 22 09:30",
        "Mon 22 13:00",
        "Wed 24 09:00",
        "Wed 24 13:00",
        "Thu 25 09:00",
    ]


def test_both_artists_of_a_joint_activity_must_be_free() -> None:
    period = ((FIRST, FIRST + timedelta(days=4)),)
    world = World(
        FIGURES,
        artists={pk: Artist(f"a{pk}", "A", periods=period, contracted=True) for pk in (1, 2)},
        taken=[
            Taken("t1", "Matin", at(FIRST, 9 * 60), at(FIRST, 12 * 60), residencies=frozenset({1})),
            Taken("t2", "Après-midi", at(FIRST, 12 * 60), at(FIRST, 18 * 60), residencies=frozenset({2})),
        ],
    )
    draft = Draft(at(FIRST, 0), at(FIRST, 60), ActivityKind.GESTURE, frozenset({1, 2}))
    found = propose(world, draft, minutes=60, between=(FIRST, FIRST + timedelta(days=1)), not_before=at(FIRST, 0))
    assert {timezone.localtime(slot.starts_at).date() for slot in found} == {FIRST + timedelta(days=1)}
