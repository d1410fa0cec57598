"""The bilan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()
VERBS: dict[str, _StrPromise] = {
    "hand_entry.written": _("ligne d'un bilan saisie"),
    "hand_entry.removed": _("ligne d'un bilan retirée"),
    "hand_entry.loaded": _("rapport ancien chargé"),
    "bilan.written": _("bilan écrit"),
    "bilan.published": _("bilan publié"),
    "bilan.taken_back": _("bilan retiré de la publication"),
    "bilan.files_made": _("documents du bilan faits"),
}
