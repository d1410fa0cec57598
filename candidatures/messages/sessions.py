"""The session, its set, its decisions, its minutes."""

from __future__ import annotations

from clea.mail.kinds import MailKind

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str] = {}
