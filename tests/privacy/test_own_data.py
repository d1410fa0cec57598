"""A person's copy of their own data holds what is theirs, and nothing of the others'."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.models import Review
from clea.documents.enums import ScanState
from clea.documents.models import StoredFile
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from clea.privacy import holdings, own
from residencies.models import RequestedDocument
from tests.factories.accounts import UserFactory
from tests.factories.documents import StoredFileFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.residencies import ResidencyFactory
from tests.privacy.world import ADDRESS, MARK, process

pytestmark = pytest.mark.django_db

#: What no copy gives: whose it is not, what a row of another part says, what holds nothing of anybody.
NOT_TOLD = {
    "account.EmailConfirmation", "accounts.OpenSession", "admin.LogEntry", "sessions.Session",
    "documents.StoredFile", "jobs.Job", "django_tasks_database.DBTaskResult", "journal.ActorSnapshot",
    # Of the coordination and of the jury, about the person: readings, decisions, checks, choices.
    "candidatures.EligibilityCheck", "candidatures.BlindCopy", "candidatures.Assignment", "candidatures.Letter",
    "candidatures.InterviewInvitation", "candidatures.OutsideDecision", "candidatures.Decision",
    "candidatures.ChosenSet", "candidatures.Jury", "candidatures.JurySession", "candidatures.Minutes",
    "mail.DeliveryAttempt", "mail.MailAttachment", "structures.Structure", "structures.HistoricalStructure",
    "structures.HistoricalProfessional", "structures.Territory",
    # Of the season: its papers, its activities, its pictures, whose words are everybody's.
    "residencies.Residency", "residencies.TripClaim", "residencies.Paper", "residencies.Signature",
    "residencies.Inventory", "residencies.CheckIn", "residencies.IncidentStep", "residencies.CalendarFeed",
    "residencies.Activity", "residencies.Session", "residencies.WorkBooking", "residencies.Waiver",
    "residencies.Picture", "residencies.Production", "residencies.Meeting", "residencies.Visit",
    "residencies.Lodging", "residencies.KitDelivery", "residencies.Feedback", "residencies.FeedbackInvitation",
}  # fmt: skip


def copy_of(client: Client, user: Any) -> dict[str, bytes]:
    client.force_login(user)
    answer = client.post(reverse("own_data:download"))
    assert answer["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_model_that_holds_personal_data_is_told_or_said_not_to_be() -> None:
    named = {model for one in holdings.everything() for model in one.models}
    told = {part.model for part in own.parts()}
    assert named - told - NOT_TOLD == set()
    for part in own.parts():
        assert dict(part.columns()).keys() == set(part.fields)
        assert part.until


def test_the_copy_holds_what_is_theirs_and_nothing_of_the_others(client: Client) -> None:
    world = process(whole=True)
    owner = world["owner"]
    EmailAddress.objects.filter(user=owner).update(verified=True)
    Review.objects.update(comment="Lecture réservée", private_notes="Lecture réservée")
    OutgoingMailFactory(to=ADDRESS.upper(), sent=True, body="Nous avons bien reçu")
    OutgoingMailFactory(to=ADDRESS, body="Décision que personne n'a annoncée")
    # An address that was typed and never proved opens nothing of who owns it.
    other = UserFactory(email="autre-artiste@exemple.test")
    OutgoingMailFactory(to=other.email, sent=True, body="Pour une autre")
    EmailAddress.objects.create(user=owner, email="autre-artiste@exemple.test", verified=False)
    # Two artists of one residency: each their own papers.
    residency = ResidencyFactory(season=world["call"].season)
    for who, person in (("Le mien", owner), ("Le sien", other)):
        residency.artists.create(user=person, first_name=MARK, last_name=MARK)
        stored = StoredFileFactory(by=person)
        RequestedDocument.objects.create(
            residency=residency, kind="other", title=who, state="received", stored_file=stored,
            due_on=timezone.localdate(), received_at=timezone.now(),
        )  # fmt: skip
    held = StoredFile.objects.filter(deposit_pieces__deposit__application=world["gone"]).order_by("pk").first()
    StoredFile.objects.filter(pk=held.pk).update(scan=ScanState.INFECTED, threat="Essai")
    files = copy_of(client, owner)
    whole = b"\n".join(files[name] for name in files if name.endswith((".json", ".txt"))).decode()
    assert "Nous avons bien reçu" in whole
    for never in ("Lecture réservée", "que personne n'a annoncée", "Pour une autre", "Le sien"):
        assert never not in whole
    (dossier,) = json.loads(files["dossiers.json"])["rows"]
    assert (dossier["artist_name"], dossier["state"]) == (MARK, str(world["gone"].applicant_state_label))
    assert json.loads(files["residence-documents.json"])["rows"][0]["title"] == "Le mien"
    assert [name for name in files if name.startswith("residence-documents/")] == ["residence-documents/Le mien.pdf"]
    assert files["residence-documents/Le mien.pdf"].startswith(b"%PDF")
    assert "Ces fichiers manquent" in files["README.txt"].decode("utf-8-sig")
    assert Entry.objects.filter(verb="account.data_taken", actor__user_uuid=owner.uuid).count() == 1
    # A member of the jury takes what they wrote, and no word of whom they read.
    theirs = copy_of(client, Review.objects.get().juror.user)
    assert b"Lecture" in theirs["jury-lectures.json"]
    assert MARK.encode() not in theirs["jury-lectures.json"] + theirs["jury-notes.json"]
    assert not any(ADDRESS.encode() in content for content in theirs.values())
    assert not any(name.startswith(("dossiers", "depots")) for name in theirs)
    assert OutgoingMail.objects.filter(state="draft").exists()


def test_the_page_costs_the_same_whatever_is_kept(client: Client, assert_num_queries_constant: Any) -> None:
    user = UserFactory()
    EmailAddress.objects.filter(user=user).update(verified=True)
    client.force_login(user)
    page = reverse("own_data:page")
    assert_num_queries_constant(
        lambda: client.get(page), lambda: OutgoingMailFactory.create_batch(30, to=user.email, sent=True)
    )
    text = client.get(page).content.decode()
    assert "(30)" in text
    for _turn in range(6):
        client.post(reverse("own_data:download"))
    assert client.post(reverse("own_data:download")).status_code == 429
