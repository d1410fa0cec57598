"""Letters that the coordination writes to several people, one message each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused
from clea.journal import services as journal
from clea.mail import kinds
from clea.mail import services as mail
from clea.mail.models import OutgoingMail
from clea.mail.services import text_in_force
from structures.messages import LETTER
from structures.models import StandardLetter, Territory
from structures.models.letters import NAMES
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.letters import Recipient


def check(*, recipients: Sequence[Recipient], subject: str, message: str) -> None:
    """Raise :class:`Refused` on a letter that cannot be written: nobody, nothing, or an unknown name in it."""
    if not recipients:
        raise Refused(_("Aucune des personnes choisies ne peut recevoir de message."), code="nobody")
    if not subject.strip():
        raise Refused(_("Donnez un objet au message."), code="subject_needed", field="subject")
    if not message.strip():
        raise Refused(_("Écrivez le texte du message."), code="message_needed", field="message")
    for name, text in (("subject", subject), ("message", message)):
        try:
            kinds.check_placeholders(NAMES, text)
        except Refused as error:
            raise Refused(str(error), code=error.code, field=name) from None


def filled(recipient: Recipient, text: str) -> str:
    """The text for this person."""
    return kinds.fill(text, {"nom": recipient.name, "pour": recipient.whose})


def preview(recipient: Recipient, *, subject: str, message: str) -> tuple[str, str]:
    """Subject and body as this person will read them. One query."""
    text = text_in_force(kinds.get(LETTER), recipient.language, recipient.territory.slug)
    context = _context(recipient, subject.strip(), message.strip())
    return kinds.fill(text.subject, context), kinds.fill(text.body, context)


@transaction.atomic
def write(
    *,
    by: User,
    recipients: Sequence[Recipient],
    subject: str,
    message: str,
    approved: bool = False,
    once: UUID | None = None,
) -> list[OutgoingMail]:
    """Put one message a person in the outbox: drafts to read again, or ``approved``, which leave at once.

    All of them or none. Three queries a person. Raises ``Forbidden`` when one is another territory's,
    ``Refused`` as :func:`check` does, or when what was sent with this ``once`` was written already (``twice``).
    Hundreds are approved by ``clea.mail.jobs`` instead.
    """
    check(recipients=recipients, subject=subject, message=message)
    if once is not None and OutgoingMail.objects.filter(dedupe_key__startswith=_sent_with(once)).exists():
        raise Refused(_("Ces messages sont déjà dans la boîte d'envoi : rien n'est écrit deux fois."), code="twice")
    territories = {one.territory.pk: one.territory for one in recipients}
    for territory in territories.values():
        if not coordinates(by, territory):
            raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")
    drafts = [_drafted(by, one, subject.strip(), message.strip(), once) for one in recipients]
    for pk, territory in territories.items():
        count = sum(one.territory.pk == pk for one in recipients)
        journal.record(by=by, verb="letter.written", target=territory, data={"count": count, "approved": approved})
    return mail.approve(by=by, mails=drafts) if approved else drafts


def _sent_with(once: UUID) -> str:
    """How the keys of the messages of one confirmation begin."""
    return f"letter:{once}:"


def _drafted(by: User, recipient: Recipient, subject: str, message: str, once: UUID | None) -> OutgoingMail:
    territory = recipient.territory
    person = hashlib.sha256(f"{territory.pk}:{recipient.email.casefold()}".encode()).hexdigest()
    return mail.queue(
        by=by,
        kind=LETTER,
        to=recipient.email,
        language=recipient.language,
        context=_context(recipient, subject, message),
        about=recipient.about,
        scope=territory.slug,
        reply_to=territory.contact_email,
        approved=False,
        dedupe_key=f"{_sent_with(once)}{person}" if once is not None else "",
    )


def _context(recipient: Recipient, subject: str, message: str) -> dict[str, str]:
    return {
        "nom": recipient.name,
        "pour": recipient.whose,
        "sujet": filled(recipient, subject),
        "message": filled(recipient, message),
        "territoire": recipient.territory.name,
        "coordonnees": signature(recipient.territory),
    }


def signature(territory: Territory) -> str:
    """The service, its addresses and its telephone, on one line."""
    service = territory.service_name or territory.name
    address = " ".join(territory.contact_address.split())
    return ", ".join(part for part in (service, address, territory.contact_email, territory.contact_phone) if part)


@transaction.atomic
def keep(*, by: User, letter: StandardLetter) -> StandardLetter:
    """Keep a letter under a name, to write it again."""
    if not coordinates(by, letter.territory):
        raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")
    letter.full_clean()
    letter.save()
    journal.record(by=by, verb="letter.kept", target=letter)
    return letter


@transaction.atomic
def forget(*, by: User, letter: StandardLetter) -> None:
    """Letters already written stay."""
    if not coordinates(by, letter.territory):
        raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")
    journal.record(by=by, verb="letter.forgotten", target=letter)
    letter.delete()
