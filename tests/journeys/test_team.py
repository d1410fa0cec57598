"""A dossier in several hands: invited by e-mail, edited by two, handed over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.artist import Artist

pytestmark = pytest.mark.django_db(transaction=True)


def link_in(text: str) -> str:
    found = re.search(r"http\S+/candidatures/invitations/\S+", text)
    assert found is not None, text
    return found[0]


def test_someone_invited_edits_the_dossier_then_takes_it_over(call, signed_in, new_context, smtp_server):
    from clea.journal.selectors import entries_for
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory

    owner = UserFactory(email="lou.terril@exemple.test", first_name="Lou", last_name="Terril")
    draft = ApplicationFactory(call=call, owner=owner, artist_name="Duo des Lisières")
    page = signed_in(owner).new_page()

    # Invited to edit, by an address that has no account yet.
    page.goto(draft.get_absolute_url())
    page.get_by_role("link", name="Partager ce dossier").click()
    page.get_by_label("Adresse électronique").fill("Noa.Coron@exemple.test")
    page.get_by_label("modifier le dossier").check()
    page.get_by_role("button", name="Envoyer l'invitation").click()
    expect(page.get_by_text("Invitation envoyée à noa.coron@exemple.test", exact=False)).to_be_visible()
    expect(page.get_by_text("Lou Terril · lou.terril@exemple.test")).to_be_visible()

    noa = Artist(new_context().new_page(), smtp_server, email="noa.coron@exemple.test")
    invitation = noa.last_message("vous invite")
    noa.page.goto(link_in(invitation.text))
    noa.sign_in()
    expect(noa.page.get_by_text("Lou Terril vous invite")).to_be_visible()
    noa.press("Accepter l'invitation")
    expect(noa.page.get_by_text("Le dossier est maintenant dans votre espace.")).to_be_visible()
    noa.dossier = noa.page.url
    noa.open("Votre pratique")
    noa.fill_practice()
    noa.next()

    # What one writes, the other reads; what only the owner may do is not offered to the other.
    page.goto(f"{draft.get_absolute_url()}pratique/")
    expect(page.get_by_label("Votre pratique en quelques lignes")).to_have_value("Je dessine dehors, avec qui passe.")
    noa.page.goto(f"{noa.dossier}equipe/")
    expect(noa.page.get_by_role("button", name="Envoyer l'invitation")).to_have_count(0)

    # Limited to reading, then handed over.
    page.goto(f"{draft.get_absolute_url()}equipe/")
    page.get_by_role("button", name=re.compile("Limiter à la lecture")).click()
    noa.page.goto(f"{noa.dossier}pratique/")
    expect(noa.page.get_by_label("Votre pratique en quelques lignes")).to_be_disabled()
    expect(noa.page.get_by_role("button", name="Enregistrer et continuer")).to_have_count(0)

    page.get_by_label("Adresse électronique").fill(noa.email)
    page.get_by_label("devenir responsable du dossier").check()
    page.get_by_role("button", name="Envoyer l'invitation").click()
    expect(page.get_by_text("Invitation envoyée")).to_be_visible()
    noa.page.goto(link_in(noa.last_message("vous invite").text))
    expect(noa.page.get_by_text("vous devenez responsable de ce dossier")).to_be_visible()
    noa.press("Accepter l'invitation")

    noa.page.goto(f"{noa.dossier}equipe/")
    expect(noa.page.get_by_role("button", name="Envoyer l'invitation")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Seule la personne responsable du dossier gère les invitations.")).to_be_visible()
    page.goto(f"{draft.get_absolute_url()}pratique/")
    expect(page.get_by_role("button", name="Enregistrer et continuer")).to_be_visible()
    verbs = [entry.verb for entry in entries_for(draft)]
    assert {"collaborator.invited", "collaborator.joined", "collaborator.owner_changed"} <= set(verbs)


def test_an_invitation_for_someone_else_says_so_and_opens_nothing(call, signed_in, smtp_server, browser_faults):
    browser_faults.expect(r"status of 40[49]")
    from candidatures.enums import InvitationKind
    from candidatures.services import collaborators
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory

    draft = ApplicationFactory(call=call, artist_name="Duo des Lisières")
    collaborators.invite(by=draft.owner, application=draft, email="noa.coron@exemple.test", kind=InvitationKind.EDIT)
    letter = smtp_server.to("noa.coron@exemple.test")[-1]
    page = signed_in(UserFactory(email="curieuse@exemple.test")).new_page()
    page.goto(link_in(letter.text))
    expect(page.get_by_text("Cette invitation a été envoyée à noa.coron@exemple.test")).to_be_visible()
    expect(page.get_by_role("button", name="Accepter l'invitation")).to_have_count(0)
    answer = page.goto(draft.get_absolute_url())
    assert answer is not None
    assert answer.status == 404
