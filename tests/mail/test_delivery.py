"""Delivery, against a real SMTP server on the loopback."""

from __future__ import annotations

import datetime as dt
import smtplib
import threading
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from clea.journal import services as journal
from clea.journal.selectors import entries_for
from clea.mail import services as mail
from clea.mail.enums import AttemptOutcome, MailState
from clea.mail.models import DeliveryAttempt, MailAttachment, OutgoingMail
from clea.mail.services import delivery, notes
from clea.mail.tasks import deliver_mail
from tests.factories.accounts import UserFactory
from tests.factories.mail import KIND, OutgoingMailFactory

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 2, 15, 12, 0, tzinfo=dt.UTC)


def test_the_message_that_arrives_is_the_one_that_was_written(
    smtp_server, values, settings, django_capture_on_commit_callbacks
):
    settings.DEFAULT_FROM_EMAIL = "CLEA Été <envoi@clea.test>"
    pdf = b"%PDF-1.7 \x00\xff accus\xc3\xa9"
    with django_capture_on_commit_callbacks(execute=True):
        queued = mail.queue(
            by=None,
            kind=KIND,
            to="ada@exemple.test",
            context=values | {"nom": "Ada Œuvré"},
            reply_to="service@exemple.test",
            attachments=[("accusé de réception.pdf", pdf, "application/pdf")],
        )

    (received,) = smtp_server.received
    message = received.message
    assert (received.sender, received.recipients) == ("envoi@clea.test", ["ada@exemple.test"])
    assert received.subject == "Dépôt CLEA-2026-0042"
    assert received.text.strip() == "Bonjour Ada Œuvré,\n\nvotre dépôt CLEA-2026-0042 est reçu."
    assert "<p>Bonjour Ada Œuvré,</p>" in received.html
    assert "<strong>CLEA-2026-0042</strong>" in received.html
    assert '<html lang="fr">' in received.html
    assert received.attachments == {"accusé de réception.pdf": pdf}
    assert message["From"].addresses[0].addr_spec == "envoi@clea.test"
    assert message["From"].addresses[0].display_name == "CLEA Été"
    assert message["Reply-To"] == "service@exemple.test"
    assert message["Message-ID"] == f"<{queued.uuid}@clea.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "fr"
    assert message.get_content_type() == "multipart/mixed"
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (MailState.SENT, 1)
    assert queued.sent_at is not None


