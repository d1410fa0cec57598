"""The names of those who accepted, public from a day the coordination approves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Jury
from candidatures.selectors.publication import names
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import Refused
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

__all__ = ["approve", "names", "withdraw"]


def approve(*, by: User, jury: Jury, publish_on: date | None = None) -> Jury:
    """Let the names be public from ``publish_on`` (the call's day of results) on.

    The list is live: who accepts later is added, who renounces is taken off.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        on = publish_on or locked.call.results_on
        if on is None:
            raise Refused(_("Indiquez la date de publication."), code="date_needed", field="publish_on")
        if locked.call.closes_at > timezone.now():
            raise Refused(_("L'appel est encore ouvert."), code="open", field="publish_on")
        locked.publish_on = on
        locked.publication_approved_at = timezone.now()
        locked.full_clean(exclude=["call"])
        locked.save(update_fields=["publish_on", "publication_approved_at", "updated_at"])
        journal.record(by=by, verb="publication.approved", target=locked, data={"publish_on": on.isoformat()})
        return locked


def withdraw(*, by: User, jury: Jury) -> Jury:
    """Take the names off the public page."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if locked.publication_approved_at is None:
            raise Refused(_("Les noms ne sont pas publiés."), code="not_published")
        locked.publication_approved_at = None
        locked.save(update_fields=["publication_approved_at", "updated_at"])
        journal.record(by=by, verb="publication.withdrawn", target=locked)
        return locked
