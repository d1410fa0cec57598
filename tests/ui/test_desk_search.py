"""The desk's one search: what it finds, for whom, at what cost."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories.candidatures import ApplicationFactory, CallFactory, file_application, fill_application, fill_call
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, moment
from tests.factories.structures import CommuneFactory, CoordinatorFactory, ProfessionalFactory, StructureFactory

pytestmark = pytest.mark.django_db

URL = reverse("admin:search")


def _world(territory, name="Zéphyrine", count=1):
    """One row of each main kind whose name holds the word."""
    for turn in range(count):
        commune = CommuneFactory(territory=territory, name=f"{name}-lès-Mines {turn}")
        structure = StructureFactory(commune=commune, territory=territory, name=f"École {name} {turn}")
        ProfessionalFactory(structure=structure, last_name=name, email=f"{turn}.{territory.pk}@ecole.test")
        residency = ResidencyFactory(season__programme__territory=territory, artist_name=f"Cie {name} {turn}")
        artist_of(residency)
        activity = ActivityFactory(season=residency.season, residencies=[residency], structures=[structure])
        SessionFactory(activity=activity, host=structure, starts_at=moment("2027-03-12", "14:00"))
    return structure


@pytest.fixture
def coordinator(client):
    user = CoordinatorFactory()
    client.force_login(user)
    return user


def _territory(user):
    from structures.models import Territory

    return Territory.objects.coordinated_by(user).get()


def test_one_word_without_its_accent_finds_every_kind_of_thing_in_one_s_own_territory(client, coordinator):
    mine = _world(_territory(coordinator))
    other = _world(_territory(CoordinatorFactory()))
    page = client.get(URL, {"q": "zephyrine"}).content.decode()
    groups = ["Résidences", "Membres des équipes", "Structures", "Communes", "Séances"]
    assert [group for group in groups if f">{group}</h2>" not in page] == []
    assert reverse("admin:structures_structure_change", args=[mine.uuid]) in page
    assert str(other.uuid) not in page
    # A session by its day, in words or in figures.
    for said in ("12 mars 2027", "12/03/2027 zephyrine"):
        assert "vendredi 12 mars 2027, 14\xa0h" in client.get(URL, {"q": said}).content.decode()
    assert "vendredi 12 mars" not in client.get(URL, {"q": "13 mars 2027"}).content.decode()


def test_a_dossier_is_found_by_its_number_and_a_mail_by_its_subject(client, coordinator):
    territory = _territory(coordinator)
    application = fill_application(
        ApplicationFactory(call=fill_call(CallFactory(season__programme__territory=territory)))
    )
    number = file_application(application).number
    page = client.get(URL, {"q": number}).content.decode()
    assert reverse("admin:candidatures_application_change", args=[application.uuid]) in page
    assert "Messages</h2>" in page


def test_the_search_says_what_it_takes_and_what_to_do_when_nothing_answers(client, coordinator):
    assert "un mot suffit" in client.get(URL).content.decode()
    assert "Deux lettres au moins." in client.get(URL, {"q": "é"}).content.decode()
    assert "Rien ne répond à «\xa0introuvable\xa0»" in client.get(URL, {"q": "introuvable"}).content.decode()


def test_the_search_costs_the_same_for_three_rows_and_thirty(client, coordinator, assert_num_queries_constant):
    territory = _territory(coordinator)
    _world(territory, count=3)
    assert_num_queries_constant(
        lambda: client.get(URL, {"q": "zephyrine"}), lambda: _world(territory, "Zéphyrin", 27), at_most=40
    )