def test_an_english_message_says_so(smtp_server, values, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mail.queue(by=None, kind=KIND, to="ada@exemple.test", language="en", context=values)

    (received,) = smtp_server.received
    assert received.message["Content-Language"] == "en"
    assert '<html lang="en">' in received.html
    assert received.text.startswith("Hello Ada Terril,")


def test_a_delivery_is_told_by_the_journal_and_the_log(smtp_server):
    about = UserFactory()
    row = OutgoingMailFactory(approved=True, about_type="accounts.user", about_id=str(about.uuid))

    assert mail.deliver(row.pk) == AttemptOutcome.SENT

    entry = entries_for(row).get()
    assert (entry.verb, str(entry.actor)) == ("mail.sent", "système")
    assert entry.data == {
        "kind": KIND, "about": ["accounts.user", str(about.uuid)], "attempts": 1, "smtp_code": None,
    }  # fmt: skip
    attempt = row.deliveries.get()
    assert (attempt.number, attempt.outcome, attempt.smtp_code) == (1, AttemptOutcome.SENT, None)
    assert journal.verify().ok


@pytest.mark.parametrize("state", ["draft", "sent", "cancelled", "failed"])
def test_only_an_approved_message_leaves(smtp_server, state):
    row = OutgoingMailFactory(**({state: True} if state != "draft" else {}))

    assert mail.deliver(row.pk) is None
    assert mail.deliver_pending() == mail.DeliveryReport()
    assert smtp_server.attempts == 0
    row.refresh_from_db()
    assert row.state == state


def test_delivering_twice_sends_once(smtp_server):
    row = OutgoingMailFactory(approved=True)

    assert mail.deliver(row.pk) == AttemptOutcome.SENT
    assert mail.deliver(row.pk) is None
    assert len(smtp_server.received) == 1


def test_a_message_that_is_gone_is_nothing_to_do(smtp_server):
    assert mail.deliver(404) is None


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_message_once(smtp_server):
    smtp_server.slowness = 0.05
    rows = OutgoingMailFactory.create_batch(4, approved=True)
    start = threading.Barrier(4)
    outcomes: list[AttemptOutcome | None] = []
    errors: list[Exception] = []

    def work():
        try:
            start.wait(timeout=30)
            outcomes.extend(mail.deliver(row.pk) for row in rows)
        except Exception as error:  # noqa: BLE001 - told after the threads have ended
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert errors == []
    assert outcomes.count(AttemptOutcome.SENT) == 4
    assert outcomes.count(None) == 12
    assert sorted(message.recipients[0] for message in smtp_server.received) == sorted(row.to for row in rows)
    assert OutgoingMail.objects.filter(state=MailState.SENT).count() == 4
    assert DeliveryAttempt.objects.count() == 4


def test_a_temporary_refusal_puts_the_message_off_then_it_leaves(smtp_server):
    row = OutgoingMailFactory(approved=True)
    smtp_server.recipient_reply = "451 4.7.1 Greylisted, try later"
    with time_machine.travel(NOW, tick=False):
        assert mail.deliver(row.pk) == AttemptOutcome.DELAYED

        row.refresh_from_db()
        assert (row.state, row.attempts) == (MailState.APPROVED, 1)
        assert row.next_attempt_at == NOW + dt.timedelta(minutes=1)
        attempt = row.deliveries.get()
        assert (attempt.smtp_code, attempt.outcome) == (451, AttemptOutcome.DELAYED)
        assert "Greylisted" in attempt.detail
        assert not entries_for(row).exists(), "nothing is decided yet"

    smtp_server.recipient_reply = ""
    with time_machine.travel(NOW + dt.timedelta(seconds=59), tick=False):
        assert mail.deliver(row.pk) is None, "not yet"
    with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
        assert mail.deliver(row.pk) == AttemptOutcome.SENT
    assert len(smtp_server.received) == 1
    assert entries_for(row).get().data["attempts"] == 2


def test_every_try_carries_the_same_message_id(smtp_server, monkeypatch):
    """The server took it, the answer was lost, and the claim ran out."""
    row = OutgoingMailFactory(approved=True)

    class Died(BaseException):
        """The process stops between the server's answer and the database."""

    def dies(*args):
        raise Died

    with time_machine.travel(NOW, tick=False):
        with monkeypatch.context() as patch:
            patch.setattr(delivery, "_settle", dies)
            with pytest.raises(Died):
                mail.deliver(row.pk)
        assert mail.deliver(row.pk) is None, "the dead worker still holds it"
    for note in notes.left():
        note.path.unlink()  # it died with its disk: nobody knows what the server answered
    with time_machine.travel(NOW + delivery.CLAIM, tick=False):
        assert mail.deliver(row.pk) == AttemptOutcome.SENT

    first, second = smtp_server.received
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_a_worker_slower_than_its_claim_still_tells_that_the_message_left(smtp_server):
    row = OutgoingMailFactory(approved=True)
    with time_machine.travel(NOW, tick=False):
        OutgoingMail.objects.filter(pk=row.pk).update(claim=row.uuid, claimed_until=NOW + delivery.CLAIM)
        late = delivery._Answer(AttemptOutcome.SENT)
        delivery._settle(row.pk, UserFactory().uuid, NOW, late)
    row.refresh_from_db()

    assert row.state == MailState.SENT
    assert mail.deliver(row.pk) is None
    assert smtp_server.received == []


def test_a_late_refusal_does_not_undo_another_worker_s_work(smtp_server):
    row = OutgoingMailFactory(approved=True)
    assert mail.deliver(row.pk) == AttemptOutcome.SENT
    delivery._settle(row.pk, UserFactory().uuid, timezone.now(), delivery._Answer(AttemptOutcome.DELAYED, 451))

    row.refresh_from_db()
    assert (row.state, row.attempts) == (MailState.SENT, 2)


def test_eight_refusals_and_a_person_must_look(smtp_server):
    row = OutgoingMailFactory(approved=True)
    smtp_server.data_reply = "452 4.3.1 Mailbox full"
    moment, waits = NOW, []
    for _turn in range(8):
        with time_machine.travel(moment, tick=False):
            mail.deliver(row.pk)
        row.refresh_from_db()
        if row.next_attempt_at:
            waits.append(round((row.next_attempt_at - moment).total_seconds() / 60))
            moment = row.next_attempt_at

    assert waits == [1, 3, 9, 27, 81, 243, 720]
    assert (row.state, row.attempts) == (MailState.FAILED, 8)
    assert entries_for(row).get().verb == "mail.failed"
    outcomes = list(row.deliveries.order_by("number").values_list("outcome", flat=True))
    assert outcomes == [AttemptOutcome.DELAYED] * 7 + [AttemptOutcome.FAILED]
    with time_machine.travel(moment + dt.timedelta(days=30), tick=False):
        assert mail.deliver_pending() == mail.DeliveryReport()


@pytest.mark.parametrize(
    ("which", "reply", "code"),
    [("recipient_reply", "550 5.1.1 No such user", 550), ("data_reply", "554 5.7.1 Refused", 554)],
)
def test_a_definitive_refusal_fails_at_once(smtp_server, which, reply, code):
    row = OutgoingMailFactory(approved=True)
    setattr(smtp_server, which, reply)

    assert mail.deliver(row.pk) == AttemptOutcome.FAILED

    row.refresh_from_db()
    assert (row.state, row.attempts, row.next_attempt_at) == (MailState.FAILED, 1, None)
    assert row.deliveries.get().smtp_code == code
    assert entries_for(row).get().data["smtp_code"] == code


def test_a_server_that_does_not_answer_is_tried_again(smtp_server, settings, unused_port):
    settings.EMAIL_PORT = unused_port
    row = OutgoingMailFactory(approved=True)

    assert mail.deliver(row.pk) == AttemptOutcome.DELAYED
    row.refresh_from_db()
    assert row.state == MailState.APPROVED
    assert "ConnectionRefusedError" in row.deliveries.get().detail


@pytest.fixture
def unused_port():
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_wrong_credentials_are_the_operator_s_and_wait(monkeypatch):
    def refuses(self):
        raise smtplib.SMTPAuthenticationError(535, b"bad credentials")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuses)
    row = OutgoingMailFactory(approved=True)

    assert mail.deliver(row.pk) == AttemptOutcome.DELAYED
    assert row.deliveries.get().smtp_code == 535


