"""Building the jury: invitations, reminders, assignments, recusals."""

from __future__ import annotations

from clea.mail.kinds import MailKind

KINDS: tuple[MailKind, ...] = ()

VERBS: dict[str, str] = {}
