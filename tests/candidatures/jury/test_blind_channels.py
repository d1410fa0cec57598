"""Read blindly, nothing that a juror receives says who an artist is: every page of the jury's space,
every file behind it, every address, header and calendar. The addresses come from the site itself:
a new one is walked, or this file fails until it is told how to open it.
"""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import Advice, InterviewMode, SessionState
from candidatures.models import (
    Application,
    DiscussionComment,
    InterviewNote,
    InterviewSlot,
    Juror,
    Jury,
    JurySession,
    Minutes,
    Review,
)
from candidatures.services import assembly
from candidatures.services.jury import blind, interview_notes, reviews
from clea.documents.models import StoredFile
from clea.mail.models import OutgoingMail
from tests.access.matrix import Address, addresses
from tests.candidatures.jury.blind import blind_jury, body, leaks, named_dossier, pdf_strings, pdf_words
from tests.factories.candidatures import stored_pdf
from tests.factories.jury import JurorFactory, ReviewFactory, read_by
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db


#: Pages that do not exist while identities are withheld, and do once they are shown.
NAMES_EVERYBODY = {"jury:session"}


@dataclass
class World:
    jury: Jury
    application: Application
    juror: Juror
    other: Juror
    slot: InterviewSlot
    remark: DiscussionComment

    def arguments(self, address: Address) -> Iterator[dict[str, Any]]:
        """Everything that may stand in this address. A new kind of argument is added here."""
        known: dict[str, list[Any]] = {
            "slug": [self.jury.call.slug],
            "uuid": [self.application.uuid, self.slot.uuid],
            "remark": list(DiscussionComment.objects.values_list("uuid", flat=True)),
            "token": [interview_notes.feed_token(self.juror)],
        }
        missing = set(address.arguments) - set(known)
        assert not missing, f"say what may stand for {missing} in {address.route}"
        for values in itertools.product(*(known[name] for name in address.arguments)):
            yield dict(zip(address.arguments, values, strict=True))


@dataclass
class Received:
    """All that came back from a walk, by address; ``opened`` are those that answered something."""

    told: dict[str, list[str]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)

    def take(self, where: str, response: Any) -> None:
        told = self.told.setdefault(where, [])
        told.extend(f"{name}: {value}" for name, value in response.headers.items())
        told.extend(str(cookie) for cookie in response.cookies.values())
        told.extend(words(body(response), response.headers.get("Content-Type", "")))

    def leaks(self) -> dict[str, list[str]]:
        found = {where: leaks("\n".join(told)) for where, told in self.told.items()}
        return {where: what for where, what in found.items() if what}


def words(content: bytes, kind: str) -> list[str]:
    """Everything that can be read in a body, files within files too."""
    if content.startswith(b"%PDF-"):
        return [pdf_words(content), pdf_strings(content)]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [words(archive.read(name), "") for name in archive.namelist()]
            return [*archive.namelist(), *itertools.chain.from_iterable(inside)]
    text = content.decode("utf-8", "replace")
    # A calendar folds its lines; a page may write an accent as an entity.
    return [text, text.replace("\r\n ", ""), text.replace("&#x27;", "'").replace("&eacute;", "é")]


def jury_addresses() -> dict[str, Address]:
    return {key: address for key, address in addresses().items() if address.name.startswith("jury:")}


def walk(world: World, client: Client, *, posting: bool = False) -> Received:
    """Open every address of the jury's space, and follow where it sends. ``posting`` sends empty forms."""
    received = Received()
    for key, address in jury_addresses().items():
        for arguments in world.arguments(address):
            url = reverse(address.name, kwargs=arguments)
            response = client.post(url, {}) if posting else client.get(url)
            for _step in range(4):
                received.take(key, response)
                if response.status_code in (200, 409, 422):
                    received.opened.add(key)
                if response.status_code not in (301, 302, 303):
                    break
                response = client.get(response.headers["Location"])
    return received


@pytest.fixture
def world(db) -> World:
    jury = blind_jury(discussion_opened_at=timezone.now())
    application = named_dossier(jury)
    juror, other = JurorFactory(jury=jury), JurorFactory(jury=jury)
    read_by(juror, application)
    ReviewFactory(juror=other, application=application, notes=[2, 2], comment="Solide.", advice=Advice.RESERVED)
    slot = InterviewSlot.objects.create(
        jury=jury,
        starts_at=timezone.now() + timedelta(days=3),
        mode=InterviewMode.IN_PERSON,
        place="Salle du conseil",
        application=application,
        booked_at=timezone.now(),
        booked_by=application.owner,
    )
    remark = DiscussionComment.objects.create(
        application=application, juror=other, author=other.user, text="Le lien au canal est fort."
    )
    InterviewNote.objects.create(application=application, author=other.user, text="Une belle parole.")
    session = JurySession.objects.create(
        jury=jury, state=SessionState.CLOSED, held_on=timezone.localdate(), chair=juror, closed_at=timezone.now()
    )
    Minutes.objects.create(
        session=session,
        signed=stored_pdf(name="pv-vantadour.pdf"),
        signed_at=timezone.now(),
        data={"call": {"reference": "CLEA-2026"}, "session": {"held_on": f"{session.held_on}"}},
    )
    return World(jury, application, juror, other, slot, remark)


