"""A complete dossier, a session confirmed, with the keyboard alone: every step reached, and always seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FileChooser, FilePayload, expect

from tests.journeys.artist import CV
from tests.journeys.keyboard import Keyboard

pytestmark = pytest.mark.django_db(transaction=True)


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
    keys.assert_always_seen()
    assert Application.objects.get().state == "submitted"


def test_a_session_is_confirmed_by_its_two_sides_with_the_keyboard_alone(site, signed_in):
    from tests.factories.residencies import ActivityFactory, SessionFactory, artist_of, member_of

    activity = ActivityFactory(title="Fabrique de rythmes")
    session = SessionFactory(activity=activity, starts_at=timezone.now() - timedelta(hours=3))
    session.audience.create(category="primary", expected=25)
    residency, structure = session.residencies.get(), session.structures.get()
    for person, home in ((artist_of(residency), "/ma-residence/"), (member_of(structure), "/ma-structure/")):
        keys = Keyboard(signed_in(person).new_page())
        keys.page.goto(home)
        keys.activate("Confirmer")
        keys.at("Fabrique de rythmes")
        keys.to("oui, comme prévu")
        keys.press("Space")
        keys.to("Nombre")
        keys.type("24")
        keys.activate("Confirmer")
        expect(keys.page.get_by_role("status").first).to_contain_text("Merci")
        keys.assert_always_seen()
    assert session.confirmations.count() == 2
