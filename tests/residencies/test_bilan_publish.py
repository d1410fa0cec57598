"""Writing a bilan, publishing it, and its documents, made again when the rows say something else."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from candidatures.models import Season
from clea.accounts.models import User
from clea.errors import Forbidden, Refused, StaleWrite
from clea.jobs import running
from clea.jobs.models import Job
from clea.journal.models import Entry
from residencies import models
from residencies.admin.publishing import desk_items
from residencies.enums.bilan import BilanState
from residencies.methods.bilan import Figures, Values
from residencies.models import Bilan, Consent, HandEntry, Headcount, Residency
from residencies.rules.publishing import claim_holds
from residencies.selectors import bilan_pages as selectors
from residencies.services import bilans
from structures.models import Structure
from tests.factories.bilan_pages import by_hand, coordinator_of, earlier, held, written
from tests.factories.residencies import ResidencyFactory
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    """Ten sessions held in two structures, one of them uncounted."""
    found: Residency = ResidencyFactory(published_at=timezone.now(), slug="compagnie-du-carreau")
    places = [
        StructureFactory(commune=CommuneFactory(territory=found.territory, name=name, latitude=50.4, longitude=lon))
        for name, lon in (("Bourg", 2.7), ("Hameau", 2.8))
    ]
    held(found, 10, places, each=5)
    return found


@pytest.fixture
def season(residency: Residency) -> Season:
    return residency.season


@pytest.fixture
def desk(season: Season) -> User:
    return coordinator_of(season)


@pytest.fixture
def published(season: Season, desk: User, monkeypatch: pytest.MonkeyPatch) -> Bilan:
    """Published, without laying out a PDF: that is another test's."""
    quick(monkeypatch)
    return bilans.publish(by=desk, season=season, seen=written(season, desk).version)


