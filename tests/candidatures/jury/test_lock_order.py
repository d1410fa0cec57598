"""Acts that cross take their locks in one order: on PostgreSQL none of them is killed for another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from candidatures.models import InterviewNote, Letter, Recusal
from candidatures.services import applications
from candidatures.services.jury import base, interview_notes, letters, offers, recusals
from clea.errors import Refused
from clea.journal import services as journal
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.candidatures.jury.decided import Decided
from tests.candidatures.jury.interviews import booked, open_slots, shortlisted
from tests.factories.jury import JurorFactory, JuryFactory, read_by

pytestmark = pytest.mark.django_db(transaction=True)
#: What a thread waits for another to go further, in seconds; on SQLite it never does.
WHILE = 1.0


def together(**acts: Callable[[], Any]) -> dict[str, str]:
    """Run the acts at once; what became of each: "done", the code of a refusal, or the error's name."""
    outcomes: dict[str, str] = {}

    def run(name: str, act: Callable[[], Any]) -> None:
        try:
            act()
            outcomes[name] = "done"
        except Refused as refusal:
            outcomes[name] = refusal.code
        except Exception as error:  # noqa: BLE001 - a deadlock is what the test looks for
            outcomes[name] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes


def test_stepping_aside_while_one_writes_interview_notes(monkeypatch: pytest.MonkeyPatch) -> None:
    jury = JuryFactory()
    (application,) = shortlisted(jury)
    booked(application, open_slots(jury, 2)[0])
    juror = JurorFactory(jury=jury)
    read_by(juror, application)
    dossier_held, seat_held = threading.Event(), threading.Event()
    plain = base.lock_juror

    def slow(seat: Any) -> Any:
        dossier_held.set()
        seat_held.wait(WHILE)
        return plain(seat)

    def quick(seat: Any) -> Any:
        found = plain(seat)
        seat_held.set()
        return found

    monkeypatch.setattr(recusals, "lock_juror", slow)
    monkeypatch.setattr(interview_notes, "lock_juror", quick)

    def note() -> None:
        assert dossier_held.wait(10)
        interview_notes.save(by=juror.user, application=application, text="Très clair.", version=0, juror=juror)

    outcomes = together(
        aside=lambda: recusals.declare(by=juror.user, juror=juror, application=application, reason="work"), note=note
    )
    # The recusal came first: the note finds a dossier that is not open any more.
    assert outcomes == {"aside": "done", "note": "not_open"}
    assert Recusal.objects.standing().count() == 1
    assert not InterviewNote.objects.exists()


def approving(letter: Letter, by: Any, begun: threading.Event) -> Callable[[], None]:
    """As ``mail.approve`` does: the message's row, then the journal; other acts have time to come between."""

    def act() -> None:
        with transaction.atomic():
            row = OutgoingMail.objects.select_for_update().get(pk=letter.mail_id)
            begun.set()
            threading.Event().wait(WHILE)
            journal.record(by=by, verb="mail.approved", target=row, data={"kind": row.kind})

    return act


def test_drafting_letters_while_the_outbox_approves_a_former_one() -> None:
    decided = Decided(selected=0, reserve=0, declined=2)
    first, second = decided.declined
    (former,) = decided.draft(second)
    for row in (first, second):
        row.decisions.update(outcome="reserve")
    type(first).objects.filter(pk__in=[first.pk, second.pk]).update(state="reserve")
    begun = threading.Event()

    def draft() -> None:
        assert begun.wait(10)
        letters.draft(by=decided.desk, jury=decided.jury, applications=[first, second])

    outcomes = together(approve=approving(former, decided.desk, begun), draft=draft)
    assert outcomes == {"approve": "done", "draft": "done"}
    former.mail.refresh_from_db()
    assert former.mail.state == MailState.CANCELLED
    assert Letter.objects.filter(outcome="reserve", mail__state=MailState.DRAFT).count() == 2


def test_calling_the_reserve_while_the_outbox_approves_its_letter() -> None:
    decided = Decided(selected=0, places=1, reserve=1, declined=0)
    (former,) = decided.draft(decided.reserve[0])
    begun = threading.Event()

    def call() -> None:
        assert begun.wait(10)
        offers.call_next(by=decided.desk, jury=decided.jury, application=decided.reserve[0])

    assert together(approve=approving(former, decided.desk, begun), call=call) == {"approve": "done", "call": "done"}
    former.mail.refresh_from_db()
    assert former.mail.state == MailState.CANCELLED


def test_withdrawing_with_a_slot_while_the_outbox_approves_the_letter() -> None:
    decided = Decided(selected=0, reserve=0, declined=1)
    application = decided.declined[0]
    booked(application, open_slots(decided.jury, 1)[0])
    (former,) = decided.draft(application)
    begun = threading.Event()

    def withdraw() -> None:
        assert begun.wait(10)
        applications.withdraw(by=application.owner, application=application)

    outcomes = together(approve=approving(former, decided.desk, begun), withdraw=withdraw)
    assert outcomes == {"approve": "done", "withdraw": "done"}
    former.mail.refresh_from_db()
    assert former.mail.state == MailState.CANCELLED
    assert not mail.deliver_pending().sent or former.mail.sent_at is None
