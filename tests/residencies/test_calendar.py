"""What calendars show, to whom, by week, month and season; and at which price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from candidatures.enums import PeriodKind
from residencies.enums import EventState, SessionState
from residencies.methods.entries import Entry, Kind, Who, holidays, with_clashes
from residencies.methods.weeks import View, bounds, folded, lay_out, neighbours
from residencies.models import Event, Residency, Session, Visit
from residencies.selectors.calendar import Scope, entries
from structures.models import Closure, Structure
from tests.candidatures.desk import text_of
from tests.factories.residencies import (
    ActivityFactory,
    ResidencyFactory,
    SessionFactory,
    artist_of,
    member_of,
    moment,
    plan_many,
)
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

PARIS = ZoneInfo("Europe/Paris")
MARCH = (date(2027, 3, 1), date(2027, 3, 31))

# Without a database --------------------------------------------------------------------------------


@settings(max_examples=80)
@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from([View.WEEK, View.MONTH]))
def test_pages_follow_one_another_without_a_gap(day: date, view: View) -> None:
    start, end = bounds(view, day, (day, day))
    assert (start.weekday(), end.weekday()) == (0, 6)
    assert start <= day <= end
    weeks = lay_out([], start, end, day)
    assert [cell.day for week in weeks for cell in week.days] == [
        start + timedelta(days=n) for n in range((end - start).days + 1)
    ]
    around = neighbours(view, day)
    assert around is not None
    before, after = (bounds(view, one, (one, one)) for one in around)
    # A week in two months is on both pages; none is on neither.
    assert before[1] >= start - timedelta(days=1)
    assert after[0] <= end + timedelta(days=1)
    assert before[0] < start
    assert after[1] > end


def at(hour: int, length: int, *who: str, state: str = "planned") -> Entry:
    starts = datetime(2027, 3, 1, tzinfo=PARIS) + timedelta(hours=hour)
    return Entry(
        Kind.SESSION,
        "s",
        starts.date(),
        starts.date(),
        starts_at=starts,
        ends_at=starts + timedelta(hours=length),
        cancelled=state == "cancelled",
        who=tuple(Who(ord(name), name) for name in who),
    )


def hours(entry: Entry) -> tuple[datetime, datetime]:
    assert entry.starts_at
    assert entry.ends_at
    return entry.starts_at, entry.ends_at


@settings(max_examples=80)
@given(
    st.lists(
        st.builds(
            lambda hour, length, who, state: at(hour, length, *sorted(who), state=state),
            st.integers(0, 30),
            st.integers(1, 12),
            st.sets(st.sampled_from("abc"), min_size=1),
            st.sampled_from(["planned", "cancelled"]),
        ),
        max_size=9,
    )
)
def test_two_sessions_of_a_residency_at_once_are_both_told(sessions: list[Entry]) -> None:
    expected = []
    for one in sessions:
        names = set()
        for other in sessions:
            standing = other is not one and not one.cancelled and not other.cancelled
            if standing and hours(one)[0] < hours(other)[1] and hours(other)[0] < hours(one)[1]:
                names |= {who.name for who in one.who} & {who.name for who in other.who}
        expected.append(tuple(sorted(names)))
    assert [entry.clashes for entry in with_clashes(sessions)] == expected


def test_holidays_of_the_season_are_drawn() -> None:
    found = holidays("B", date(2026, 9, 1), date(2027, 8, 31))
    school = [(one.title, one.first, one.last) for one in found if one.kind == Kind.SCHOOL_HOLIDAY]
    assert ("Vacances d'hiver", date(2027, 2, 20), date(2027, 3, 7)) in school
    assert ("Vacances de printemps", date(2027, 4, 17), date(2027, 5, 2)) in school
    public = {one.first for one in found if one.kind == Kind.PUBLIC_HOLIDAY}
    assert {date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} <= public


def test_empty_weeks_in_a_row_are_told_as_one() -> None:
    period = Entry(Kind.PERIOD, "Phase", date(2027, 3, 15), date(2027, 3, 21))
    weeks = folded(lay_out([period], date(2027, 3, 1), date(2027, 4, 11), date(2027, 1, 1)))
    assert [(week.gap, week.first, week.last) for week in weeks] == [
        (2, date(2027, 3, 1), date(2027, 3, 14)),
        (0, date(2027, 3, 15), date(2027, 3, 21)),
        (3, date(2027, 3, 22), date(2027, 4, 11)),
    ]


# With one ------------------------------------------------------------------------------------------


@pytest.fixture
def residency(db: None) -> Residency:
    return ResidencyFactory(artist_name="Compagnie des Gaillettes")


@pytest.fixture
def school(residency: Residency) -> Structure:
    return StructureFactory(commune=CommuneFactory(territory=residency.territory, name="Liévin"), name="École Curie")


def timed(scope: Scope, start: date = MARCH[0], end: date = MARCH[1]) -> list[str]:
    return [entry.title for entry in entries(scope, start, end) if entry.starts_at]


def planned(residency: Residency, title: str, on: str = "2027-03-16", **kwargs: Any) -> Session:
    structure = kwargs.pop("structure", None)
    activity = ActivityFactory(residency=residency, title=title, **({"structure": structure} if structure else {}))
    return SessionFactory(activity=activity, on=on, **kwargs)


def test_each_scope_has_its_own_things_and_nothing_else(residency: Residency, school: Structure) -> None:
    other = ResidencyFactory(season=residency.season)
    planned(residency, "Chez Curie", structure=school)
    planned(other, "Autre résidence")
    planned(ResidencyFactory(), "Autre territoire")
    planned(residency, "En mai", on="2027-05-04")
    for title, state in (("Annoncé", EventState.PUBLISHED), ("Brouillon", EventState.DRAFT)):
        Event.objects.create(
            season=residency.season, slug=title.lower(), title=title, place="La Gare", state=state,
            starts_at=moment("2027-03-17"), ends_at=moment("2027-03-17", "12:00"),
        ).residencies.set([residency])  # fmt: skip
    visit = Visit.objects.create(
        season=residency.season, title="Visite", starts_at=moment("2027-03-18"), ends_at=moment("2027-03-18", "12:00"),
    )  # fmt: skip
    visit.residencies.set([other])
    assert timed(Scope.of_residency(residency)) == ["Chez Curie", "Annoncé"]
    assert timed(Scope.of_season(residency.season)) == ["Autre résidence", "Chez Curie", "Annoncé", "Visite"]
    assert timed(Scope.of_season(residency.season, residencies=[other.pk])) == ["Autre résidence", "Visite"]
    assert timed(Scope.of_season(residency.season, frozenset({Kind.EVENT}))) == ["Annoncé"]
    assert timed(Scope.of_structure(school)) == ["Chez Curie", "Annoncé"]
    assert timed(Scope.of_territory(residency.territory)) == timed(Scope.of_season(residency.season))


def test_a_session_is_on_the_days_of_paris(residency: Residency) -> None:
    """23:30 in Paris the last day of March is not in April, whatever the day is in UTC."""
    late = planned(residency, "Nuit", on="2027-03-31", at="23:30", minutes=60)
    early = planned(residency, "Minuit", on="2027-04-01", at="00:00", minutes=60)
    scope = Scope.of_residency(residency)
    assert timed(scope) == ["Nuit"]
    april = [e for e in entries(scope, date(2027, 4, 1), date(2027, 4, 30)) if e.starts_at]
    assert [(e.uuid, e.first.day, e.last.day) for e in april] == [(late.uuid, 31, 1), (early.uuid, 1, 1)]


def test_a_structure_sees_its_closed_days(residency: Residency, school: Structure) -> None:
    Closure.objects.create(structure=school, weekday=2)
    Closure.objects.create(structure=school, starts_on=date(2027, 2, 20), ends_on=date(2027, 3, 2), reason="travaux")
    found = [e for e in entries(Scope.of_structure(school), *MARCH) if e.kind == Kind.CLOSURE]
    assert {day.day for e in found for day in (e.first, e.last)} == {20, 2, 3, 10, 17, 24, 31}


@time_machine.travel("2027-03-10T12:00+01:00", tick=False)
def test_the_artist_sees_the_month_the_week_and_the_season(client: Any, residency: Residency) -> None:
    session = planned(residency, "Lecture", structure=None)
    planned(residency, "Bal")
    Session.objects.filter(pk=session.pk).update(state=SessionState.CANCELLED)
    client.force_login(artist_of(residency))
    url = reverse("studio:calendar", args=[residency.uuid])
    month = text_of(client.get(url))
    assert "Mars 2027" in month
    assert "<s>Lecture</s>" in month
    shown = client.get(reverse("studio:session", args=[residency.uuid, session.uuid]))
    assert reverse("studio:session", args=[residency.uuid, session.uuid]) in month
    assert shown.status_code == 200
    assert "annulée" in month
    assert "Lundi de Pâques" in month
    assert "Vacances d'hiver" in month
    assert "Phase 2" in month
    assert "90" in month
    assert "87" in month
    week = text_of(client.get(url, {"vue": "semaine", "jour": "2027-03-16"}))
    assert "Du 15 au 21 mars 2027" in week
    assert "jour=2027-03-08" in week
    assert "jour=2027-03-22" in week
    season = text_of(client.get(url, {"vue": "saison"}))
    assert "rien de prévu" in season
    assert "Immersion" in season
    for words in ({"jour": "2027-02-30"}, {"jour": "hier"}, {"vue": "siècle"}, {"jour": "0001-01-01"}, {"nature": "x"}):
        assert client.get(url, words).status_code == 200
    assert "Bal" not in text_of(client.get(url, {"nature": "visit"}))
    assert "nature=visit" in text_of(client.get(url, {"nature": "visit"}))


@time_machine.travel("2027-03-10T12:00+01:00", tick=False)
def test_the_team_sees_who_comes(client: Any, residency: Residency, school: Structure) -> None:
    session = planned(residency, "Lecture", structure=school)
    client.force_login(member_of(school))
    url = reverse("team:calendar", args=[school.uuid])
    page = text_of(client.get(url))
    assert client.get(reverse("team:session", args=[school.uuid, session.uuid])).status_code == 200
    assert reverse("team:session", args=[school.uuid, session.uuid]) in page
    assert "Lecture" in page
    assert "Compagnie des Gaillettes" in page
    # The other residencies' periods are none of its business.
    assert "Phase 2" not in page
    assert client.get(url, {"vue": "saison"}).status_code == 200


@time_machine.travel("2027-03-10T12:00+01:00", tick=False)
def test_the_desk_sees_all_side_by_side_and_who_is_in_two_places(client: Any, residency: Residency) -> None:
    other = ResidencyFactory(season=residency.season, artist_name="Léa Fontaine")
    planned(residency, "Matin")
    planned(residency, "Aussi", at="11:00")
    planned(other, "Seule", at="11:00")
    client.force_login(CoordinatorFactory(territory=residency.territory))
    url = reverse("admin:residencies_season_calendar", args=[residency.season.uuid])
    week = client.get(url, {"vue": "semaine", "jour": "2027-03-16"})
    assert [who.name for who, _week in week.context["sheet"].rows] == ["Compagnie des Gaillettes", "Léa Fontaine"]
    assert text_of(week).count("en même temps qu'une autre</strong>") == 2
    assert "2 séances se tiennent en même temps" in text_of(week)
    alone = text_of(client.get(url, {"vue": "mois", "jour": "2027-03-16", "residence": str(other.uuid)}))
    assert "Seule" in alone
    assert "Matin" not in alone
    season = text_of(client.get(url, {"vue": "saison"}))
    assert 'Compagnie des Gaillettes <span class="num">× 2</span>' in season


def test_one_place_of_periods_tells_whose_they_are(client: Any, residency: Residency) -> None:
    ResidencyFactory(
        season=residency.season,
        artist_name="Léa Fontaine",
        periods=[(PeriodKind.PHASE, "Prolongation", date(2027, 6, 14), date(2027, 6, 18))],
    )
    client.force_login(CoordinatorFactory(territory=residency.territory))
    url = reverse("admin:residencies_season_calendar", args=[residency.season.uuid])
    page = text_of(client.get(url, {"jour": "2027-06-14"}))
    assert 'Prolongation <span class="cal-mark__who">Léa Fontaine</span>' in page


@time_machine.travel("2027-03-10T12:00+01:00", tick=False)
@pytest.mark.parametrize("view", ["mois", "semaine", "saison"])
def test_a_full_season_takes_twelve_queries_at_most(
    client: Any, residency: Residency, school: Structure, assert_max_queries: Callable[..., int], view: str
) -> None:
    everyone: list[Any] = [residency, *(ResidencyFactory(season=residency.season) for _ in range(5))]
    for one in everyone:
        plan_many(one, 150, [school])
    client.force_login(CoordinatorFactory(territory=residency.territory))
    url = reverse("admin:residencies_season_calendar", args=[residency.season.uuid])
    # Session, sign-in and the walls included.
    assert_max_queries(12, lambda: client.get(url, {"vue": view}))


@time_machine.travel("2027-03-10T12:00+01:00", tick=False)
@pytest.mark.parametrize("who", ["studio", "team", "desk"])
def test_a_calendar_costs_the_same_for_many_sessions(
    client: Any,
    residency: Residency,
    school: Structure,
    assert_num_queries_constant: Callable[..., int],
    who: str,
) -> None:
    plan_many(residency, 3, [school])
    cases: dict[str, Any] = {
        "studio": lambda: (artist_of(residency), reverse("studio:calendar", args=[residency.uuid])),
        "team": lambda: (member_of(school), reverse("team:calendar", args=[school.uuid])),
        "desk": lambda: (
            CoordinatorFactory(territory=residency.territory),
            reverse("admin:residencies_residency_calendar", args=[residency.uuid]),
        ),
    }
    person, url = cases[who]()
    client.force_login(person)
    assert_num_queries_constant(lambda: client.get(url), lambda: plan_many(residency, 27, [school]), at_most=13)
