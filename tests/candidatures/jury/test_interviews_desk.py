"""The coordination's side: series of slots, invitations, changes, outcomes, the grid of the day."""

from __future__ import annotations

import io
import threading
from datetime import date, time, timedelta
from typing import Any

import pikepdf
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from candidatures.admin.jury.interviews import desk_items
from candidatures.enums import ApplicationState, InterviewMode, InterviewOutcome
from candidatures.methods.timetable import series
from candidatures.models import Application, InterviewInvitation, InterviewNote, InterviewSlot, Jury
from candidatures.services.jury import interview_booking, interviews
from candidatures.services.jury.interviews import Room
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.ui.dates import hour
from tests.candidatures.jury.interviews import (
    PARIS,
    booked,
    coordinator,
    invited,
    open_slots,
    shortlisted,
    text_of,
    tomorrow,
)
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

ROOM = Room(InterviewMode.IN_PERSON, place="Salle des mariages")


@pytest.fixture
def jury() -> Jury:
    return JuryFactory()


@pytest.fixture
def desk(jury: Jury) -> Client:
    client = Client()
    client.force_login(coordinator(jury))
    return client


def address(name: str, jury: Jury, *more: object) -> str:
    return reverse(f"admin:candidatures_jury_interviews{name}", args=[jury.uuid, *more])


# Series -------------------------------------------------------------------------------------------


def test_a_series_holds_every_slot_that_ends_in_time() -> None:
    spans = series(date(2026, 3, 2), time(9), time(11), 30, 10, PARIS)
    assert [(row.start.astimezone(PARIS).time(), row.end.astimezone(PARIS).time()) for row in spans] == [
        (time(9), time(9, 30)),
        (time(9, 40), time(10, 10)),
        (time(10, 20), time(10, 50)),
    ]
    assert len(series(date(2026, 3, 2), time(9), time(10, 50), 30, 10, PARIS)) == 3
    assert len(series(date(2026, 3, 2), time(9), time(10, 49), 30, 10, PARIS)) == 2
    assert series(date(2026, 3, 2), time(9), time(9, 20), 30, 0, PARIS) == []


def test_a_series_has_real_minutes_the_night_the_clocks_change() -> None:
    # 29 March 2026, 2 h becomes 3 h: from midnight to 4 h there are three hours.
    assert len(series(date(2026, 3, 29), time(0), time(4), 60, 0, PARIS)) == 3
    # 25 October 2026, 3 h comes twice.
    assert len(series(date(2026, 10, 25), time(0), time(4), 60, 0, PARIS)) == 5


def data(jury: Jury, **more: object) -> dict[str, object]:
    day = tomorrow().date()
    return {
        "day": f"{day:%d/%m/%Y}",
        "since": "09:00",
        "until": "10:30",
        "minutes": "30",
        "pause": "0",
        "mode": "in_person",
        "place": "Salle des mariages",
        "link": "",
    } | more


def test_slots_are_shown_before_they_are_opened(jury: Jury, desk: Client) -> None:
    url = address("_open", jury)
    shown = text_of(desk.post(url, data(jury)))
    assert "3 créneaux seraient ouverts" in shown
    assert InterviewSlot.objects.count() == 0
    desk.post(url, data(jury, confirme="1"))
    slots = list(InterviewSlot.objects.all())
    assert [timezone.localtime(slot.starts_at).time() for slot in slots] == [time(9), time(9, 30), time(10)]
    assert {(slot.minutes, slot.place) for slot in slots} == {(30, "Salle des mariages")}
    assert Entry.objects.get(verb="interview.slots_opened").data["slots"] == [str(slot.uuid) for slot in slots]


@pytest.mark.parametrize(("since", "until"), [("9h", "10h30"), ("9 h", "10 h 30"), ("9:00", "10:30")])
def test_an_hour_is_read_as_people_write_it(jury: Jury, desk: Client, since: str, until: str) -> None:
    assert "3 créneaux seraient ouverts" in text_of(
        desk.post(address("_open", jury), data(jury, since=since, until=until))
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": ""}, "Donnez le lieu de l'entretien."),
        ({"mode": "remote"}, "Donnez l'adresse de la visioconférence."),
        ({"until": "09:00"}, "L'heure de fin doit suivre celle du début."),
        ({"until": "09:10"}, "Aucun créneau ne tient entre ces deux heures."),
        ({"day": "31/02/2027"}, "Écrivez la date ainsi"),
        ({"minutes": "5", "since": "08:00", "until": "20:00", "confirme": "1"}, "au plus 60 à la fois"),
        ({"day": "02/03/2020", "confirme": "1"}, "doit être dans le futur"),
    ],
)
def test_a_wrong_series_says_what_to_correct(jury: Jury, desk: Client, change: dict[str, str], words: str) -> None:
    response = desk.post(address("_open", jury), data(jury, **change))
    assert response.status_code == 422
    assert words in text_of(response)
    assert InterviewSlot.objects.count() == 0