def test_a_backend_that_takes_nothing_has_not_sent(monkeypatch):
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", lambda self: 0)
    row = OutgoingMailFactory(approved=True)

    assert mail.deliver(row.pk) == AttemptOutcome.DELAYED
    row.refresh_from_db()
    assert row.state == MailState.APPROVED


def test_a_message_that_cannot_be_built_fails_and_does_not_block_the_others(smtp_server, caplog):
    broken = OutgoingMailFactory(approved=True)
    # No door lets two lines in; a hand in the database may.
    OutgoingMail.objects.filter(pk=broken.pk).update(subject="deux\nlignes")
    fine = OutgoingMailFactory(approved=True)

    assert mail.deliver_pending() == mail.DeliveryReport(sent=1, failed=1)
    broken.refresh_from_db()
    assert broken.state == MailState.FAILED
    assert [message.recipients for message in smtp_server.received] == [[fine.to]]
    assert str(broken.uuid) in caplog.text
    assert broken.to not in caplog.text


def test_logs_never_hold_an_address(smtp_server, caplog):
    row = OutgoingMailFactory(approved=True)
    smtp_server.recipient_reply = "550 unknown"
    mail.deliver(row.pk)

    said = [record.getMessage() for record in caplog.records if record.name.startswith("clea.")]
    assert said == [f"mail {row.uuid} failed: SMTPRecipientsRefused 550"]


def test_the_command_sends_what_is_due_the_oldest_first(smtp_server):
    first, second, third = OutgoingMailFactory.create_batch(3, approved=True)
    OutgoingMail.objects.filter(pk=second.pk).update(next_attempt_at=timezone.now() + dt.timedelta(hours=1))
    said = StringIO()

    call_command("deliver_mail", "--limit=1", stdout=said)
    assert [message.recipients for message in smtp_server.received] == [[first.to]]
    call_command("deliver_mail", stdout=said)
    assert [message.recipients for message in smtp_server.received] == [[first.to], [third.to]]
    assert said.getvalue().splitlines() == ["1 envoyé(s), 0 remis à plus tard, 0 en échec"] * 2


def test_the_task_says_what_happened(smtp_server):
    row = OutgoingMailFactory(approved=True)

    assert deliver_mail.enqueue(row.pk).return_value == "sent"
    assert deliver_mail.enqueue(row.pk).return_value == ""


@pytest.mark.django_db(transaction=True)
def test_with_a_queue_in_the_database_the_worker_comes_back_later(smtp_server, settings, values):
    from django.core.management import call_command
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = settings.TASKS_QUEUED
    smtp_server.recipient_reply = "451 later"
    with transaction.atomic():
        queued = mail.queue(by=None, kind=KIND, to="ada@exemple.test", context=values)
        assert DBTaskResult.objects.count() == 0
    assert DBTaskResult.objects.count() == 1, "enqueued when the transaction committed"
    call_command("db_worker", "--batch", "--no-startup-delay", verbosity=0)

    queued.refresh_from_db()
    assert queued.attempts == 1
    later = DBTaskResult.objects.latest("enqueued_at")
    assert later.run_after == queued.next_attempt_at
    assert later.args_kwargs["args"] == [queued.pk]


def test_an_attachment_keeps_its_bytes_in_the_database():
    row = OutgoingMailFactory()
    MailAttachment.objects.create(
        mail=row, name="a.bin", content_type="application/octet-stream", content=bytes(range(256)), size=256
    )

    assert bytes(row.attachments.get().content) == bytes(range(256))
