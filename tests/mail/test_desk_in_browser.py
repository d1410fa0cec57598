"""The coordinator's desk for messages, in a real browser, with JavaScript and without."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect

from clea.mail.models import MailTemplate, OutgoingMail
from tests.factories.mail import KIND, OutgoingMailFactory

pytestmark = pytest.mark.django_db(transaction=True)
ADD = f"/coordination/mail/mailtemplate/add/?kind={KIND}&language=fr&scope=lens"


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def desk(request, new_context, client, coordinator, live_server):
    """The coordinator's browser, signed in."""
    client.force_login(coordinator)
    context = new_context(java_script_enabled=request.param)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return context.new_page()


def test_a_text_is_previewed_while_it_is_typed_then_kept(desk):
    desk.goto(ADD)
    desk.get_by_label("Objet").fill("Reçu {{ numero }}")
    desk.get_by_label("Texte").fill("Bonjour {{ nom }},\n\n**merci**.")
    desk.get_by_role("button", name="Voir l'aperçu de ce texte").click()

    frame = desk.frame_locator("iframe[name=apercu]")
    expect(frame.get_by_text("Bonjour [nom de la personne],")).to_be_visible()
    expect(frame.locator("strong")).to_have_text("merci")
    # The mail's own style is applied: the frame's policy lets that through and nothing else.
    assert frame.locator("header").evaluate("element => getComputedStyle(element).borderBottomWidth") == "3px"
    assert MailTemplate.objects.count() == 0

    expect(desk.get_by_label("Objet")).to_have_value("Reçu {{ numero }}")
    desk.get_by_role("button", name="Enregistrer", exact=True).click()
    desk.wait_for_url("**/mailtemplate/")
    assert MailTemplate.objects.get().subject == "Reçu {{ numero }}"


def test_a_draft_is_read_as_it_will_arrive_then_let_go(desk, mailoutbox):
    row = OutgoingMailFactory(scope="lens", subject="Votre dossier", body="Bonjour **Ada**,\n\nà bientôt.")
    desk.goto("/coordination/mail/outgoingmail/?state__exact=draft")
    desk.get_by_role("link", name="Votre dossier").click()

    frame = desk.frame_locator(f"iframe[src*='{row.uuid}']")
    expect(frame.locator("strong")).to_have_text("Ada")
    desk.get_by_role("button", name="Approuver et envoyer").click()
    expect(desk.get_by_role("heading", name="1 message partira")).to_be_visible()
    assert mailoutbox == []
    desk.get_by_role("button", name="Approuver et envoyer").click()

    expect(desk.get_by_text("1 message approuvé.")).to_be_visible()
    assert [message.subject for message in mailoutbox] == ["Votre dossier"]
    assert OutgoingMail.objects.get().approved_by is not None
