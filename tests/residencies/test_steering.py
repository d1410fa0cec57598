"""Committees: days proposed, planned, convened, moved, held, settled, published; their actions."""

from __future__ import annotations

from datetime import date, time, timedelta
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from icalendar import Calendar

from candidatures.models import Season
from clea.accounts.models import User
from clea.documents import services as documents
from clea.documents.access import grant_for
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums.steering import ActionState, MeetingKind, MeetingState, Presence, RhythmUnit
from residencies.models import Action, Attendee, Event, Meeting
from residencies.reports import minutes as minutes_report
from residencies.selectors import steering as selectors
from residencies.services import actions, meeting_minutes, meeting_preparation, meetings, rhythms
from residencies.services.meetings import Facts
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import SeasonFactory
from tests.factories.residencies import moment
from tests.factories.steering import ActionFactory, MeetingFactory, people
from tests.factories.structures import CoordinatorFactory, InstitutionFactory

pytestmark = pytest.mark.django_db
NOW = moment("2027-03-01", "09:00")


@pytest.fixture
def season() -> Season:
    return SeasonFactory(starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31))


@pytest.fixture
def desk(season: Season) -> User:
    return CoordinatorFactory(territory=season.programme.territory)


@pytest.fixture
def meeting(season: Season) -> Meeting:
    return MeetingFactory(season=season, title="COTECH de mars")


