"""The main story: from the call to a filed dossier, and to the coordination's desk."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clea.documents.samples import sample_pdf
from tests import pdfs
from tests.journeys.artist import CV, PORTFOLIO, Artist
from tests.journeys.reading import Reading

pytestmark = pytest.mark.django_db(transaction=True)

REASONS = {
    "javascript": r"programme \(JavaScript\)",
    "encrypted": r"protégé",
    "truncated": r"incomplet|abîmé",
}


def spaced(text: str) -> str:
    """Any run of blanks, no-break ones too, as one space."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.smoke
def test_an_artist_files_a_dossier_and_the_coordination_takes_it_up(page, signed_in, call, smtp_server, browser_faults):
    browser_faults.expect(r"status of 4(22|09)")
    from candidatures.models import Deposit
    from tests.factories.structures import CoordinatorFactory

    # Reads the call, comes in by a code, fills.
    artist = Artist(page, smtp_server)
    artist.start("/appels/residences/")
    artist.open("Qui vous êtes")
    artist.fill_identity()
    status = page.locator("[data-save-status]")
    expect(status).to_have_text(re.compile(r"^Enregistré à \d+\sh(\s\d\d)? – pas encore déposé$"))
    page.reload()
    expect(page.get_by_label("Ville", exact=True)).to_have_value("Bourg")
    artist.fill_everything_after_identity()

    # A hostile file is refused with its reason; the one before is still there.
    artist.open("CV")
    for code, reason in REASONS.items():
        artist.choose(next(iter(pdfs.HOSTILE[code].values()))(), f"{code}.pdf", "Remplacer le fichier")
        expect(page.locator(".error")).to_have_text(re.compile(reason))
        expect(page.get_by_role("link", name="parcours-lou.pdf", exact=True)).to_be_visible()

    # Above the ceiling, it says by how much, and does not let file.
    artist.open("Budget prévisionnel")
    artist.fill_budget(total="25 250,50", charges="10 250,50")
    expect(page.locator("#budget-summary")).to_contain_text(re.compile(r"1\s?250,50\s€"))
    artist.next()
    page.goto(f"{artist.dossier}verifier/")
    expect(page.locator("#manques")).to_contain_text(re.compile(r"1\s?250,50\s€"))
    expect(page.get_by_role("button", name="Déposer mon dossier")).to_have_count(0)
    artist.open("Budget prévisionnel")
    artist.fill_budget()
    expect(page.locator("#budget-summary")).to_contain_text("il reste")
    artist.next()

    # Checks, files, is told so by a message that says what the law asks.
    page.goto(f"{artist.dossier}verifier/")
    expect(page.get_by_text("Je voudrais dessiner les chemins")).to_be_visible()
    number = artist.file()
    year = call.reference_year
    assert number == f"CLEA-{year}-0001"
    deposit = Deposit.objects.get(number=number)
    receipt = artist.last_message("bien reçu")
    said = spaced(receipt.text)
    for words in (
        number,
        deposit.sha256,
        "Service culture des Terres noires",
        "1 place du Carreau 62000 Bourg",
        "culture@terres-noires.exemple.test",
        "00 00 00 00 01",
        "réputée rejetée",
        "Lettre d'intention",
        f"{artist.dossier}depots/{number}/",
    ):
        assert words in said, words
    assert receipt.message["Reply-To"] == "culture@terres-noires.exemple.test"
    receipt_pdf = Reading(artist.download("Télécharger l'accusé de réception"))
    assert number in receipt_pdf.texts[0]
    assert "réputée rejetée" in spaced(receipt_pdf.texts[0])
    assert_assembled(artist.download("Ouvrir mon dossier en un seul PDF"), number, deposit.sha256)

    # Changes one thing: the page says that it does not count yet; files again.
    artist.open("Portfolio")
    artist.choose(PORTFOLIO, "travaux.pdf")
    expect(page.get_by_role("link", name="travaux.pdf", exact=True)).to_be_visible()
    page.goto(artist.dossier)
    expect(page.get_by_text("Modifié depuis votre dépôt")).to_be_visible()
    page.goto(f"{artist.dossier}verifier/")
    second = artist.file()
    assert second == f"CLEA-{year}-0002"
    assert [message.subject.strip() for message in smtp_server.to(artist.email)][1:] == [
        f"Dossier {number} bien reçu – Résidences aux Terres noires",
        f"Dossier {second} bien reçu – Résidences aux Terres noires",
    ]
    page.goto(artist.dossier)
    expect(page.get_by_role("heading", name=number)).to_be_visible()

    # The coordination finds it, checks it, asks for a piece; the letter leaves once it is approved.
    coordinator = CoordinatorFactory(territory=call.territory, first_name="Cyr", last_name="Coron")
    desk = signed_in(coordinator).new_page()
    desk.goto("/coordination/")
    desk.goto("/coordination/candidatures/application/")
    desk.locator("#searchbar").fill("TERRIL lou")
    desk.locator("#searchbar").press("Enter")
    desk.get_by_role("link", name=second).click()
    expect(desk.get_by_text("Je voudrais dessiner les chemins")).to_be_visible()
    for group in desk.get_by_role("group", name=re.compile("^Constat")).all():
        group.get_by_label("remplie", exact=True).check()
    desk.get_by_role("button", name="Enregistrer les constats").click()
    expect(desk.get_by_text("La candidature est maintenant « recevable »")).to_be_visible()
    desk.locator("summary", has_text="Demander une pièce").click()
    desk.get_by_label("Pièce", exact=True).select_option(label="CV")
    desk.get_by_label("Ce qui manque, en clair").fill("La dernière page est blanche.")
    desk.get_by_role("textbox", name="Date").fill(f"{timezone.localdate() + timedelta(days=7):%d/%m/%Y}")
    before = len(smtp_server.to(artist.email))
    desk.get_by_role("button", name="Préparer la demande").click()
    expect(desk.get_by_text("relisez-le, puis approuvez-le")).to_be_visible()
    assert len(smtp_server.to(artist.email)) == before
    desk.get_by_role("button", name="Approuver et envoyer").click()
    desk.get_by_role("button", name="Approuver et envoyer").click()
    letter = artist.last_message("Une pièce manque")
    assert "La dernière page est blanche." in letter.text

    # The artist opens the address of the letter and answers.
    found = re.search(r"http\S+/demandes/\S+", letter.text)
    assert found is not None
    page.goto(found[0])
    new_cv = sample_pdf("Lou Terril, parcours complet", ["Douze ans."], 4, author="Lou Terril")
    artist.choose(new_cv, "parcours-complet.pdf")
    artist.at("Votre dossier est déposé")
    third = Deposit.objects.get(number=f"CLEA-{year}-0003")
    assert third.pieces.get(code="cv").sha256 == hashlib.sha256(new_cv).hexdigest()
    desk.goto("/coordination/candidatures/application/")
    desk.get_by_role("link", name=third.number).click()
    expect(desk.get_by_text(re.compile("fournie le"))).to_be_visible()


