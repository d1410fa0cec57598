"""Funding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()
VERBS: dict[str, _StrPromise] = {
    "funder.saved": _("Financeur enregistré"),
    "funder.removed": _("Financeur supprimé"),
    "funding.changed": _("Parts des financeurs modifiées"),
    "funding.exported": _("Plan de financement exporté"),
}
