"""What the two sides of a session are written once it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from clea.mail import services as mail
from clea.ui.dates import moment
from residencies.models import Session
from residencies.selectors.papers import Recipient
from residencies.services.paper_notices import coordinates

if TYPE_CHECKING:
    from clea.mail.models import OutgoingMail


def address(session: Session, to: Recipient) -> str:
    """Where this person confirms."""
    if to.structure is not None:
        return f"{settings.SITE_URL}{reverse('team:confirm', args=[to.structure.uuid, session.uuid])}"
    assert to.residency is not None
    return f"{settings.SITE_URL}{reverse('studio:confirm', args=[to.residency.uuid, session.uuid])}"


def reminded(*, session: Session, to: Recipient) -> OutgoingMail:
    """Two minutes to say what took place. Once a session and a person."""
    territory = session.activity.territory
    with override(to.language):
        return mail.queue(
            by=None,
            kind="session.confirmation_reminder",
            to=to.email,
            language=to.language,
            context={
                "nom": to.name,
                "activite": session.activity.title,
                "seance": moment(session.starts_at),
                "lien": address(session, to),
                "territoire": territory.name,
                "coordonnees": coordinates(territory),
            },
            about=session.activity,
            scope=territory.slug,
            reply_to=territory.contact_email,
            dedupe_key=f"confirm-reminder:{session.uuid}:{to.email.lower()}",
        )
