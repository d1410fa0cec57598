"""From a figure to the sessions behind it: on the public page of a published bilan, and at the desk."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clea.accounts.models import User
from residencies.models import Bilan, Residency
from residencies.selectors.bilan import bilan_of
from residencies.selectors.bilan_trace import trace
from tests.factories.bilan_pages import by_hand, coordinator_of, held, written
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CommuneFactory, StructureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(periods=False)


@pytest.fixture
def desk(residency: Residency) -> User:
    return coordinator_of(residency.season)


def hold(residency: Residency, count: int) -> None:
    places = [StructureFactory(commune=CommuneFactory(territory=residency.territory)) for _n in range(2)]
    held(residency, count, places)


@pytest.fixture
def bilan(residency: Residency, desk: User) -> Bilan:
    hold(residency, 20)
    by_hand(residency.season)
    return written(residency.season, desk)


def address(bilan: Bilan, query: str = "") -> str:
    return reverse("residencies:bilan_trace", args=[bilan.slug]) + query


def publish(bilan: Bilan) -> None:
    Bilan.objects.filter(pk=bilan.pk).update(state="published", published_at=bilan.updated_at)


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\xa0", " ")


def test_the_trace_of_a_draft_is_nowhere_and_that_of_a_published_one_for_all(bilan: Bilan, client: Client) -> None:
    assert client.get(address(bilan)).status_code == 404
    publish(bilan)
    page = client.get(address(bilan))
    assert page.status_code == 200
    # One page for search engines, not thousands: every filter makes an address.
    assert 'name="robots"' not in page.content.decode()
    assert '<meta name="robots" content="noindex">' in client.get(address(bilan, "?forme=diffusion")).content.decode()


def test_each_row_of_the_figures_leads_to_its_sessions(bilan: Bilan) -> None:
    """Read from the rows of the tables, page after page, it is the figure."""
    figures = bilan_of(bilan.season)
    for slice_ in figures.slices:
        for row in slice_.rows:
            found = trace(bilan.season, row.trace)
            sessions = sum(step.sessions.value or 0 for step in found.page.paginator.object_list)
            assert sessions == (row.values.sessions.value or 0), (slice_.name, row.key)


def test_the_page_says_what_it_sums_and_names_nobody(bilan: Bilan, client: Client, residency: Residency) -> None:
    publish(bilan)
    figures = bilan_of(bilan.season)
    said = plain(client.get(address(bilan)).content.decode())
    assert f"{figures.values.sessions.value} séances" in said
    assert f"{figures.values.attendances.value} présences" in said
    assert "non compté" in said
    assert "Résidence des bourgs" in said
    artist = residency.artists.get()
    assert artist.last_name not in said
    # A residency that was not announced is not named either.
    assert residency.artist_name not in said
    assert f"{figures.values.people.value if figures.values.people else 0} personnes différentes" in plain(
        client.get(address(bilan, "?vue=activites")).content.decode()
    )


def test_a_value_that_means_nothing_finds_nothing(bilan: Bilan, client: Client) -> None:
    publish(bilan)
    for query in ("?commune=nulle-part", "?mois=2031-13", "?residence=0", "?vue=activites&public=x"):
        page = client.get(address(bilan, query))
        assert page.status_code == 200
        assert "Aucune séance tenue ne répond" in plain(page.content.decode())
    assert client.get(address(bilan, "?page=abc")).status_code == 200


def test_the_desk_reads_the_same_before_anything_is_published(bilan: Bilan, desk: User, client: Client) -> None:
    client.force_login(desk)
    url = reverse("admin:residencies_season_bilan_trace", args=[bilan.season.uuid])
    said = plain(client.get(url).content.decode())
    assert "60 séances" in said


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_the_trace_asks_as_much_at_three_and_thirty_sessions(residency: Residency, desk: User, client: Client) -> None:
    hold(residency, 3)
    bilan = written(residency.season, desk)
    publish(bilan)
    client.get(address(bilan))
    first = queries(client, address(bilan))
    hold(residency, 30)
    assert queries(client, address(bilan)) == first <= 13
    with CaptureQueriesContext(connection) as asked:
        bilan_of(residency.season)
    assert len(asked) == 7
