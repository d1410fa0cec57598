"""The timetable of an event's meetings: nothing collides, wishes come in order, and as many as can be."""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidatures.methods.timetable import Span
from residencies.methods.timetable import (
    Clash,
    Meeting,
    Missing,
    Party,
    Plan,
    Problem,
    arrange,
    collisions,
    slots,
)

START = datetime(2026, 10, 7, 12, tzinfo=UTC)
LENGTH = timedelta(minutes=15)


def grid(count: int) -> tuple[Span, ...]:
    return slots(START, START + timedelta(minutes=20 * count - 5), 15, 5)


def at(number: int) -> datetime:
    return START + timedelta(minutes=20 * number)


def problem(
    wishes: dict[str, str],
    *,
    count: int = 3,
    rooms: int = 3,
    limit: int = 3,
    people: dict[str, tuple[str, ...]] | None = None,
    away: dict[str, tuple[int, ...]] | None = None,
    fixed: tuple[Meeting, ...] = (),
    before: tuple[Meeting, ...] = (),
) -> Problem:
    """``{"école": "AB"}``: the school asks for A, then B. ``away``: slots when a party is not there."""
    artists = sorted({letter for wanted in wishes.values() for letter in wanted} | {one.artist for one in fixed})

    def party(key: str) -> Party:
        gone = tuple(Span(at(number), at(number) + LENGTH) for number in (away or {}).get(key, ()))
        return Party(key, (people or {}).get(key, ()), gone)

    return Problem(
        slots=grid(count),
        rooms=tuple(f"table {number}" for number in range(1, rooms + 1)),
        artists=tuple(party(key) for key in artists),
        structures=tuple(party(key) for key in wishes),
        wishes={key: tuple(wanted) for key, wanted in wishes.items()},
        limit=limit,
        length=LENGTH,
        fixed=fixed,
        before=before,
    )


@st.composite
def problems(draw: st.DrawFn, most: int = 8, shared: bool = True) -> Problem:
    """Structures and artists who share people, are away, have fixed meetings: anything a real day has."""
    count = draw(st.integers(1, 6))
    letters = "ABCD"[: draw(st.integers(1, 4))]
    names = [f"s{number}" for number in range(draw(st.integers(1, most)))]
    wishes = {name: "".join(draw(st.permutations(letters)))[: draw(st.integers(0, 4))] for name in names}
    pool = ["ada", "basile", "céleste", "dorian", "élise"]
    parties = [*names, *letters]
    people = {}
    if shared:
        people = {one: tuple(draw(st.lists(st.sampled_from(pool), max_size=2, unique=True))) for one in parties}
    away = {one: tuple(draw(st.lists(st.integers(0, count - 1), max_size=2, unique=True))) for one in parties}
    rooms = draw(st.integers(1, 4))
    made = problem(wishes, count=count, rooms=rooms, limit=draw(st.integers(1, 3)), people=people, away=away)
    fixed: list[Meeting] = []
    for number in draw(st.lists(st.integers(0, count - 1), max_size=2)):
        if not made.artists:
            break
        one = Meeting(
            draw(st.sampled_from(names)),
            draw(st.sampled_from([row.key for row in made.artists])),
            draw(st.sampled_from(made.rooms)),
            # Off the grid too: the hours of an event change after a meeting was fixed.
            at(number) + timedelta(minutes=draw(st.sampled_from([0, 0, 7]))),
        )
        if not collisions(made, one, fixed) and Counter(row.structure for row in fixed)[one.structure] < made.limit:
            fixed.append(one)
    return Problem(**{**made.__dict__, "fixed": tuple(fixed)})


def holders(made: Problem, one: Meeting) -> set[str]:
    """Everything that a meeting takes, told in another way than the program's own check."""
    people = {row.key: row.people for row in (*made.structures, *made.artists)}
    return {
        f"structure {one.structure}",
        f"artist {one.artist}",
        f"room {one.room}",
        *(f"person {who}" for who in (*people.get(one.structure, ()), *people.get(one.artist, ()))),
    }


