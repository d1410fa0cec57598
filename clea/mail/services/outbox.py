"""Putting a message in the outbox, changing it, letting it go or not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from clea.journal.selectors import identify
from clea.mail import kinds, rules
from clea.mail.enums import MailState
from clea.mail.models import MailAttachment, OutgoingMail
from clea.mail.services.texts import text_in_force

if TYPE_CHECKING:
    from clea.accounts.models import User

# Beyond, servers refuse; a large file is a link to a page, not an attachment.
MAX_ATTACHED = 8 * 1024 * 1024
_SUBJECT_MAX = 300
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")


def queue(
    *,
    by: User | None,
    kind: str,
    to: str,
    language: str = "fr",
    context: Mapping[str, object],
    about: Model | None = None,
    scope: str = "",
    reply_to: str = "",
    attachments: Sequence[tuple[str, bytes, str]] = (),
    approved: bool = True,
    dedupe_key: str = "",
    leave_url: str = "",
) -> OutgoingMail:
    """Write a message in the outbox, in the transaction of what it tells. Two or three queries.

    The text is settled now, in the language and territory given; ``approved=False`` leaves a
    draft that a person must let go. An approved message leaves when the transaction commits.
    With a ``dedupe_key`` already used, returns that message and does nothing.
    ``attachments`` are ``(file name, content, content type)``. ``leave_url``, for a message to a list:
    where a POST leaves it, said to the mail reader (RFC 8058).

    Raises ``TransactionManagementError`` outside ``atomic``; ``UnknownKind`` or
    ``MissingVariable`` for a programming error; :class:`Refused` on an address that is not one
    (``bad_address``) or attachments over :data:`MAX_ATTACHED` bytes (``too_heavy``).
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("mail.queue belongs in the transaction of what it tells")
    known = kinds.get(kind)
    if absent := [name for name in known.variables if name not in context]:
        raise kinds.MissingVariable(f"{kind} needs {', '.join(absent)}")
    to, reply_to = _address(to), _address(reply_to) if reply_to else ""
    if dedupe_key and (existing := OutgoingMail.objects.filter(dedupe_key=dedupe_key).first()):
        return existing
    text = text_in_force(known, language, scope)
    with override(text.language):
        values = {name: "" if context[name] is None else str(context[name]) for name in known.variables}
    about_type, about_id = identify(about) if about is not None else ("", "")
    mail = OutgoingMail(
        kind=kind,
        scope=scope,
        state=MailState.APPROVED if approved else MailState.DRAFT,
        to=to,
        reply_to=reply_to,
        language=text.language,
        subject=_one_line(kinds.fill(text.subject, values)),
        body=_body(kinds.fill(text.body, values)),
        about_type=about_type,
        about_id=about_id,
        dedupe_key=dedupe_key,
        leave_url=leave_url,
        created_by_uuid=by.uuid if by is not None else None,
        approved_at=timezone.now() if approved else None,
    )
    files = _attachments(mail, attachments)
    try:
        # The savepoint is for the race only: two transactions with the same key.
        with transaction.atomic(savepoint=bool(dedupe_key)):
            mail.full_clean(validate_unique=False, validate_constraints=False)
            mail.save()
    except IntegrityError:
        if not dedupe_key:
            raise
        return OutgoingMail.objects.get(dedupe_key=dedupe_key)
    if files:
        MailAttachment.objects.bulk_create(files)
    if approved:
        _deliver_on_commit(mail.pk)
    return mail


@transaction.atomic
def edit(
    *,
    by: User,
    mail: OutgoingMail,
    subject: str,
    body: str,
    to: str | None = None,
    reply_to: str | None = None,
    version: int | None = None,
) -> OutgoingMail:
    """Change a draft. ``version`` is the one the person was shown: another since is a StaleWrite.

    Raises :class:`Forbidden` out of scope, :class:`Refused` on a message that is no longer a
    draft, an empty text, a subject of several lines (``bad_subject``) or a bad address.
    """
    current = _locked([mail.pk])[0]
    _require_scope(by, current)
    require(rules.can_edit(current))
    if version is not None and version != current.version:
        raise StaleWrite(
            _("Quelqu'un a modifié ce message entre-temps. Relisez-le avant de le modifier à nouveau."), code="stale"
        )
    if any(mark in subject for mark in "\r\n"):
        raise Refused(_("L'objet tient sur une seule ligne."), code="bad_subject", field="subject")
    current.subject = _one_line(subject)
    current.body = _body(body)
    if not current.subject:
        raise Refused(_("Donnez un objet au message."), code="empty", field="subject")
    if not current.body:
        raise Refused(_("Écrivez le texte du message."), code="empty", field="body")
    if to is not None:
        current.to = _address(to)
    if reply_to is not None:
        current.reply_to = _address(reply_to, field="reply_to") if reply_to else ""
    current.version += 1
    current.full_clean(validate_unique=False, validate_constraints=False)
    current.save()
    text = f"{current.subject}\n{current.body}".encode()
    journal.record(
        by=by,
        verb="mail.edited",
        target=current,
        data={"version": current.version, "sha256": hashlib.sha256(text).hexdigest()},
    )
    return current


