"""The end of a season: trips paid, a committee heard, a bilan read by everybody, all of it kept."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import icalendar
import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.journeys.artist import Artist
from tests.journeys.bilan import Hands, Traveller, ended, photographed, shown_in
from tests.journeys.committee import plain
from tests.journeys.reading import Reading
from tests.journeys.season import PHONE
from tests.journeys.test_selection import ink, pictures

pytestmark = pytest.mark.django_db(transaction=True)
#: The last phase is over; then the season.
JUNE, SEPTEMBER = "2027-06-14", "2027-09-02"


@pytest.fixture
def season(site: str, time_machine: Any) -> SimpleNamespace:
    """The fourteenth of June, nine o'clock; the sessions took place, nothing is claimed nor written."""
    from tests.factories.residencies import moment

    time_machine.move_to(moment(JUNE, "09:00"))
    return ended()


def looked_at(content: bytes, folder: Path) -> None:
    """Every page as it prints: neither blank nor black."""
    folder.mkdir()
    found = [ink(picture) for picture in pictures(content, folder)]
    assert all(0.0005 < one < 0.4 for one in found), found


def test_the_end_of_a_season(
    season, signed_in, new_context, smtp_server, browser_faults, time_machine, tmp_path
) -> None:
    browser_faults.expect(r"status of 4(09|22)")
    from residencies.models import Bilan, Meeting, Payment
    from tests.factories.residencies import moment

    lou, home = season.residency, f"/ma-residence/{season.residency.uuid}/argent/"
    artist = Traveller(signed_in(season.artist, viewport=PHONE).new_page(), smtp_server, email=season.artist.email)

    # By train, on a phone: an amount that is none comes back beside what was typed, and the photograph stays sent.
    artist.page.goto(home)
    artist.assert_fits("Argent")
    artist.start_trip("Immersion", "train, sur justificatifs")
    artist.travel("2026-10-05", "2026-10-09")
    artist.expense(1, "billet de train, seconde classe", "Nantes–Lens", "2026-10-05", "soixante", photographed("aller"))
    artist.expense(2, "repas", "Sandwich à bord", "2026-10-05", "14,00")
    artist.press("Calculer le montant")
    expect(artist.page.locator("[data-error-summary]").first).to_contain_text("montant")
    line = artist.line(1)
    expect(line.get_by_label("Trajet ou dépense")).to_have_value("Nantes–Lens")
    expect(line.get_by_role("link", name="aller.jpg")).to_be_visible()
    line.get_by_label("Montant payé (€)").fill("62,50")
    artist.press("Calculer le montant")
    told = artist.page.locator("#calcul")
    expect(told).to_contain_text("Les repas ne sont pas pris en charge.")
    expect(told.get_by_role("link", name="aller.jpg")).to_be_visible()
    artist.assert_fits("Voyage : Immersion")
    artist.send_claim("62,50")

    # By car: the scale line by line, to the cent.
    artist.page.goto(home)
    artist.start_trip("Phase 1", "voiture, au barème kilométrique")
    artist.travel("2027-02-01", "2027-02-19", km=660, power=5)
    artist.press("Calculer le montant")
    expect(told).to_contain_text("Total des kilomètres")
    assert plain(told.inner_text()).count("660 km × 0,636 € = 419,76 €") >= 1
    expect(told).to_contain_text("5 CV, version du")
    artist.assert_fits("Voyage : Phase 1")
    artist.send_claim("839,52")

    # A third one by train. A fourth is not even typed.
    artist.page.goto(home)
    artist.start_trip("Phase 2", "train, sur justificatifs")
    artist.travel("2027-03-08", "2027-06-11")
    artist.expense(1, "billet de train, seconde classe", "Lens–Nantes", "2027-06-11", "71,00", photographed("retour"))
    artist.press("Calculer le montant")
    artist.send_claim("71,00")
    artist.page.goto(home)
    expect(artist.page.get_by_text("Tous les voyages pris en charge sont demandés.")).to_be_visible()

    # One person checks, another approves; one trip is refused in the coordination's words.
    payments = f"/coordination/residencies/residency/saison/{season.season.uuid}/paiements/"
    first = Hands(signed_in(season.desk).new_page(), season.desk)
    second = Hands(signed_in(season.colleague).new_page(), season.colleague)
    trips = {name: Payment.objects.get(trip__period__title=name) for name in ("Immersion", "Phase 1", "Phase 2")}
    for name in ("Immersion", "Phase 1"):
        first.act_on(payments, trips[name], "Vérifier", "Le paiement est vérifié")
    expect(first.page.get_by_text("une autre personne de la coordination le valide")).to_be_visible()
    expect(first.page.get_by_role("link", name="Valider", exact=True)).to_have_count(0)
    first.page.goto(f"{payments}{trips['Phase 2'].uuid}/")
    first.follow("Refuser")
    first.page.get_by_label("Cette dépense n'entre pas dans").check()
    first.typed("Explication", "Ce billet est celui d'une autre tournée.")
    first.press("Refuser")
    first.told("La demande est refusée")
    for name in ("Immersion", "Phase 1"):
        second.act_on(payments, trips[name], "Valider", "Le paiement est validé")
        second.follow("Noter le paiement")
        second.typed("Payé le", JUNE)
        second.typed("Référence du paiement", f"MD-{name}")
        second.press("Noter le paiement")
        second.told("Le paiement est noté comme fait.")

    # The artist reads it in the mail, then on the phone; the statement says the same.
    assert "Ce billet est celui d'une autre tournée." in artist.last_message("non prise en charge").text
    assert "839,52" in plain(artist.last_message("Paiement effectué").text)
    artist.page.goto(home)
    expect(artist.page.get_by_text("Ce billet est celui d'une autre tournée.")).to_be_visible()
    content = artist.download("Mon état de frais (PDF)")
    statement = Reading(content)
    said = plain(" ".join(statement.texts))
    for words in ("62,50 €", "839,52 €", "902,02 €", "Sandwich à bord", "Les repas ne sont pas pris en charge."):
        assert words in said, (words, said)
    # The sum stands once, below its lines.
    assert said.count("902,02 € 902,02 € 0,00 €") == 2
    looked_at(content, tmp_path / "statement")

    # A COTECH: its rhythm, a date, its agenda, its people, the invitation in their calendars.
    steering = f"/coordination/residencies/residency/saison/{season.season.uuid}/pilotage/"
    first.page.goto(steering)
    first.page.get_by_role("link", name=re.compile("^Fixer le rythme : comité technique")).click()
    first.typed("Lieu habituel", "Salle des Chevalements")
    first.press("Fixer le rythme")
    first.told("Le rythme est fixé")
    first.page.locator("#rythme-technical").get_by_role("checkbox").first.check()
    first.page.get_by_role("button", name=re.compile("^Prévoir les réunions cochées : comité technique")).click()
    first.told("prévue")
    meeting = Meeting.objects.get()
    first.page.locator("#a-venir").get_by_role("link").click()
    first.part("Ordre du jour")
    first.typed("Point", "Bilan de la saison")
    first.press("Ajouter le point")
    expect(first.page.locator(".desk-rows")).to_contain_text("1. Bilan de la saison")
    first.part("Participants")
    first.typed("Nom", "Alix Terrenoire")
    first.typed("Organisme", "Rectorat de la plaine")
    first.typed("Adresse électronique", "alix@rectorat.test")
    first.press("Ajouter la personne")
    expect(first.row("Alix Terrenoire")).to_contain_text("alix@rectorat.test")
    first.part("Vue d'ensemble")
    first.follow("Convoquer")
    first.press("Envoyer la convocation")
    first.told("1 convocation est envoyée.")
    alix = Artist(first.page, smtp_server, email="alix@rectorat.test")
    invitation = alix.last_message(meeting.title)
    (event,) = icalendar.Calendar.from_ical(next(iter(invitation.attachments.values()))).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (meeting.starts_at, meeting.ends_at)
    assert str(event["location"]) == "Salle des Chevalements"
    assert "Bilan de la saison" in invitation.text

    # It is held in the new school year: who was there, what was said, decided, to be done.
    time_machine.move_to(moment(SEPTEMBER, "09:00"))
    first = Hands(signed_in(season.desk).new_page(), season.desk)
    first.page.goto(f"/coordination/residencies/meeting/{meeting.uuid}/change/")
    first.press("La réunion a lieu : ouvrir le compte rendu")
    first.told("La réunion est notée tenue")
    first.page.get_by_label("Alix Terrenoire").select_option(label="présente")
    first.page.get_by_label("Ce qui a été dit : Bilan de la saison").fill("Les classes ont dessiné le terril.")
    first.page.get_by_label("Nouvelle décision : Bilan de la saison").fill("Publier le bilan à la rentrée.")
    action = first.page.get_by_role("group", name="Nouvelle action 1")
    action.get_by_label("Action", exact=True).fill("Envoyer le bilan aux communes")
    action.get_by_label("Qui", exact=True).fill("Alix Terrenoire")
    action.get_by_label("Pour le").fill("2027-09-15")
    first.press("Enregistrer le compte rendu")
    first.told("Le compte rendu est enregistré.")
    first.follow("Arrêter le compte rendu")
    first.press("Arrêter le compte rendu")
    first.told("Le compte rendu est arrêté.")
    content = first.pdf("Lire le PDF")
    minutes = plain(" ".join(Reading(content).texts))
    for words in ("Alix Terrenoire", "Les classes ont dessiné le terril.", "Publier le bilan", "Envoyer le bilan"):
        assert words in minutes, words
    looked_at(content, tmp_path / "minutes")
    first.follow("Publier")
    first.press("Publier le compte rendu")
    first.told("Le compte rendu est publié.")
    anyone = new_context().new_page()
    anyone.goto("/pilotage/")
    anyone.get_by_role("link", name=re.compile(re.escape(meeting.title))).click()
    expect(anyone.get_by_text("Publier le bilan à la rentrée.")).to_be_visible()
    expect(anyone.locator("main")).to_contain_text("Rectorat de la plaine")
    assert "Alix" not in anyone.content()

    # The bilan wrote its figures; the coordination writes the words, reads the preview, publishes.
    bilan = f"/coordination/residencies/residency/saison/{season.season.uuid}/bilan/"
    first.page.goto(bilan)
    first.follow("Écrire le texte du bilan")
    first.page.locator("#id_introduction").fill("Une saison **dehors**, de classe en médiathèque.")
    first.page.locator("#id_highlights").fill("- Le terril dessiné par tous.")
    first.press("Enregistrer")
    first.told("Le bilan est enregistré.")
    first.follow("Publier")
    expect(first.page.get_by_text("sera lu par tout le monde")).to_be_visible()
    first.press("Publier")
    first.told("Le bilan est publié.")
    first.follow("Voir la page publique")
    expect(first.page.get_by_role("heading", level=1)).to_contain_text("Bilan")
    public = first.page.url.removesuffix("/")

    # Anyone reads it; a figure leads to the sessions that make it, whose sum it is.
    anyone.goto(f"{public}/")
    expect(anyone.get_by_text("On a écouté le terril respirer.")).to_be_visible()
    figure = anyone.locator(".bilan-large__figure").first
    came, sessions, structures = map(shown_in, anyone.locator(".bilan-large__figure").all_inner_texts())
    figure.get_by_role("link").click()
    expect(anyone.get_by_role("heading", level=1, name="Les séances derrière les chiffres")).to_be_visible()
    lines = anyone.locator(".trace-table tbody tr")
    assert lines.count() == sessions == len(season.sessions)
    cells = lines.locator("td:last-child").all_inner_texts()
    counted = [shown_in(cell) for cell in cells if re.search(r"\d", cell)]
    assert 0 < len(counted) < len(cells)
    assert came == sum(counted) == season.attendances
    assert shown_in(anyone.locator(".trace-total strong").last.inner_text()) == came

    # The document: page by page, tagged, in French, the same figures.
    content = anyone.request.get(f"{public}.pdf").body()
    document = Reading(content)
    assert document.pages >= 5
    assert document.pdf.Root.MarkInfo.Marked
    assert str(document.pdf.Root.Lang).startswith("fr")
    assert str(came) in plain(" ".join(document.texts)).replace(" ", "")
    assert "On a écouté le terril respirer." in plain(" ".join(document.texts))
    looked_at(content, tmp_path / "bilan")

    # The workbook, through another program.
    summary = opened(anyone.request.get(f"{public}.xlsx").body(), tmp_path)
    figures = [summary[name] for name in ("Présences", "Séances tenues", "Structures rencontrées")]
    assert figures == [str(came), str(sessions), str(structures)]

    # Somebody changes their mind: one link, no account, and their words are nowhere.
    odile = Traveller(new_context(viewport=PHONE).new_page(), smtp_server, email=season.consent.email)
    found = re.search(r"https?://\S+/consentements/\S+", odile.last_message("ccord").text)
    assert found is not None
    odile.page.goto(found[0])
    odile.assert_fits("Votre accord")
    odile.press("Retirer mon accord")
    expect(odile.page.get_by_role("heading", name="Cet accord est retiré")).to_be_visible()
    anyone.goto(f"{public}/")
    expect(anyone.get_by_role("heading", level=1)).to_contain_text("Bilan")
    expect(anyone.get_by_text("On a écouté le terril respirer.")).to_have_count(0)
    read_again = Reading(anyone.request.get(f"{public}.pdf").body())
    assert "terril respirer" not in plain(" ".join(read_again.texts))

    # The residency ends, the season closes: an archive of sums that hold, and nothing changes any more.
    first.page.goto(f"/coordination/residencies/residency/{lou.uuid}/change/")
    first.follow("Terminer la résidence")
    first.press("Terminer la résidence")
    first.told("terminée")
    closing = f"/coordination/residencies/residency/saison/{season.season.uuid}/cloture/"
    second = Hands(signed_in(season.colleague).new_page(), season.colleague)
    second.page.goto(f"{bilan}texte/")
    first.page.goto(closing)
    expect(first.page.get_by_text("Rien n'empêche de clore la saison.")).to_be_visible()
    for field in first.page.get_by_label(re.compile("^Pourquoi clore sans cela")).all():
        field.fill("Repris dans la saison suivante.")
    first.page.get_by_label("J'ai compris").check()
    first.press("Clore la saison")
    expect(first.page.get_by_text("est close et archivée.")).to_be_visible()
    expect(first.page.get_by_text("est prêt à être relu")).to_be_visible()
    first.follow("Voir le résultat")
    address = first.page.get_by_role("link", name="Télécharger l'archive (ZIP)").get_attribute("href")
    assert address is not None
    with zipfile.ZipFile(io.BytesIO(first.page.request.get(address).body())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert {"bilan.pdf", "bilan.xlsx"} <= {Path(name).name for name in names}, names
        assert any("manifest" in name for name in names), names
    first.page.goto(bilan)
    expect(first.page.get_by_text("Voir la page publique")).to_be_visible()
    expect(first.page.get_by_role("link", name="Écrire le texte")).to_have_count(0)
    # Its colleague had the words open: they are kept on the screen, and nowhere else.
    second.page.locator("#id_outlook").fill("Écrit trop tard.")
    second.press("Enregistrer")
    expect(second.page.locator(".errornote")).to_contain_text("close")
    expect(second.page.locator("#id_outlook")).to_have_value("Écrit trop tard.")
    assert Bilan.objects.get().outlook == ""
    artist = Traveller(signed_in(season.artist, viewport=PHONE).new_page(), smtp_server, email=season.artist.email)
    artist.page.goto(f"{home}voyages/nouveau/")
    expect(artist.page.locator("main")).to_contain_text("close")
    anyone.goto(f"{public}/")
    expect(anyone.get_by_role("heading", level=1)).to_contain_text("Bilan")
    call_command("verify_journal", stdout=io.StringIO())


def opened(workbook: bytes, folder: Path) -> dict[str, str]:
    """The season's figures by their name, as LibreOffice reads the first sheet of ``workbook``."""
    office = shutil.which("soffice")
    assert office, "libreoffice-calc reads the workbooks back"
    path = folder / "bilan.xlsx"
    path.write_bytes(workbook)
    subprocess.run(
        [office, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless",
         "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    rows = csv.reader((folder / "bilan.csv").read_text("utf-8").splitlines())
    return {row[1]: row[2] for row in rows if row[0] == "Saison"}


def test_without_javascript(season, signed_in, new_context, smtp_server, browser_faults) -> None:
    browser_faults.expect(r"status of 422")
    from residencies.models import FeedbackInvitation, Payment, Subscriber
    from residencies.services import feedback
    from tests.factories.feedback import ask, held

    # A trip with a photographed receipt.
    artist = Traveller(signed_in(season.artist, java_script_enabled=False).new_page(), smtp_server)
    artist.page.goto(f"/ma-residence/{season.residency.uuid}/argent/")
    artist.start_trip("Immersion", "train, sur justificatifs")
    artist.travel("2026-10-05", "2026-10-09")
    artist.expense(1, "billet de train, seconde classe", "Nantes–Lens", "2026-10-05", "", photographed("aller"))
    artist.press("Calculer le montant")
    expect(artist.page.get_by_text("Écrivez un nombre.").first).to_be_visible()
    expect(artist.line(1).get_by_role("link", name="aller.jpg")).to_be_visible()
    artist.line(1).get_by_label("Montant payé (€)").fill("48,20")
    artist.press("Calculer le montant")
    artist.send_claim("48,20")
    assert str(Payment.objects.get().amount) == "48.20"

    # A structure says what it thought, from the mail, without an account.
    ask(season.residency.territory)
    session = held(season.residency, on="2027-06-01")
    feedback.ask_all()
    place = session.activity.structures.get()
    team = Traveller(
        new_context(java_script_enabled=False, viewport=PHONE).new_page(), smtp_server,
        email=place.professionals.order_by("pk")[0].email,
    )  # fmt: skip
    found = re.search(r"https?://\S+/avis/\S+", team.last_message("Votre avis").text)
    assert found is not None
    team.page.goto(found[0])
    team.page.get_by_role("group", name="Question 0").get_by_label("5 – oui").check()
    team.page.get_by_label("En quelques mots").fill("À refaire.")
    team.press("Envoyer mon avis")
    expect(team.page.get_by_role("heading", name="Merci de votre avis")).to_be_visible()
    assert FeedbackInvitation.objects.get(structure=place).answered

    # Anyone receives the news: two steps to come in, one to leave.
    reader = Traveller(
        new_context(java_script_enabled=False, viewport=PHONE).new_page(), smtp_server, email="lectrice@exemple.test"
    )
    reader.page.goto("/actualites/abonnement/")
    reader.page.get_by_label("adresse électronique").fill(reader.email)
    reader.press("Recevoir les actualités")
    found = re.search(r"https?://\S+/actualites/abonnement/\S+", reader.last_message("").text)
    assert found is not None
    reader.page.goto(found[0])
    reader.press("Confirmer mon abonnement")
    expect(reader.page.get_by_role("heading", name="Votre abonnement est confirmé")).to_be_visible()
    assert Subscriber.objects.get().state == "confirmed"
    message = season.send_news(reader)
    leave = re.search(r"<(https?://[^>]+)>", str(message.message["List-Unsubscribe"]))
    assert leave is not None
    answer = reader.page.request.post(leave[1], form={"List-Unsubscribe": "One-Click"})
    assert answer.ok
    assert not Subscriber.objects.exists()
    reader.page.goto(leave[1])
    expect(reader.page.get_by_role("heading", name="Vous êtes désabonné")).to_be_visible()
