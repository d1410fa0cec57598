"""What an artist does, in the words of the pages. Works with JavaScript and without."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from playwright.sync_api import FilePayload, Locator, Page, expect

from clea.documents.samples import sample_pdf
from tests.plugins.smtp import MailServer, Received

LETTER = "Je voudrais dessiner les chemins que prennent les enfants entre l'école et le terril."
CV = sample_pdf("Lou Terril, parcours", ["Dix ans de dessin avec des gens."], 3, author="Lou Terril")
PORTFOLIO = sample_pdf("Travaux choisis", ["Lisières, 2024.", "Horizons, 2025."], 6, author="Lou Terril")


def code_of(text: str) -> str:
    """The code of a sign-in message, alone on its line."""
    found = re.search(r"^ {4}(\S+)$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


@dataclass
class Artist:
    """One artist in one browser tab."""

    page: Page
    smtp: MailServer
    email: str = "lou.terril@exemple.test"
    dossier: str = ""

    # Coming in ----------------------------------------------------------------------------------

    def last_message(self, subject: str, seconds: float = 10) -> Received:
        """The last message received whose subject contains ``subject``; it may still be on its way."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [message for message in self.smtp.to(self.email) if subject in message.subject]
            if found:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"no message about {subject!r}: {[m.subject for m in self.smtp.to(self.email)]}")

    def sign_in(self) -> None:
        """From the sign-in page: the address, the code of the message, and in."""
        known = len(self.smtp.to(self.email))
        self.page.get_by_label("Adresse électronique").fill(self.email)
        self.press("Recevoir un code")
        expect(self.page.get_by_role("heading", name="Entrez le code reçu")).to_be_visible()
        message = self.last_message("code de")
        assert len(self.smtp.to(self.email)) == known + 1
        self.page.get_by_label("Code").fill(code_of(message.text))
        self.press("Continuer")

    def start(self, call_path: str) -> None:
        """From the call to an empty dossier, through the sign-in."""
        self.page.goto(call_path)
        self.page.get_by_role("link", name="Candidater").first.click()
        self.sign_in()
        self.press("Commencer mon dossier")
        expect(self.page.get_by_text("brouillon, pas encore déposé")).to_be_visible()
        self.dossier = self.page.url

    # Moving about -------------------------------------------------------------------------------

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def open(self, title: str) -> None:
        """A page of the dossier, from its task list."""
        self.page.goto(self.dossier)
        self.page.get_by_role("link", name=title, exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    def next(self) -> None:
        self.press("Enregistrer et continuer")

    def at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    def row(self, number: int) -> Locator:
        return self.page.get_by_role("group", name=f"Ligne {number}", exact=True)

    def task(self, title: str) -> Locator:
        link = self.page.get_by_role("link", name=title, exact=True)
        return self.page.get_by_role("listitem").filter(has=link)

    # The pages ----------------------------------------------------------------------------------

    def fill_identity(self) -> None:
        fields = {
            "Nom d'artiste ou du collectif": "Lou Terril",
            "Prénom": "Lou",
            "Nom": "Terril-Coron",
            "Téléphone": "00 00 00 00 02",
            "Adresse": "3 rue des Lisières",
            "Code postal": "62000",
            "Ville": "Bourg",
            "Pays": "France",
        }
        for label, value in fields.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def fill_practice(self) -> None:
        self.page.get_by_label("arts visuels").check()
        self.page.get_by_label("Votre pratique en quelques lignes").fill("Je dessine dehors, avec qui passe.")
        self.page.get_by_label("Site internet").fill("lou-terril.exemple.test")

    def fill_conditions(self) -> None:
        self.page.get_by_label("Je parle français.", exact=True).check()
        self.page.get_by_label("J'ai le permis et une voiture.", exact=True).check()

    def fill_letter(self) -> None:
        self.page.get_by_label("Votre texte").fill(LETTER)

    def fill_links(self) -> None:
        self.page.get_by_label("Vos liens").fill("lou-terril.exemple.test/travaux\nhttps://exemple.test/film")

    def fill_works(self) -> None:
        self.row(1).get_by_label("Titre").fill("Lisières")
        self.row(1).get_by_label("Année").fill("2024")

    def fill_budget(self, total: str = "21 000,00", charges: str = "6 000,00", gross: str = "15 000,00") -> None:
        row = self.row(1)
        row.get_by_label("Intitulé").fill("Rémunération")
        row.get_by_label("Net (€)").fill("12 000")
        row.get_by_label("Brut (€)").fill(gross)
        row.get_by_label("Charges employeur (€)").fill(charges)
        row.get_by_label("Coût total (€)").fill(total)

    def fill_consent(self) -> None:
        self.page.get_by_label("Je certifie que ce dossier est exact.").check()
        self.page.get_by_label("J'ai lu l'information").check()

    def choose(self, content: bytes, name: str, button: str = "Envoyer le fichier") -> None:
        """Choose a file and send it."""
        chosen: FilePayload = {"name": name, "mimeType": "application/pdf", "buffer": content}
        self.page.locator("input[type=file]").set_input_files(chosen)
        self.press(button)

    def fill_everything(self) -> None:
        """All the pages, each by its own button, from the first to the check."""
        self.open("Qui vous êtes")
        self.fill_identity()
        self.fill_everything_after_identity()

    def fill_everything_after_identity(self) -> None:
        self.next()
        self.at("Votre pratique")
        self.fill_practice()
        self.next()
        self.at("Conditions de candidature")
        self.fill_conditions()
        self.next()
        self.at("Dossier déjà prêt en un seul PDF ?")
        self.page.get_by_label("Non, j'envoie les pièces une à une").check()
        self.next()
        self.at("Lettre d'intention")
        self.fill_letter()
        self.next()
        self.at("CV")
        self.choose(CV, "parcours-lou.pdf")
        expect(self.page.get_by_role("link", name="parcours-lou.pdf", exact=True)).to_be_visible()
        self.page.get_by_role("link", name="Continuer").click()
        self.at("Portfolio")
        self.fill_links()
        self.next()
        self.at("Œuvres à diffuser")
        self.fill_works()
        self.next()
        self.at("Le territoire et les transitions")
        self.page.get_by_label("Paysage").check()
        self.next()
        self.at("Budget prévisionnel")
        self.fill_budget()
        self.next()
        self.at("Autres territoires")
        self.page.get_by_label("Non", exact=True).check()
        self.next()
        self.at("Engagements et données personnelles")
        self.fill_consent()
        self.next()
        self.at("Vérifier et déposer")

    def file(self) -> str:
        """File from the check page; returns the number."""
        self.press("Déposer mon dossier")
        self.at("Votre dossier est déposé")
        return self.page.locator("dt", has_text="Numéro de dépôt").locator("xpath=../dd").inner_text().strip()

    def download(self, link: str) -> bytes:
        """What a link of the page gives, asked with the browser's own session."""
        address = self.page.get_by_role("link", name=link).get_attribute("href")
        assert address is not None
        answer = self.page.request.get(address)
        assert answer.ok, (answer.status, address)
        assert answer.headers["content-type"].startswith("application/pdf")
        return answer.body()