@pytest.fixture
def visitor(client, world) -> Client:
    client.force_login(world.juror.user)
    return client


def filed(world: World) -> Review:
    return ReviewFactory(juror=world.juror, application=world.application, notes=[4, 3], private_notes="À revoir.")


def test_nothing_received_while_reading_says_who_it_is(world, visitor) -> None:
    received = walk(world, visitor)
    assert received.leaks() == {}
    assert world.application.last_deposit.number in "".join(received.told["jury:desk"])
    assert "Des dessins au bord du canal" in "".join(received.told["jury:pdf"])
    assert walk(world, visitor, posting=True).leaks() == {}


def test_nothing_received_while_discussing_says_who_it_is(world, visitor) -> None:
    filed(world)
    DiscussionComment.objects.create(
        application=world.application, juror=world.juror, author=world.juror.user, text="Je me suis trompé."
    )
    Application.objects.filter(pk=world.application.pk).update(state="shortlisted")
    received = walk(world, visitor)
    assert received.leaks() == {}
    # What was walked is what a juror works with, not a row of refusals.
    assert "Le lien au canal est fort." in "".join(received.told["jury:dossier"])
    assert "BEGIN:VEVENT" in "".join(received.told["jury:interviews_feed"])
    opened = walk(world, visitor, posting=True)
    assert opened.leaks() == {}
    shut = set(jury_addresses()) - received.opened - opened.opened
    assert shut == NAMES_EVERYBODY, f"never opened, so never checked: {shut - NAMES_EVERYBODY}"


def test_nothing_said_after_the_decision_either(world, visitor) -> None:
    filed(world)
    for state in ("interviewed", "selected", "reserve", "declined", "withdrawn"):
        Application.objects.filter(pk=world.application.pk).update(state=state)
        assert walk(world, visitor).leaks() == {}, state


def test_no_file_of_the_dossier_but_the_copy_opens(world, visitor) -> None:
    copy = blind.ensure(world.application.last_deposit_id)
    assembly.ensure(world.application.last_deposit_id)
    opened, told = [], Received()
    for stored in StoredFile.objects.all():
        response = visitor.get(reverse("documents:file", args=[stored.uuid]))
        told.take(str(stored.pk), response)
        if response.status_code == 200:
            opened.append(stored)
    assert opened == [copy]
    assert told.leaks() == {}


def test_the_artists_own_pages_are_not_there(world, visitor) -> None:
    found = {key: address for key, address in addresses().items() if address.name.startswith("applications:")}
    tried = 0
    for address in found.values():
        if address.arguments == ("uuid",):
            response = visitor.get(reverse(address.name, kwargs={"uuid": world.application.uuid}))
            assert leaks(response.content.decode()) == []
            assert response.status_code in (302, 404, 405), address
            tried += 1
    assert tried > 5


def test_a_letter_about_a_reading_bears_its_number(world) -> None:
    review = filed(world)
    reviews.reopen(
        by=CoordinatorFactory(territory=world.jury.territory), review=review, reason="Une note manque de mots."
    )
    letter = OutgoingMail.objects.get(to=world.juror.user.email)
    assert leaks(f"{letter.subject}\n{letter.body}") == []
    assert world.application.last_deposit.number in f"{letter.subject}\n{letter.body}"


def test_a_search_among_the_dossiers_cannot_guess_a_name(world, visitor) -> None:
    url = reverse("jury:desk", args=[world.jury.call.slug])
    number = world.application.last_deposit.number
    shown = lambda wanted: number in visitor.get(url, {"q": wanted}).content.decode()  # noqa: E731
    assert shown(number)
    assert not any(shown(secret) for secret in ("Brumeval", "Vantadour", "Hazebrouck", "Coquelourdes"))


def test_once_identities_are_shown_names_are_said_everywhere(world, visitor) -> None:
    filed(world)
    Jury.objects.update(identities_shown_at=timezone.now())
    received = walk(world, visitor)
    for key in ("jury:desk", "jury:dossier", "jury:pdf", "jury:interviews", "jury:interview", "jury:interviews_feed"):
        assert "vantadour" in leaks("\n".join(received.told[key])), key
    assert received.opened >= NAMES_EVERYBODY
    assert any("compagnie-vantadour.pdf" in line for line in received.told["jury:pdf"])
