"""Every page an artist meets, and those of the desk: valid, accessible in light and dark, fit for a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests import pdfs
from tests.journeys.artist import Artist
from tests.journeys.eyes import Eyes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.looks]

SECTIONS = [
    "identite",
    "pratique",
    "conditions",
    "dossier-unique",
    "piece-lettre",
    "piece-cv",
    "piece-portfolio",
    "piece-oeuvres",
    "articulation",
    "budget",
    "territoires",
    "engagements",
]


@pytest.fixture
def person(call):
    from tests.factories.accounts import UserFactory

    return UserFactory(email="lou.terril@exemple.test", first_name="Lou", last_name="Terril")


@pytest.fixture
def eyes(person, signed_in):
    """The artist's browser, with someone looking over the shoulder."""
    return Eyes(signed_in(person).new_page())


@pytest.mark.smoke
def test_public_pages_and_the_sign_in(page, call, smtp_server, browser_faults):
    browser_faults.expect(r"status of 4(04|22)")
    from tests.factories.candidatures import CallFactory
    from tests.factories.structures import CommuneFactory, StructureFactory

    CallFactory(territory=call.territory, complete=True, slug="passe", closed=True)
    commune = CommuneFactory(territory=call.territory, name="Bourg", slug="bourg")
    StructureFactory(commune=commune, name="Médiathèque du Carreau", slug="mediatheque")
    eyes = Eyes(page)
    eyes.visit(
        [
            "/",
            "/appels/",
            "/appels/residences/",
            "/appels/passe/",
            "/territoire/",
            "/territoire/terres-noires/structures/?q=mediatheque",
            "/territoire/terres-noires/communes/bourg/",
            "/territoire/terres-noires/structures/mediatheque/",
            "/donnees-personnelles/",
            "/nulle-part/",
        ]
    )
    page.goto("/appels/residences/question/")
    page.get_by_role("button", name="Envoyer ma question").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    eyes.see("question refused")

    page.goto("/appels/residences/candidater/")
    eyes.see("sign-in")
    page.get_by_label("Adresse électronique").fill("pas une adresse")
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    eyes.see("sign-in refused")
    artist = Artist(page, smtp_server)
    page.get_by_label("Adresse électronique").fill(artist.email)
    artist.press("Recevoir un code")
    eyes.see("code")
    page.get_by_label("Code").fill("AAAA-AAAA")
    artist.press("Continuer")
    eyes.see("code refused")
    eyes.assert_no_fault()


def test_pages_of_a_draft(eyes, person, call):
    from tests.factories.candidatures import ApplicationFactory

    page = eyes.page
    eyes.visit(["/candidatures/", "/appels/residences/candidater/"])
    draft = ApplicationFactory(call=call, owner=person)
    root = draft.get_absolute_url()
    eyes.visit([root, *(f"{root}{key}/" for key in SECTIONS), f"{root}verifier/", f"{root}equipe/", f"{root}retirer/"])
    page.goto("/candidatures/")
    eyes.see("own list")
    eyes.assert_no_fault()


