"""The parts that the ground itself holds of a person: account, sessions, messages, their acts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clea.journal import verbs
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.privacy import own
from clea.privacy.own import Part


def _acts(keys: list[int]) -> dict[int, dict[str, Any]]:
    """What was done, in words. One query."""
    rows = Entry.objects.filter(pk__in=keys).values_list("pk", "verb")
    return {key: {"act": str(verbs.label(verb))} for key, verb in rows}


PARTS = (
    Part(
        holding="comptes", name="compte", label=_("Votre compte"), model="accounts.User", user="pk",
        fields=("email", "first_name", "last_name", "language", "is_active", "date_joined", "last_login"),
    ),
    Part(
        holding="comptes", name="adresses", label=_("Vos adresses"), model="account.EmailAddress", user="user",
        fields=("email", "verified", "primary"),
    ),
    Part(
        holding="comptes", name="second-facteur", label=_("Votre double authentification"), model="mfa.Authenticator",
        user="user", fields=("type", "created_at", "last_used_at"),
    ),
    Part(
        holding="sessions", name="sessions", label=_("Vos sessions ouvertes"), model="accounts.OpenSession",
        user="person", fields=("opened_at", "seen_at", "ip", "device"),
    ),
    # What left, and not a draft: a letter says a decision once it is sent.
    Part(
        holding="messages", name="messages", label=_("Messages reçus de nous"), model="mail.OutgoingMail", email="to",
        scope="scope", only=Q(state=MailState.SENT), fields=("to", "language", "subject", "body", "sent_at"),
        stays=_("La trace d'un envoi part avec ce dont il parle, ou après 24 mois."),
    ),
    Part(
        holding="journal", name="journal", label=_("Vos actes, au journal"), model="journal.Entry",
        user="actor__user_uuid", fields=("at", "target_type", "summary"), more=_acts,
    ),
)  # fmt: skip


def register() -> None:
    """Called when the app starts."""
    own.register(*PARTS)
