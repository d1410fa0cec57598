"""Where to go next, how far, with whom: on a small territory, by hand.

A line of communes on the same parallel: Base (lodging), Près, Loin, each a tenth of a degree of longitude apart.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from candidatures.enums import LifeStage
from residencies.enums import AudienceCategory, RequestState
from residencies.methods.travel import Figures, carbon_kg, crow_km, moves, tour_km
from residencies.methods.where_next import Day, Stop, distances, journey
from residencies.models import ActivityRequest, Lodging, PlanningRules, PresenceDay, Stay
from residencies.selectors.coverage import world
from residencies.selectors.pairings import pairings
from residencies.selectors.planning_rules import planning_rules
from residencies.selectors.travel import travel
from residencies.selectors.where_next import for_season, where_next
from structures.enums import Circle
from structures.models import Closure, Structure
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, plan_many, team
from tests.factories.structures import (
    CommuneFactory,
    SchoolDistrictFactory,
    StructureFactory,
    TerritoryFactory,
    real_territory,
)

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 2, 1)
TODAY = date(2027, 1, 20)
# Kilometres by road between two neighbours: the crow's, times 1.3.
STEP = 9.2165


class Line:
    def __init__(self) -> None:
        self.territory = TerritoryFactory()
        district = SchoolDistrictFactory(territory=self.territory, name="Ouest")
        self.base, self.near, self.far = (
            CommuneFactory(
                territory=self.territory, name=name, slug=name.lower(), latitude=50.4, longitude=2.7 + index / 10,
                population=population, school_district=district,
            )
            for index, (name, population) in enumerate([("Base", 5_000), ("Pres", 5_000), ("Loin", 5_000)])
        )  # fmt: skip
        self.residency = ResidencyFactory(territory=self.territory)
        self.season = self.residency.season
        self.home = Lodging.objects.create(territory=self.territory, name="Gîte", address="1, rue", commune=self.base)

    def sleep(self) -> None:
        Stay.objects.create(
            lodging=self.home, residency=self.residency, starts_on=date(2027, 1, 31), ends_on=date(2027, 6, 12)
        )

    def place(self, commune: Any, name: str, **kwargs: Any) -> Structure:
        structure = StructureFactory(commune=commune, name=name, **kwargs)
        team(structure)
        return structure

    def suggestions(self, **kwargs: Any) -> list[str]:
        _known, found = where_next(self.residency, today=TODAY, **kwargs)
        return [line.place.name for line in found.lines]


@pytest.fixture
def line() -> Line:
    return Line()


# Kilometres --------------------------------------------------------------------------------------


def test_a_tour_goes_from_the_lodging_and_back(line: Line) -> None:
    figures = Figures.of(planning_rules(line.territory))
    assert crow_km(line.base, line.near) == pytest.approx(STEP / 1.3, rel=1e-3)
    assert tour_km([line.base, line.near, line.far, line.base], figures) == pytest.approx(4 * STEP, rel=1e-3)
    # Twice in the same house is one stop; another house of the same commune is not.
    assert moves([(1, 7), (1, 7), (1, 8), (None, None), (2, None)]) == [1, 1, 2]
    assert carbon_kg(100, figures) == carbon_kg(50, figures) * 2
    assert str(carbon_kg(100, figures)) == "21.8"


def test_the_plan_is_counted_day_by_day(line: Line) -> None:
    near, far = line.place(line.near, "Foyer"), line.place(line.far, "Halle")
    activity = ActivityFactory(residency=line.residency, structures=[near, far])
    SessionFactory(activity=activity, host=near, on="2027-02-02", at="10:00")
    SessionFactory(activity=activity, host=far, on="2027-02-02", at="14:00")
    SessionFactory(activity=activity, host=near, on="2027-02-09")
    SessionFactory(activity=activity, host=None, place="Ailleurs", on="2027-02-10")
    rules = planning_rules(line.territory)
    without = travel(world(line.season), [line.residency], rules)
    assert without.km == pytest.approx(STEP, rel=1e-3)  # from the first session to the last
    line.sleep()
    (row,) = travel(world(line.season), [line.residency], rules).rows
    assert [round(week.km / STEP, 2) for week in row.weeks] == [4.0, 2.0]
    assert (row.days, row.nowhere, row.from_home) == (2, 1, True)


def test_the_detour_is_the_smallest_one(line: Line) -> None:
    figures = Figures.of(planning_rules(line.territory))
    communes = {one.pk: one for one in (line.base, line.near, line.far)}
    km = distances(communes, figures)
    home, near, far = line.base.pk, line.near.pk, line.far.pk
    alone = journey(near, Day(MONDAY, home), km)
    assert alone.km == pytest.approx(2 * STEP, rel=1e-3)
    assert alone.near is None
    # Going to Loin already passes by Pres.
    passing = journey(near, Day(MONDAY, home, (Stop(far),)), km)
    assert passing.km == pytest.approx(0, abs=0.05)
    assert passing.near == far
    assert journey(near, Day(MONDAY), km).km is None
    assert journey(far, Day(MONDAY, None, (Stop(near),)), km).km == pytest.approx(STEP, rel=1e-3)


# Suggestions -------------------------------------------------------------------------------------


def test_structures_met_closed_or_unnamed_are_not_suggested(line: Line) -> None:
    line.sleep()
    met, shut = line.place(line.base, "Déjà prévue"), line.place(line.near, "Fermée")
    school, monday = line.place(line.near, "École", kinds=["primary"]), line.place(line.far, "Fermée le lundi")
    line.place(line.far, "Partie", is_active=False)
    StructureFactory(commune=line.far, name="Les foyers", is_category=True)
    SessionFactory(activity=ActivityFactory(residency=line.residency, structure=met), on="2027-03-09")
    Closure.objects.create(structure=shut, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 5))
    Closure.objects.create(structure=monday, weekday=0)
    assert sorted(line.suggestions(asked=MONDAY)) == ["Fermée le lundi", "École"]
    _known, found = where_next(line.residency, today=TODAY, asked=MONDAY)
    assert next(one.day for one in found.lines if one.place.pk == monday.pk) == date(2027, 2, 2)
    assert (found.shut, found.candidates, found.based) == (1, 3, True)
    # Zone B is on holiday from 17 April; Easter Monday is gone before.
    _known, holidays = where_next(line.residency, today=TODAY, asked=date(2027, 4, 19))
    assert school.pk not in {one.place.pk for one in holidays.lines}


def test_a_week_without_the_artist_suggests_nothing(line: Line) -> None:
    line.place(line.near, "Foyer")
    _known, found = where_next(line.residency, today=TODAY, asked=date(2027, 2, 22))
    assert (found.days, found.lines) == ([], [])
    known, upcoming = where_next(line.residency, today=TODAY)
    assert upcoming.monday == MONDAY
    assert known.weeks(line.residency.pk)[:3] == [date(2026, 10, 5), MONDAY, date(2027, 2, 8)]
    for day in range(1, 6):
        PresenceDay.objects.create(residency=line.residency, day=date(2027, 2, day), planned="none")
    assert line.suggestions(asked=MONDAY) == []


def test_reasons_are_said_and_add_up(line: Line) -> None:
    line.sleep()
    served = line.place(line.base, "Médiathèque")
    SessionFactory(activity=ActivityFactory(residency=line.residency, structure=served), on="2027-03-09")
    wishing = line.place(line.far, "Halle")
    ActivityRequest.objects.create(
        season=line.season, structure=wishing, residency=line.residency, public="le quartier", hope="se connaître",
        category=AudienceCategory.ADULTS, life_stage=LifeStage.GENERAL, people=20, state=RequestState.SENT,
    )  # fmt: skip
    _known, found = where_next(line.residency, today=TODAY, asked=MONDAY)
    (one,) = found.lines
    points = dict(one.reasons)
    assert points["Loin n'a jamais été rencontrée, en aucune saison"] == 7.0
    assert points["un souhait de cette structure pour cet artiste attend une réponse"] == 4.0
    assert points["structure jamais rencontrée"] == 2.0
    assert one.score == pytest.approx(sum(points.values()), abs=0.01)
    assert one.km == pytest.approx(4 * STEP, rel=1e-3)
    assert one.carbon == carbon_kg(4 * STEP, Figures.of(found.rules))
    assert one.score == pytest.approx(7 + 4 + 2 + 2 - 0.1 * 4 * STEP, abs=0.02)  # and nothing per head there: +2


def test_suggestions_are_not_all_in_the_same_commune(line: Line) -> None:
    for number in range(6):
        line.place(line.near, f"Pres {number}")
    line.place(line.far, "Loin 0")
    names = line.suggestions(asked=MONDAY)
    assert len(names) == 7
    assert "Loin 0" in names[:2]


def test_an_incomplete_team_weighs_less(line: Line) -> None:
    PlanningRules.objects.create(territory=line.territory, team_size=3)
    line.place(line.near, "A")  # two members
    full = line.place(line.near, "B")
    team(full, 1)
    assert line.suggestions(asked=MONDAY) == ["B", "A"]


# Pairings ----------------------------------------------------------------------------------------


def test_pairings_are_counted_and_suggested(line: Line) -> None:
    scene = line.place(line.base, "Scène", circle=Circle.FIRST)
    museum = line.place(line.near, "Musée", circle=Circle.FIRST)
    library, alone = line.place(line.base, "Médiathèque"), line.place(line.near, "Bibliothèque")
    ActivityFactory(residency=line.residency, structures=[scene, library], title="Ensemble")
    ActivityFactory(residency=line.residency, structures=[alone])
    facts = world(line.season)
    km = distances(facts.communes, Figures.of(planning_rules(line.territory)))
    found = pairings(facts, km)
    assert [(one.plan.title, [place.name for place in one.near]) for one in found.made] == [
        ("Ensemble", ["Médiathèque"])
    ]
    (lonely,) = found.alone
    assert lonely.place.name == "Bibliothèque"
    assert [partner.place.name for partner in lonely.partners] == ["Musée", "Scène"]
    _known, next_ = where_next(line.residency, today=TODAY, asked=MONDAY)
    reasons = {one.place.pk: [words for words, _points in one.reasons] for one in next_.lines}
    assert "jumelage possible avec Bibliothèque, à 2\xa0km" in reasons[museum.pk]


# On the real territory ---------------------------------------------------------------------------


def test_ten_suggestions_on_the_real_territory_are_spread() -> None:
    territory = real_territory()
    residency = ResidencyFactory(territory=territory)
    plan_many(residency, 5, list(Structure.objects.filter(territory=territory, is_category=False)[:5]))
    _known, found = where_next(residency, today=TODAY, asked=MONDAY)
    assert len(found.lines) == 10
    assert len({one.commune.pk for one in found.lines}) >= 9
    assert all(one.commune.rural_heart or one.reasons for one in found.lines)
    # The reading costs the same for one residency and for six.
    others = [ResidencyFactory(season=residency.season) for _ in range(5)]
    with CaptureQueriesContext(connection) as one_residency:
        for_season(residency.season, [residency], MONDAY)
    with CaptureQueriesContext(connection) as six:
        assert len(for_season(residency.season, [residency, *others], MONDAY)) == 6
    assert len(six) == len(one_residency) <= 21


# Pages -------------------------------------------------------------------------------------------


def test_the_artist_reads_suggestions_for_a_week(line: Line, client: Client) -> None:
    line.place(line.near, "Foyer")
    with time_machine.travel("2027-01-20T09:00:00Z", tick=False):
        client.force_login(artist_of(line.residency))
        page = client.get(f"/ma-residence/{line.residency.uuid}/structures/ou-aller/")
        odd = client.get(f"/ma-residence/{line.residency.uuid}/structures/ou-aller/?semaine=n")
    text = page.content.decode()
    assert "Foyer" in text
    assert '<option value="2027-02-01" selected>' in text
    assert odd.status_code == 200