@transaction.atomic
def approve(*, by: User, mails: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    """Let drafts go, or failed messages try again. All of them or none.

    Each is journaled with who approved it, and leaves once the transaction commits.
    Raises :class:`Forbidden` out of scope, :class:`Refused` from any other state, or when what the
    message says is no longer so (``kinds.guard``).
    """
    now = timezone.now()
    rows = _locked([mail.pk for mail in mails])
    for row in rows:
        _require_scope(by, row)
        require(rules.can_approve(row, now))
    for row in rows:
        previous = row.state
        row.state = MailState.APPROVED
        row.approved_at, row.approved_by = now, by
        row.attempts, row.next_attempt_at = 0, None
        row.save(update_fields=["state", "approved_at", "approved_by", "attempts", "next_attempt_at"])
        journal.record(by=by, verb="mail.approved", target=row, data={"kind": row.kind, "from": previous})
        _deliver_on_commit(row.pk)
    return rows


@transaction.atomic
def cancel(*, by: User | None, mails: Iterable[OutgoingMail]) -> list[OutgoingMail]:
    """Keep messages from ever leaving. All of them or none; not one already sent, or leaving.

    ``by=None`` is the machine: what the message told is no longer so.
    """
    now = timezone.now()
    rows = _locked([mail.pk for mail in mails])
    for row in rows:
        if by is not None:
            _require_scope(by, row)
        require(rules.can_become(row, MailState.CANCELLED, now))
    for row in rows:
        previous = row.state
        row.state = MailState.CANCELLED
        row.next_attempt_at = None
        row.save(update_fields=["state", "next_attempt_at"])
        journal.record(by=by, verb="mail.cancelled", target=row, data={"kind": row.kind, "from": previous})
    return rows


def _locked(keys: list[int]) -> list[OutgoingMail]:
    """The rows, in one order whoever asks, held until the transaction ends."""
    rows = list(OutgoingMail.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    if len(rows) != len(set(keys)):
        raise Refused(_("Un des messages n'existe plus."), code="gone")
    return rows


def _require_scope(by: User, mail: OutgoingMail) -> None:
    verdict = rules.can_handle(by, mail)
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)


def _address(address: str, *, field: str = "to") -> str:
    """One plain address. A line break, a list or a display name is refused: it would be a header."""
    address = address.strip(" ")
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(
            _("« %(address)s » n'est pas une adresse électronique.") % {"address": address[:100]},
            code="bad_address",
            field=field,
        ) from None
    return address


def _one_line(text: str) -> str:
    """A subject is one line: what a person wrote in a title may hold more."""
    text = " ".join(text.split())
    return text if len(text) <= _SUBJECT_MAX else text[: _SUBJECT_MAX - 1] + "…"


def _body(text: str) -> str:
    """Lines end with LF, no blank line more than one, no control character."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _attachments(mail: OutgoingMail, attachments: Sequence[tuple[str, bytes, str]]) -> list[MailAttachment]:
    if sum(len(content) for _name, content, _type in attachments) > MAX_ATTACHED:
        raise Refused(
            _("Les pièces jointes dépassent %(limit)s Mo.") % {"limit": MAX_ATTACHED // (1024 * 1024)},
            code="too_heavy",
        )
    rows = []
    for name, content, content_type in attachments:
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise ValueError(f"{content_type!r} is not a content type")
        rows.append(
            MailAttachment(
                mail=mail,
                name=" ".join(name.replace("/", "-").split())[:200],
                content_type=content_type,
                content=bytes(content),
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return rows


def _deliver_on_commit(mail_id: int) -> None:
    def enqueue() -> None:
        from clea.mail.tasks import deliver_mail

        deliver_mail.enqueue(mail_id)

    # Robust: if the queue does not answer, the row is written and deliver_pending will find it.
    transaction.on_commit(enqueue, robust=True)
