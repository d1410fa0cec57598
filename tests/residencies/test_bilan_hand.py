"""A season typed from an older report: the figures it gives, what is refused, the pages where it is typed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from candidatures.models import Season
from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry as JournalEntry
from clea.ui.dates import number
from residencies.enums import AudienceCategory, AudienceGroup, Qualifier
from residencies.methods import hand_reports
from residencies.methods.hand_reports import Counted
from residencies.methods.headcounts import Total
from residencies.models import HandEntry, Production
from residencies.selectors.bilan import bilan_of
from residencies.services import hand_entries
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import SeasonFactory
from tests.factories.structures import CoordinatorFactory

REPORT = Path(__file__).parent / "data" / "old_report.json"
PUPILS, RESIDENTS, PROFESSIONALS = AudienceGroup.PUPILS, AudienceGroup.RESIDENTS, AudienceGroup.PROFESSIONALS


@pytest.fixture
def season() -> Season:
    return SeasonFactory(name="2024-2025")


@pytest.fixture
def desk(season: Season) -> User:
    return CoordinatorFactory(territory=season.programme.territory)


def report() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REPORT.read_text(encoding="utf-8"))
    return found


@pytest.mark.django_db
def test_the_old_report_gives_its_figures(season: Season, desk: User) -> None:
    entries = hand_entries.load(by=desk, season=season, data=report())
    figures = bilan_of(season)
    groups = {row.key: row.values.people for row in figures.groups.rows}
    assert figures.values.people == Total(2368, Qualifier.ABOUT)
    assert groups == {
        PUPILS: Total(1488),
        RESIDENTS: Total(670, Qualifier.MORE_THAN),
        PROFESSIONALS: Total(210, Qualifier.ABOUT),
    }
    assert figures.values.sessions == Total(215, Qualifier.MORE_THAN, unknown=2)
    assert figures.values.structures == Total(46, unknown=2)
    # Two lines have no pupils: their classes are not unknown, there are none.
    assert figures.values.classes == Total(26, unknown=2)
    assert figures.values.attendances == Total(unknown=5)
    # 738 + more than 180 + about 30 + 420 + 350 + more than 650: what is certain is more than 2 300.
    assert figures.floor == 738 + 181 + 27 + 420 + 350 + 651 > 2300
    assert len(figures.parts) == figures.entries == len(entries) == 5
    assert all(part.by_hand for part in figures.parts)
    assert Production.objects.filter(season=season, is_published=True).count() == 13


@pytest.mark.django_db
def test_six_hundred_and_fifty_of_whom_330_is_never_980(season: Season, desk: User) -> None:
    hand_entries.load(by=desk, season=season, data=report())
    one = bilan_of(season).parts[-1]
    assert one.values.people == Total(650, Qualifier.MORE_THAN)
    assert {row.key: row.values.people for row in one.groups.rows if row.values.people != Total()} == {
        PUPILS: Total(330),
        RESIDENTS: Total(320, Qualifier.MORE_THAN),
    }


@pytest.mark.django_db
def test_a_report_is_loaded_once_by_who_coordinates(season: Season, desk: User) -> None:
    hand_entries.load(by=desk, season=season, data=report())
    with pytest.raises(Refused) as refusal:
        hand_entries.load(by=desk, season=season, data=report())
    assert refusal.value.code == "already"
    with pytest.raises(Forbidden):
        hand_entries.load(by=UserFactory(), season=SeasonFactory(), data=report())
    assert HandEntry.objects.count() == 5
    assert JournalEntry.objects.filter(verb="hand_entry.loaded").count() == 1


def wrong(**changes: Any) -> list[str]:
    """The problems of the report once its first residency says this."""
    found = copy.deepcopy(report())
    found["residencies"][0] |= changes
    return hand_reports.read(found).problems


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "donnez le nom"),
        ({"interventions": {"value": -3}}, "un nombre entier"),
        ({"interventions": {"value": 80, "qualifier": "at_most"}}, "at_most"),
        ({"classes": True}, "un nombre entier"),
        ({"duration_months": "quatre"}, "un nombre entre"),
        ({"audience": [{"category": "martians", "value": 3}]}, "martians"),
        ({"audience": [{"category": "residents", "value": 10, "of_which_pupils": 30}]}, "« dont »"),
        ({"audience": "beaucoup"}, "une liste"),
        ({"audience": [3]}, "un objet"),
        ({"title": "Résidence de quartier, vidéo"}, "deux résidences"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    problems = wrong(**changes)
    assert len(problems) == 1
    assert said in problems[0].replace("\xa0", " ")


@pytest.mark.parametrize("data", [None, [], {"residencies": {}}, "texte"])
def test_a_file_that_is_no_report_says_what_is_expected(data: Any) -> None:
    assert "residencies" in hand_reports.read(data).problems[0]


def test_a_report_that_does_not_add_up_is_said_so() -> None:
    found = report()
    assert hand_reports.read(found).doubts == []
    found["check"]["sum"], found["claimed_total"]["min"] = 2698, 2400
    doubts = hand_reports.read(found).doubts
    assert [number(n) in said for n, said in zip((2698, 2400), doubts, strict=True)] == [True, True]
    assert (number(2368) in doubts[0], number(2367) in doubts[1]) == (True, True)


@pytest.mark.django_db
def test_a_line_is_typed_changed_and_taken_out(season: Season, desk: User) -> None:
    entry = hand_entries.add(by=desk, season=season, title="Théâtre", counts=[Counted(AudienceCategory.PRIMARY, 30)])
    lines = [Counted(AudienceCategory.ADULTS, 60), Counted(AudienceCategory.PRIMARY, 20, inside=0)]
    changed = hand_entries.change(by=desk, entry=entry, seen=0, title="Théâtre", counts=lines, sessions=4)
    assert bilan_of(season).values.people == Total(60)
    with pytest.raises(StaleWrite):
        hand_entries.change(by=desk, entry=entry, seen=0, title="Autre")
    with pytest.raises(StaleWrite):
        hand_entries.remove(by=desk, entry=entry, seen=0)
    hand_entries.remove(by=desk, entry=entry, seen=changed.version)
    assert bilan_of(season).empty
    verbs = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["hand_entry.written", "hand_entry.written", "hand_entry.removed"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lines",
    [
        [Counted("adults", 10, inside=0)],
        [Counted("adults", 10), Counted("primary", 5, inside=4)],
        [Counted("adults", 10), Counted("primary", 15, inside=0)],
        [Counted("adults", 10), Counted("primary", 6, inside=0), Counted("seniors", 6, inside=0)],
        [Counted("adults", None), Counted("primary", 5, inside=0)],
        [Counted("adults", 10), Counted("primary", 5, inside=0), Counted("secondary", 2, inside=1)],
    ],
)
def test_a_part_larger_than_its_whole_is_refused(season: Season, desk: User, lines: list[Counted]) -> None:
    with pytest.raises(Refused) as refusal:
        hand_entries.add(by=desk, season=season, title="Théâtre", counts=lines)
    assert refusal.value.code == "inside"
    assert not HandEntry.objects.exists()
