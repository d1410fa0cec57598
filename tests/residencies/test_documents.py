"""Documents asked from an artist: sent, looked at, erased; and the certificate nobody keeps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums import ActivityState, DocumentKind, DocumentState, ResidencyState
from residencies.selectors.opening import protecting_structures
from residencies.selectors.readiness import alerts
from residencies.services import documents
from tests.factories.residencies import ActivityFactory, ResidencyFactory, artist_of
from tests.factories.structures import CoordinatorFactory, StructureFactory
from tests.pdfs.build import sound

pytestmark = pytest.mark.django_db
D = DocumentState


def upload(name: str = "permis.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sound(1), content_type="application/pdf")


@pytest.fixture
def residency():
    return ResidencyFactory()


@pytest.fixture
def desk(residency):
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def asked(residency, desk):
    due = timezone.localdate() + timedelta(days=20)
    return documents.ask(by=desk, residency=residency, kind=DocumentKind.LICENCE, due_on=due)


def codes(residency) -> set[str]:
    return {alert.code for alert in alerts(residency, timezone.localdate())}


def bytes_left() -> int:
    return StoredFile.objects.count()


def test_it_is_asked_sent_seen_and_erased(residency, desk, asked, django_capture_on_commit_callbacks):
    artist = artist_of(residency)
    letter = OutgoingMail.objects.get(kind="residency.document_asked")
    assert (letter.to, "Permis de conduire" in letter.subject) == (artist.email, True)
    assert f"/documents/demandes/{asked.uuid}/" in letter.body
    sent = documents.send(by=artist, document=asked, upload=upload())
    assert (sent.state, bytes_left()) == (D.RECEIVED, 1)
    assert "documents_to_check" in codes(residency)
    assert sent.stored_file is not None
    kept, name = sent.stored_file.file, str(sent.stored_file.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        seen = documents.accept(by=desk, document=sent, valid_until=timezone.localdate() + timedelta(days=400))
    assert (seen.state, seen.stored_file, seen.seen_by, bytes_left()) == (D.ACCEPTED, None, desk, 0)
    assert not kept.storage.exists(name)
    assert not {"licence_unchecked", "documents_to_check"} & codes(residency)
    assert Entry.objects.get(verb="residency.document_accepted").data["in_person"] is False
    with pytest.raises(Refused, match="vérifié"):
        documents.send(by=artist, document=seen, upload=upload())
    assert bytes_left() == 0


def test_what_must_be_kept_is_and_what_was_shown_needs_no_file(residency, desk, asked):
    documents.accept(by=desk, document=asked)
    assert Entry.objects.get(verb="residency.document_accepted").data["in_person"] is True
    due = timezone.localdate() + timedelta(days=20)
    bank = documents.ask(by=desk, residency=residency, kind=DocumentKind.BANK, due_on=due, keep_file=True)
    documents.send(by=artist_of(residency), document=bank, upload=upload())
    assert documents.accept(by=desk, document=bank).stored_file is not None


def test_sent_again_it_replaces_and_sent_back_it_goes(residency, desk, asked):
    artist = artist_of(residency)
    documents.send(by=artist, document=asked, upload=upload("un.pdf"))
    documents.send(by=artist, document=asked, upload=upload("deux.pdf"))
    assert [row.original_name for row in StoredFile.objects.all()] == ["deux.pdf"]
    with pytest.raises(Refused) as refusal:
        documents.send_back(by=desk, document=asked, words=" ")
    assert refusal.value.field == "words"
    back = documents.send_back(by=desk, document=asked, words="Le verso manque.")
    assert (back.state, back.stored_file, bytes_left()) == (D.RETURNED, None, 0)
    assert "Le verso manque." in OutgoingMail.objects.get(kind="residency.document_returned").body


def test_a_stranger_sends_nothing_and_a_bad_file_leaves_none(residency, desk, asked):
    with pytest.raises(Forbidden):
        documents.send(by=artist_of(ResidencyFactory()), document=asked, upload=upload())
    with pytest.raises(Forbidden):
        documents.accept(by=artist_of(residency), document=asked)
    bad = SimpleUploadedFile("permis.pdf", b"not a pdf", content_type="application/pdf")
    with pytest.raises(Refused, match="PDF"):
        documents.send(by=artist_of(residency), document=asked, upload=bad)
    asked.refresh_from_db()
    assert (asked.state, bytes_left()) == (D.ASKED, 0)


def test_the_same_paper_is_not_asked_twice_and_an_expired_one_is_asked_anew(residency, desk, asked):
    due = timezone.localdate() + timedelta(days=5)
    with pytest.raises(Refused, match="déjà demandé"):
        documents.ask(by=desk, residency=residency, kind=DocumentKind.LICENCE, due_on=due)
    with pytest.raises(Refused) as refusal:
        documents.ask(by=desk, residency=residency, kind=DocumentKind.OTHER, due_on=due)
    assert refusal.value.field == "title"
    documents.accept(by=desk, document=asked, valid_until=timezone.localdate())
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert "documents_expired" in codes(residency)
        again = documents.ask_again(by=desk, document=asked, due_on=timezone.localdate() + timedelta(days=9))
        assert (again.state, again.seen_at, again.valid_until) == (D.ASKED, None, None)
    assert documents.waive(by=desk, document=again).state == D.WAIVED


# The certificate -----------------------------------------------------------------------------


def test_the_safeguarding_certificate_is_asked_only_when_planned_and_never_kept(residency, desk):
    due = timezone.localdate() + timedelta(days=20)
    wanted = {"by": desk, "residency": residency, "kind": DocumentKind.SAFEGUARDING, "due_on": due}
    nursery = StructureFactory(commune__territory=residency.territory)
    nursery.kinds.update(protects_minors=True)
    with pytest.raises(Refused, match="ne se demande que si"):
        documents.ask(**wanted)
    assert "safeguarding_needed" not in codes(residency)
    activity = ActivityFactory(residency=residency, structure=nursery)
    assert protecting_structures(residency) == [nursery]
    assert "safeguarding_needed" in codes(residency)
    row = documents.ask(**wanted)
    assert "safeguarding_awaited" in codes(residency)
    with pytest.raises(Exception, match="ne se conserve pas"):
        documents.change_request(by=desk, document=row, title=row.title, why="", due_on=due, keep_file=True)
    documents.send(by=artist_of(residency), document=row, upload=upload())
    documents.accept(by=desk, document=row)
    assert bytes_left() == 0
    assert not {"safeguarding_needed", "safeguarding_awaited"} & codes(residency)
    # Called off before it was seen: nobody may go on asking for it.
    row = documents.ask_again(by=desk, document=row, due_on=due)
    activity.state = ActivityState.CANCELLED
    activity.save()
    assert "safeguarding_not_needed" in codes(residency)


# The clock -----------------------------------------------------------------------------------


def test_reminders_leave_once_before_the_date_and_once_after(residency, desk):
    with time_machine.travel("2026-09-01 09:00 +02:00") as clock:
        due = date(2026, 9, 20)
        row = documents.ask(by=desk, residency=residency, kind=DocumentKind.LICENCE, due_on=due)
        given = []
        for day in range(1, 30):
            clock.move_to(f"2026-09-{day:02d} 09:00 +02:00")
            if documents.remind():
                given.append(day)
            assert documents.remind() == 0
        assert given == [13, 21]
        # A new date, a new cycle; sent, no reminder.
        documents.change_request(
            by=desk, document=row, title=row.title, why="", due_on=date(2026, 10, 3), keep_file=False
        )
        assert documents.remind() == 1
        documents.send(by=artist_of(residency), document=row, upload=upload())
        clock.move_to("2026-10-08 09:00 +02:00")
        assert documents.remind() == 0
    assert OutgoingMail.objects.filter(kind="residency.document_reminder").count() == 3


def test_one_asked_at_short_notice_is_not_reminded_the_same_day(residency, desk):
    with time_machine.travel("2026-09-01 09:00 +02:00") as clock:
        documents.ask(by=desk, residency=residency, kind=DocumentKind.LICENCE, due_on=date(2026, 9, 5))
        assert documents.remind() == 0
        clock.move_to("2026-09-06 09:00 +02:00")
        assert documents.remind() == 1


def test_files_of_an_ended_residency_are_erased_after_a_while(residency, desk):
    due = timezone.localdate() + timedelta(days=20)
    bank = documents.ask(by=desk, residency=residency, kind=DocumentKind.BANK, due_on=due, keep_file=True)
    documents.send(by=artist_of(residency), document=bank, upload=upload())
    documents.accept(by=desk, document=bank)
    assert documents.purge(today=date(2028, 1, 1)) == 0
    residency.state = ResidencyState.FINISHED
    residency.save()
    # Its last day is 11 June 2027; ninety days follow.
    assert documents.purge(today=date(2027, 9, 9)) == 0
    assert documents.purge(today=date(2027, 9, 10)) == 1
    assert (bytes_left(), Entry.objects.filter(verb="residency.document_purged").count()) == (0, 1)
