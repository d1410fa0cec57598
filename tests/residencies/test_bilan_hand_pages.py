"""The desk's pages of a bilan: the figures as they stand, a report typed line by line, a report loaded from a file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Season
from residencies.methods.headcounts import Total
from residencies.models import HandEntry
from residencies.selectors.bilan import bilan_of
from tests.factories.bilan_pages import by_hand, coordinator_of, held
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CommuneFactory, StructureFactory

pytestmark = pytest.mark.django_db
REPORT = (Path(__file__).parent / "data" / "old_report.json").read_bytes()


@pytest.fixture
def season() -> Season:
    season: Season = ResidencyFactory(periods=False).season
    return season


@pytest.fixture
def desk(season: Season, client: Client) -> Client:
    client.force_login(coordinator_of(season))
    return client


def url(season: Season, name: str, *more: Any) -> str:
    return reverse(f"admin:residencies_season_{name}", args=[season.uuid, *more])


def plain(html: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode())).replace("\xa0", " ").replace("&#x27;", "'")


def typed(lines: list[dict[str, Any]], made: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A form as a browser sends it."""
    found: dict[str, Any] = {"title": "Résidence des quais", "counts_people": "on", "seen": ""} | more
    for prefix, rows in (("public", lines), ("production", made or [])):
        found |= {f"{prefix}-TOTAL_FORMS": len(rows) + 1, f"{prefix}-INITIAL_FORMS": 0}
        for n, row in enumerate([*rows, {}]):
            blank = {"category": "", "qualifier": "exact", "value": "", "inside": "", "label": ""}
            blank = blank if prefix == "public" else {"kind": "podcast", "title": "", "count": "", "url": ""}
            found |= {f"{prefix}-{n}-{name}": value for name, value in (blank | row).items()}
    return found


def test_a_residency_is_typed_with_650_of_whom_330(season: Season, desk: Client) -> None:
    lines = [
        {},
        {"category": "general", "value": "650", "qualifier": "more_than"},
        {"category": "pupils", "value": "330", "inside": "2"},
    ]
    sent = typed(lines, [{"kind": "video", "title": "Trois vidéos", "count": "3"}], sessions="50", months="3,5")
    assert desk.post(url(season, "hand_add"), sent).status_code == 302
    entry = HandEntry.objects.get()
    assert (entry.sessions, str(entry.months), entry.productions.get().count) == (50, "3.5", 3)
    assert bilan_of(season).values.people == Total(650, "more_than")
    page = plain(desk.get(url(season, "bilan")).content)
    assert "plus de 650" in page
    assert "980" not in page
    # Written again from its own page: nothing changes but what was typed.
    form = desk.get(url(season, "hand_change", entry.uuid)).content.decode()
    assert 'value="650"' in form
    again = typed(lines[1:2], title="Résidence des docks", seen="0", structures="12")
    assert desk.post(url(season, "hand_change", entry.uuid), again).status_code == 302
    entry.refresh_from_db()
    assert (entry.title, entry.structures, entry.sessions, entry.counts.count()) == ("Résidence des docks", 12, None, 1)
    stale = desk.post(url(season, "hand_change", entry.uuid), again)
    assert stale.status_code == 422
    assert "Quelqu'un d'autre" in plain(stale.content)


@pytest.mark.parametrize(
    ("lines", "more", "said"),
    [
        ([{"value": "12"}], {}, "Choisissez de quel public"),
        ([{"category": "adults", "value": "-3"}], {}, "négatif"),
        ([{"category": "adults", "value": "10"}, {"category": "primary", "value": "15", "inside": "1"}], {}, "Ligne 1"),
        ([{"category": "adults", "value": "10", "inside": "2"}], {}, "La ligne 2 est vide"),
        ([], {"title": ""}, "Il manque une réponse ici"),
    ],
)
def test_what_cannot_be_comes_back_filled(
    season: Season, desk: Client, lines: list[dict[str, Any]], more: dict[str, Any], said: str
) -> None:
    page = desk.post(url(season, "hand_add"), typed(lines, source="page 12", **more))
    assert page.status_code == 422
    assert said in plain(page.content)
    assert 'value="page 12"' in page.content.decode()
    assert not HandEntry.objects.exists()


def test_a_line_is_taken_out_once_it_was_asked(season: Season, desk: Client) -> None:
    entry = by_hand(season)
    page = url(season, "hand_remove", entry.uuid)
    assert "Résidence des bourgs" in plain(desk.get(page).content)
    desk.post(page, {"seen": "9"})
    assert HandEntry.objects.exists()
    desk.post(page, {"seen": "0"})
    assert not HandEntry.objects.exists()


def test_a_report_is_shown_before_it_is_written(season: Season, desk: Client) -> None:
    page = desk.post(url(season, "hand_load"), {"upload": SimpleUploadedFile("rapport.json", REPORT)})
    said = plain(page.content)
    assert [n in said for n in ("environ 2 368", "1 488 élèves", "plus de 670", "plus de 215")] == [True] * 4
    assert not HandEntry.objects.exists()
    text = page.context["confirm"].initial["text"]
    assert desk.post(url(season, "hand_load"), {"text": text}).status_code == 302
    assert HandEntry.objects.filter(season=season).count() == 5
    again = desk.post(url(season, "hand_load"), {"upload": SimpleUploadedFile("rapport.json", REPORT)})
    assert "déjà saisie" in plain(again.content)
    assert "déjà saisie" in plain(desk.post(url(season, "hand_load"), {"text": text}).content)
    assert HandEntry.objects.count() == 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"residencies": [', "ligne 1, colonne"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b'{"residencies": [{"title": 3}]}', "Résidence 1, title"),
        (b"[" * 100_000, "trop profond"),
        (b" " * 300_001, "un rapport en pèse moins"),
        (b'{"residencies": [{"title": "A", "classes": 1e400}]}', "un nombre entier"),
    ],
)
def test_a_bad_file_says_where(season: Season, desk: Client, content: bytes, said: str) -> None:
    page = desk.post(url(season, "hand_load"), {"upload": SimpleUploadedFile("rapport.json", content)})
    assert page.status_code == 422
    assert said in plain(page.content)


def test_a_closed_season_is_read_only(season: Season, desk: Client) -> None:
    entry = by_hand(season)
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    page = desk.get(url(season, "bilan")).content.decode()
    assert url(season, "hand_add") not in page
    assert desk.post(url(season, "hand_add"), typed([])).status_code == 422
    desk.post(url(season, "hand_remove", entry.uuid), {"seen": "0"})
    assert HandEntry.objects.count() == 1


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_desk_asks_as_much_at_three_and_thirty(season: Season, desk: Client) -> None:
    residency = season.residencies.get()
    places = [StructureFactory(commune=CommuneFactory(territory=residency.territory)) for _n in range(3)]
    held(residency, 3, places)
    by_hand(season)
    pages = [url(season, "bilan"), url(season, "bilan_trace")]
    for page in pages:
        desk.get(page)
    first = [queries(desk, page) for page in pages]
    held(residency, 30, places)
    for _n in range(9):
        by_hand(season)
    assert [queries(desk, page) for page in pages] == first
