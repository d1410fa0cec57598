"""The desk's first page: the seasons on their line, lines that say a thing once, a few figures."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from structures.models import Territory
from tests.factories.candidatures import ApplicationFactory, CallFactory, file_application, fill_application, fill_call
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, moment
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db

HOME = reverse("admin:index")


@pytest.fixture
def territory(client):
    user = CoordinatorFactory()
    client.force_login(user)
    return Territory.objects.coordinated_by(user).get()


def _presence(residency, *days):
    from residencies.enums import DayPart
    from residencies.models import PresenceDay

    for one in days:
        PresenceDay.objects.create(residency=residency, day=date.fromisoformat(one), done=DayPart.FULL)


def _residency(territory, **more):
    from residencies.enums import ResidencyState

    return ResidencyFactory(season__programme__territory=territory, state=ResidencyState.CURRENT, **more)


def test_the_same_thing_to_do_in_three_places_is_one_line_that_names_them(client, territory):
    season = _residency(territory, artist_name="Aube").season
    first = season.residencies.get()
    second = _residency(territory, season=season, artist_name="Brise")
    _presence(first, "2026-10-05", "2026-10-06")
    _presence(second, "2026-10-07")
    html = client.get(HOME).content.decode()
    assert html.count("jours de présence à vérifier") == 1
    line = next(part for part in html.split('<li class="desk__item') if "jours de présence" in part)
    assert 'desk__count">3<' in line
    assert re.findall(r'<a href="([^"]+)">(\w+)</a>', line) == [
        (reverse("admin:residencies_residency_presence", args=[row.uuid]), row.artist_name) for row in (first, second)
    ]
    assert ">Aube</a> (2)" in line
    assert "depuis le 5 octobre" in line
    # Under the heading that the menu gives to this moment of the work.
    assert re.search(r'desk__subject">Résidences</h3>\s*<ul[^>]*>(?:(?!</ul>).)*jours de présence', html, re.S)


def test_a_season_stands_on_one_line_from_its_call_to_its_bilan(client, territory):
    call = fill_call(CallFactory(season__programme__territory=territory))
    file_application(fill_application(ApplicationFactory(call=call)))
    closed = CallFactory(season__programme__territory=territory, season__closed_at=moment("2026-01-01")).season.name
    html = client.get(HOME).content.decode().split('<section class="seasons"')[1].split("</section>")[0]
    assert re.findall(r'<a href="[^"]+">([^<]+)<', html) == ["Appel", "Jury", "Résidences", "Bilan"]
    assert "1 dossier déposé" in html
    assert f"{reverse('admin:candidatures_application_changelist')}?appel={call.uuid}" in html
    assert reverse("admin:residencies_season_bilan", args=[call.season.uuid]) in html
    # Today is in the call; the bilan is to come.
    assert re.findall(r"seasons__stage--(\w+)", html)[0] == "current"
    assert "aujourd'hui" in html
    assert closed not in html


def _scene(territory, season, count):
    for turn in range(count):
        structure = StructureFactory(commune=CommuneFactory(territory=territory), territory=territory)
        residency = _residency(territory, season=season)
        activity = ActivityFactory(season=season, residencies=[residency], structures=[structure])
        SessionFactory(activity=activity, host=structure, starts_at=moment(f"2027-03-{turn % 27 + 1:02}"))
        _presence(residency, "2026-10-05")


def test_the_first_page_costs_the_same_for_three_rows_and_thirty(client, territory, assert_num_queries_constant):
    season = _residency(territory).season
    _scene(territory, season, 3)
    page = client.get(HOME).content.decode()
    figures = page.split('<section class="figures"')[1].split("</section>")[0]
    # Three sessions ahead, in three communes out of three.
    assert re.findall(r'figures__figure">([^<]+) <span>([^<]+)<', figures)[0] == ("0 tenue", "3 à venir")
    assert "0 sur 3 " in figures
    assert_num_queries_constant(lambda: client.get(HOME), lambda: _scene(territory, season, 27), at_most=40)
