"""Handing messages to the mail server: once each, and again later when it says no."""

from __future__ import annotations

import logging
import smtplib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from clea.journal import services as journal
from clea.mail import rendering, smtp
from clea.mail.enums import AttemptOutcome, MailState
from clea.mail.models import DeliveryAttempt, OutgoingMail
from clea.mail.services import notes
from clea.processes import is_gone

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
CLAIM = timedelta(minutes=5)
_FIRST_DELAY = timedelta(minutes=1)
_LONGEST_DELAY = timedelta(hours=12)


@dataclass(frozen=True)
class DeliveryReport:
    """What a round did. ``delayed`` messages will be tried again."""

    sent: int = 0
    delayed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Answer:
    outcome: AttemptOutcome
    code: int | None = None
    detail: str = ""


def deliver(mail_id: int) -> AttemptOutcome | None:
    """Send one approved message, unless it left already, is not due, or a worker has it.

    The row is claimed for five minutes by one conditional update, so two workers cannot send
    it. The server's yes is noted on disk as soon as it is read (:mod:`clea.mail.services.notes`): a
    process that dies after that does not make the message leave twice. Should it die in the microseconds
    before, or its disk be lost with it, the message leaves again with the same Message-ID. Never raises
    for what the server answers: a temporary refusal puts the message off (1, 3, 9… minutes, 12 hours at
    most, 8 times), a definitive one fails it at once. Returns what happened, ``None`` when there was
    nothing to do, or nowhere to note what would happen.
    """
    started, claim = timezone.now(), uuid.uuid4()
    claimed = OutgoingMail.objects.due(started).filter(pk=mail_id).update(claimed_until=started + CLAIM, claim=claim)
    if not claimed:
        return None
    mail = OutgoingMail.objects.get(pk=mail_id)
    if taken := [note for note in notes.of(mail.uuid) if note.answer]:
        outcome = _settle(mail_id, claim, started, _Answer(AttemptOutcome.SENT, detail=f"noted: {taken[0].answer}"))
        _forget(taken)
        return outcome
    try:
        pen = notes.Pen(mail.uuid, claim)
    except OSError:
        # The disk is full: better late than twice.
        logger.exception("mail %s waits: no note can be taken", mail.uuid)
        _let_go(mail.uuid, claim)
        return None
    answer = _hand_over(mail, pen)
    outcome = _settle(mail_id, claim, started, answer)
    pen.end()
    return outcome


def settle_the_dead() -> int:
    """Give back the messages that killed processes of this machine held, and mark as sent those that the
    server had taken from them. Returns how many. For whoever starts: a worker, cron's round.
    """
    found = 0
    for note in notes.left():
        gone = is_gone(note.process)
        if gone is False or (gone is None and not note.is_old()):
            continue
        if note.answer:
            mail = OutgoingMail.objects.filter(uuid=note.mail, state=MailState.APPROVED).first()
            if mail is not None:
                answer = _Answer(AttemptOutcome.SENT, detail=f"noted: {note.answer}")
                _settle(mail.pk, note.claim, timezone.now(), answer)
                found += 1
        else:
            found += _let_go(note.mail, note.claim)
        _forget([note])
    return found


def _let_go(mail: uuid.UUID, claim: uuid.UUID) -> int:
    """Nobody has it any more."""
    held = OutgoingMail.objects.filter(uuid=mail, claim=claim, state=MailState.APPROVED)
    return held.update(claim=None, claimed_until=None)


def _forget(known: list[notes.Note]) -> None:
    for note in known:
        note.path.unlink(missing_ok=True)


def deliver_pending(*, limit: int | None = None) -> DeliveryReport:
    """Deliver every message whose time has come, the oldest first, the dead's included. For cron."""
    settle_the_dead()
    keys = list(OutgoingMail.objects.due(timezone.now()).order_by("pk").values_list("pk", flat=True)[:limit])
    outcomes = [deliver(key) for key in keys]
    return DeliveryReport(
        sent=outcomes.count(AttemptOutcome.SENT),
        delayed=outcomes.count(AttemptOutcome.DELAYED),
        failed=outcomes.count(AttemptOutcome.FAILED),
    )


