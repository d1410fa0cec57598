"""The jurors' side: the interviews of the dossiers open to them, and no trace of the others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.enums import AssignmentPurpose
from candidatures.models import Application, Assignment, InterviewNote, InterviewSlot, Juror, Jury, Recusal
from candidatures.services.jury import interview_notes
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from tests.candidatures.jury.interviews import booked, open_slots, shortlisted, text_of
from tests.factories.accounts import UserFactory
from tests.factories.jury import AssignmentFactory, JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, read_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def jury() -> Jury:
    return JuryFactory()


@pytest.fixture
def juror(jury: Jury) -> Juror:
    return JurorFactory(jury=jury)


@pytest.fixture
def artist(jury: Jury) -> Application:
    (application,) = shortlisted(jury)
    return application


@pytest.fixture
def slot(jury: Jury, artist: Application) -> InterviewSlot:
    return booked(artist, open_slots(jury, 2)[0])


def signed_in(juror: Juror) -> Client:
    client = Client()
    client.force_login(juror.user)
    return client


def listing(juror: Juror) -> str:
    return reverse("jury:interviews", args=[juror.jury.call.slug])


def page(juror: Juror, application: Application) -> str:
    return reverse("jury:interview", args=[juror.jury.call.slug, application.uuid])


def feed(juror: Juror) -> str:
    return reverse("jury:interviews_feed", args=[interview_notes.feed_token(juror)])


def events(content: Any) -> list[Any]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def blind(jury: Jury) -> None:
    type(jury.call).objects.filter(pk=jury.call_id).update(blind_reading=True)


def test_a_member_sees_the_interviews_of_their_dossiers(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    client = signed_in(juror)
    shown = text_of(client.get(listing(juror)))
    assert artist.display_name in shown
    assert "Salle des mariages" in shown
    assert text_of(client.get(page(juror, artist))).count("Enregistrer mes notes") == 1


def test_consultation_opens_the_interview_too(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    AssignmentFactory(juror=juror, application=artist, purpose=AssignmentPurpose.CONSULT)
    assert signed_in(juror).get(page(juror, artist)).status_code == 200


def _unassigned(juror: Juror, artist: Application) -> None:
    Assignment.objects.filter(juror=juror).delete()


def _recused(juror: Juror, artist: Application) -> None:
    RecusalFactory(juror=juror, application=artist)


@pytest.mark.parametrize("how", [_unassigned, _recused])
def test_a_member_without_the_dossier_finds_no_trace_of_its_interview(
    juror: Juror, artist: Application, slot: InterviewSlot, how
) -> None:
    read_by(juror, artist)
    client = signed_in(juror)
    address = page(juror, artist)
    how(juror, artist)
    shown = text_of(client.get(listing(juror)))
    for trace in (artist.display_name, artist.last_deposit.number, str(artist.uuid), str(slot.uuid), "Salle des"):
        assert trace not in shown
    assert "Aucun entretien pour le moment" in shown
    assert client.get(address).status_code == 404
    assert client.post(address, {"text": "x", "version": "0"}).status_code == 404
    content: Any = client.get(feed(juror)).content
    assert events(content) == []
    assert artist.last_deposit.number.encode() not in content
    with pytest.raises(Forbidden):
        interview_notes.save(by=juror.user, application=artist, text="x", version=0, juror=juror)


def test_one_s_own_dossier_is_not_there(juror: Juror, jury: Jury) -> None:
    (own,) = shortlisted(jury)
    Application.objects.filter(pk=own.pk).update(owner=juror.user)
    booked(Application.objects.get(pk=own.pk), open_slots(jury, 1)[0])
    read_by(juror, own)
    assert events(signed_in(juror).get(feed(juror)).content) == []


def test_strangers_and_members_of_other_juries_get_404(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    for user in (UserFactory(), JurorFactory().user, artist.owner):
        client = Client()
        client.force_login(user)
        assert client.get(listing(juror)).status_code == 404
        assert client.get(page(juror, artist)).status_code == 404
    read_by(juror, artist)
    other = JurorFactory(jury=juror.jury, joined_at=None)
    assert signed_in(other).get(listing(other)).status_code in {302, 403}


def test_reading_blind_shows_numbers_only(juror: Juror, jury: Jury, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    blind(jury)
    client = signed_in(juror)
    for content in (client.get(listing(juror)), client.get(page(juror, artist)), client.get(feed(juror))):
        text = text_of(content).replace("\\n", "").replace(" ", "")
        assert artist.last_deposit.number in text
        for trace in (artist.artist_name, artist.last_name, artist.owner.email, artist.city):
            assert trace.replace(" ", "") not in text


# The feed -----------------------------------------------------------------------------------------


def test_the_feed_opens_without_signing_in_and_only_at_its_address(
    juror: Juror, artist: Application, slot: InterviewSlot
) -> None:
    read_by(juror, artist)
    response = Client().get(feed(juror))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    (event,) = events(response.content)
    assert str(event["summary"]) == f"Entretien – {artist.display_name}"
    assert event["dtstart"].dt == slot.starts_at
    token = interview_notes.feed_token(juror)
    other = JurorFactory(jury=juror.jury)
    forged = f"{other.uuid.hex}-1.{token.rpartition('.')[2]}"
    for wrong in (forged, token[:-1], f"{juror.uuid.hex}-1", "x", "."):
        assert Client().get(f"/jury/entretiens/{wrong}/entretiens.ics").status_code == 404


def test_changing_the_address_closes_the_former_one(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    former = feed(juror)
    client = signed_in(juror)
    assert former in text_of(client.get(listing(juror)))
    client.post(reverse("jury:interviews_reset", args=[juror.jury.call.slug]))
    juror.refresh_from_db()
    assert Client().get(former).status_code == 404
    assert Client().get(feed(juror)).status_code == 200
    assert feed(juror) in text_of(client.get(listing(juror)))
    assert Entry.objects.filter(verb="interview.feed_reset").count() == 1


@pytest.mark.parametrize("field", ["left_at", "declined_at"])
def test_who_left_the_jury_reads_no_feed(juror: Juror, artist: Application, slot: InterviewSlot, field: str) -> None:
    read_by(juror, artist)
    Juror.objects.filter(pk=juror.pk).update(**{field: timezone.now()})
    assert Client().get(feed(juror)).status_code == 404


def test_a_closed_account_reads_no_feed(juror: Juror) -> None:
    juror.user.is_active = False
    juror.user.save()
    assert Client().get(feed(juror)).status_code == 404


def test_the_feed_says_nothing_before_reading_begins(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    Jury.objects.update(reads_from=timezone.localdate() + timedelta(days=1), reads_to=None)
    assert events(Client().get(feed(juror)).content) == []


# Notes --------------------------------------------------------------------------------------------


def test_notes_are_saved_with_and_without_a_script(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    client = signed_in(juror)
    client.post(page(juror, artist), {"text": "Très à l'écoute.", "version": "0"})
    answer = client.post(
        page(juror, artist),
        {"text": "Très à l'écoute. Vient en mars.", "version": "1"},
        headers={"accept": "application/json"},
    ).json()
    assert answer["version"] == 2
    assert answer["message"].startswith("Enregistré à")
    note = InterviewNote.objects.get()
    assert (note.text, note.author, note.version) == ("Très à l'écoute. Vient en mars.", juror.user, 2)
    # One line of the journal for a run of saves.
    assert Entry.objects.filter(verb="interview.noted").count() == 1
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client = signed_in(juror)
        client.post(page(juror, artist), {"text": "Encore.", "version": "2"})
    assert Entry.objects.filter(verb="interview.noted").count() == 2


def test_another_tab_does_not_overwrite_notes(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    client = signed_in(juror)
    client.post(page(juror, artist), {"text": "Premier onglet.", "version": "0"})
    late = client.post(page(juror, artist), {"text": "Second onglet.", "version": "0"})
    assert late.status_code == 409
    words = text_of(late)
    assert "Second onglet." in words
    assert "Premier onglet." in words
    assert InterviewNote.objects.get().text == "Premier onglet."
    json = client.post(
        page(juror, artist), {"text": "Second onglet.", "version": "0"}, headers={"accept": "application/json"}
    )
    assert (json.status_code, json.json()["conflict"]) == (409, True)
    client.post(page(juror, artist), {"text": "Second onglet.", "version": "0", "ecraser": "1"})
    assert InterviewNote.objects.get().text == "Second onglet."
    with pytest.raises(StaleWrite):
        interview_notes.save(by=juror.user, application=artist, text="x", version=0, juror=juror)


def test_others_notes_are_read_after_one_s_own_reading_once_the_discussion_is_open(
    juror: Juror, jury: Jury, artist: Application, slot: InterviewSlot
) -> None:
    other = JurorFactory(jury=jury)
    InterviewNote.objects.create(application=artist, author=other.user, text="Un autre regard.", version=1)
    read_by(juror, artist)
    client = signed_in(juror)
    assert "Un autre regard." not in text_of(client.get(page(juror, artist)))
    Jury.objects.update(discussion_opened_at=timezone.now())
    assert "Un autre regard." not in text_of(client.get(page(juror, artist)))
    ReviewFactory(juror=juror, application=artist, notes=[4, 3])
    assert "Un autre regard." in text_of(client.get(page(juror, artist)))


def test_what_a_recused_member_wrote_is_not_read_any_more(
    juror: Juror, jury: Jury, artist: Application, slot: InterviewSlot
) -> None:
    other = JurorFactory(jury=jury)
    InterviewNote.objects.create(application=artist, author=other.user, text="Un autre regard.", version=1)
    ReviewFactory(juror=juror, application=artist, notes=[4, 3])
    Jury.objects.update(discussion_opened_at=timezone.now())
    RecusalFactory(juror=other, application=artist)
    assert "Un autre regard." not in text_of(signed_in(juror).get(page(juror, artist)))
    Recusal.objects.update(standing=False, set_aside_at=timezone.now())
    assert "Un autre regard." in text_of(signed_in(juror).get(page(juror, artist)))


def test_notes_are_closed_once_the_jury_has_decided(juror: Juror, artist: Application, slot: InterviewSlot) -> None:
    read_by(juror, artist)
    Application.objects.filter(pk=artist.pk).update(state="declined")
    response = signed_in(juror).post(page(juror, artist), {"text": "Trop tard.", "version": "0"})
    assert response.status_code == 409
    assert not InterviewNote.objects.exists()


def test_there_are_no_notes_without_an_interview(juror: Juror, artist: Application) -> None:
    read_by(juror, artist)
    assert signed_in(juror).get(page(juror, artist)).status_code == 404
    with pytest.raises(Refused) as refused:
        interview_notes.save(by=juror.user, application=artist, text="x", version=0, juror=juror)
    assert refused.value.code == "no_interview"


def test_the_list_and_the_feed_cost_the_same_with_three_interviews_and_thirty(
    juror: Juror, jury: Jury, assert_num_queries_constant
) -> None:
    def grow(count: int) -> None:
        for artist, slot in zip(shortlisted(jury, count), open_slots(jury, count), strict=True):
            booked(artist, slot)
            read_by(juror, artist)

    grow(3)
    client, address = signed_in(juror), feed(juror)
    assert_num_queries_constant(
        lambda: (client.get(listing(juror)), Client().get(address)), lambda: grow(27), at_most=12
    )
