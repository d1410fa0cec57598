"""What anyone reads of the residencies: pages, agenda, feeds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from residencies.enums import ActivityState, SessionState
from residencies.models import Residency, Session
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, moment, plan_many
from tests.factories.structures import CommuneFactory, StructureFactory

pytestmark = pytest.mark.django_db
TODAY = moment("2027-02-01", "08:00")


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(artist_name="Compagnie du Crassier", published_at=TODAY, presentation="**Nous** marchons.")


def public_session(residency: Residency, title: str = "Sortie de fabrique", **kwargs: Any) -> Session:
    activity = ActivityFactory(residency=residency, title=title, how_to_come="Entrée par la cour.")
    return SessionFactory(activity=activity, **({"is_public": True, "on": "2027-02-02"} | kwargs))


def read(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_agenda_shows_what_is_public_and_nothing_else(residency):
    public_session(residency)
    public_session(residency, "Répétition fermée", is_public=False)
    public_session(residency, "Hier", on="2027-01-31")
    idea = public_session(residency, "Encore une idée")
    idea.activity.state = ActivityState.IDEA
    idea.activity.save()
    page = read("/agenda/")
    assert "Sortie de fabrique" in page
    assert "Entrée par la cour." in page
    for hidden in ("Répétition fermée", "Hier", "Encore une idée"):
        assert hidden not in page


def test_a_session_called_off_stays_and_says_so(residency):
    session = public_session(residency)
    session.state = SessionState.CANCELLED
    session.save()
    session.activity.state = ActivityState.CANCELLED
    session.activity.save()
    page = read("/agenda/")
    assert "annulé" in page
    assert "Entrée par la cour." not in page
    assert "Annulé" in read("/agenda/fil.atom")


def test_the_agenda_of_a_commune_and_of_some_days(residency):
    here = CommuneFactory(territory=residency.territory, name="Bourg-Neuf")
    place = StructureFactory(commune=here)
    public_session(residency, "Chez nous", host=place)
    public_session(residency, "À la salle", host=place, commune=CommuneFactory(territory=residency.territory))
    public_session(residency, "En mars", host=place, on="2027-03-10")
    page = read(f"/agenda/?commune={here.insee}")
    assert "Chez nous" in page
    assert "En mars" in page
    assert "À la salle" not in page, "a commune said wins over the host's own"
    page = read(f"/agenda/?commune={here.insee}&du=2027-03-01&au=2027-03-10")
    assert "En mars" in page
    assert "Chez nous" not in page


def test_dates_that_cannot_be_read_are_said_and_hide_nothing(residency):
    public_session(residency)
    page = read("/agenda/?du=2027-03-10&au=2027-03-01")
    assert "inversez-les" in page
    assert "Sortie de fabrique" in page
    assert "Sortie de fabrique" in read("/agenda/?du=hier&commune=00000&page=99")


def test_an_agenda_without_a_line_says_so(residency):
    assert "Rien d'annoncé pour ce choix" in read("/agenda/").replace("&#x27;", "'")


def test_a_residency_s_page_says_who_when_and_what_is_to_come(residency):
    public_session(residency)
    page = read(residency.get_absolute_url())
    assert "Compagnie du Crassier" in page
    assert "<strong>Nous</strong> marchons." in page
    assert "Sortie de fabrique" in page
    assert "8 mars" in page


def test_the_page_of_a_finished_residency_opens_on_what_happened(residency):
    held = public_session(residency, title="Sortie de fabrique", on="2026-10-06")
    Session.objects.filter(pk=held.pk).update(state="held")
    Residency.objects.filter(pk=residency.pk).update(state="finished")
    page = read(residency.get_absolute_url())
    assert "Ce qui a eu lieu" in page
    assert "<dt>séance tenue</dt><dd>1</dd>" in page
    assert "À venir" not in page
    assert "Aucun rendez-vous public" not in page


def test_a_residency_that_is_not_published_does_not_exist(residency):
    hidden = ResidencyFactory(artist_name="Pas encore", season=residency.season)
    assert Client().get(hidden.get_absolute_url()).status_code == 404
    assert "Pas encore" not in read("/residences/")
    session = public_session(hidden, "Avant l'annonce")
    assert session.uuid.hex
    page = read("/agenda/")
    assert "Avant l'annonce" in page.replace("&#x27;", "'")
    assert "Pas encore" not in page
    assert "Pas encore" not in read("/agenda/agenda.ics")


def test_a_commune_says_what_happens_there(residency):
    session = public_session(residency)
    commune = session.host.commune
    page = read(commune.get_absolute_url())
    assert "Sortie de fabrique" in page
    assert residency.get_absolute_url() in page
    assert f"/agenda/?commune={commune.insee}" in page


def test_the_home_page_says_what_is_open_this_week(residency):
    public_session(residency)
    public_session(residency, "Dans dix jours", on="2027-02-11")
    page = read("/")
    assert "Cette semaine" in page
    assert "Sortie de fabrique" in page
    assert "Dans dix jours" not in page


def test_the_feed_tells_the_last_changes_first(residency):
    public_session(residency, "Première")
    with time_machine.travel(TODAY + timedelta(hours=1)):
        public_session(residency, "Seconde")
    feed = read("/agenda/fil.atom")
    assert feed.index("Seconde") < feed.index("Première")


def test_pages_ask_the_same_number_of_queries_at_3_and_30_rows(residency):
    places = [StructureFactory(commune=CommuneFactory(territory=residency.territory)) for _ in range(3)]

    def grow(count: int) -> None:
        Session.objects.filter(pk__in=[row.pk for row in plan_many(residency, count, places)]).update(is_public=True)
        for _ in range(count // 3):
            ResidencyFactory(season=residency.season, published_at=timezone.now(), artist=None)

    grow(3)
    pages = ["/agenda/", "/agenda/fil.atom", "/residences/", residency.get_absolute_url(),
             places[0].commune.get_absolute_url(), "/"]  # fmt: skip
    before = {}
    for path in pages:
        before[path] = _queries(path)
    grow(27)
    assert {path: _queries(path) for path in pages} == before
    assert [before["/"], before["/agenda/"], before[pages[4]]] == [5, 4, 5]
    assert max(before.values()) <= 14


def _queries(path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        read(path)
    return len(captured)
