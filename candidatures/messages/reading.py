"""What jurors write: reviews, discussion, blind reading."""

from __future__ import annotations

from clea.mail.kinds import MailKind

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str] = {}
