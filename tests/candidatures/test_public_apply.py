"""From the call to one's own dossier, in one click."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Application
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory, CallFactory, CollaboratorFactory, ExtensionFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    """The page as people read it: spaces are spaces, signs are signs."""
    return " ".join(html.unescape(response.content.decode()).split())


def url(call: Any) -> str:
    return reverse("calls:apply", args=[call.slug])


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_comes_back_here_after(client: Client, method: str) -> None:
    call = CallFactory(complete=True)
    response = getattr(client, method)(url(call))
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next={url(call)}"
    assert not Application.objects.exists()


def test_the_start_page_says_what_to_prepare_and_opens_nothing(client: Client) -> None:
    call = CallFactory(complete=True)
    client.force_login(UserFactory())
    page = text(client.get(url(call)))
    assert "Commencer mon dossier" in page
    assert "Lettre d'intention" in page
    assert "Je parle français." in page
    assert not Application.objects.exists()


def test_one_click_opens_the_dossier(client: Client) -> None:
    call, artist = CallFactory(complete=True), UserFactory()
    client.force_login(artist)
    response = client.post(url(call))
    application = Application.objects.get()
    assert (application.owner, application.call) == (artist, call)
    assert response["Location"] == application.get_absolute_url()


def test_a_second_click_finds_the_same_dossier(client: Client) -> None:
    application = ApplicationFactory()
    client.force_login(application.owner)
    for response in (client.post(url(application.call)), client.get(url(application.call))):
        assert response["Location"] == application.get_absolute_url()
    assert Application.objects.count() == 1


def test_someone_invited_may_still_start_their_own(client: Client) -> None:
    place = CollaboratorFactory()
    client.force_login(place.user)
    page = text(client.get(url(place.application.call)))
    assert place.application.get_absolute_url() in page
    client.post(url(place.application.call))
    assert Application.objects.filter(owner=place.user).count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("traits", "reason"),
    [
        ({"closed": True}, "Le délai est passé depuis le"),
        ({"upcoming": True}, "Cet appel ouvrira le"),
        ({"closed": True, "status": "archived"}, "Cet appel est terminé et archivé"),
    ],
    ids=["closed", "upcoming", "archived"],
)
def test_a_call_that_receives_nothing_says_why(
    client: Client, traits: dict[str, Any], reason: str, method: str
) -> None:
    call = CallFactory(complete=True, **traits)
    client.force_login(UserFactory())
    response = getattr(client, method)(url(call), follow=True)
    assert response.redirect_chain == [(call.get_absolute_url(), 302)]
    (message,) = response.context["messages"]
    assert reason in str(message)
    assert not Application.objects.exists()


def test_the_coordinator_cannot_apply_to_a_draft(client: Client) -> None:
    call = CallFactory(complete=True, draft=True)
    client.force_login(CoordinatorFactory(territory=call.territory))
    response = client.post(url(call), follow=True)
    assert "Cet appel n'est pas publié" in text(response)
    assert not Application.objects.exists()


def test_an_extension_lets_one_person_start_after_the_close(client: Client) -> None:
    call = CallFactory(complete=True, opens_at=timezone.now() - timedelta(days=40), closes_at=timezone.now())
    extension = ExtensionFactory(call=call)
    client.force_login(extension.user)
    client.post(url(call))
    assert Application.objects.get().owner == extension.user