def assert_assembled(content: bytes, number: str, digest: str) -> None:
    """Cover, contents and pieces in order; the numbers printed, the bookmarks and the links agree."""
    reading = Reading(content)
    cover = spaced(reading.texts[0])
    assert "Lou Terril" in cover
    assert number in cover
    assert digest in cover.replace(" ", "")
    assert hashlib.sha256(CV).hexdigest() in cover.replace(" ", "")

    parts = ["Fiche de candidature", "Lettre d'intention", "CV", "Portfolio", "Œuvres à diffuser"]
    marks = [(title, page) for title, page in reading.bookmarks if title in parts]
    assert [title for title, _page in marks] == parts
    starts = dict(marks)
    assert starts["Portfolio"] - starts["CV"] == 3
    assert reading.links(2) == [page for _title, page in marks]
    contents = reading.texts[1]
    for title, start in marks:
        assert re.search(rf"{re.escape(title)}.*\b{start}\s*$", contents, re.MULTILINE), (title, start, contents)
    # The artist's own bookmarks are under their piece.
    assert "Lou Terril, parcours" in reading.all_bookmarks
    for rank, text in enumerate(reading.texts[1:], start=2):
        assert len(re.findall(rf"{number} – reçu le", text)) == 1, f"page {rank}"
        assert re.search(rf"\b{rank}\s*/\s*{reading.pages}\b", text), f"page {rank}"
        assert len(re.findall(r"\b\d+\s*/\s*\d+\b", text)) == 1, f"two page numbers on page {rank}"
    assert "dessiner les chemins" in spaced(reading.texts[starts["Lettre d'intention"] - 1])
    assert "Dix ans de dessin" in spaced(reading.texts[starts["CV"] - 1])
    assert reading.pdf.docinfo.get("/Creator") != "Atelier 4.2"


def test_the_same_without_javascript(page_without_js, call, smtp_server, browser_faults):
    browser_faults.expect(r"status of 422")
    artist = Artist(page_without_js, smtp_server, email="sans.script@exemple.test")
    artist.start("/appels/residences/")
    artist.fill_everything()

    artist.open("CV")
    artist.choose(next(iter(pdfs.HOSTILE["javascript"].values()))(), "script.pdf", "Remplacer le fichier")
    expect(page_without_js.get_by_text(re.compile(REASONS["javascript"]))).to_be_visible()
    expect(page_without_js.get_by_text("« parcours-lou.pdf », est toujours dans votre dossier")).to_be_visible()
    page_without_js.get_by_role("link", name="Choisir un autre fichier").click()
    artist.at("CV")

    page_without_js.goto(f"{artist.dossier}verifier/")
    number = artist.file()
    assert number in artist.last_message("bien reçu").text
    assert_assembled(
        artist.download("Ouvrir mon dossier en un seul PDF"),
        number,
        page_without_js.locator("dt", has_text="Empreinte").locator("xpath=../dd/code").inner_text(),
    )
