"""Somebody asks to be erased: nothing is left of what may go, and what stays is said with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Application, Call
from clea.accounts.models import OpenSession, User
from clea.errors import Forbidden, Refused
from clea.privacy.services import erasing
from residencies.models import Subscriber
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.residencies import ResidencyFactory
from tests.privacy.world import ADDRESS, MARK, chain_holds, coordinator, process, stored, traces_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/compte/mes-donnees/effacer/"


def test_nothing_is_left_of_who_asks_once_the_procedure_is_over(client: Client) -> None:
    world = process(whole=True)
    owner, gone = world["owner"], world["gone"]
    OutgoingMailFactory(to=ADDRESS, sent=True)
    Subscriber.objects.create(
        territory=world["call"].territory, email=ADDRESS, state="confirmed", asked_at=timezone.now(),
        confirmed_at=timezone.now(),
    )  # fmt: skip
    client.force_login(owner)
    # Shared with another: it is handed over first, or their access taken back.
    page = client.get(PAGE).content.decode()
    assert "transmettez-le" in page
    assert 'name="typed"' not in page
    with pytest.raises(Refused, match="Avant d'effacer"):
        erasing.erase(by=owner, user=owner, typed=ADDRESS)
    gone.collaborators.all().delete()
    # Nobody told them of a decision: as long as the call is not over, it may still be taken.
    with pytest.raises(Refused, match="Avant d'effacer"):
        erasing.erase(by=owner, user=owner, typed=ADDRESS)
    Call.objects.filter(pk=world["call"].pk).update(process_ends_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(Forbidden):
        erasing.erase(by=world["agent"], user=owner, typed=ADDRESS)
    mistyped = client.post(PAGE, {"typed": "autre@exemple.test"})
    assert mistyped.status_code == 422
    assert Application.objects.filter(pk=gone.pk).exists()
    mail.outbox.clear()
    before = len(stored())
    answer = client.post(PAGE, {"typed": f" {ADDRESS.upper()} "})
    assert "Votre compte est effacé" in answer.content.decode()
    assert [message.to for message in mail.outbox] == [[ADDRESS]]
    assert traces_of(MARK, ADDRESS) == set()
    assert len(stored()) < before
    assert chain_holds()
    assert client.get(PAGE).status_code == 302
    assert Application.objects.filter(pk__in=[world["selected"].pk, world["agreed"].pk]).count() == 2


def test_what_a_contract_or_an_archive_needs_stays_without_an_address(client: Client) -> None:
    """A residency that runs comes first; over, its contract keeps the row, to which nobody signs in any more."""
    world = process()
    season = world["call"].season
    artist = UserFactory(first_name="Wyqxéo", last_name="Wyqxéo", email="zz-artiste@exemple.test")
    residency = ResidencyFactory(season=season)
    residency.artists.create(user=artist, first_name="Ada", last_name="Nom")
    OutgoingMailFactory(to=artist.email, sent=True)
    client.force_login(artist)
    with pytest.raises(Refused):
        erasing.erase(by=artist, user=artist, typed=artist.email)
    type(season).objects.filter(pk=season.pk).update(closed_at=timezone.now())
    assert "prescription" in client.get(PAGE).content.decode()
    address = artist.email
    assert "personne ne peut plus se connecter" in client.post(PAGE, {"typed": address}).content.decode()
    assert traces_of("Wyqxéo", address) == set()
    shut = User.objects.get(pk=artist.pk)
    assert (shut.is_active, shut.email) == (False, f"{shut.uuid}@compte-efface.invalid")
    assert not OpenSession.objects.filter(person=shut).exists()
    assert residency.artists.get(user=artist).last_name == "Nom"
    # A member of the jury keeps their name where the minutes name them; the coordination asks the administration.
    juror = world["jury"].jurors.first().user
    name = str(juror)
    assert erasing.erase(by=juror, user=juror, typed=juror.email) is False
    juror.refresh_from_db()
    assert str(juror) == name
    agent = coordinator(world["call"])
    assert [fate.when for fate in erasing.fates(agent)] == ["first"]
    assert reverse("own_data:erase") == PAGE
