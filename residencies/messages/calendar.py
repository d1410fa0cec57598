"""Presence and calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str | _StrPromise] = {
    "presence.noted": _("présence notée"),
    "presence.checked": _("présence vérifiée"),
    "presence.reopened": _("présence rendue à corriger"),
    "feed.opened": _("adresse de calendrier ouverte"),
    "feed.renewed": _("adresse de calendrier changée"),
    "feed.revoked": _("adresse de calendrier révoquée"),
}
