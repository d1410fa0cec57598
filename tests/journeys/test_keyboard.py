"""A complete dossier with the keyboard alone: every step reached, and always seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FileChooser, FilePayload, Page, expect

from tests.journeys.artist import CV

pytestmark = pytest.mark.django_db(transaction=True)

#: What has the focus: its name, whether an outline shows it, whether something lies over it.
FOCUS = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const over = document.elementFromPoint(box.x + Math.min(box.width, 40) / 2, box.y + box.height / 2);
    const seen = box.bottom > 0 && box.top < innerHeight && !!over
        && (element.contains(over) || over.contains(element)
            || [...(element.labels || [])].some((label) => label.contains(over)));
    return {
        tag: element.outerHTML.slice(0, 140),
        name: (element.labels?.[0] || element).textContent.trim(),
        outlined: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
        seen,
    };
}"""


class Keyboard:
    """Hands on the keyboard, eyes on the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.lost: list[str] = []

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def tab(self) -> dict[str, object] | None:
        self.press("Tab")
        focus: dict[str, object] | None = self.page.evaluate(FOCUS)
        if focus and not focus["outlined"]:
            self.lost.append(f"no outline: {focus['tag']}")
        if focus and not focus["seen"]:
            self.lost.append(f"hidden: {focus['tag']}")
        return focus

    def to(self, name: str) -> None:
        """Tab until what has the focus is called ``name`` (a beginning), within the page."""
        self.page.wait_for_load_state()
        for _ in range(120):
            focus = self.tab()
            if focus and re.sub(r"\s+", " ", str(focus["name"])).startswith(name):
                return
        raise AssertionError(f"{name!r} is out of the keyboard's reach on {self.page.url}")

    def activate(self, name: str) -> None:
        self.to(name)
        self.press("Enter")

    def at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()


def test_a_dossier_is_filed_with_the_keyboard_alone(call, signed_in):
    from candidatures.models import Application
    from tests.factories.accounts import UserFactory

    person = UserFactory(email="lou.terril@exemple.test", first_name="Lou", last_name="Terril")
    page = signed_in(person).new_page()
    # Asked for from the start: asked for as the key is pressed, it sometimes comes too late.
    windows: list[FileChooser] = []
    page.on("filechooser", lambda window: windows.append(window))
    keys = Keyboard(page)
    page.goto("/appels/residences/")
    keys.activate("Aller au contenu")
    keys.activate("Candidater")
    keys.at("Commencer mon dossier")
    keys.activate("Commencer mon dossier")
    expect(page.get_by_text("brouillon, pas encore déposé")).to_be_visible()

    keys.activate("Qui vous êtes")
    keys.at("Qui vous êtes")
    for name, value in {
        "Nom d'artiste": "Lou Terril", "Téléphone": "00 00 00 00 02", "Adresse": "3 rue des Lisières",
        "Code postal": "62000", "Ville": "Bourg",
    }.items():  # fmt: skip
        keys.to(name)
        keys.type(value)
    keys.activate("Enregistrer et continuer")

    keys.at("Votre pratique")
    keys.to("arts visuels")
    keys.press("Space")
    keys.to("Votre pratique en quelques lignes")
    keys.type("Je dessine dehors, avec qui passe.")
    keys.activate("Enregistrer et continuer")

    keys.at("Conditions de candidature")
    for condition in ("Je parle français.", "J'ai le permis"):
        keys.to(condition)
        keys.press("Space")
    keys.activate("Enregistrer et continuer")

    keys.at("Dossier déjà prêt en un seul PDF ?")
    keys.to("Non, j'envoie")
    keys.press("Space")
    keys.activate("Enregistrer et continuer")

    keys.at("Lettre d'intention")
    keys.to("Votre texte")
    keys.type("Je voudrais dessiner les chemins.")
    keys.activate("Enregistrer et continuer")

    keys.at("CV")
    keys.to("Votre fichier PDF")
    # The system's own window opens here, which no browser test can type in: the choice is made for it.
    keys.press("Space")
    for _ in range(300):
        if windows:
            break
        page.wait_for_timeout(100)
    [window] = windows
    window.set_files([FilePayload(name="parcours.pdf", mimeType="application/pdf", buffer=CV)])
    keys.activate("Envoyer le fichier")
    expect(page.get_by_role("link", name="parcours.pdf", exact=True)).to_be_visible()
    keys.activate("Continuer")

    keys.at("Portfolio")
    keys.activate("Enregistrer et continuer")
    keys.at("Œuvres à diffuser")
    keys.activate("Enregistrer et continuer")
    keys.at("Le territoire et les transitions")
    keys.activate("Enregistrer et continuer")

    keys.at("Budget prévisionnel")
    for name, value in {
        "Intitulé": "Rémunération", "Net": "12000", "Brut": "15000", "Charges employeur": "6000", "Coût total": "21000",
    }.items():  # fmt: skip
        keys.to(name)
        keys.type(value)
    keys.activate("Enregistrer et continuer")

    keys.at("Autres territoires")
    keys.to("Oui")
    keys.press("ArrowDown")
    keys.activate("Enregistrer et continuer")

    keys.at("Engagements et données personnelles")
    for box in ("Je certifie", "J'ai lu"):
        keys.to(box)
        keys.press("Space")
    keys.activate("Enregistrer et continuer")

    keys.at("Vérifier et déposer")
    keys.activate("Déposer mon dossier")
    keys.at("Votre dossier est déposé")
    keys.to("Ouvrir mon dossier en un seul PDF")
    assert not keys.lost, "\n".join(sorted(set(keys.lost)))
    assert Application.objects.get().state == "submitted"
