"""The home page and the list of calls."""

from __future__ import annotations

import html
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from candidatures.enums import CallKind, CallStatus, PeriodKind
from candidatures.models import CallPeriod
from tests.factories.candidatures import CallFactory, ProgrammeFactory, SeasonFactory
from tests.factories.structures import CommuneFactory, TerritoryFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")


def text(response: Any) -> str:
    """The page as people read it: spaces are spaces, signs are signs."""
    return " ".join(html.unescape(response.content.decode()).split())


def home(client: Client) -> str:
    return text(client.get("/"))


def listed(client: Client, **query: Any) -> str:
    return text(client.get(reverse("calls:list"), query))


def test_the_home_page_works_with_nothing_at_all(client: Client) -> None:
    page = home(client)
    assert "Aucun appel n'est ouvert aujourd'hui" in page
    assert "Le contrat local d'éducation artistique (CLEA)" in page


def test_the_open_call_comes_first_with_its_days_and_one_button(client: Client) -> None:
    closing = datetime(2026, 2, 16, tzinfo=PARIS)
    call = CallFactory(complete=True, opens_at=closing - timedelta(days=40), closes_at=closing, title="Cinq résidences")
    with time_machine.travel(datetime(2026, 2, 3, 12, tzinfo=PARIS), tick=False):
        page = home(client)
    assert "<strong>12</strong> <span>jours restants</span>" in page
    assert page.count('class="button"') == 1
    assert f'<a class="button" href="{call.get_absolute_url()}">Lire l\'appel et candidater</a>' in page


def test_two_open_calls_are_both_there_the_artistic_one_first(client: Client) -> None:
    artistic = CallFactory(title="Cinq résidences")
    media = CallFactory(title="Une journaliste", kind=CallKind.EMI, season=artistic.season)
    page = home(client)
    band = page[page.index('class="band') : page.index('class="wrap page"')]
    assert band.index(artistic.title) < band.index(media.title)
    assert page.count('class="button"') == 1


def test_without_an_open_call_the_next_one_is_announced(client: Client) -> None:
    CallFactory(upcoming=True, title="Le prochain")
    page = home(client)
    assert "Le prochain" in page
    assert "Ouvre dans 10 jours" in page
    assert "Aucun appel" not in page


def test_without_any_to_come_the_last_one_is_remembered(client: Client) -> None:
    season = SeasonFactory(starts_on=date(2020, 9, 1), ends_on=date(2099, 8, 31))
    call = CallFactory(closed=True, season=season, title="Le dernier")
    page = home(client)
    assert "Aucun appel n'est ouvert" in page
    assert f'<a href="{call.get_absolute_url()}">Le dernier</a>' in page


def test_a_draft_is_never_on_the_home_page_nor_in_the_list(client: Client) -> None:
    CallFactory(draft=True, title="Secret")
    assert "Secret" not in home(client)
    assert "Secret" not in listed(client)


def test_the_season_is_a_line_from_the_call_to_the_bilan(client: Client) -> None:
    season = SeasonFactory(name="2026-2027", starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))
    call = CallFactory(
        season=season,
        opens_at=datetime(2025, 12, 15, 9, tzinfo=PARIS),
        closes_at=datetime(2026, 2, 16, tzinfo=PARIS),
        interviews_from=date(2026, 3, 2),
        interviews_to=date(2026, 3, 6),
        results_on=date(2026, 3, 13),
    )
    for kind, title, starts, ends in [
        (PeriodKind.IMMERSION, "Immersion", date(2026, 10, 5), date(2026, 10, 9)),
        (PeriodKind.EVENT, "27e heure", date(2026, 10, 7), date(2026, 10, 7)),
        (PeriodKind.PHASE, "Phase 1", date(2027, 2, 1), date(2027, 2, 19)),
    ]:
        CallPeriod.objects.create(call=call, kind=kind, title=title, starts_on=starts, ends_on=ends)
    with time_machine.travel(datetime(2026, 10, 6, 12, tzinfo=PARIS), tick=False):
        page = home(client)
    line = page[page.index("La saison 2026-2027") : page.index("Les prochaines dates")]
    steps = ["Appel", "Jury", "Immersion", "Phase 1", "Bilan"]
    places = [line.index(f">{step}<") for step in steps]
    assert places == sorted(places)
    assert "du 2 au 13 mars 2026" in line
    assert "du 20 février au 31 août 2027" in line
    current = line[line.index('aria-current="step"') :]
    assert current.index("Immersion") < current.index("</li>")
    assert "27e heure, 7 octobre" in current


