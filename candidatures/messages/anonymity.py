"""Blind reading: what the journal calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.mail.kinds import MailKind

KINDS: tuple[MailKind, ...] = ()

VERBS = {
    "blind.judged": _("copie anonyme examinée"),
}
