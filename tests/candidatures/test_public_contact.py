"""A question to the coordination."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import ContactMessage
from clea.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import CallFactory

pytestmark = pytest.mark.django_db

QUESTION = {
    "name": "Gaspard Curieux",
    "email": "gaspard@exemple.test",
    "text": "Peut-on venir de Belgique ?\n{{ appel }} <b>merci</b>",
}


def text(response: Any) -> str:
    """The page as people read it: spaces are spaces, signs are signs."""
    return " ".join(html.unescape(response.content.decode()).split())


def url(call: Any) -> str:
    return reverse("calls:ask", args=[call.slug])


def test_a_question_reaches_the_coordination_and_the_answer_reaches_its_author(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    call = CallFactory(contact_email="culture@exemple.test", title="Cinq résidences")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(url(call), QUESTION)
    assert response["Location"] == reverse("calls:asked", args=[call.slug])
    kept = ContactMessage.objects.get()
    assert (kept.call, kept.text) == (call, QUESTION["text"])
    row = OutgoingMail.objects.get()
    assert (row.to, row.reply_to) == ("culture@exemple.test", "gaspard@exemple.test")
    (message,) = mail.outbox
    assert message.to == ["culture@exemple.test"]
    assert message.reply_to == ["gaspard@exemple.test"]
    assert "Cinq résidences" in message.subject
    assert "Peut-on venir de Belgique" in message.body
    (rendered,) = [part for part in message.message().walk() if part.get_content_type() == "text/html"]
    payload = rendered.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "merci" in payload.decode()
    assert "<b>merci</b>" not in payload.decode()


def test_the_confirmation_says_who_answers(client: Client) -> None:
    call = CallFactory()
    page = text(client.post(url(call), QUESTION, follow=True))
    assert "Votre question est partie" in page
    assert "culture@exemple.test" in page


def test_the_form_comes_back_filled_with_what_to_do(client: Client) -> None:
    call = CallFactory()
    response = client.post(url(call), QUESTION | {"email": "gaspard@"})
    page = text(response)
    assert response.status_code == 422
    assert "Cette adresse n'est pas complète." in page
    assert 'value="Gaspard Curieux"' in page
    assert "Peut-on venir de Belgique" in page
    assert not ContactMessage.objects.exists()


@pytest.mark.parametrize("missing", ["name", "email", "text"])
def test_nothing_may_be_left_empty(client: Client, missing: str) -> None:
    response = client.post(url(CallFactory()), QUESTION | {missing: " "})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [missing]


def test_a_question_too_long_is_refused(client: Client) -> None:
    response = client.post(url(CallFactory()), QUESTION | {"text": "a" * 4001})
    assert list(response.context["form"].errors) == ["text"]


def test_a_program_that_fills_everything_believes_it_worked(client: Client) -> None:
    call = CallFactory()
    response = client.post(url(call), QUESTION | {"website": "https://spam.test"})
    assert response["Location"] == reverse("calls:asked", args=[call.slug])
    assert not ContactMessage.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_the_trap_is_out_of_the_way_of_people(client: Client) -> None:
    page = text(client.get(url(CallFactory())))
    assert '<div class="visually-hidden"><div class="field' in page
    assert 'name="website"' in page
    assert 'tabindex="-1"' in page


def test_a_twenty_first_question_in_an_hour_waits(client: Client) -> None:
    call = CallFactory()
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        for index in range(20):
            assert client.post(url(call), QUESTION | {"email": f"a{index}@exemple.test"}).status_code == 302
        response = client.post(url(call), QUESTION | {"email": "autre@exemple.test"})
    assert response.status_code == 429
    page = text(response)
    assert response.headers["Retry-After"] == "3600"
    assert "renvoyez-le dans 1 heure" in page
    assert "Peut-on venir de Belgique" in page
    assert ContactMessage.objects.count() == 20
    with time_machine.travel(now + timedelta(hours=1, seconds=1), tick=False):
        assert client.post(url(call), QUESTION | {"email": "autre@exemple.test"}).status_code == 302


def test_the_limit_holds_for_an_address_from_several_machines(client: Client) -> None:
    call = CallFactory()
    for index in range(5):
        client.post(url(call), QUESTION, REMOTE_ADDR=f"192.0.2.{index}")
    other = QUESTION | {"email": "GASPARD@exemple.test"}
    assert client.post(url(call), other, REMOTE_ADDR="192.0.2.99").status_code == 429
    someone_else = QUESTION | {"email": "zoe@exemple.test"}
    assert client.post(url(call), someone_else, REMOTE_ADDR="192.0.2.99").status_code == 302


def test_a_mistake_does_not_count(client: Client) -> None:
    call = CallFactory()
    for _attempt in range(7):
        client.post(url(call), QUESTION | {"text": ""})
    assert client.post(url(call), QUESTION).status_code == 302


def test_someone_signed_in_does_not_type_their_name_again(client: Client) -> None:
    user = UserFactory(first_name="Ada", last_name="Nom")
    client.force_login(user)
    page = text(client.get(url(CallFactory())))
    assert 'value="Ada Nom"' in page
    assert f'value="{user.email}"' in page


@pytest.mark.parametrize("traits", [{"closed": True}, {"upcoming": True}])
def test_one_may_ask_about_a_call_that_is_not_open(client: Client, traits: dict[str, Any]) -> None:
    assert client.post(url(CallFactory(**traits)), QUESTION).status_code == 302


def test_a_draft_takes_no_question(client: Client) -> None:
    assert client.post(url(CallFactory(draft=True)), QUESTION).status_code == 404
    assert not ContactMessage.objects.exists()