def check(made: Problem, plan: Plan) -> None:
    """Nothing in two places, nobody called while away, no wish invented, no limit passed, fixed ones kept."""
    for one, other in combinations(plan.meetings, 2):
        if abs(one.start - other.start) < made.length:
            assert not holders(made, one) & holders(made, other), (one, other)
    away = {row.key: row.away for row in (*made.structures, *made.artists)}
    for one in set(plan.meetings) - set(made.fixed):
        assert one.artist in made.wishes[one.structure]
        assert one.start in {slot.start for slot in made.slots}
        assert one.room in made.rooms
        span = Span(one.start, one.start + made.length)
        assert not any(span.overlaps(gone) for gone in (*away[one.structure], *away[one.artist]))
    assert set(made.fixed) <= set(plan.meetings)
    assert len({(one.structure, one.artist) for one in plan.meetings}) == len(plan.meetings)
    assert max(Counter(one.structure for one in plan.meetings).values(), default=0) <= made.limit
    # Each wish is met, or said not to be.
    met = {(one.structure, one.artist) for one in plan.meetings}
    left = {(one.structure, one.artist) for one in plan.unplaced}
    wished = {(structure, artist) for structure, wanted in made.wishes.items() for artist in wanted}
    assert met & left == set()
    assert wished == (met & wished) | left


@settings(max_examples=300, deadline=None)
@given(problems())
def test_nobody_is_ever_in_two_places(made: Problem) -> None:
    plan = arrange(made)
    check(made, plan)
    assert arrange(made) == plan


def fits(made: Problem, pairs: list[tuple[str, str]], placed: tuple[Meeting, ...] = ()) -> bool:
    """Whether some timetable holds all these pairs: every slot of each, tried in turn."""
    if not pairs:
        return True
    structure, artist = pairs[0]
    for slot in made.slots:
        for room in made.rooms:
            one = Meeting(structure, artist, room, slot.start)
            if not collisions(made, one, (*made.fixed, *placed)):
                if fits(made, pairs[1:], (*placed, one)):
                    return True
                break  # rooms are alike: another free one changes nothing
    return False


@settings(max_examples=120, deadline=None)
@given(problems(most=4))
def test_no_wish_is_refused_that_could_still_be_met(made: Problem) -> None:
    """By every arrangement of the meetings granted, tried one by one."""
    plan = arrange(made)
    fixed = {(one.structure, one.artist) for one in made.fixed}
    granted = [pair for one in plan.meetings if (pair := (one.structure, one.artist)) not in fixed]
    counts = Counter(one.structure for one in plan.meetings)
    for left in plan.unplaced:
        if left.code == Missing.LIMIT:
            assert counts[left.structure] == made.limit
        else:
            assert left.code != Missing.SEARCH_ENDED
            assert not fits(made, [*granted, (left.structure, left.artist)])


@settings(max_examples=120, deadline=None)
@given(problems(most=5, shared=False))
def test_as_many_first_wishes_are_met_as_any_timetable_could(made: Problem) -> None:
    made = Problem(**{**made.__dict__, "fixed": ()})
    firsts = [(structure, wanted[0]) for structure, wanted in made.wishes.items() if wanted]
    plan = arrange(made)
    met = len({(one.structure, one.artist) for one in plan.meetings} & set(firsts))
    best = next(
        count
        for count in range(len(firsts), -1, -1)
        if any(fits(made, list(chosen)) for chosen in combinations(firsts, count))
    )
    assert met == best


def test_small_days_have_as_many_meetings_as_the_best_timetable() -> None:
    """Two hundred drawn days, against every timetable there is."""
    found = best = 0
    for seed in range(200):
        draw = random.Random(seed)
        wishes = {f"s{n}": "".join(draw.sample("ABC", draw.randint(1, 2))) for n in range(3)}
        away: dict[str, tuple[int, ...]] = {
            key: (draw.randrange(2),) for key in (*wishes, *"ABC") if draw.random() < 0.3
        }
        made = problem(wishes, count=2, rooms=2, limit=2, away=away)
        pairs = [(structure, artist) for structure, wanted in wishes.items() for artist in wanted]
        found += len(arrange(made).meetings)
        best += next(
            count
            for count in range(len(pairs), -1, -1)
            if any(fits(made, list(chosen)) for chosen in combinations(pairs, count))
        )
    assert found >= 0.98 * best, (found, best)


def test_everybody_has_a_first_meeting_before_anybody_has_two() -> None:
    plan = arrange(problem({"a": "AB", "b": "AB", "c": "AB"}, count=2, rooms=2))
    assert Counter(one.structure for one in plan.meetings) == {"a": 2, "b": 1, "c": 1}
    assert {one.structure for one in plan.meetings} == {"a", "b", "c"}


