"""A call in plain language: written by the coordinator, else drafted from the call's facts."""

from __future__ import annotations

import html
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.demo import content
from candidatures.models import Call
from candidatures.services import calls
from tests.factories.candidatures import CallFactory, SeasonFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


def read(client: Client, call: Call) -> str:
    page = client.get(reverse("calls:plain", args=[call.slug]))
    return " ".join(html.unescape(page.content.decode()).split())


def test_a_call_nobody_rewrote_says_its_own_facts_in_short_sentences(client: Client) -> None:
    call = CallFactory(complete=True, closes_at=datetime(2030, 2, 15, 23, tzinfo=UTC), results_on=date(2030, 3, 15))
    text = read(client, call)
    for words in (
        "La date limite : vendredi 15 février 2030",
        "au plus tard le vendredi 15 mars 2030",
        "Vous gagnez 12 000 € net.",
        f"Écrivez à {call.contact_email}.",
        "Lire l'appel en entier",
    ):
        assert words in text
    assert reverse("calls:plain", args=[call.slug]) in client.get(call.get_absolute_url()).content.decode()


def test_the_coordinator_s_words_stand_one_idea_a_line_and_are_not_taken_into_another_year(client: Client) -> None:
    call = CallFactory(complete=True, **content.plain("clea"))
    assert "Elle cherche 5 artistes ou groupes d'artistes." in read(client, call)
    Call.objects.update(
        plain_text="## Quand ?\nLe 1er mars.\n- <b>Pas après.</b>\n## Et « après » ?\nRien.", plain_text_en=""
    )
    source = client.get(reverse("calls:plain", args=[call.slug])).content.decode()
    assert "<ul><li>Le 1er mars.</li><li>&lt;b&gt;Pas après.&lt;/b&gt;</li></ul>" in source
    assert "<h2>Et «\N{NO-BREAK SPACE}après\N{NO-BREAK SPACE}»\N{NO-BREAK SPACE}?</h2>" in source
    client.cookies["django_language"] = "en"
    assert '<section lang="fr">' in client.get(reverse("calls:plain", args=[call.slug])).content.decode()
    coordinator = CoordinatorFactory(territory=call.territory)
    season = SeasonFactory(programme=call.season.programme, name="2031-2032")
    again = calls.clone(by=coordinator, call=call, season=season, slug="encore", title="Encore", reference_year=2031)
    assert (again.plain_text, again.plain_text_en) == ("", "")
