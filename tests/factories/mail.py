"""Messages and their texts. The kind ``KIND`` is registered by ``tests/mail/conftest.py`` only."""

from __future__ import annotations

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from clea.mail.enums import MailState
from clea.mail.models import MailTemplate, OutgoingMail

KIND = "test.notice"


class MailTemplateFactory(DjangoModelFactory[MailTemplate]):
    class Meta:
        model = MailTemplate

    kind = KIND
    language = "fr"
    scope = ""
    subject = "Dossier {{ numero }}"
    body = "Bonjour {{ nom }}."


class OutgoingMailFactory(DjangoModelFactory[OutgoingMail]):
    """A draft; ``approved=True``, ``sent=True``, ``failed=True`` or ``cancelled=True`` for the others."""

    class Meta:
        model = OutgoingMail

    class Params:
        approved = factory.Trait(state=MailState.APPROVED, approved_at=factory.LazyFunction(timezone.now))
        failed = factory.Trait(state=MailState.FAILED, approved_at=factory.LazyFunction(timezone.now), attempts=8)
        sent = factory.Trait(
            state=MailState.SENT,
            approved_at=factory.LazyFunction(timezone.now),
            sent_at=factory.LazyFunction(timezone.now),
            attempts=1,
        )
        cancelled = factory.Trait(state=MailState.CANCELLED)

    kind = KIND
    scope = ""
    state = MailState.DRAFT
    to = factory.Sequence(lambda n: f"personne{n}@exemple.test")
    subject = factory.Sequence(lambda n: f"Message {n}")
    body = "Bonjour,\n\nvoici votre message."
