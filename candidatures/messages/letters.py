"""Decision letters, offers and answers, other territories, publication."""

from __future__ import annotations

from clea.mail.kinds import MailKind

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str] = {}