def test_two_slots_never_share_a_room_but_a_jury_may_split(jury: Jury, desk: Client) -> None:
    url = address("_open", jury)
    desk.post(url, data(jury, confirme="1"))
    same = data(jury, since="09:15", until="09:45", place="salle  des MARIAGES")
    assert "Au même endroit" in text_of(desk.post(url, same))
    assert desk.post(url, same | {"confirme": "1"}).status_code == 422
    other = data(jury, since="09:15", until="09:45", place="Salle du conseil")
    assert "le jury devra se partager" in text_of(desk.post(url, other))
    desk.post(url, other | {"confirme": "1"})
    # One that begins when the other ends shares no instant with it.
    desk.post(url, data(jury, since="10:30", until="11:00", confirme="1"))
    assert InterviewSlot.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_opening_the_same_hour_open_it_once() -> None:
    jury = JuryFactory()
    people = [coordinator(jury), coordinator(jury)]
    day = tomorrow().date()
    spans = series(day, time(9), time(10), 30, 0, PARIS)
    barrier, answers = threading.Barrier(2), []

    def click(index: int) -> None:
        barrier.wait()
        try:
            interviews.open_slots(by=people[index], jury=jury, spans=spans, room=ROOM)
            answers.append("opened")
        except Refused as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["opened", "overlap"]
    assert InterviewSlot.objects.count() == 2


# Invitations --------------------------------------------------------------------------------------


def invite(desk: Client, jury: Jury, *applications: Application, days: int = 3) -> Any:
    day = timezone.localdate() + timedelta(days=days)
    return desk.post(
        address("_invite", jury),
        {
            "applications": [str(row.uuid) for row in applications],
            "book_by_date": f"{day:%d/%m/%Y}",
            "book_by_time": "12:00",
        },
    )


def test_invitations_wait_in_the_outbox_until_a_person_lets_them_go(jury: Jury, desk: Client) -> None:
    one, other, left = shortlisted(jury, 3)
    open_slots(jury)
    invite(desk, jury, one, other)
    letters = OutgoingMail.objects.filter(kind="interview.invitation")
    assert {letter.state for letter in letters} == {MailState.DRAFT}
    assert {letter.to for letter in letters} == {one.owner.email, other.owner.email}
    for letter in letters:
        assert "/entretien/" in letter.body
        assert "12 h" in letter.body.replace("\xa0", " ")
    shown = text_of(desk.get(address("", jury)))
    assert shown.count("invitation à approuver") == 2
    assert f'value="{left.uuid}"' in shown
    assert f'value="{one.uuid}"' not in shown


def test_nobody_is_invited_twice_nor_without_a_slot_nor_from_outside_the_shortlist(jury: Jury, desk: Client) -> None:
    one, other = shortlisted(jury, 2)
    assert "Ouvrez d'abord des créneaux" in text_of(invite(desk, jury, one))
    open_slots(jury)
    assert "Le délai doit précéder le dernier créneau" in text_of(invite(desk, jury, one, days=20))
    assert "dans le futur" in text_of(invite(desk, jury, one, days=-1))
    invited(one)
    assert "a déjà une invitation en cours" in text_of(invite(desk, jury, one, other))
    Application.objects.filter(pk=other.pk).update(state=ApplicationState.ELIGIBLE)
    assert "n'est pas dans la présélection" in text_of(invite(desk, jury, other))
    assert InterviewInvitation.objects.count() == 1


def test_inviting_nobody_says_to_tick_a_dossier(jury: Jury, desk: Client) -> None:
    shortlisted(jury)
    response = desk.post(address("_invite", jury), {"book_by_date": "01/02/2099"})
    assert response.status_code == 422
    assert "Cochez d'abord un dossier ou plusieurs." in text_of(response)


