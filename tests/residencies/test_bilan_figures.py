"""The figures of a season: every slice adds up to the whole, whatever took place; and what is read from the rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from candidatures.enums import LifeStage
from residencies.enums import (
    PUPILS_UNSPECIFIED,
    ActivityKind,
    AudienceCategory,
    Qualifier,
)
from residencies.methods.bilan import (
    Deed,
    Entry,
    Held,
    Host,
    Line,
    Town,
    Values,
    Venue,
    World,
    floor_of_lines,
    held_in,
    shares,
)
from residencies.methods.bilan_sums import activities_behind, added, sessions_behind, whole_season
from residencies.methods.headcounts import NOBODY, UNCOUNTED, Total, of_lines, together

CATEGORIES = list(AudienceCategory.values)
counts = st.none() | st.integers(0, 900)
qualifiers = st.sampled_from(Qualifier.values)
totals = st.builds(lambda value, qualifier: UNCOUNTED if value is None else Total(value, qualifier), counts, qualifiers)


@st.composite
def lines(draw: Any) -> list[Line]:
    """A count, as an older report may give it: parts inside lines that came before, or after, or inside parts."""
    size = draw(st.integers(0, 5))
    found = []
    for rank in range(size):
        inside = draw(st.none() | st.integers(0, size - 1))
        found.append(
            Line(
                draw(st.sampled_from([*CATEGORIES, PUPILS_UNSPECIFIED])),
                draw(counts),
                draw(qualifiers),
                None if inside == rank else inside,
            )
        )
    return found


def total_of(found: list[Line]) -> Total:
    return of_lines((one.value, one.qualifier, one.inside is not None) for one in found)


@st.composite
def worlds(draw: Any) -> World:
    towns = {pk: Town(pk, f"c{pk}", f"Commune {pk}", 1000 * pk, pk == 1, pk == 2) for pk in (1, 2)}
    venues = {
        pk: Venue(pk, f"Lieu {pk}", town, circle, kinds, category)
        for pk, town, circle, kinds, category in [
            (1, 1, "proximite", frozenset({"ecole"}), False),
            (2, 2, "", frozenset({"ecole", "centre"}), False),
            (3, None, "premier_cercle", frozenset(), False),
            (4, 1, "", frozenset({"centre"}), True),
        ]
    }
    hosts = {pk: Host(pk, f"r{pk}", f"Résidence {pk}") for pk in (1, 2, 3)}
    deeds = {
        pk: Deed(
            pk,
            f"Geste {pk}",
            draw(st.sampled_from(ActivityKind.values)),
            draw(st.sampled_from(["", *LifeStage.values])),
            draw(totals),
            draw(totals | st.just(NOBODY)),
        )
        for pk in range(1, 4)
    }
    held = []
    for pk in range(draw(st.integers(0, 6))):
        said = draw(st.lists(st.tuples(st.sampled_from(CATEGORIES), counts, qualifiers, st.booleans()), max_size=4))
        held.append(
            Held(
                pk,
                draw(st.sampled_from([1, 2, 3])),
                draw(st.dates(date(2026, 9, 1), date(2027, 8, 31))),
                draw(st.integers(1, 400)),
                draw(st.frozensets(st.sampled_from([1, 2, 3, 9]), min_size=1)),
                draw(st.frozensets(st.sampled_from([1, 2, 3, 4, 9]))),
                draw(st.sampled_from([None, 1, 2, 9])),
                of_lines(one[1:] for one in said),
                shares(held_in(said)),
            )
        )
    entries = []
    for n in range(draw(st.integers(0, 3))):
        found = draw(lines())
        entries.append(
            Entry(
                f"e{n}", f"Ancienne {n}", "", draw(totals), draw(totals), draw(totals), draw(totals | st.just(NOBODY)),
                draw(st.frozensets(st.sampled_from([1, 2]))), total_of(found), shares(found), floor_of_lines(found),
                draw(st.booleans()),
            )
        )  # fmt: skip
    kinds = {"ecole": "écoles", "centre": "centres sociaux"}
    return World(hosts, tuple(held), deeds, tuple(entries), venues, towns, kinds)


COLUMNS = ("sessions", "minutes", "attendances", "people", "structures", "communes", "classes")


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_every_slice_adds_up_to_the_whole(world: World) -> None:
    season = whole_season(world, title="2026-2027")
    for slice_ in season.slices:
        shared = slice_.shared or Values()
        for name in COLUMNS:
            parts = [getattr(row.values, name) for row in slice_.rows]
            if None in parts:
                continue
            total, said = getattr(season.values, name), together(parts)
            off = getattr(shared, name) or NOBODY
            assert (said.value or 0) - (off.value or 0) == (total.value or 0), (slice_.name, name)
            assert said.unknown - off.unknown == total.unknown, (slice_.name, name)


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_what_is_behind_a_figure_adds_up_to_it(world: World) -> None:
    season = whole_season(world, title="2026-2027")
    for figures in (season, *season.parts):
        assert_traced(world, figures.trace, figures.values)
    for slice_ in season.slices:
        for row in slice_.rows:
            assert_traced(world, row.trace, row.values)


def assert_traced(world: World, asked: dict[str, str], values: Values) -> None:
    behind = added(sessions_behind(world, asked))
    assert (behind.sessions, behind.attendances) == (values.sessions, values.attendances), asked
    if values.minutes is not None:
        assert behind.minutes == values.minutes, asked
    people = added(activities_behind(world, asked))
    if values.people is not None:
        assert people.people == values.people, asked
    if values.classes is not None:
        assert people.classes == values.classes, asked


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_a_residency_is_the_same_in_the_season_and_alone(world: World) -> None:
    season = whole_season(world, title="2026-2027")
    rows = {row.key: row.values for row in season.residencies.rows}
    assert {part.key: part.values for part in season.parts} == {key: rows[key] for key in rows if key != "sans"}


@settings(max_examples=50, deadline=None)
@given(lines())
def test_a_count_is_shared_out_without_loss(found: list[Line]) -> None:
    whole, parts = total_of(found), together(total for _category, total in shares(found))
    assert (parts.value, parts.unknown) == (whole.value, whole.unknown)
    order = [Qualifier.EXACT, Qualifier.MORE_THAN, Qualifier.ABOUT]
    assert order.index(Qualifier(parts.qualifier)) >= order.index(Qualifier(whole.qualifier))
