"""Coverage of the territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str | _StrPromise] = {
    "planning_rules.written": _("règles de planification modifiées"),
    "past_action.written": _("action d'une saison passée écrite"),
    "past_action.removed": _("action d'une saison passée retirée"),
    "past_action.imported": _("actions des saisons passées importées"),
    "past_action.exported": _("actions des saisons passées exportées"),
    "coverage.exported": _("couverture du territoire exportée"),
}
