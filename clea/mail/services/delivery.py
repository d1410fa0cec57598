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
from clea.mail import rendering
from clea.mail.enums import AttemptOutcome, MailState
from clea.mail.models import DeliveryAttempt, OutgoingMail

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
    it. Should the process die between the server's answer and ours, the message leaves a second
    time after that with the same Message-ID. Never raises for what the server answers: a
    temporary refusal puts the message off (1, 3, 9… minutes, 12 hours at most, 8 times), a
    definitive one fails it at once. Returns what happened, ``None`` when there was nothing to do.
    """
    started, claim = timezone.now(), uuid.uuid4()
    claimed = OutgoingMail.objects.due(started).filter(pk=mail_id).update(claimed_until=started + CLAIM, claim=claim)
    if not claimed:
        return None
    answer = _hand_over(OutgoingMail.objects.get(pk=mail_id))
    return _settle(mail_id, claim, started, answer)


def deliver_pending(*, limit: int | None = None) -> DeliveryReport:
    """Deliver every message whose time has come, the oldest first. For cron."""
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


def _hand_over(mail: OutgoingMail) -> _Answer:
    try:
        message = rendering.build(mail)
        message.message()
    except Exception as error:
        # It will not be built better next time: a person must look.
        logger.exception("mail %s cannot be built", mail.uuid)
        return _Answer(AttemptOutcome.FAILED, detail=type(error).__name__)
    try:
        if message.send() != 1:
            return _Answer(AttemptOutcome.DELAYED, detail="the mail server took nothing")
    except Exception as error:  # noqa: BLE001 - whatever the backend raises, the row must be settled
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
