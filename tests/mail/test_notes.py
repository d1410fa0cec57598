"""A process that dies while it sends: what the server took is sent, what it had not taken leaves at once."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from clea import processes
from clea.mail import services as mail
from clea.mail.enums import AttemptOutcome, MailState
from clea.mail.services import delivery, notes
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What no code catches."""


@pytest.fixture
def dies(monkeypatch):
    """Kills the process that sends, at the name given, and buries it."""

    def die_at(name):
        def die(*args, **kwargs):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(delivery, name, die)
            yield
        for note in notes.left():
            note.path.write_text(note.path.read_text().replace(note.process, f"{note.process}0"))

    return die_at


def _killed(dies, name, row):
    steps = dies(name)
    next(steps)
    with pytest.raises(Killed):
        mail.deliver(row.pk)
    next(steps, None)


def test_a_message_that_the_server_took_is_sent_although_nobody_told_the_database(smtp_server, dies):
    row = OutgoingMailFactory(approved=True)
    _killed(dies, "_settle", row)

    assert mail.settle_the_dead() == 1
    assert mail.deliver_pending() == mail.DeliveryReport()

    row.refresh_from_db()
    assert (row.state, row.attempts, row.claim) == (MailState.SENT, 1, None)
    assert row.deliveries.get().detail.startswith("noted: 250")
    assert len(smtp_server.received) == 1
    assert list(notes.left()) == []


def test_a_message_that_had_not_left_leaves_without_waiting_for_the_claim_to_end(smtp_server, dies):
    row = OutgoingMailFactory(approved=True)
    _killed(dies, "_hand_over", row)

    assert mail.deliver_pending() == mail.DeliveryReport(sent=1)
    assert len(smtp_server.received) == 1
    assert list(notes.left()) == []


def test_whoever_takes_a_claim_over_reads_what_the_first_was_told(smtp_server, dies):
    """The first may live still, out of the database's reach: its claim has ended."""
    row = OutgoingMailFactory(approved=True)
    steps = dies("_settle")
    next(steps)
    with pytest.raises(Killed):
        mail.deliver(row.pk)
    assert mail.settle_the_dead() == 0
    type(row).objects.filter(pk=row.pk).update(claimed_until=timezone.now())
    steps.close()

    assert mail.deliver(row.pk) == AttemptOutcome.SENT
    assert len(smtp_server.received) == 1


def test_nothing_leaves_when_no_note_can_be_taken(smtp_server, settings, tmp_path):
    row = OutgoingMailFactory(approved=True)
    (tmp_path / "mail-notes").write_text("in the way")
    settings.VAR_DIR = tmp_path

    assert mail.deliver(row.pk) is None
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claim, row.claimed_until) == (MailState.APPROVED, 0, None, None)
    assert smtp_server.attempts == 0


def test_a_process_is_gone_when_its_number_is_anothers():
    name = processes.this_process()

    assert processes.is_gone(name) is False
    assert processes.is_gone(f"{name}0") is True
    assert processes.is_gone(f"elsewhere:{name.partition(':')[2]}") is None
    assert processes.is_gone(uuid.uuid4().hex) is None
    assert len(name) <= 64
