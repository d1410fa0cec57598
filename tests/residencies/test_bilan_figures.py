"""The figures of a season: every slice adds up to the whole, whatever took place; and what is read from the rows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candidatures.enums import LifeStage
from residencies.enums import (
    PUPILS_UNSPECIFIED,
    ActivityKind,
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    Happened,
    Qualifier,
    SessionState,
)
from residencies.methods.bilan import (
    SOME,
    Deed,
    Entry,
    Held,
    Host,
    Line,
    Town,
    Values,
    Venue,
    World,
    floor_of,
    floor_of_lines,
    held_in,
    shares,
)
from residencies.methods.bilan_sums import activities_behind, added, sessions_behind, whole_season
from residencies.methods.headcounts import NOBODY, UNCOUNTED, Total, of_lines, together
from residencies.models import Activity, Confirmation, Headcount, Residency, Session
from residencies.reports.bilan_words import said
from residencies.selectors.bilan import bilan_of, compare
from tests.factories.bilan_pages import earlier
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory
from tests.factories.structures import CommuneFactory, StructureFactory

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
        told = draw(st.lists(st.tuples(st.sampled_from(CATEGORIES), counts, qualifiers, st.booleans()), max_size=4))
        held.append(
            Held(
                pk,
                draw(st.sampled_from([1, 2, 3])),
                draw(st.dates(date(2026, 9, 1), date(2027, 8, 31))),
                draw(st.integers(1, 400)),
                draw(st.frozensets(st.sampled_from([1, 2, 3, 9]), min_size=1)),
                draw(st.frozensets(st.sampled_from([1, 2, 3, 4, 9]))),
                draw(st.sampled_from([None, 1, 2, 9])),
                of_lines(one[1:] for one in told),
                shares(held_in(told)),
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
            total, summed = getattr(season.values, name), together(parts)
            off = getattr(shared, name) or NOBODY
            assert (summed.value or 0) - (off.value or 0) == (total.value or 0), (slice_.name, name)
            assert summed.unknown - off.unknown == total.unknown, (slice_.name, name)


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


def test_what_is_certain_of_a_qualified_number() -> None:
    assert floor_of(Total(180, Qualifier.MORE_THAN)) == 181
    assert floor_of(Total(30, Qualifier.ABOUT)) == 27
    assert floor_of(UNCOUNTED) == 0
    # A part is in its container: it is not certain twice.
    assert floor_of_lines([Line("general", 650), Line("pupils", 330, inside=0)]) == 650


def test_a_public_beside_others_that_nobody_counted_is_some_people() -> None:
    found = dict(shares([Line("primary", 20), Line("adults")]))
    assert found == {"primary": Total(20), "adults": SOME}
    assert said(SOME) == "non compté"
    assert dict(shares([Line("primary"), Line("primary")])) == {"primary": UNCOUNTED}
    assert dict(shares([Line("primary"), Line("adults")])) == {"sans": UNCOUNTED}


def test_dont_of_a_session_is_inside_the_public_not_told_apart() -> None:
    told = [("adults", 700, "exact", False), ("general", 650, "exact", False), ("primary", 330, "exact", True)]
    assert dict(shares(held_in(told))) == {"adults": Total(700), "general": Total(320), "primary": Total(330)}


# Read from the rows ----------------------------------------------------------------------------


def hold(session: Session, *counts: tuple[str, int | None, str, bool]) -> Session:
    """It took place, and this is what was counted."""
    word = Confirmation.objects.create(
        session=session, side=ConfirmationSide.DESK, happened=Happened.YES, made_at=session.ends_at
    )
    for category, value, qualifier, inside in counts:
        Headcount.objects.create(confirmation=word, category=category, value=value, qualifier=qualifier, inside=inside)
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD, standing=word)
    return session


@pytest.mark.django_db
def test_only_what_was_held_is_counted_and_a_joint_session_once() -> None:
    first: Residency = ResidencyFactory(artist_name="Aulne", periods=False)
    second: Residency = ResidencyFactory(season=first.season, artist_name="Bouleau", periods=False)
    town = CommuneFactory(territory=first.territory, rural_heart=True)
    place = StructureFactory(commune=town)
    joint: Activity = ActivityFactory(residencies=[first, second], structure=place, people_met=600, classes=12)
    alone: Activity = ActivityFactory(residency=first, structure=place)
    hold(
        SessionFactory(activity=joint, on="2027-02-02", minutes=90),
        ("general", 650, "more_than", False),
        ("primary", 330, "exact", True),
    )
    hold(SessionFactory(activity=alone, on="2027-03-02", minutes=60))
    SessionFactory(activity=alone, on="2027-03-03")
    called_off: Activity = ActivityFactory(residency=first, structure=place, state=ActivityState.CANCELLED)
    hold(SessionFactory(activity=called_off, on="2027-03-04"), ("adults", 99, "exact", False))

    season = bilan_of(first.season)
    values = season.values
    assert (values.sessions, str(values.hours)) == (Total(2), "2.50")
    assert values.attendances == Total(650, Qualifier.MORE_THAN, unknown=1)
    assert values.people == Total(600, unknown=1)
    assert (values.structures, values.communes, values.classes) == (Total(1), Total(1), Total(12, unknown=1))
    assert (season.rural.met, season.rural.of, season.floor) == (1, 1, 600)
    groups = {row.key: row.values.attendances for row in season.groups.rows if row.values.attendances != NOBODY}
    assert groups == {"pupils": Total(330), "residents": Total(320, Qualifier.MORE_THAN), "sans": UNCOUNTED}
    rows = {row.label: row.values.sessions for row in season.residencies.rows}
    assert rows == {"Aulne": Total(2), "Bouleau": Total(1)}
    assert season.residencies.shared is not None
    assert (season.residencies.shared.sessions, season.residencies.shared.people) == (Total(1), Total(600))
    assert [row.key for row in season.months.rows] == ["2027-02", "2027-03"]
    assert bilan_of(first.season, residency=second).values == season.parts[1].values
    # The season before has nothing of it.
    before, now = compare([earlier(first.season), first.season])
    assert (before.empty, now.values) == (True, values)