def quick(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Documents of a few bytes; what is given grows each time one is made."""
    made: list[int] = []

    def pdf(page: selectors.BilanPage, *, draft: bool = False) -> bytes:
        made.append(len(page.testimonies))
        return b"%PDF-1.7 essai"

    monkeypatch.setattr("residencies.services.bilans.bilan_pdf.pdf", pdf)
    monkeypatch.setattr("residencies.services.bilans.bilan_pdf.pages_of", lambda content: 1)
    return made


def test_words_are_written_by_the_desk_of_the_territory_and_nobody_overwrites_another(
    season: Season, desk: User
) -> None:
    bilan = written(season, desk, introduction="Une saison.")
    assert (bilan.slug, bilan.state, bilan.version) == (season.name, BilanState.DRAFT, 1)
    again = bilans.write(by=desk, season=season, seen=1, title="Autre titre")
    assert (again.title, again.introduction, again.version) == ("Autre titre", "Une saison.", 2)
    for seen in (1, None):
        with pytest.raises(StaleWrite):
            bilans.write(by=desk, season=season, seen=seen, title="Trop tard")
    with pytest.raises(Forbidden):
        bilans.write(by=CoordinatorFactory(), season=season, seen=2, title="D'ailleurs")
    other = ResidencyFactory(season__name=season.name).season
    assert written(other, coordinator_of(other)).slug == f"{season.name}-{other.programme.territory.slug}"


def test_published_it_has_its_documents_and_taken_back_it_has_none(
    published: Bilan, season: Season, desk: User
) -> None:
    assert (published.state, published.pdf is not None, published.workbook is not None) == ("published", True, True)
    with pytest.raises(Refused, match="déjà publié"):
        bilans.publish(by=desk, season=season, seen=published.version)
    with pytest.raises(StaleWrite):
        bilans.unpublish(by=desk, season=season, seen=published.version - 1)
    back = bilans.unpublish(by=desk, season=season, seen=published.version)
    assert (back.state, back.pdf, back.workbook, back.fingerprint) == ("draft", None, None, "")
    verbs = list(Entry.objects.filter(verb__startswith="bilan.").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["bilan.written", "bilan.published", "bilan.files_made", "bilan.taken_back"]


def test_nothing_to_tell_is_not_published() -> None:
    season = ResidencyFactory().season
    desk = coordinator_of(season)
    with pytest.raises(Refused, match="pas encore écrit"):
        bilans.publish(by=desk, season=season, seen=0)
    bilan = written(season, desk)
    with pytest.raises(Refused, match="rien à publier"):
        bilans.publish(by=desk, season=season, seen=bilan.version)


def test_a_closed_season_is_read_only_but_for_its_documents(published: Bilan, season: Season, desk: User) -> None:
    Season.objects.filter(pk=season.pk).update(closed_at=timezone.now())
    with pytest.raises(Refused, match="close"):
        bilans.write(by=desk, season=season, seen=published.version, title="Après coup")
    with pytest.raises(Refused, match="close"):
        bilans.unpublish(by=desk, season=season, seen=published.version)
    bilans.forget_files(season)
    bare = selectors.find(published.slug)
    assert bare is not None
    assert bare.pdf is None
    assert bilans.build_files(bilan=bare).pdf is not None


def test_documents_are_made_again_only_when_something_changed(
    published: Bilan, season: Season, desk: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = quick(monkeypatch)
    address = reverse("residencies:bilan_pdf", args=[published.slug])
    first = client.get(address)
    assert (first.status_code, first.content, made) == (200, b"%PDF-1.7 essai", [])
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    count = Headcount.objects.exclude(value=None).first()
    assert count is not None
    Headcount.objects.filter(pk=count.pk).update(value=(count.value or 0) + 1)
    assert client.get(address).status_code == 200
    assert made == [0]
    client.get(reverse("residencies:bilan_xlsx", args=[published.slug]))
    assert made == [0]
    consent = Consent.objects.create(season=season, person="Une personne", form="paper", given_on=season.starts_on)
    models.Testimony.objects.create(
        season=season, text="C'était beau.", signature="un élève", consent=consent, is_published=True
    )
    client.get(address)
    Consent.objects.update(withdrawn_at=timezone.now())
    bilans.forget_files(season)
    client.get(address)
    assert made == [0, 1, 0]


def test_the_page_says_the_day_of_its_figures(published: Bilan, client: Client) -> None:
    address = reverse("residencies:bilan", args=[published.slug])
    assert published.pdf is not None
    made, closed = timezone.now() - timedelta(days=40), timezone.now() - timedelta(days=90)
    type(published.pdf).objects.update(created_at=made)
    page = selectors.dated(selectors.page(selectors.find(published.slug)))  # type: ignore[arg-type]
    assert page.as_of == timezone.localdate(made)
    Headcount.objects.update(value=1)
    page = selectors.dated(selectors.page(selectors.find(published.slug)))  # type: ignore[arg-type]
    assert page.as_of == timezone.localdate()
    assert "Chiffres arrêtés au" in client.get(address).content.decode()
    # A closed season does not change any more.
    type(published.season).objects.update(closed_at=closed)
    page = selectors.dated(selectors.page(selectors.find(published.slug)))  # type: ignore[arg-type]
    assert page.as_of == timezone.localdate(closed)


@pytest.mark.parametrize(("floor", "claimed", "holds"), [(2367, 2300, True), (2301, 2300, True), (2300, 2300, False)])
def test_a_claim_needs_more_people_than_it_says(floor: int, claimed: int, holds: bool) -> None:
    verdict = claim_holds(claimed, Figures("", Values(), floor=floor))
    assert bool(verdict) is holds
    assert holds or "ne justifient pas" in str(verdict.reason)


def test_a_season_of_hand_entries_alone_is_published_and_compared(
    published: Bilan, season: Season, desk: User, client: Client
) -> None:
    """650 « plus de » and no attendance: people, without a session behind."""
    before = earlier(season)
    by_hand(before)
    old = written(before, desk, claimed_people=400)
    assert bilans.publish(by=desk, season=before, seen=old.version).pdf is not None
    text = client.get(old.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert '<span class="bilan-large__before">plus de</span> 400' in text
    assert "personnes différentes" in text
    page = selectors.page(published)
    assert [one.name for one in page.beside] == [before.name, season.name]
    assert 'id="avant"' in client.get(published.get_absolute_url()).content.decode()
    HandEntry.objects.all().delete()
    assert selectors.page(published).compared is False


def test_a_claim_that_the_figures_do_not_bear_out_is_not_shown(published: Bilan, client: Client, desk: User) -> None:
    bilans.write(by=desk, season=published.season, seen=published.version, claimed_people=90_000)
    assert "90 000" not in client.get(published.get_absolute_url()).content.decode().replace("\xa0", " ")
    client.force_login(desk)
    hub = client.get(reverse("admin:residencies_season_bilan", args=[published.season.uuid])).content.decode()
    assert "Les chiffres ne justifient pas" in hub


def test_the_desk_writes_reads_publishes_and_takes_back(
    season: Season, desk: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    client.force_login(desk)

    def at(name: str) -> str:
        return reverse(f"admin:residencies_season_{name}", args=[season.uuid])

    assert client.get(at("bilan_publishing")).status_code == 404
    assert client.post(at("bilan_words"), {"title": ""}).status_code == 422
    answer = client.post(at("bilan_words"), {"seen": "", "title": "La saison", "claimed_people": ""})
    assert answer.status_code == 302
    bilan = Bilan.objects.get()
    stale = client.post(at("bilan_words"), {"seen": "0", "title": "Un autre"})
    assert (stale.status_code, "pendant que vous écriviez" in stale.content.decode()) == (422, True)
    assert 'name="seen" value="1"' in stale.content.decode()
    assert "ce bilan n'est pas publié" in client.get(at("bilan_preview")).content.decode().replace("&#x27;", "'")
    assert client.get(bilan.get_absolute_url()).status_code == 404
    assert "Publier" in client.get(at("bilan_publishing")).content.decode()
    looked = client.post(at("bilan_preview_pdf"))
    client.post(at("bilan_publish"), {"seen": "1"})
    bilan.refresh_from_db()
    assert bilan.pdf is None, "its documents are made by a job"
    for job in Job.objects.order_by("pk"):
        running.run(job.pk)
    assert "Télécharger" in client.get(looked.headers["Location"]).content.decode()
    bilan.refresh_from_db()
    assert bilan.pdf is not None
    assert client.get(bilan.get_absolute_url()).status_code == 200
    assert "quittent le site" in client.get(at("bilan_publishing")).content.decode()
    client.post(at("bilan_take_back"), {"seen": "2"})
    assert client.get(bilan.get_absolute_url()).status_code == 404


def test_a_season_that_is_over_asks_for_its_bilan(season: Season, desk: User) -> None:
    request = type("Request", (), {"user": desk})()
    assert desk_items(request) == []
    Season.objects.filter(pk=season.pk).update(starts_on="2024-09-01", ends_on="2025-08-31")
    assert [item.detail for item in desk_items(request)] == [season.name]
    Bilan.objects.create(season=season, slug="x", title="X", state="published", published_at=timezone.now())
    assert desk_items(request) == []


# Sheets --------------------------------------------------------------------------------------


def test_the_open_data_give_the_sessions_and_nobody(published: Bilan, client: Client, residency: Residency) -> None:
    answer = client.get(reverse("residencies:bilan_csv", args=[published.slug]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"))))
    assert len(rows) == 10
    known = [int(row["presences"]) for row in rows if row["presences"]]
    assert sum(known) == selectors.page(published).figures.values.attendances.value
    assert [row["comptage_manquant"] for row in rows].count("1") == 1
    for row in rows:
        parts = [int(value) for name, value in row.items() if name.startswith("presences_") and value]
        assert sum(parts) == int(row["presences"] or 0)
    assert {row["residences"] for row in rows} == {residency.artist_name}
    Residency.objects.update(published_at=None)
    assert residency.artist_name not in client.get(answer.request["PATH_INFO"]).content.decode()


def test_libreoffice_reads_the_figures_back(published: Bilan, tmp_path: Path) -> None:
    assert published.workbook is not None
    path = tmp_path / "bilan.xlsx"
    with published.workbook.file.open("rb") as file:
        path.write_bytes(file.read())
    book = load_workbook(path)
    assert book.sheetnames == [
        "Résumé", "Résidences", "Séances", "Publics", "Communes", "Structures", "Productions", "Lisez-moi",
    ]  # fmt: skip
    values = selectors.page(published).figures.values
    summary = {row[1]: row[2] for row in book["Résumé"].iter_rows(min_row=2, values_only=True) if row[0] == "Saison"}
    assert summary["Séances tenues"] == values.sessions.value == 10
    assert summary["Présences"] == values.attendances.value
    assert summary["Heures"] == float(values.hours or 0)
    office = shutil.which("soffice")
    assert office, "libreoffice-calc reads the workbooks back"
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path / 'profile'}", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1",
         "--outdir", str(tmp_path), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    read = list(csv.reader((tmp_path / "bilan.csv").read_text("utf-8").splitlines()))
    assert {row[1]: row[2] for row in read if row[0] == "Saison"}["Présences"] == str(values.attendances.value)


def test_structures_of_two_communes_are_both_there(published: Bilan) -> None:
    assert Structure.objects.count() == 2
    assert {row.label for row in selectors.page(published).figures.communes.rows} == {"Bourg", "Hameau"}
