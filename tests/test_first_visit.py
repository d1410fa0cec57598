"""The first visit of any public page: 30 KB at most, in six requests at most, with few rows and with many."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import resolve

from clea.ui.ecodesign import first_visit
from residencies.models import Bilan, Event, Residency, Session, Work
from tests.access.public_pages import sitemap
from tests.factories import traces
from tests.factories.bilan_pages import held
from tests.factories.candidatures import CallFactory
from tests.factories.communication import NewsFactory
from tests.factories.residencies import ResidencyFactory, moment, plan_many
from tests.factories.steering import MeetingFactory
from tests.factories.structures import CommuneFactory, StructureFactory

HEAVIEST, MOST_REQUESTS = 30_000, 6
DURING = moment("2027-02-01", "08:00")


def grow(residency: Residency, first: int, last: int) -> None:
    """Rows ``first`` to ``last`` of all that public pages list."""
    season, territory = residency.season, residency.territory
    places = [
        StructureFactory(territory=territory, commune=CommuneFactory(territory=territory, latitude=50.4, longitude=2.8))
        for _n in range(first, last)
    ]
    held(residency, last - first, places)
    plan_many(residency, last - first, places)
    Session.objects.update(is_public=True)
    agreed = traces.consent(residency)
    for n in range(first, last):
        ResidencyFactory(season=season, published_at=DURING)
        CallFactory(season=season, complete=True, closed=n % 3 == 1, upcoming=n % 3 == 2)
        NewsFactory(territory=territory, residency=residency, published=True)
        MeetingFactory(season=season, published=True)
        Work.objects.create(residency=residency, title=f"Film {n}", form="film", is_published=True)
        starts_at = DURING + timedelta(days=n + 1)
        Event.objects.create(
            season=season, slug=f"heure-{n}", title=f"Heure {n}", place="La Gare", state="published",
            open_to_public=True, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        ).residencies.set([residency])  # fmt: skip
        traces.picture(residency, is_published=True, in_kit=True, consents=[agreed])
        traces.testimony(residency, is_published=True, consent=agreed)
        traces.production(residency, is_published=True)


@pytest.mark.django_db
@time_machine.travel(DURING, tick=False)
def test_the_first_visit_of_each_kind_of_public_page_stays_light_and_sets_no_cookie() -> None:
    residency: Residency = ResidencyFactory(artist_name="Aaron", published_at=DURING, presentation="Un texte. " * 120)
    season = residency.season
    grown, too_much, seen = 0, [], {}
    for rows in (3, 30):
        grow(residency, grown, rows)
        grown = rows
        Bilan.objects.get_or_create(
            season=season,
            defaults={"slug": "bilan", "title": "Bilan", "state": "published", "published_at": DURING},
        )
        kinds = {resolve(address).view_name: address for address in reversed(sitemap())}
        for name, address in kinds.items():
            page = Client().get(address, headers={"accept-encoding": "br"})
            assert (page.status_code, page.headers["Content-Encoding"], dict(page.cookies)) == (200, "br", {}), address
            visit = first_visit(Client().get(address).content.decode(), weigh_other=lambda picture: HEAVIEST)
            seen[name] = visit
            if visit.transferred > HEAVIEST or visit.requests > MOST_REQUESTS:
                too_much.append(f"{address} with {rows} rows: {visit.transferred} octets in {visit.requests} requests")
    assert not too_much
    assert {"home", "calls:detail", "residencies:agenda", "residencies:residency", "residencies:bilan"} <= set(seen)
