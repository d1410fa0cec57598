"""What the coordination and the members of a jury do, in the words of the pages. With JavaScript and without."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.journeys.artist import Artist

#: As a coordinator pastes it: five institutions, a president, six members, a substitute.
MEMBERS = """\
prénom;nom;courriel;institution;rôle
Inès;Aubier;ines.aubier@jury.test;Communauté des Terres noires;présidence
Marin;Brande;marin.brande@jury.test;Direction des affaires culturelles;titulaire
Sacha;Dorne;sacha.dorne@jury.test;Rectorat de la plaine;titulaire
Odile;Fauve;odile.fauve@jury.test;Département des Terres;titulaire
Yann;Guède;yann.guede@jury.test;Conservatoire du Carreau;titulaire
Maud;Isatis;maud.isatis@jury.test;Direction des affaires culturelles;titulaire
Rémi;Jusquiame;remi.jusquiame@jury.test;Département des Terres;titulaire
Zoé;Kermès;zoe.kermes@jury.test;Rectorat de la plaine;suppléant
"""
INSTITUTIONS = [
    "Communauté des Terres noires",
    "Direction des affaires culturelles",
    "Rectorat de la plaine",
    "Département des Terres",
    "Conservatoire du Carreau",
]


def plain(text: str) -> str:
    """Any run of blanks, no-break ones too, as one space."""
    return re.sub(r"\s+", " ", text)


@dataclass
class Desk:
    """The coordination in one browser tab, on the pages of one jury."""

    page: Page
    user: Any = None
    #: Where a selection stands: the way back from the pages that are not the jury's.
    hub: str = ""

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()

    def tab(self, name: str) -> None:
        """A part of the selection, by its tab, which is then the current one."""
        tabs = self.page.get_by_role("navigation", name="Parties de la sélection")
        tabs.get_by_role("link", name=name, exact=True).click()
        expect(tabs.locator('[aria-current="page"]')).to_have_text(name)

    def come_back(self, name: str) -> None:
        """To a part of the selection, from the outbox."""
        self.page.goto(self.hub)
        self.tab(name)

    def told(self, words: str | re.Pattern[str]) -> None:
        """The message on top of the page, after an act."""
        expect(self.page.locator(".messagelist")).to_contain_text(words)

    def row(self, name: str) -> Locator:
        """The line of a table that is headed by ``name``."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=name))

    def tick(self, names: Iterable[str]) -> None:
        for name in names:
            self.page.get_by_role("checkbox", name=f"Choisir {name}", exact=True).check()

    # The jury -----------------------------------------------------------------------------------

    def build_jury(self, call_page: str) -> None:
        """From the page of the call."""
        self.page.goto(call_page)
        self.follow("Constituer le jury")
        self.press("Constituer le jury")
        self.told("Le jury est constitué")

    def invite(self, people: str) -> None:
        """Paste a list, read what the machine understood, confirm."""
        self.follow("Inviter une liste")
        self.page.get_by_label("Une personne par ligne").fill(people)
        self.press("Relire la liste")
        self.press("Inviter ces personnes")

    def recuse_suggested(self, juror: str, dossier: str, reason: str) -> None:
        """Look at what the machine noticed, and retain it."""
        self.tab("Déports")
        self.follow(f"Prononcer le déport : {juror}, {dossier}")
        section = self.page.locator("#prononcer")
        section.get_by_label("Motif").select_option(label=reason)
        section.get_by_role("button", name="Prononcer le déport").click()
        self.told("Déport prononcé")

    def assign(self) -> str:
        """Preview the computed assignment, then apply it; returns what the preview says of it."""
        self.tab("Attribution")
        self.press("Voir la proposition")
        self.at("Attribution calculée")
        shown = plain(self.page.locator("#content-main").inner_text())
        self.press("Appliquer cette attribution")
        return shown

    def open_discussion(self) -> None:
        self.tab("Membres")
        self.follow("Ouvrir la discussion")
        self.press("Ouvrir la discussion")
        self.told("La discussion est ouverte.")

    # Interviews ---------------------------------------------------------------------------------

    def open_slots(self, day: str, since: str, until: str, place: str) -> None:
        self.tab("Entretiens")
        self.follow("Ouvrir des créneaux")
        self.page.get_by_label("Jour", exact=True).fill(day)
        self.page.get_by_label("De", exact=True).fill(since)
        self.page.get_by_label("À", exact=True).fill(until)
        self.page.get_by_label("Lieu", exact=True).fill(place)
        self.press("Voir les créneaux")

    # The outbox ---------------------------------------------------------------------------------

    def approve_all(self, kind: str) -> None:
        """Every draft of a kind, ticked in the outbox, read back on the page that asks, then sent."""
        self.page.goto(f"/coordination/mail/outgoingmail/?kind={kind}&state__exact=draft")
        self.page.locator("#action-toggle").check()
        self.press("Approuver et envoyer")
        self.page.locator('.submit-row input[type="submit"]').click()

    def approve_this(self) -> None:
        """The message on the page."""
        self.press("Approuver et envoyer")
        self.page.locator('.submit-row input[type="submit"]').click()

    # The session --------------------------------------------------------------------------------

    def prepare_session(self, day: str, place: str, chair: str) -> None:
        self.tab("Séance")
        self.page.get_by_label("Date de la séance").fill(day)
        self.page.get_by_label("Ouverture").fill("00:01")
        self.page.get_by_label("Lieu", exact=True).fill(place)
        self.page.get_by_label("Présidence de séance").select_option(label=chair)
        self.page.get_by_label("Secrétariat de séance").fill("Cyr Valon")
        self.press("Préparer la séance")

    def write_attendance(self, present: Iterable[str], excused: str, substitute: str) -> None:
        """Who is there; the substitute takes the seat of the one who is not."""
        for name in [*present, substitute]:
            self.page.get_by_label(f"Présence : {name}").select_option(label="sur place")
        self.page.get_by_label(f"Présence : {excused}").select_option(label="absence excusée")
        self.page.get_by_label(f"Siège de : {substitute}").select_option(label=excused)
        self.press("Enregistrer les présences")

    def start_from(self, source: str, reserve: int) -> None:
        """A first state of the decisions, from the ranking or from the set in force."""
        start = self.page.locator("summary", has_text="Partir du classement ou de l'ensemble retenu")
        start.click()
        form = self.page.locator("details", has=start)
        form.get_by_label("Partir de").select_option(label=source)
        form.get_by_label("Puis en liste complémentaire").fill(str(reserve))
        self.press("Poser ce point de départ")

    def settle(self) -> None:
        self.page.get_by_role("link", name="Arrêter la séance", exact=True).click()
        self.page.get_by_label("Écrire au procès-verbal le motif de chaque déport").check()
        self.press("Arrêter la séance")

    def reserve(self) -> list[str]:
        """The reserve list of the session, in its order."""
        return self.page.locator("#liste-complementaire ol > li strong").all_inner_texts()


@dataclass
class Member(Artist):
    """A member of the jury in one browser tab; comes in as artists do."""

    def accept_the_charter(self) -> None:
        expect(self.page.get_by_role("heading", name="Avant de lire : votre engagement")).to_be_visible()
        self.press("J'accepte cet engagement")
        expect(self.page.get_by_text("Merci. Votre engagement est enregistré.")).to_be_visible()

    def criterion(self, title: str) -> Locator:
        return self.page.locator(".criterion").filter(has=self.page.get_by_role("group", name=title))

    def note(self, title: str, value: int) -> None:
        self.criterion(title).locator("label").filter(has_text=re.compile(rf"^\s*{value}\s*$")).click()

    def advise(self, advice: str) -> None:
        self.criterion("Votre avis").locator("label").filter(has_text=re.compile(rf"^\s*{advice}\s*$")).click()

    @property
    def total(self) -> Locator:
        return self.page.locator("[data-total]")

    def status_of(self, address: str) -> int:
        """What this member's browser is answered at ``address``."""
        return self.page.request.get(address).status