def test_pages_that_say_no(eyes, person, call, signed_in, browser_faults):
    browser_faults.expect(r"status of 4(22|09|04)")
    browser_faults.expect(r"upload\.js")
    from candidatures.enums import InvitationKind
    from candidatures.services import applications, collaborators
    from tests.factories.candidatures import ApplicationFactory, CallFactory, fill_application

    page = eyes.page
    draft = ApplicationFactory(call=call, owner=person)
    root = draft.get_absolute_url()

    page.goto(f"{root}pratique/")
    page.get_by_label("Site internet").fill("pas une adresse")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_contain_text("Cette adresse ne mène nulle part")
    eyes.see("practice refused")
    page.goto(f"{root}budget/")
    row = page.get_by_role("group", name="Ligne 1", exact=True)
    row.get_by_label("Brut (€)").fill("beaucoup")
    row.get_by_label("Coût total (€)").fill("30 000")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.locator("[data-error-summary]").first).to_be_visible()
    eyes.see("budget refused")

    page.goto(f"{root}piece-lettre/")
    applications.save_section(
        by=person, application=draft, section="piece-lettre", changes=applications.Changes(text="Autre"), version=None
    )
    page.get_by_label("Votre texte").fill("Le mien")
    expect(page.get_by_role("button", name="Prendre l'autre version")).to_be_visible()
    eyes.see("conflict, told by the script")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("heading", name="Cette page a changé entre-temps")).to_be_visible()
    eyes.see("conflict, told by the page")

    script = next(iter(pdfs.HOSTILE["javascript"].values()))()
    page.goto(f"{root}piece-cv/")
    Artist(page, None).choose(script, "script.pdf")  # type: ignore[arg-type]
    expect(page.locator(".field--file .error")).to_be_visible()
    eyes.see("file refused, told by the script")
    page.route("**/upload.js", lambda route: route.abort())
    page.goto(f"{root}piece-cv/")
    Artist(page, None).choose(script, "script.pdf")  # type: ignore[arg-type]
    expect(page.get_by_role("heading", name="Ce fichier n'a pas pu être reçu")).to_be_visible()
    eyes.see("file refused, told by the page")
    page.unroute("**/upload.js")

    page.goto(f"{root}equipe/")
    page.get_by_label("Adresse électronique").fill("personne")
    page.get_by_role("button", name="Envoyer l'invitation").click()
    eyes.see("invitation refused")
    token = "un-jeton-connu-du-test"
    other = ApplicationFactory(call=call)
    invitation = collaborators.invite(by=other.owner, application=other, email=person.email, kind=InvitationKind.OWNER)
    type(invitation).objects.filter(pk=invitation.pk).update(token_digest=collaborators.digest(token))
    page.goto(f"/candidatures/invitations/{token}/")
    eyes.see("invitation")
    page.get_by_role("button", name="Accepter l'invitation").click()
    expect(page.get_by_text("Vous avez déjà un dossier pour cet appel")).to_be_visible()
    eyes.see("invitation that cannot be accepted")

    # The call closes while the check page is open.
    late = fill_application(ApplicationFactory(call=CallFactory(complete=True), owner=person))
    page.goto(f"{late.get_absolute_url()}verifier/")
    type(call).objects.update(closes_at=call.opens_at + timedelta(seconds=1))
    page.get_by_role("button", name="Déposer mon dossier").click()
    expect(page.get_by_text("Votre dossier est intact.")).to_be_visible()
    eyes.see("too late")
    eyes.visit([root, f"{root}pratique/", f"{root}verifier/", "/candidatures/"])
    eyes.assert_no_fault()


def test_pages_of_a_filed_dossier(eyes, person, call):
    from tests.factories.candidatures import ApplicationFactory, PieceRequestFactory, file_again

    filed = ApplicationFactory(call=call, owner=person, submitted=True)
    first = filed.last_deposit
    root = filed.get_absolute_url()
    eyes.visit([root, f"{root}verifier/", f"{root}depots/{first.number}/", "/candidatures/"])
    file_again(filed)
    request = PieceRequestFactory(application=filed)
    eyes.visit([root, f"{root}depots/{first.number}/", f"{root}demandes/{request.uuid}/", f"{root}retirer/"])
    type(call).objects.filter(pk=call.pk).update(closes_at=call.opens_at + timedelta(seconds=1))
    eyes.visit([root])
    eyes.assert_no_fault()


def test_pages_of_the_desk(call, signed_in):
    from tests.factories.candidatures import ApplicationFactory, PieceRequestFactory
    from tests.factories.structures import CoordinatorFactory

    filed = ApplicationFactory(call=call, submitted=True)
    PieceRequestFactory(application=filed)
    coordinator = CoordinatorFactory(territory=call.territory)
    eyes = Eyes(signed_in(coordinator).new_page(), phone=False)
    eyes.visit(
        [
            "/coordination/",
            "/coordination/candidatures/application/?q=elan",
            f"/coordination/candidatures/application/{filed.uuid}/change/",
            f"/coordination/candidatures/call/{call.uuid}/change/",
            "/coordination/mail/outgoingmail/",
        ]
    )
    eyes.page.get_by_role("link", name="bien reçu").first.click()
    eyes.see("one message")
    eyes.assert_no_fault()