def delay_after(attempts: int) -> timedelta:
    """How long to wait after so many refusals: 1 minute, then three times more, 12 hours at most."""
    return min(_FIRST_DELAY * 3 ** (attempts - 1), _LONGEST_DELAY)


def _hand_over(mail: OutgoingMail, pen: notes.Pen) -> _Answer:
    try:
        message = rendering.build(mail, smtp.connection(pen.accepted))
        message.message()
    except Exception as error:
        # It will not be built better next time: a person must look.
        logger.exception("mail %s cannot be built", mail.uuid)
        return _Answer(AttemptOutcome.FAILED, detail=type(error).__name__)
    try:
        if message.send() != 1:
            return _Answer(AttemptOutcome.DELAYED, detail="the mail server took nothing")
    except Exception as error:  # noqa: BLE001 - whatever the backend raises, the row must be settled
        if pen.answer:
            # It went wrong after the server's yes: a note that could not be flushed, a goodbye cut short.
            return _Answer(AttemptOutcome.SENT, detail=f"{pen.answer}, then {type(error).__name__}")
        answer = _read(error)
        logger.warning("mail %s %s: %s %s", mail.uuid, answer.outcome, type(error).__name__, answer.code or "")
        return answer
    return _Answer(AttemptOutcome.SENT)


def _read(error: Exception) -> _Answer:
    """What the server meant: 5xx about the recipient or the content is for good, all else passes."""
    code: int | None = None
    definitive = False
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        codes = [code for code, _text in error.recipients.values()]
        code, definitive = codes[0], min(codes) >= 500
        detail: bytes | str = next(iter(error.recipients.values()))[1]
    elif isinstance(error, smtplib.SMTPResponseException):
        code, detail = error.smtp_code, error.smtp_error
        definitive = isinstance(error, smtplib.SMTPDataError) and code >= 500
    else:
        detail = str(error)
    text = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
    outcome = AttemptOutcome.FAILED if definitive else AttemptOutcome.DELAYED
    return _Answer(outcome, code, f"{type(error).__name__}: {text}")


@transaction.atomic
def _settle(mail_id: int, claim: uuid.UUID, started: datetime, answer: _Answer) -> AttemptOutcome:
    mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
    now = timezone.now()
    mail.attempts += 1
    outcome = answer.outcome
    if outcome == AttemptOutcome.DELAYED and mail.attempts >= MAX_ATTEMPTS:
        outcome = AttemptOutcome.FAILED
    DeliveryAttempt.objects.create(
        mail=mail,
        number=mail.attempts,
        started_at=started,
        finished_at=now,
        outcome=outcome,
        smtp_code=answer.code,
        detail=answer.detail[:500],
    )
    # A worker slower than its claim may find the message in other hands: what the server took
    # is sent all the same, what it refused is now the other's business.
    ours = mail.claim == claim
    if mail.state != MailState.APPROVED or not (ours or outcome == AttemptOutcome.SENT):
        OutgoingMail.objects.filter(pk=mail.pk).update(attempts=mail.attempts)
        return outcome
    mail.claim = mail.claimed_until = mail.next_attempt_at = None
    if outcome == AttemptOutcome.SENT:
        mail.state, mail.sent_at = MailState.SENT, now
    elif outcome == AttemptOutcome.FAILED:
        mail.state = MailState.FAILED
    else:
        mail.next_attempt_at = now + delay_after(mail.attempts)
    mail.save(update_fields=["state", "attempts", "claim", "claimed_until", "next_attempt_at", "sent_at"])
    if outcome == AttemptOutcome.DELAYED:
        _try_again(mail)
    else:
        journal.record(
            by=None,
            verb="mail.sent" if outcome == AttemptOutcome.SENT else "mail.failed",
            target=mail,
            data={
                "kind": mail.kind,
                "about": [mail.about_type, mail.about_id],
                "attempts": mail.attempts,
                "smtp_code": answer.code,
            },
        )
    return outcome


def _try_again(mail: OutgoingMail) -> None:
    """Ask the queue to come back, where it knows how to; elsewhere ``manage.py deliver_mail`` will."""

    def enqueue() -> None:
        from clea.mail.tasks import deliver_mail

        if deliver_mail.get_backend().supports_defer:
            deliver_mail.using(run_after=mail.next_attempt_at).enqueue(mail.pk)

    transaction.on_commit(enqueue, robust=True)
