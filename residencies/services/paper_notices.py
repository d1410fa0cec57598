"""What the parties of a contract or an agreement are written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from clea.mail import services as mail
from clea.ui.dates import day
from residencies.enums import PaperKind
from residencies.models import Paper
from residencies.selectors.papers import Recipient, territory_of

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.mail.models import OutgoingMail
    from structures.models import Territory


def coordinates(territory: Territory) -> str:
    """The service, its address and its telephone, on one line."""
    parts = (
        territory.service_name or territory.name,
        " ".join(territory.contact_address.split()),
        territory.contact_email,
        territory.contact_phone,
    )
    return ", ".join(part for part in parts if part)


def address(paper: Paper, to: Recipient) -> str:
    """Where this person reads the paper: their own space."""
    if to.structure is not None:
        return f"{settings.SITE_URL}{reverse('team:agreement', args=[to.structure.uuid, paper.uuid])}"
    assert to.residency is not None
    return f"{settings.SITE_URL}{reverse('studio:paper', args=[to.residency.uuid, paper.uuid])}"


def _write(
    kind: str, *, by: User | None, paper: Paper, to: Recipient, dedupe_key: str = "", **more: object
) -> OutgoingMail:
    territory = territory_of(paper)
    owner = paper.residency or paper.activity
    with override(to.language):
        return mail.queue(
            by=by,
            kind=kind,
            to=to.email,
            language=to.language,
            context={
                "nom": to.name,
                "document": paper.title,
                "numero": paper.number,
                "objet": str(owner),
                "lien": address(paper, to),
                "territoire": territory.name,
                "coordonnees": coordinates(territory),
            }
            | more,
            about=owner,
            scope=territory.slug,
            reply_to=territory.contact_email,
            dedupe_key=dedupe_key,
        )


def sent(*, by: User, paper: Paper, to: Recipient) -> OutgoingMail:
    """Here is what to sign. Once a day to one person."""
    kind = "paper.contract_sent" if paper.kind == PaperKind.CONTRACT else "paper.agreement_sent"
    return _write(
        kind,
        by=by,
        paper=paper,
        to=to,
        dedupe_key=f"paper-sent:{paper.uuid}:{to.email.lower()}:{timezone.localdate().isoformat()}",
    )


def cancelled(*, by: User, paper: Paper, to: Recipient) -> OutgoingMail:
    """What you received no longer stands."""
    return _write("paper.cancelled", by=by, paper=paper, to=to, motif=paper.cancelled_why)


def reminded(*, paper: Paper, to: Recipient, first: datetime) -> OutgoingMail:
    """The first session comes, and your signature has not."""
    with override(to.language):
        when = day(first)
    return _write(
        "paper.agreement_reminder",
        by=None,
        paper=paper,
        to=to,
        premiere_seance=when,
        dedupe_key=f"paper-reminder:{paper.uuid}:{to.email.lower()}",
    )
