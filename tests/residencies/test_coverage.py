"""Coverage of a small territory, counted by hand.

Three communes: Grand (10 000 inhabitants, priority district, district A), Petit (500, rural heart, district B), Seul
(1 500, district B, nobody ever goes there).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from candidatures.enums import LifeStage
from residencies.enums import (
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    Happened,
    Qualifier,
    RequestState,
    SessionState,
)
from residencies.methods.coverage import per_thousand
from residencies.methods.headcounts import Total, of_lines, together
from residencies.models import ActivityRequest, Confirmation, Headcount, PastAction, PlanningRules, Session
from residencies.selectors.coverage import coverage, first_year, gauge, gauges, world
from residencies.selectors.effects import effects
from structures.enums import Circle
from tests.factories.candidatures import SeasonFactory
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, plan_many, team
from tests.factories.structures import (
    CommuneFactory,
    PriorityDistrictFactory,
    SchoolDistrictFactory,
    StructureFactory,
    TerritoryFactory,
    real_territory,
)

pytestmark = pytest.mark.django_db


class Small:
    """The territory of this page, with one residency."""

    def __init__(self) -> None:
        self.territory = TerritoryFactory()
        a = SchoolDistrictFactory(territory=self.territory, slug="a", name="District A", order=1)
        b = SchoolDistrictFactory(territory=self.territory, slug="b", name="District B", order=2)
        place: dict[str, Any] = {"territory": self.territory, "latitude": 50.4}
        self.grand = CommuneFactory(
            name="Grand", slug="grand", population=10_000, longitude=2.8, school_district=a, **place
        )
        self.petit = CommuneFactory(
            name="Petit", slug="petit", population=500, longitude=2.9, school_district=b, rural_heart=True, **place
        )
        self.seul = CommuneFactory(
            name="Seul", slug="seul", population=1_500, longitude=3.0, school_district=b, **place
        )
        PriorityDistrictFactory(territory=self.territory, communes=[self.grand])
        self.scene = StructureFactory(commune=self.grand, name="Scène", circle=Circle.FIRST, kinds=["stage"])
        self.library = StructureFactory(commune=self.grand, name="Médiathèque", kinds=["library"])
        self.school = StructureFactory(commune=self.petit, name="École", circle="", kinds=["primary"])
        self.hall = StructureFactory(commune=self.seul, name="Salle", kinds=["library"])
        self.centres = StructureFactory(commune=None, territory=self.territory, name="Les centres", is_category=True)
        self.residency = ResidencyFactory(territory=self.territory, structures_target=3)
        self.season = self.residency.season
        # Earlier seasons are told by their name: a number of the factory's would put it anywhere.
        self.season.name = "2026-2027"
        self.season.save()

    def plan(self, *structures: Any, held: bool = False, stage: str = LifeStage.SCHOOL, **kwargs: Any) -> Session:
        residency = kwargs.pop("residency", self.residency)
        activity = ActivityFactory(residency=residency, structures=list(structures), life_stage=stage)
        state = SessionState.HELD if held else SessionState.PLANNED
        return SessionFactory(activity=activity, state=state, host=structures[0], **kwargs)


def count(session: Session, *lines: tuple[str, int | None, str, bool]) -> None:
    """The standing confirmation of a session, with these lines."""
    confirmation = Confirmation.objects.create(
        session=session, side=ConfirmationSide.DESK, happened=Happened.YES, made_at=timezone.now()
    )
    for category, value, qualifier, inside in lines:
        Headcount.objects.create(
            confirmation=confirmation, category=category, value=value, qualifier=qualifier, inside=inside
        )
    Session.objects.filter(pk=session.pk).update(standing=confirmation)


@pytest.fixture
def small() -> Small:
    return Small()


# People -----------------------------------------------------------------------------------------


def test_people_are_added_without_pretending() -> None:
    bilan = [(738, "exact"), (180, "exact"), (30, "exact"), (420, "exact"), (350, "exact"), (650, "more_than")]
    total = together(of_lines([(value, qualifier, False)]) for value, qualifier in bilan)
    assert (total.value, total.qualifier, total.unknown) == (2368, Qualifier.MORE_THAN, 0)
    assert of_lines([(650, "exact", False), (330, "exact", True)]) == Total(650)  # "650 dont 330"
    assert of_lines([(None, "exact", False)]) == Total(None, Qualifier.EXACT, 1)
    assert of_lines([(12, "exact", False), (None, "exact", False)]) == Total(12, Qualifier.MORE_THAN)
    assert Total(10) + Total(unknown=1) == Total(10, Qualifier.EXACT, 1)
    assert Total(10, Qualifier.MORE_THAN) + Total(5, Qualifier.ABOUT) == Total(15, Qualifier.ABOUT)


# The table --------------------------------------------------------------------------------------


def test_a_season_is_counted_as_by_hand(small: Small) -> None:
    held = small.plan(small.library, held=True)
    count(
        held,
        (AudienceCategory.PRIMARY, 25, Qualifier.EXACT, False),
        (AudienceCategory.ADULTS, 3, Qualifier.EXACT, False),
        (AudienceCategory.FAMILIES, 2, Qualifier.EXACT, True),
    )
    small.plan(small.scene, held=True, stage=LifeStage.GENERAL, on="2027-02-03")  # nobody counted
    small.plan(small.scene, small.centres, on="2027-02-04")
    # The school of Petit goes to the stage of Grand: a session in Grand, a structure of Petit.
    small.plan(small.scene, small.school, held=True, on="2027-02-05")
    cancelled = small.plan(small.hall, on="2027-02-08")
    Session.objects.filter(pk=cancelled.pk).update(state=SessionState.CANCELLED)
    cancelled.activity.structures.clear()
    found = coverage(small.season)
    grand, petit, seul = found.lines
    assert (grand.figures.planned, grand.figures.done, grand.figures.people) == (4, 3, Total(28, "exact", 2))
    assert (grand.figures.structures, grand.figures.met) == (2, 2)
    assert grand.rate == pytest.approx(0.4)
    assert (petit.figures.planned, petit.figures.structures, petit.figures.met) == (0, 1, 1)
    assert not petit.never
    assert seul.never
    assert [line.commune.name for line in found.never_communes] == ["Seul"]
    assert [place.name for place in found.never_structures] == ["Salle"]
    assert (found.total.figures.planned, found.total.reached, found.total.met) == (4, 2, 2)
    assert (found.rural.communes, found.rural.reached, found.priority.figures.planned) == (1, 1, 4)
    assert [(line.key, line.communes, line.reached, line.figures.planned) for line in found.districts] == [
        ("a", 1, 1, 4),
        ("b", 2, 1, 0),
    ]
    stages = {line.key: line.figures.planned for line in found.stages}
    assert stages == {"school": 3, "around_school": 0, "out_of_school": 0, "general": 1, "professionals": 0}
    assert {line.key: line.figures.planned for line in found.circles} == {Circle.FIRST: 3, Circle.NEAR: 2}
    assert {line.key: line.figures.planned for line in found.kinds} == {"stage": 3, "library": 2, "primary": 1}


def test_a_place_outside_the_communes_is_not_lost(small: Small) -> None:
    small.plan(small.library, held=True)
    SessionFactory(activity=ActivityFactory(residency=small.residency, structures=[small.centres]), place="Ailleurs")
    found = coverage(small.season)
    assert found.total.figures.planned == 1
    assert found.elsewhere.planned == 1


def test_one_residency_is_told_from_the_others(small: Small) -> None:
    other = ResidencyFactory(season=small.season)
    small.plan(small.library, held=True)
    small.plan(small.school, residency=other, held=True, on="2027-02-03")
    mine, all_of_them = coverage(small.season, small.residency), coverage(small.season)
    assert [line.figures.planned for line in mine.lines] == [1, 0, 0]
    assert [line.figures.planned for line in all_of_them.lines] == [1, 1, 0]
    # Somebody went to Petit: it is not among those that nobody ever met.
    assert [line.commune.name for line in mine.never_communes] == ["Seul"]


def test_earlier_seasons_count_as_earlier(small: Small) -> None:
    last_year = SeasonFactory(
        programme=small.season.programme, starts_on=date(2025, 9, 1), ends_on=date(2026, 8, 31), name="2025-2026"
    )
    before = ResidencyFactory(season=last_year, periods=False)
    small.plan(small.hall, residency=before, held=True, on="2026-02-02")
    small.plan(small.hall, residency=before, on="2026-02-03")  # never held, forgotten
    for name, commune, sessions, people in [
        ("2024-2025", small.petit, 4, 60),
        ("Saison 2023-2024", small.petit, None, None),
        (small.season.name, small.grand, 9, 9),  # this very season: what the software counts itself
        ("2031-2032", small.grand, 9, 9),
    ]:
        PastAction.objects.create(
            territory=small.territory, season_name=name, commune=commune, sessions=sessions, people=people
        )
    found = coverage(small.season)
    grand, petit, seul = found.lines
    assert grand.figures.nothing
    assert grand.never
    assert (petit.figures.earlier, petit.figures.earlier_unknown) == (4, 1)
    assert petit.figures.earlier_people == Total(60, "exact", 1)
    assert (seul.figures.planned, seul.figures.earlier, seul.never) == (0, 1, False)
    assert first_year("Saison 2023-2024") == 2023
    assert first_year("avant") is None


def test_the_real_territory_has_its_groups() -> None:
    territory = real_territory()
    season = ResidencyFactory(territory=territory).season
    found = coverage(season)
    assert (len(found.lines), found.rural.communes, found.priority.communes) == (36, 11, 19)
    assert (len(found.districts), sum(line.communes for line in found.districts)) == (10, 36)
    assert found.total.population == 242_013
    assert per_thousand(121, found.total.population) == pytest.approx(0.49997, abs=1e-5)
    assert len(found.never_communes) == 36


# The gauge --------------------------------------------------------------------------------------


def test_the_gauge_counts_different_structures_and_their_teams(small: Small) -> None:
    team(small.library, 2)
    team(small.school, 1)
    small.plan(small.library, held=True)
    small.plan(small.library, held=True, on="2027-02-03")
    small.plan(small.school, on="2027-02-04")
    ActivityFactory(residency=small.residency, structures=[small.scene, small.centres])
    ActivityFactory(residency=small.residency, structure=small.hall, state=ActivityState.IDEA)
    found = gauge(small.residency)
    assert (found.met, found.planned, found.done, found.target, found.missing) == (1, 3, 2, 3, 0)
    assert [(line.place.name, line.met, line.lacking) for line in found.lines] == [
        ("Médiathèque", True, 0),
        ("Scène", False, 2),
        ("École", False, 1),
    ]
    assert (found.planned, found.without_team, found.reached) == (3, 2, False)
    PlanningRules.objects.create(territory=small.territory, team_size=1)
    assert gauge(small.residency).without_team == 1


def test_a_called_off_session_leaves_the_gauge(small: Small) -> None:
    session = small.plan(small.library, held=True)
    assert gauge(small.residency).met == 1
    Session.objects.filter(pk=session.pk).update(state=SessionState.NOT_HELD)
    found = gauge(small.residency)
    assert (found.met, found.planned) == (0, 1)  # the activity still names it


# Effects ----------------------------------------------------------------------------------------


def test_a_wish_says_what_it_would_change(small: Small) -> None:
    small.plan(small.library, held=True)
    team(small.hall, 2)
    ActivityRequest.objects.create(
        season=small.season, structure=small.hall, public="des voisins", category=AudienceCategory.ADULTS,
        life_stage=LifeStage.GENERAL, people=10, hope="se rencontrer", state=RequestState.SENT,
    )  # fmt: skip
    found = effects([(small.hall, small.residency), (small.library, small.residency), (small.school, None)])
    far = found[small.hall.pk, small.residency.pk]
    assert far.reasons == [
        "Seul n'a jamais été rencontrée, en aucune saison",
        "structure jamais rencontrée",
        "0,00 séance pour 1\xa0000 habitants, moins que la moyenne du territoire",
        "circonscription District B, la moins servie (0,00 séance pour 1\xa0000 habitants)",
    ]
    assert far.score == 13  # 7 + 2 + 2 + 2
    near = found[small.library.pk, small.residency.pk]
    assert near.reasons[0] == "déjà prévue ou rencontrée : ne change pas la jauge"
    assert near.score < far.score
    assert "cœur rural" in found[small.school.pk, None].reasons
    assert effects([]) == {}


# Cost -------------------------------------------------------------------------------------------


def test_more_activities_cost_no_more_queries(small: Small) -> None:
    def cost() -> list[int]:
        taken = []
        for read in (
            lambda: world(small.season),
            lambda: gauges([small.residency]),
            lambda: effects([(place, small.residency) for place in (small.hall, small.school, small.scene)]),
        ):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                read()
            taken.append(len(queries))
        return taken

    plan_many(small.residency, 3)
    few = cost()
    plan_many(small.residency, 30)
    assert cost() == few
    assert few[0] <= 12
    assert few[1] <= 5
    assert few[2] <= 13