@pytest.fixture
def _quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laying a page out takes half a second: one test does it for all."""
    monkeypatch.setattr(minutes_report, "pdf", lambda *args, **kwargs: b"%PDF-1.7")


def facts(on: str = "2027-03-09", at: str = "14:00", **more: str) -> Facts:
    start = moment(on, at)
    given = {"title": "COTECH de mars", "place": "Salle des Chevalements"} | more
    return Facts(starts_at=start, ends_at=start + timedelta(minutes=90), **given)


def upload(name: str = "bilan.pdf") -> SimpleUploadedFile:
    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(out)
    return SimpleUploadedFile(name, out.getvalue(), "application/pdf")


def calendar_of(mail: OutgoingMail) -> Calendar:
    found = mail.attachments.get(name="reunion.ics")
    assert found.content_type == "text/calendar"
    return Calendar.from_ical(bytes(found.content))


# Days proposed -------------------------------------------------------------------------------


def test_nothing_is_proposed_on_a_day_of_an_event_or_of_another_committee(season: Season, desk: User) -> None:
    rhythms.set_rhythm(
        by=desk, season=season, kind=MeetingKind.TECHNICAL, times=1, unit=RhythmUnit.MONTH, weekday=1, at=time(14)
    )
    Event.objects.create(
        season=season, slug="27e", title="27e heure", place="Salle", state="published",
        starts_at=moment("2027-03-16"), ends_at=moment("2027-03-16", "18:00"),
    )  # fmt: skip
    MeetingFactory(season=season, kind=MeetingKind.STEERING, on="2027-03-09")
    [row] = selectors.rhythms(season, date(2027, 2, 28))
    assert row.parts[0].days == (date(2027, 3, 23),)


# Planned, moved, cancelled -------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_ticked_days_become_meetings_at_the_hour_of_the_rhythm(season: Season, desk: User) -> None:
    kind = MeetingKind.STEERING
    rhythms.set_rhythm(
        by=desk, season=season, kind=kind, times=1, unit=RhythmUnit.QUARTER, weekday=3, at=time(9, 30), minutes=120,
        place="Hôtel communautaire",
    )  # fmt: skip
    made = rhythms.create_dates(by=desk, season=season, kind=kind, days=[date(2027, 5, 13), date(2027, 3, 11)])
    assert [(row.starts_at, row.ends_at, row.place, row.title) for row in made] == [
        (moment(day, "09:30"), moment(day, "11:30"), "Hôtel communautaire", "Comité de pilotage (COPIL)")
        for day in ("2027-03-11", "2027-05-13")
    ]
    for days, code in (([date(2027, 3, 11)], "taken"), ([date(2027, 2, 25)], "past"), ([], "nothing")):
        with pytest.raises(Refused) as refusal:
            rhythms.create_dates(by=desk, season=season, kind=kind, days=days)
        assert refusal.value.code == code
    rhythms.remove(by=desk, season=season, kind=kind)
    with pytest.raises(Refused, match="rythme"):
        rhythms.create_dates(by=desk, season=season, kind=kind, days=[date(2027, 6, 10)])
    assert Meeting.objects.count() == 2


@time_machine.travel(NOW)
def test_who_was_convened_is_told_of_another_day_with_a_higher_sequence(desk: User, meeting: Meeting) -> None:
    meetings.change(by=desk, meeting=meeting, version=0, facts=facts(at="15:00"))
    assert OutgoingMail.objects.count() == 0
    people(meeting, 2)
    meeting_preparation.add_item(by=desk, meeting=meeting, title="Calendrier des gestes")
    meeting.refresh_from_db()
    assert meetings.invite(by=desk, meeting=meeting, attendees=meeting.attendees.all(), words="À bientôt.") == 2
    first = OutgoingMail.objects.latest("pk")
    assert "- Calendrier des gestes" in first.body
    assert "À bientôt." in first.body
    invited = calendar_of(first)
    assert invited["method"] == "REQUEST"
    [event] = invited.walk("VEVENT")
    assert event["sequence"] == 1
    assert event.decoded("dtstart") == moment("2027-03-09", "15:00")
    assert str(event["attendee"]) == f"mailto:{first.to}"
    assert "Calendrier des gestes" in str(event["description"])

    meeting.refresh_from_db()
    moved, told = meetings.change(by=desk, meeting=meeting, version=meeting.version, facts=facts("2027-03-16"))
    assert told == 2
    again = calendar_of(OutgoingMail.objects.latest("pk"))
    [later] = again.walk("VEVENT")
    assert (later["uid"], later["sequence"]) == (event["uid"], 2)
    assert later.decoded("dtstart") == moment("2027-03-16", "14:00")
    assert "mardi 9 mars 2027, 15\N{NO-BREAK SPACE}h" in OutgoingMail.objects.latest("pk").body

    meetings.cancel(by=desk, meeting=moved, why="La salle est fermée.")
    struck = calendar_of(OutgoingMail.objects.latest("pk"))
    [gone] = struck.walk("VEVENT")
    assert (struck["method"], gone["status"], gone["sequence"], gone["uid"]) == ("CANCEL", "CANCELLED", 3, event["uid"])
    assert "La salle est fermée." in OutgoingMail.objects.latest("pk").body
    meeting = meetings.restore(by=desk, meeting=moved)
    assert (meeting.state, meeting.invited_at, meeting.sequence) == (MeetingState.PLANNED, None, 4)


def test_words_corrected_tell_nobody(desk: User, meeting: Meeting) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(invited_at=NOW)
    people(meeting, 1)
    changed, told = meetings.change(by=desk, meeting=meeting, version=0, facts=facts(title="COTECH, suite"))
    assert (changed.title, changed.sequence, told) == ("COTECH, suite", 0, 0)


def test_a_page_shown_before_another_write_does_not_overwrite_it(desk: User, meeting: Meeting) -> None:
    meetings.change(by=desk, meeting=meeting, version=0, facts=facts(title="Premier"))
    with pytest.raises(StaleWrite):
        meetings.change(by=desk, meeting=meeting, version=0, facts=facts(title="Second"))


@time_machine.travel(NOW)
def test_an_invitation_needs_an_agenda_an_address_and_a_day_to_come(desk: User, meeting: Meeting) -> None:
    def refused() -> str:
        with pytest.raises(Refused) as refusal:
            meetings.invite(by=desk, meeting=meeting, attendees=meeting.attendees.all())
        return refusal.value.code

    assert refused() == "no_agenda"
    meeting_preparation.add_item(by=desk, meeting=meeting, title="Point")
    assert refused() == "nobody"
    Attendee.objects.create(meeting=meeting, name="Sans adresse")
    assert refused() == "nobody"
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=moment("2027-02-02"), ends_at=moment("2027-02-02", "11:00"))
    assert refused() == "begun"
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.CANCELLED)
    assert refused() == "cancelled"


def test_a_meeting_is_noted_held_from_its_own_day_on(desk: User, meeting: Meeting) -> None:
    with time_machine.travel(moment("2027-03-08", "23:59")), pytest.raises(Refused, match="à venir"):
        meetings.hold(by=desk, meeting=meeting)
    with time_machine.travel(moment("2027-03-09", "00:00")):
        assert meetings.hold(by=desk, meeting=meeting).state == MeetingState.HELD
        assert meetings.put_off(by=desk, meeting=meeting).state == MeetingState.PLANNED


def test_another_territory_and_a_closed_season_write_nothing(desk: User, meeting: Meeting) -> None:
    stranger = CoordinatorFactory()
    with pytest.raises(Forbidden):
        meetings.cancel(by=stranger, meeting=meeting, why="non")
    with pytest.raises(Forbidden):
        meetings.plan(by=stranger, season=meeting.season, kind=MeetingKind.OTHER, facts=facts())
    Season.objects.filter(pk=meeting.season_id).update(closed_at=timezone.now())
    for act in (
        lambda: meetings.cancel(by=desk, meeting=meeting, why="oui"),
        lambda: meeting_preparation.add_item(by=desk, meeting=meeting, title="Point"),
        lambda: meetings.plan(by=desk, season=meeting.season, kind=MeetingKind.OTHER, facts=facts()),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "season_closed"


# Agenda, participants, papers ----------------------------------------------------------------


def test_points_move_one_step_and_the_ends_stay(desk: User, meeting: Meeting) -> None:
    first, second, third = [
        meeting_preparation.add_item(by=desk, meeting=meeting, title=title) for title in ("un", "deux", "trois")
    ]
    meeting_preparation.move_item(by=desk, item=third, up=True)
    meeting_preparation.move_item(by=desk, item=first, up=True)
    assert [row.title for row in meeting.items.all()] == ["un", "trois", "deux"]
    meeting_preparation.move_item(by=desk, item=first, up=False)
    meeting_preparation.remove_item(by=desk, item=second)
    assert [(row.position, row.title) for row in meeting.items.all()] == [(1, "trois"), (2, "un")]


def test_an_agenda_is_taken_from_the_last_meeting_after_the_open_actions(desk: User, season: Season) -> None:
    last = MeetingFactory(season=season, on="2027-02-09", held=True)
    meeting = MeetingFactory(season=season)
    ActionFactory(meeting=last, what="Envoyer le calendrier")
    ActionFactory(meeting=last, what="Déjà faite", state=ActionState.DONE)
    assert meeting_preparation.clone_agenda(by=desk, meeting=meeting) == 2
    first, second = meeting.items.all()
    assert first.title == "Suivi des actions décidées"
    assert "Envoyer le calendrier" in first.words
    assert "Déjà faite" not in first.words
    assert "Delcambre" not in first.words
    assert (second.title, second.said) == ("Calendrier", "")
    with pytest.raises(Refused, match="déjà des points"):
        meeting_preparation.clone_agenda(by=desk, meeting=meeting)


def test_participants_come_from_partners_and_from_the_last_meeting_without_doubles(desk: User, season: Season) -> None:
    territory = season.programme.territory
    drac, town = InstitutionFactory(territory=territory, name="DRAC"), InstitutionFactory(territory=territory)
    elsewhere = InstitutionFactory()
    last = MeetingFactory(season=season, on="2027-02-09")
    meeting_preparation.save_attendee(
        by=desk, meeting=last, institution=drac, name="Sacha Vermeil", email="Sacha@Exemple.test", role="conseillère"
    )
    meeting = MeetingFactory(season=season)
    added = meeting_preparation.add_institutions(by=desk, meeting=meeting, institutions=[drac, town, elsewhere])
    assert added == 2
    assert {(row.organisation, row.name, row.email) for row in meeting.attendees.all()} == {
        ("DRAC", "Sacha Vermeil", "sacha@exemple.test"),
        (town.name, "personne à désigner", ""),
    }
    assert meeting_preparation.copy_attendees(by=desk, meeting=meeting) == 0
    with pytest.raises(Refused, match="de ce territoire"):
        meeting_preparation.save_attendee(by=desk, meeting=meeting, institution=elsewhere, name="Autre")


def test_a_paper_is_a_sound_pdf_read_by_the_desk_only(desk: User, meeting: Meeting) -> None:
    paper = meeting_preparation.add_paper(by=desk, meeting=meeting, title="Budget", upload=upload())
    assert grant_for(desk, paper.stored_file) is not None
    assert grant_for(UserFactory(), paper.stored_file) is None
    assert grant_for(CoordinatorFactory(), paper.stored_file) is None
    with pytest.raises(Refused):
        meeting_preparation.add_paper(
            by=desk, meeting=meeting, title="Faux", upload=SimpleUploadedFile("faux.pdf", b"<html>")
        )
    meeting_preparation.remove_paper(by=desk, paper=paper)
    assert StoredFile.objects.count() == 0


# Minutes -------------------------------------------------------------------------------------


@pytest.fixture
def held(season: Season) -> Meeting:
    return MeetingFactory(season=season, on="2027-02-09", held=True, title="COTECH de février")


def test_two_people_writing_the_same_minutes_do_not_overwrite_one_another(desk: User, held: Meeting) -> None:
    item = held.items.get()
    guest = held.attendees.first()
    assert guest is not None

    def write(said: str) -> Meeting:
        return meeting_minutes.write(
            by=desk, meeting=held, version=0, introduction="", said={item.uuid: said},
            presences={guest.uuid: Presence.EXCUSED},
        )  # fmt: skip

    write("Premier.")
    with pytest.raises(StaleWrite):
        write("Second.")
    item.refresh_from_db()
    guest.refresh_from_db()
    assert (item.said, guest.presence) == ("Premier.", Presence.EXCUSED)


def test_a_meeting_to_come_has_no_minutes_yet(desk: User, meeting: Meeting) -> None:
    with pytest.raises(Refused, match="a lieu"):
        meeting_minutes.write(by=desk, meeting=meeting, version=0, introduction="", said={}, presences={})
    with pytest.raises(Refused, match="a lieu"):
        meeting_minutes.add_decision(by=desk, meeting=meeting, text="Oui.")


def test_decisions_keep_their_numbers_without_a_gap(desk: User, held: Meeting) -> None:
    one, two, three = [
        meeting_minutes.add_decision(by=desk, meeting=held, text=text, item=held.items.get())
        for text in ("Un.", "Deux.", "Trois.")
    ]
    meeting_minutes.remove_decision(by=desk, decision=two)
    meeting_minutes.change_decision(by=desk, decision=three, text="Troisième.")
    assert [(row.position, row.text) for row in held.decisions.all()] == [(1, "Un."), (2, "Troisième.")]
    with pytest.raises(Refused, match="autre réunion"):
        meeting_minutes.change_decision(by=desk, decision=one, text="Un.", item=MeetingFactory(held=True).items.get())


@pytest.mark.usefixtures("_quick_pdf")
def test_minutes_are_settled_published_without_names_and_reopened(desk: User, held: Meeting) -> None:
    with pytest.raises(Refused, match="Arrêtez d'abord"):
        meeting_minutes.publish(by=desk, meeting=held)
    settled = meeting_minutes.settle(by=desk, meeting=held)
    assert settled.minutes is not None
    assert settled.state == MeetingState.SETTLED
    assert Entry.objects.filter(verb="meeting.settled").get().data["sha256"] == settled.minutes.sha256
    with pytest.raises(Refused, match="rouvrez-le"):
        meeting_preparation.add_item(by=desk, meeting=held, title="Trop tard")
    published = meeting_minutes.publish(by=desk, meeting=settled)
    assert published.public_minutes is not None
    assert [row for _season, rows in selectors.published() for row in rows] == [held]
    open_again = meeting_minutes.reopen(by=desk, meeting=published, why="Une date est fausse.")
    assert (open_again.state, open_again.minutes, open_again.published_at) == (MeetingState.HELD, None, None)
    assert StoredFile.objects.count() == 0
    assert selectors.published() == []
    with pytest.raises(Refused) as refusal:
        meeting_minutes.reopen(by=desk, meeting=meeting_minutes.settle(by=desk, meeting=open_again), why=" ")
    assert refusal.value.field == "why"


@pytest.mark.usefixtures("_quick_pdf")
def test_minutes_say_who_was_there_and_something(desk: User, season: Season, held: Meeting) -> None:
    held.attendees.update(presence=Presence.ABSENT)
    with pytest.raises(Refused, match="présences"):
        meeting_minutes.settle(by=desk, meeting=held)
    held.attendees.update(presence=Presence.PRESENT)
    held.items.update(said="")
    with pytest.raises(Refused, match="vide"):
        meeting_minutes.settle(by=desk, meeting=held)


@pytest.mark.usefixtures("_quick_pdf")
def test_an_address_typed_in_the_minutes_keeps_them_from_the_site(desk: User, held: Meeting) -> None:
    meeting_minutes.add_decision(by=desk, meeting=held, text="Écrire à sacha@exemple.test.")
    settled = meeting_minutes.settle(by=desk, meeting=held)
    with pytest.raises(Refused, match="sacha@exemple.test"):
        meeting_minutes.publish(by=desk, meeting=settled)
    settled.refresh_from_db()
    assert settled.published_at is None


def test_minutes_changed_while_their_pdf_is_made_are_not_settled(
    desk: User, held: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(meeting: Meeting, minutes: selectors.Minutes) -> bytes:
        meeting.decisions.create(position=1, text="Entre-temps.")
        return b"%PDF-1.7"

    monkeypatch.setattr(minutes_report, "pdf", slow)
    with pytest.raises(StaleWrite):
        meeting_minutes.settle(by=desk, meeting=held)
    assert StoredFile.objects.count() == 0


@pytest.mark.usefixtures("_quick_pdf")
def test_settled_minutes_are_sent_to_those_who_have_an_address(desk: User, held: Meeting) -> None:
    Attendee.objects.create(meeting=held, name="Sans adresse")
    settled = meeting_minutes.settle(by=desk, meeting=held)
    assert meeting_minutes.send(by=desk, meeting=settled) == 2
    attached = OutgoingMail.objects.latest("pk").attachments.get()
    assert (attached.name, attached.content_type) == (
        "compte-rendu-cotech-de-fevrier-2027-02-09.pdf",
        "application/pdf",
    )


def test_the_pdf_is_tagged_and_the_public_one_names_nobody(desk: User, held: Meeting) -> None:
    actions.add(by=desk, meeting=held, what="Écrire aux relais", owner="Nour Delcambre", due_on=date(2027, 4, 1))
    meeting_minutes.add_decision(by=desk, meeting=held, text="Deux gestes de plus.", item=held.items.get())
    settled = meeting_minutes.settle(by=desk, meeting=held)
    published = meeting_minutes.publish(by=desk, meeting=settled)
    texts = []
    for stored in (published.minutes, published.public_minutes):
        assert stored is not None
        with documents.local_path(stored) as path, pikepdf.open(path) as pdf:
            assert pdf.Root.MarkInfo.Marked
            assert pdf.Root.Lang == "fr"
        texts.append(" ".join(text_of(stored).split()))
    internal, public = texts
    for words in ("Alix Terrenoire 0", "Nour Delcambre", "Décision 1", "Partenaire 0"):
        assert words in internal
    for words in ("Décision 1", "Écrire aux relais", "Partenaire 0"):
        assert words in public
    for words in ("Alix", "Delcambre", "exemple.test"):
        assert words not in public


def text_of(stored: StoredFile) -> str:
    with documents.local_path(stored) as path:
        return " ".join(documents.text_by_page(path) or [])


# Actions -------------------------------------------------------------------------------------


def test_an_action_is_reminded_in_its_last_week_then_once_late(held: Meeting) -> None:
    action = ActionFactory(meeting=held, due_on=date(2027, 4, 1))
    sent = []
    for day in ("2027-03-24", "2027-03-25", "2027-03-26", "2027-04-01", "2027-04-02", "2027-04-03"):
        with time_machine.travel(moment(day, "06:00")):
            sent.append(actions.remind())
    assert sent == [0, 1, 0, 0, 1, 0]
    soon, late = OutgoingMail.objects.order_by("pk")
    assert soon.subject.startswith("À faire avant le")
    assert late.subject.startswith("Échéance passée")
    assert soon.to == action.owner_email


@pytest.mark.parametrize("why", ["done", "silent", "planned", "closed", "old"])
def test_nothing_is_asked_of_who_has_nothing_to_do(held: Meeting, why: str) -> None:
    due_on = date(2027, 1, 1) if why == "old" else date(2027, 3, 1)
    action = ActionFactory(meeting=held, due_on=due_on)
    if why == "done":
        Action.objects.filter(pk=action.pk).update(state=ActionState.DONE, done_on=due_on)
    if why == "silent":
        Action.objects.filter(pk=action.pk).update(owner_email="")
    if why == "planned":
        Meeting.objects.update(state=MeetingState.PLANNED)
    if why == "closed":
        Season.objects.update(closed_at=NOW)
    with time_machine.travel(NOW):
        assert actions.remind() == 0


def test_an_action_is_marked_done_after_the_minutes_are_settled(desk: User, season: Season) -> None:
    action = ActionFactory(meeting=MeetingFactory(season=season, settled=True))
    done = actions.mark(by=desk, action=action, target=ActionState.DONE, note="Envoyé à tous.")
    assert (done.state, done.done_on, done.note) == (ActionState.DONE, timezone.localdate(), "Envoyé à tous.")
    assert list(selectors.open_actions(season)) == []
    with pytest.raises(Refused):
        actions.mark(by=desk, action=action, target=ActionState.DROPPED)
    assert actions.mark(by=desk, action=action, target=ActionState.OPEN).done_on is None
    with pytest.raises(Refused, match="rouvrez"):
        actions.change(by=desk, action=action, what="Autre", owner="Nour", due_on=date(2027, 5, 1))


def test_another_day_is_reminded_anew(desk: User, held: Meeting) -> None:
    action = ActionFactory(meeting=held, reminded_at=NOW)
    same = actions.change(
        by=desk, action=action, what="Autre mot", owner="Nour", owner_email=action.owner_email, due_on=action.due_on
    )
    assert same.reminded_at == NOW
    moved = actions.change(by=desk, action=action, what="Autre mot", owner="Nour", due_on=date(2027, 5, 1))
    assert moved.reminded_at is None
