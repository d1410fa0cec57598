"""News, subscriptions, press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clea.mail.kinds import MailKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS: tuple[MailKind, ...] = ()
VERBS: dict[str, _StrPromise] = {}
