"""Which text a message has, and changing it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import transaction

from clea.errors import Forbidden
from clea.journal import services as journal
from clea.mail import kinds
from clea.mail.kinds import FALLBACK_LANGUAGE, MailKind
from clea.mail.models import MailTemplate
from clea.mail.rules import can_change_template

if TYPE_CHECKING:
    from clea.accounts.models import User

Source = Literal["scope", "common", "program"]


@dataclass(frozen=True)
class Text:
    """A subject and a body with their placeholders, the language they are in, where they come from."""

    subject: str
    body: str
    language: str
    source: Source


def text_in_force(kind: MailKind, language: str, scope: str = "") -> Text:
    """The territory's text, else the common one, else the program's; in French as a last resort.

    A language that nobody wrote the message in falls back to the French text in force, the
    territory's own included. One query.
    """
    rows = {
        (row.scope, row.language): row
        for row in MailTemplate.objects.filter(
            kind=kind.key, scope__in={scope, ""}, language__in={language, FALLBACK_LANGUAGE}
        )
    }
    for wanted in dict.fromkeys((language, FALLBACK_LANGUAGE)):
        for key, source in ((scope, "scope"), ("", "common")):
            if row := rows.get((key, wanted)):
                return Text(row.subject, row.body, wanted, "common" if not key else source)  # type: ignore[arg-type]
        if wanted in kind.subject:
            return Text(*kind.default(wanted), wanted, "program")
    raise AssertionError("a kind always has its French text")


@transaction.atomic
def save_template(*, by: User, template: MailTemplate) -> MailTemplate:
    """Write a text, checked against its kind's variables, and journal its hash.

    Raises :class:`Forbidden` out of scope and ``ValidationError`` on an unknown placeholder.
    """
    _require_right(by, template)
    template.full_clean()
    template.save()
    _journal(by, template, "saved")
    return template


@transaction.atomic
def remove_template(*, by: User, template: MailTemplate) -> None:
    """Go back to the text that was in force without this one."""
    _require_right(by, template)
    _journal(by, template, "removed")
    template.delete()


def _require_right(by: User, template: MailTemplate) -> None:
    verdict = can_change_template(by, template)
    if not verdict:
        raise Forbidden(verdict.reason, code=verdict.code)


def _journal(by: User, template: MailTemplate, change: str) -> None:
    text = f"{template.subject}\n{template.body}".encode()
    journal.record(
        by=by,
        verb="mail.template_changed",
        target=template,
        data={
            "kind": kinds.get(template.kind).key if change == "saved" else template.kind,
            "language": template.language,
            "scope": template.scope,
            "change": change,
            "sha256": hashlib.sha256(text).hexdigest(),
        },
    )