def test_who_was_refused_a_wish_comes_first_in_the_next_round() -> None:
    # One slot with A: « b » is refused it, has B, and is served before « a » in the second round.
    plan = arrange(problem({"a": "AC", "b": "ABC"}, count=3, rooms=2, limit=2, away={"A": (1, 2), "C": (0, 1)}))
    assert ("b", "C") in {(one.structure, one.artist) for one in plan.meetings}
    assert ("a", "C") not in {(one.structure, one.artist) for one in plan.meetings}


def test_a_full_day_takes_every_meeting() -> None:
    """As many slots as meetings of each artist: meetings granted first have to move, and none is lost."""
    names = [f"s{number}" for number in range(6)]
    plan = arrange(problem(dict.fromkeys(names, "ABC"), count=6, rooms=3))
    assert len(plan.meetings) == 18
    assert plan.unplaced == ()


def test_a_person_of_two_structures_is_in_one_place() -> None:
    people = {"école": ("ada@exemple.test",), "collège": ("ada@exemple.test", "basile@exemple.test")}
    plan = arrange(problem({"école": "A", "collège": "B"}, count=1, people=people))
    assert [one.structure for one in plan.meetings] == ["école"]
    assert [one.code for one in plan.unplaced] == [Missing.PERSON_FULL]
    apart = arrange(problem({"école": "A", "collège": "B"}, count=2, people=people))
    assert len({one.start for one in apart.meetings}) == 2


def test_an_artist_of_two_residencies_is_in_one_place() -> None:
    made = problem({"a": "A", "b": "B"}, count=1, people={"A": ("ada@exemple.test",), "B": ("ada@exemple.test",)})
    assert len(arrange(made).meetings) == 1


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (problem({"a": "A"}, count=1, away={"A": (0,)}), Missing.NEVER_TOGETHER),
        (problem({"a": "A", "b": "A"}, count=1), Missing.ARTIST_FULL),
        (problem({"a": "AB"}, count=1), Missing.STRUCTURE_FULL),
        (problem({"a": "A", "b": "B"}, count=1, rooms=1), Missing.ROOMS_FULL),
        (problem({"a": "AB"}, limit=1), Missing.LIMIT),
    ],
)
def test_what_is_not_met_says_what_is_missing(made: Problem, code: Missing) -> None:
    assert [one.code for one in arrange(made).unplaced] == [code]


def test_a_fixed_meeting_stays_and_what_was_told_moves_least() -> None:
    fixed = Meeting("a", "A", "table 2", at(2))
    plan = arrange(problem({"a": "AB", "b": "A"}, fixed=(fixed,)))
    assert fixed in plan.meetings
    told = (Meeting("b", "A", "table 3", at(1)),)
    again = arrange(problem({"a": "AB", "b": "A"}, fixed=(fixed,), before=told))
    assert told[0] in again.meetings


def test_an_artist_keeps_the_same_room() -> None:
    plan = arrange(problem({f"s{number}": "ABC" for number in range(5)}, count=6))
    assert all(len({one.room for one in plan.meetings if one.artist == letter}) == 1 for letter in "ABC")


def test_a_collision_says_with_what() -> None:
    made = problem({"a": "A", "b": "B"}, people={"a": ("ada",), "b": ("ada",)}, away={"A": (2,)})
    here = Meeting("a", "A", "table 1", at(0))
    assert collisions(made, here, ()) == []
    assert [row.code for row in collisions(made, Meeting("a", "A", "table 1", at(2)), ())] == [Clash.ARTIST_AWAY]
    found = collisions(made, Meeting("b", "B", "table 1", at(0)), [here])
    assert [(row.code, row.who) for row in found] == [(Clash.ROOM, ""), (Clash.PERSON, "ada")]
    assert [row.code for row in collisions(made, Meeting("a", "A", "table 2", at(1)), [here])] == [Clash.TWICE]


def test_sixty_structures_and_six_artists_take_a_moment() -> None:
    draw = random.Random(3)
    wishes = {f"s{number}": "".join(draw.sample("ABCDEF", 3)) for number in range(60)}
    people: dict[str, tuple[str, ...]] = {f"s{number}": (f"p{number // 2}",) for number in range(20)}
    made = problem(wishes, count=30, rooms=6, people=people)
    before = time.perf_counter()
    plan = arrange(made)
    assert time.perf_counter() - before < 5
    check(made, plan)
    firsts = {(structure, wanted[0]) for structure, wanted in wishes.items()}
    assert firsts <= {(one.structure, one.artist) for one in plan.meetings}
