"""The closing of a season."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()
VERBS: dict[str, _StrPromise] = {
    "season.closed": _("Saison close et archivée"),
    "season.reopened": _("Saison rouverte"),
    "season.archived_again": _("Archive de la saison refaite"),
    "season.added": _("Saison ajoutée au contrat"),
}