def test_a_date_shared_by_two_calls_is_told_once(client: Client) -> None:
    artistic = CallFactory(complete=True, title="Cinq résidences")
    CallFactory(complete=True, title="Une journaliste", kind=CallKind.EMI, season=artistic.season)
    page = home(client)
    agenda = page[page.index("Les prochaines dates") :]
    assert agenda.count("<strong>Immersion</strong>") == 1
    entry = agenda[agenda.index("<strong>Immersion</strong>") :]
    entry = entry[: entry.index("</li>")]
    assert "Cinq résidences" in entry
    assert "Une journaliste" in entry


def test_the_map_shows_the_communes_and_leads_to_them(client: Client) -> None:
    territory = TerritoryFactory(name="Communauté du Val")
    commune = CommuneFactory(territory=territory, name="Valbourg")
    page = home(client)
    assert commune.get_absolute_url() in page
    assert "Communauté du Val" in page


def test_with_several_territories_each_is_named_and_the_recruiting_one_is_drawn(client: Client) -> None:
    quiet, recruiting = TerritoryFactory(name="Aaa calme"), TerritoryFactory(name="Bbb qui recrute")
    CommuneFactory(territory=quiet, name="Bourg-Calme")
    CommuneFactory(territory=recruiting, name="Bourg-Vif")
    CallFactory(complete=True, territory=recruiting)
    page = home(client)
    assert quiet.get_absolute_url() in page
    assert recruiting.get_absolute_url() in page
    assert "Bourg-Vif" in page
    assert "Bourg-Calme" not in page


def test_the_list_sorts_calls_by_what_one_can_do(client: Client) -> None:
    opening = datetime(2020, 1, 1, tzinfo=PARIS)
    CallFactory(title="Appel A", opens_at=opening, closes_at=datetime(2090, 1, 2, tzinfo=PARIS))
    CallFactory(title="Appel B", opens_at=opening, closes_at=datetime(2090, 1, 1, tzinfo=PARIS))
    CallFactory(title="Appel C", upcoming=True)
    CallFactory(title="Appel D", closed=True)
    CallFactory(title="Appel E", closed=True, status=CallStatus.ARCHIVED)
    page = listed(client)
    order = [page.index(text) for text in ("Ouverts", "Appel B", "Appel A", "À venir", "Appel C", "Passés", "Appel D")]
    assert order == sorted(order)
    assert page.index("Passés") < page.index("Appel E")


def test_a_call_leaves_the_open_ones_at_the_second_it_closes(client: Client) -> None:
    closing = datetime(2026, 6, 30, 12, tzinfo=PARIS)
    CallFactory(title="Jusqu'à midi", opens_at=closing - timedelta(days=30), closes_at=closing)
    with time_machine.travel(closing - timedelta(seconds=1), tick=False):
        assert "Passés" not in listed(client)
    with time_machine.travel(closing, tick=False):
        page = listed(client)
    assert page.index("Passés") < page.index("Jusqu'à midi")
    assert "Aucun appel n'est ouvert aujourd'hui." in page


def test_past_calls_come_by_pages(client: Client) -> None:
    CallFactory.create_batch(21, closed=True)
    assert listed(client).count("listing__title") == 20
    second = listed(client, page=2)
    assert second.count("listing__title") == 1
    assert "Ouverts" not in second
    assert listed(client, page="n'importe quoi").count("listing__title") == 20


def _thirty(programme: Any) -> None:
    for index in range(9):
        season = SeasonFactory(programme=programme, ends_on=date(2099, 8, 31))
        CallFactory(complete=True, season=season)
        CallFactory(complete=True, season=season, upcoming=True)
        CallFactory(complete=True, season=season, closed=True)
        CommuneFactory(territory=programme.territory, name=f"Bourg {index}")


@pytest.mark.parametrize(("path", "cost"), [("/", 6), ("/appels/", 3)])
def test_the_cost_does_not_grow_with_the_number_of_calls(
    client: Client, assert_num_queries_constant: Any, path: str, cost: int
) -> None:
    programme = ProgrammeFactory()
    season = SeasonFactory(programme=programme, ends_on=date(2099, 8, 31))
    for traits in ({}, {"upcoming": True}, {"closed": True}):
        CallFactory(complete=True, season=season, **traits)
    CommuneFactory(territory=programme.territory)
    assert assert_num_queries_constant(lambda: client.get(path), lambda: _thirty(programme), at_most=6) == cost
