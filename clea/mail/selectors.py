"""Reading the outbox."""

from __future__ import annotations

from django.db.models import Model, Q

from clea.journal.selectors import identify
from clea.mail.models import OutgoingMail, OutgoingMailQuerySet


def mails_about(*targets: Model) -> OutgoingMailQuerySet:
    """Messages queued with ``about`` one of these rows, newest first. One query; none for no row."""
    condition = Q()
    for target in targets:
        about_type, about_id = identify(target)
        condition |= Q(about_type=about_type, about_id=about_id)
    return OutgoingMail.objects.filter(condition) if targets else OutgoingMail.objects.none()
