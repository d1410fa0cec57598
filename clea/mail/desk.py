"""What the outbox asks of the coordinator."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.ui.desk import DeskItem


def items(request: HttpRequest) -> list[DeskItem]:
    """Drafts that wait for a person, and messages that did not leave. One query."""
    waiting = OutgoingMail.objects.visible_to(request.user).filter(state__in=[MailState.DRAFT, MailState.FAILED])
    counts = waiting.aggregate(
        drafts=Count("pk", filter=Q(state=MailState.DRAFT)), failed=Count("pk", filter=Q(state=MailState.FAILED))
    )
    outbox = reverse("admin:mail_outgoingmail_changelist")
    shown = [
        DeskItem(
            label=_("messages en échec"),
            count=counts["failed"],
            url=f"{outbox}?state__exact={MailState.FAILED}",
            urgency="now",
            detail=_("Le serveur de messagerie les a refusés."),
        ),
        DeskItem(
            label=_("messages à approuver"),
            count=counts["drafts"],
            url=f"{outbox}?state__exact={MailState.DRAFT}",
            urgency="soon",
            detail=_("Ils ne partent pas sans vous."),
        ),
    ]
    return [item for item in shown if item.count]
