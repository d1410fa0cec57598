"""The public page of a bilan and its document: three large figures, plots with their tables, its cost."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from clea.journal import changes
from residencies.enums import Qualifier
from residencies.methods.headcounts import Total
from residencies.models import Bilan, Production, Residency, Session
from residencies.pages import bilan as pages
from residencies.reports import bilan_pdf, bilan_words
from residencies.reports.bilan_plots import Mark, bars, for_print, hills, points, unit_for
from residencies.selectors import bilan_pages as selectors
from residencies.services import bilans
from tests.factories.bilan_pages import coordinator_of, held
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CommuneFactory, StructureFactory


@pytest.fixture
def bilan(db: None) -> Bilan:
    """Published, of two residencies in two communes; the second one is not announced."""
    first: Residency = ResidencyFactory(published_at=timezone.now(), slug="compagnie-du-puits")
    second: Residency = ResidencyFactory(season=first.season, artist_name="Nom Réservé", slug="nom-reserve")
    places = [
        StructureFactory(commune=CommuneFactory(territory=first.territory, name=name, latitude=50.4, longitude=lon))
        for name, lon in (("Bourg", 2.7), ("Hameau", 2.8))
    ]
    for one in (first, second):
        held(one, 12, places)
    Production.objects.create(
        season=first.season, residency=first, kind="podcast", title="Les voix", count=3, is_published=True
    )
    made: Bilan = Bilan.objects.create(
        season=first.season, slug="la-saison", title="Ce que la saison laisse", introduction="Des *gestes*.",
        state="published", published_at=timezone.now(),
    )  # fmt: skip
    return made


def test_the_page_begins_with_three_large_figures_and_each_plot_has_its_table(bilan: Bilan, client: Client) -> None:
    text = client.get(bilan.get_absolute_url()).content.decode()
    assert text.count("bilan-large__figure") == 3
    assert text.index("bilan-large__figure") < text.index("plot--hills") < text.index('id="methode"')
    drawn = text.count('class="plot plot--bars"') + text.count('class="plot plot--hills"')
    assert (drawn, text.count('class="bilan-behind"')) == (5, 6)  # the map has one too
    for drawing in re.findall(r"<svg[^>]*aria-labelledby[^>]*>.*?</svg>", text, flags=re.DOTALL):
        assert "<title" in drawing
    identifiers = re.findall(r'\bid="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers))
    trace = reverse("residencies:bilan_trace", args=[bilan.slug])
    for query in ("", "?commune=", "?mois=", "?forme=", "?public=", "?residence="):
        assert f'href="{trace}{query}' in text
    assert "Les voix" in text
    assert "<strong>3</strong> podcasts" in text


def test_a_residency_that_is_not_announced_is_counted_and_not_named(bilan: Bilan, client: Client) -> None:
    text = client.get(bilan.get_absolute_url()).content.decode().replace("&#x27;", "'")
    assert "Nom Réservé" not in text
    assert "nom-reserve" not in text
    assert "Une résidence qui n'est pas encore annoncée" in text
    assert selectors.page(bilan).figures.values.sessions.value == 24


def test_the_pages_cost_the_same_whatever_took_place(bilan: Bilan, client: Client) -> None:
    def cost(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    page, index = bilan.get_absolute_url(), reverse("residencies:bilans")
    cost(page)
    few = cost(page), cost(index)
    residency = Residency.objects.get(slug="compagnie-du-puits")
    held(residency, 60, [StructureFactory(commune=CommuneFactory(territory=residency.territory)) for _ in range(9)])
    assert (cost(page), cost(index)) == few
    assert few[0] <= 13
    assert few[1] <= 3


@pytest.mark.django_db(transaction=True)
def test_its_figures_are_counted_again_as_soon_as_somebody_writes(bilan: Bilan, client: Client) -> None:
    first = held(Residency.objects.get(slug="compagnie-du-puits"), 1, [StructureFactory()])
    # The journal's first line: before it there is no mark, and nothing is kept.
    bilans.write(by=coordinator_of(bilan.season), season=bilan.season, seen=bilan.version, title="La saison")
    before = shown(client, bilan)
    with CaptureQueriesContext(connection) as queries:
        assert shown(client, bilan) == before
    assert len(queries) == 5
    Session.objects.filter(pk=first[0].pk).update(state="cancelled")
    assert shown(client, bilan) == before - 1


def shown(client: Client, bilan: Bilan) -> int:
    """Sessions, as the page says."""
    found: int = client.get(bilan.get_absolute_url()).context["figures"].values.sessions.value
    return found


def test_what_is_kept_is_of_tables_that_are_watched(bilan: Bilan) -> None:
    with CaptureQueriesContext(connection) as asked:
        selectors.public_page(bilan)
    read = {table for row in asked for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', row["sql"])}
    assert {"residencies_session", "residencies_headcount", "structures_structure"} <= read
    assert not read & changes.unseen_tables()


def test_the_list_shows_what_is_published(bilan: Bilan, client: Client) -> None:
    assert bilan.title in client.get(reverse("residencies:bilans")).content.decode()
    assert bilan.get_absolute_url() in client.get("/sitemap.xml").content.decode()
    Bilan.objects.update(state="draft")
    assert bilan.title not in client.get(reverse("residencies:bilans")).content.decode()
    for name in ("bilan", "bilan_pdf", "bilan_xlsx", "bilan_csv"):
        assert client.get(reverse(f"residencies:{name}", args=[bilan.slug])).status_code == 404


def test_the_home_page_leads_to_the_last_bilan_and_every_page_to_the_steering(bilan: Bilan, client: Client) -> None:
    home = client.get("/").content.decode()
    assert f'href="{bilan.get_absolute_url()}"' in home
    assert "Des <em>gestes</em>." in home
    Bilan.objects.update(state="draft")
    home = client.get("/").content.decode()
    assert bilan.title not in home
    for name in ("bilans", "steering"):
        assert f'href="{reverse(f"residencies:{name}")}"' in home


def test_the_document_is_tagged_titled_in_french_and_every_drawing_is_told(bilan: Bilan) -> None:
    content = bilan_pdf.pdf(selectors.page(bilan, where="print"))
    with pikepdf.open(io.BytesIO(content)) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked)
        assert str(root.Lang) == "fr"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == bilan.title
            assert metadata["pdfuaid:part"] == "1"
        figures = [one for one in _tags(root.StructTreeRoot) if one.get("/S") == "/Figure"]
        assert figures
        assert all(str(one.get("/Alt", "")) for one in figures)
        headings = [str(one.S) for one in _tags(root.StructTreeRoot) if str(one.get("/S", ""))[:2] == "/H"]
        assert headings[0] == "/H1"
        assert 8 <= len(document.pages) <= 16


def _tags(node: Any) -> list[Any]:
    """Every element of the structure, in the order it is read."""
    found: list[Any] = []
    left: list[Any] = [node]
    while left:
        one = left.pop(0)
        if isinstance(one, pikepdf.Dictionary):
            found.append(one)
            children = one.get("/K")
            left[:0] = list(children) if isinstance(children, pikepdf.Array) else [children]
    return found


def test_publics_are_counted_in_what_is_known(bilan: Bilan) -> None:
    context = pages.context(selectors.page(bilan))
    assert context["in_people"] is False
    came = selectors.page(bilan).figures.values.attendances.value or 0
    assert sum(int(re.sub(r"\D", "", one.figure)) for one in context["publics"]) == came
    assert [one.label for one in context["large"]][1:] == ["séances", "structures"]


# Drawings and words, without a database ------------------------------------------------------


def test_unknown_is_said_and_not_drawn_as_zero() -> None:
    drawing = bars([Mark("Connu", 4, "4"), Mark("Tu", None, "inconnu")], title="T", description="D", id_prefix="x")
    assert drawing.count("plot__unknown") == 1
    assert 'width="66%"' in drawing
    assert ">inconnu<" in drawing
    assert bars([], title="T", description="D", id_prefix="x") == ""


def test_what_people_typed_is_escaped_in_a_drawing() -> None:
    drawing = bars([Mark("<script>", 1, "<b>")], title="<i>", description="&", id_prefix="x")
    assert "<script>" not in drawing
    assert "<b>" not in drawing
    assert "<i>" not in drawing


def test_a_month_is_shortened_in_the_reader_s_language() -> None:
    assert [bilan_words.month(key) for key in ("2026-02", "2026-12", "?")] == ["févr", "déc", "?"]
    with override("en"):
        assert [bilan_words.month(key) for key in ("2026-02", "2026-12")] == ["Feb", "Dec"]


def test_only_the_highest_month_is_strong() -> None:
    marks = [Mark(str(n), value, str(value)) for n, value in enumerate([3, 9, 9, 0])]
    drawing = hills(marks, title="T", description="D", id_prefix="x")
    assert drawing.count("plot__hill--strong") == 1
    assert drawing.count("<path") == 3
    assert "<style>" in for_print(drawing)
    assert "<style>" not in drawing


@pytest.mark.parametrize(("people", "unit"), [(12, 1), (600, 1), (601, 2), (5_000, 10), (2_000_000, 5_000)])
def test_a_point_stands_for_a_round_number_of_people(people: int, unit: int) -> None:
    assert unit_for([people, None]) == unit
    drawn = points(people, unit=unit, tone="pupils", title="Élèves", id_prefix="x")
    assert drawn.count("h0") == max(1, round(people / unit))


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (Total(1488, Qualifier.MORE_THAN), "plus de 1 488"),
        (Total(30, Qualifier.ABOUT), "environ 30"),
        (Total(0), "0"),
        (Total(unknown=2), "inconnu"),
        (Total(), "–"),
        (None, ""),
    ],
)
def test_a_figure_is_said_with_its_qualifier(total: Total | None, words: str) -> None:
    assert bilan_words.said(total).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ") == words