def test_who_did_not_answer_in_time_is_invited_again(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    open_slots(jury)
    invitation = invited(artist, days=-1)
    former = invitation.mail_id
    invite(desk, jury, artist)
    invitation.refresh_from_db()
    assert invitation.book_by > timezone.now()
    assert invitation.mail_id != former


# One slot -----------------------------------------------------------------------------------------


def changed(slot: InterviewSlot, **more: object) -> dict[str, object]:
    start = timezone.localtime(slot.starts_at)
    return {
        "day": f"{start:%d/%m/%Y}",
        "at": f"{start:%H:%M}",
        "minutes": slot.minutes,
        "mode": slot.mode,
        "place": slot.place,
        "link": slot.link,
        "seen": interviews.mark(slot),
    } | more


def test_moving_a_booked_slot_writes_to_the_artist(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    desk.post(address("_slot", jury, slot.uuid), changed(slot, at="17:15"))
    slot.refresh_from_db()
    assert timezone.localtime(slot.starts_at).time() == time(17, 15)
    letter = OutgoingMail.objects.get(kind="interview.changed")
    assert letter.to == artist.owner.email
    assert "17 h 15" in letter.body.replace("\xa0", " ")
    assert InterviewInvitation.objects.get().sequence == 1


def test_a_free_slot_changes_in_silence_and_the_same_again_is_nothing(jury: Jury, desk: Client) -> None:
    (slot, *_others) = open_slots(jury)
    desk.post(address("_slot", jury, slot.uuid), changed(slot, mode="remote", link="visio.exemple.test/autre"))
    slot.refresh_from_db()
    assert (slot.mode, slot.link, slot.place, slot.sequence) == ("remote", "https://visio.exemple.test/autre", "", 1)
    desk.post(address("_slot", jury, slot.uuid), changed(slot))
    slot.refresh_from_db()
    assert slot.sequence == 1
    assert not OutgoingMail.objects.exists()


def test_a_slot_booked_while_one_looked_is_not_changed_blindly(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    seen = changed(slot, at="17:15")
    invited(artist)
    interview_booking.book(by=artist.owner, application=artist, slot=slot)
    response = desk.post(address("_slot", jury, slot.uuid), seen)
    assert response.status_code == 409
    words = text_of(response)
    assert "Ce créneau a changé pendant que vous regardiez cette page" in words
    assert 'value="17:15"' in words
    slot.refresh_from_db()
    assert timezone.localtime(slot.starts_at).time() == time(9)
    # What was typed now answers to the slot as it is.
    slot.refresh_from_db()
    desk.post(address("_slot", jury, slot.uuid), seen | {"seen": interviews.mark(slot)})
    slot.refresh_from_db()
    assert timezone.localtime(slot.starts_at).time() == time(17, 15)


def test_a_slot_does_not_move_onto_another_of_the_same_room(jury: Jury, desk: Client) -> None:
    first, second = open_slots(jury, 2)
    response = desk.post(address("_slot", jury, first.uuid), changed(first, at="09:45"))
    assert response.status_code == 422
    first.refresh_from_db()
    assert first.starts_at < second.starts_at - timedelta(minutes=45)


def test_cancelling_tells_the_artist_why_and_what_next(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    first, second = open_slots(jury, 2)
    booked(artist, first)
    url = address("_cancel", jury, first.uuid)
    assert "L'artiste qui l'avait réservé reçoit un message" in text_of(desk.get(url))
    desk.post(url, {"words": "Salle inondée.", "seen": interviews.mark(first)})
    first.refresh_from_db()
    assert first.cancelled_at is not None
    letter = OutgoingMail.objects.get(kind="interview.cancelled")
    assert "Salle inondée." in letter.body
    assert "Vous pouvez choisir un autre créneau" in letter.body
    assert b"METHOD:CANCEL" in bytes(letter.attachments.get().content)
    # The artist chooses again; the cancelled one is not offered.
    interview_booking.book(by=artist.owner, application=artist, slot=second)
    assert f'value="{first.uuid}"' not in text_of(desk.get(address("", jury)))


def test_freeing_a_slot_offers_it_again(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    (slot,) = open_slots(jury, 1)
    booked(artist, slot)
    desk.post(address("_release", jury, slot.uuid), {"words": "", "seen": interviews.mark(slot)})
    slot.refresh_from_db()
    assert slot.application is None
    assert slot.cancelled_at is None
    assert OutgoingMail.objects.filter(kind="interview.cancelled").count() == 1


def test_a_free_slot_is_deleted_a_booked_one_is_not(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    first, second = open_slots(jury, 2)
    booked(artist, first)
    for slot in (first, second):
        desk.post(address("_delete", jury, slot.uuid), {"seen": interviews.mark(slot)})
    assert list(InterviewSlot.objects.all()) == [first]
    assert Entry.objects.filter(verb="interview.slot_deleted").count() == 1


def test_a_slot_given_by_hand_then_another(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    first, second = open_slots(jury, 2)
    for slot in (first, second):
        desk.post(address("_assign", jury, slot.uuid), {"application": str(artist.uuid), "seen": interviews.mark(slot)})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.application, second.application) == (None, artist)
    assert list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)) == [
        "interview.confirmed",
        "interview.changed",
    ]
    assert InterviewInvitation.objects.get().sequence == 2
    # Given by telephone, without a letter: the artist sees it all the same.
    client = Client()
    client.force_login(artist.owner)
    assert client.get(f"/candidatures/{artist.uuid}/entretien/").status_code == 200


# What came of it ----------------------------------------------------------------------------------


def test_an_interview_is_held_from_its_day_on_and_the_dossier_is_heard(jury: Jury) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    by = coordinator(jury)
    with pytest.raises(Refused) as refused:
        interviews.hold(by=by, slot=slot)
    assert refused.value.code == "too_early"
    with time_machine.travel(slot.starts_at, tick=False):
        interviews.hold(by=by, slot=slot)
        artist.refresh_from_db()
        assert artist.state == ApplicationState.INTERVIEWED
        interviews.record(by=by, slot=slot, outcome=InterviewOutcome.PLANNED)
        artist.refresh_from_db()
        assert artist.state == ApplicationState.SHORTLISTED
        interviews.miss(by=by, slot=slot)
        artist.refresh_from_db()
        assert artist.state == ApplicationState.SHORTLISTED
    slot.refresh_from_db()
    assert slot.outcome == InterviewOutcome.MISSED
    assert [entry.data["to"] for entry in Entry.objects.filter(verb="interview.recorded").order_by("seq")] == [
        "interviewed",
        "shortlisted",
        "shortlisted",
    ]


@pytest.mark.parametrize("state", [ApplicationState.SELECTED, ApplicationState.DECLINED, ApplicationState.RESERVE])
def test_an_outcome_never_undoes_a_decision(jury: Jury, state: str) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    Application.objects.filter(pk=artist.pk).update(state=state)
    with time_machine.travel(slot.starts_at, tick=False), pytest.raises(Refused) as refused:
        interviews.hold(by=coordinator(jury), slot=slot)
    assert refused.value.code == "decided"
    artist.refresh_from_db()
    assert artist.state == state


def test_a_recorded_interview_is_not_moved(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    by = coordinator(jury)
    with time_machine.travel(slot.starts_at, tick=False):
        interviews.hold(by=by, slot=slot)
        for act in (
            lambda: interviews.cancel_slot(by=by, slot=slot),
            lambda: interviews.release(by=by, slot=slot),
        ):
            with pytest.raises(Refused):
                act()
    slot.refresh_from_db()
    assert slot.application == artist


def test_the_coordination_writes_notes_and_reads_those_of_the_jury(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    juror = JurorFactory(jury=jury)
    InterviewNote.objects.create(application=artist, author=juror.user, text="Très clair sur les écoles.", version=1)
    url = address("_note", jury, slot.uuid)
    desk.post(url, {"text": "Disponible dès octobre.", "version": "0"})
    words = text_of(desk.get(address("_slot", jury, slot.uuid)))
    assert "Très clair sur les écoles." in words
    assert "Disponible dès octobre." in words
    stale = desk.post(url, {"text": "Autre chose.", "version": "0"})
    assert stale.status_code == 409
    assert "Autre chose." in text_of(stale)
    assert "Disponible dès octobre." in text_of(stale)


def test_a_slot_held_by_a_dossier_that_left_the_shortlist_is_said_so(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    booked(artist, slot)
    assert "libérez le créneau" not in text_of(desk.get(address("", jury)))
    Application.objects.filter(pk=artist.pk).update(state=ApplicationState.ELIGIBLE)
    assert "hors de la présélection : libérez le créneau" in text_of(desk.get(address("", jury)))


# The grid -----------------------------------------------------------------------------------------


def test_the_grid_of_the_day_says_who_when_where_and_who_steps_aside(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    slot, _free = open_slots(jury, 2)
    booked(artist, slot)
    recused = JurorFactory(jury=jury)
    RecusalFactory(juror=recused, application=artist)
    day = timezone.localdate(slot.starts_at).isoformat()
    shown = text_of(desk.get(address("_grid", jury), {"jour": day}))
    for words in (
        artist.display_name,
        hour(slot.starts_at).replace("\xa0", " "),
        "Salle des mariages",
        str(recused.user),
    ):
        assert words in shown
    numbers = text_of(desk.get(address("_grid", jury), {"jour": day, "noms": "non"}))
    assert artist.display_name not in numbers.split("<table", 1)[1]
    assert artist.last_deposit.number in numbers
    for wrong in ("2026-02-31", "demain", "", "1999-01-01"):
        assert desk.get(address("_grid", jury), {"jour": wrong}).status_code == 404


def test_the_grid_prints_as_a_tagged_pdf(jury: Jury, desk: Client) -> None:
    (artist,) = shortlisted(jury)
    slot, _free = open_slots(jury, 2)
    booked(artist, slot)
    response = desk.get(address("_grid_pdf", jury), {"jour": timezone.localdate(slot.starts_at).isoformat()})
    assert response["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(response.content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "fr"


# The walls, the desk, the cost ---------------------------------------------------------------------


def test_another_territory_neither_sees_nor_acts(jury: Jury) -> None:
    (artist,) = shortlisted(jury)
    (slot, *_others) = open_slots(jury)
    foreign = CoordinatorFactory()
    client = Client()
    client.force_login(foreign)
    for name, more in (("", ()), ("_slot", (slot.uuid,)), ("_open", ()), ("_ics", ())):
        assert client.get(address(name, jury, *more)).status_code == 404
    for act in (
        lambda: interviews.invite(
            by=foreign, jury=jury, applications=[artist], book_by=timezone.now() + timedelta(days=1)
        ),
        lambda: interviews.assign(by=foreign, slot=slot, application=artist),
        lambda: interviews.cancel_slot(by=foreign, slot=slot),
        lambda: interviews.delete_slot(by=foreign, slot=slot),
        lambda: interviews.open_slots(
            by=foreign, jury=jury, spans=series(tomorrow().date(), time(18), time(19), 30, 0, PARIS), room=ROOM
        ),
    ):
        with pytest.raises(Forbidden):
            act()


def test_the_slot_of_another_jury_is_not_found_through_this_one(jury: Jury, desk: Client) -> None:
    (foreign, *_others) = open_slots(JuryFactory())
    assert desk.get(address("_slot", jury, foreign.uuid)).status_code == 404


def test_a_stale_page_frees_nobody(jury: Jury) -> None:
    one, other = shortlisted(jury, 2)
    (slot, *_others) = open_slots(jury)
    booked(one, slot)
    seen = interviews.mark(slot)
    by = coordinator(jury)
    interviews.release(by=by, slot=slot)
    interviews.assign(by=by, slot=slot, application=other)
    with pytest.raises(StaleWrite):
        interviews.release(by=by, slot=slot, seen=seen)
    slot.refresh_from_db()
    assert slot.application == other


def test_the_desk_says_what_asks_for_somebody(jury: Jury, rf, django_assert_num_queries) -> None:
    today, past, waiting = shortlisted(jury, 3)
    first = open_slots(jury, 1, start=timezone.localtime().replace(hour=23, minute=0, second=0, microsecond=0))
    second = open_slots(jury, 1, start=tomorrow(days=-2))
    booked(today, first[0])
    booked(past, second[0])
    invited(waiting)
    request = rf.get("/")
    request.user = coordinator(jury)
    with django_assert_num_queries(2):
        lines = desk_items(request)
    assert [(line.count, line.urgency) for line in lines] == [(1, "now"), (1, "soon"), (1, "info")]
    stranger = rf.get("/")
    stranger.user = CoordinatorFactory()
    assert desk_items(stranger) == []


def test_the_page_costs_the_same_with_three_dossiers_and_thirty(
    jury: Jury, desk: Client, assert_num_queries_constant
) -> None:
    def grow(count: int) -> None:
        start = tomorrow() + timedelta(days=InterviewSlot.objects.count())
        for artist, slot in zip(shortlisted(jury, count), open_slots(jury, count, start=start), strict=True):
            booked(artist, slot)
        for artist in shortlisted(jury, count):
            invited(artist)

    grow(3)
    assert_num_queries_constant(lambda: desk.get(address("", jury)), lambda: grow(27), at_most=12)
