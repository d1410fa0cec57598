"""Who receives the news: asked, confirmed by its owner, left with one gesture. Leaving erases the row.

The journal never holds an address: it says that somebody confirmed or left, and where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused
from clea.journal import services as journal
from clea.mail import services as mail
from clea.mail.enums import MailLanguage
from residencies.enums import SubscriberState
from residencies.models import Subscriber
from residencies.rules.communication import CONFIRM_WITHIN
from residencies.services import news_notices as notices
from residencies.services.base import require_desk
from structures.models import Territory

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What a purge takes at once: more waits for the next round.
_AT_ONCE = 500


def ask(*, territory: Territory, email: str, language: str) -> None:
    """Somebody gave this address. Its owner is written to, whether it is known or not; the page learns nothing.

    An address that waits is asked again, with a link that lives from now on.
    """
    address = email.strip().lower()
    spoken = language[:2] if language[:2] in MailLanguage.values else MailLanguage.FRENCH
    with transaction.atomic():
        row = Subscriber.objects.select_for_update().filter(territory=territory, email=address).first()
        if row is None:
            row = Subscriber(territory=territory, email=address, language=spoken, asked_at=timezone.now())
            row.full_clean(exclude=["territory"], validate_unique=False, validate_constraints=False)
            # Two at once: the second finds the first's row.
            row, _made = Subscriber.objects.get_or_create(
                territory=territory,
                email=address,
                defaults={"language": row.language, "asked_at": row.asked_at},
            )
        if row.state == SubscriberState.CONFIRMED:
            notices.known(subscriber=row, territory=territory)
            return
        row.language, row.asked_at = spoken, timezone.now()
        row.save(update_fields=["language", "asked_at"])
        notices.asked(subscriber=row, territory=territory)


def confirm(*, key: UUID) -> Subscriber:
    """Its owner says yes. Twice is once. ``Refused`` (``gone``) when the request was erased."""
    with transaction.atomic():
        row = _lock(key)
        if row is None:
            raise Refused(_("Cette demande n'existe plus : demandez à nouveau les actualités."), code="gone")
        if row.state == SubscriberState.CONFIRMED:
            return row
        row.state, row.confirmed_at = SubscriberState.CONFIRMED, timezone.now()
        row.full_clean()
        row.save(update_fields=["state", "confirmed_at"])
        journal.record(by=None, verb="subscriber.confirmed", target=row.territory, data={"language": row.language})
        return row


def leave(*, key: UUID) -> bool:
    """Erase the subscription, and what was written to it or was about to be. ``False`` when it was gone already."""
    with transaction.atomic():
        row = _lock(key)
        if row is None:
            return False
        _erase(row)
        journal.record(by=None, verb="subscriber.left", target=row.territory, data={})
        return True


def remove(*, by: User, territory: Territory, email: str) -> None:
    """Somebody asked the coordination, by telephone say. ``Refused`` when this address is not subscribed."""
    with transaction.atomic():
        require_desk(by, territory)
        row = (
            Subscriber.objects.select_for_update(of=("self",))
            .select_related("territory")
            .filter(territory=territory, email=email.strip().lower())
            .first()
        )
        if row is None:
            raise Refused(_("Cette adresse n'est pas abonnée."), code="unknown", field="email")
        _erase(row)
        journal.record(by=by, verb="subscriber.left", target=territory, data={})


def purge() -> int:
    """Erase the requests that nobody confirmed in time, their messages with them. The round of every day."""
    with transaction.atomic():
        rows = list(
            Subscriber.objects.select_for_update(of=("self",))
            .select_related("territory")
            .filter(state=SubscriberState.ASKED, asked_at__lt=timezone.now() - CONFIRM_WITHIN)
            .order_by("pk")[:_AT_ONCE],
        )
        by_territory: dict[Territory, list[Subscriber]] = {}
        for row in rows:
            by_territory.setdefault(row.territory, []).append(row)
        Subscriber.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for territory, gone in by_territory.items():
            mail.forget(kinds=notices.KINDS, scope=territory.slug, addresses=[row.email for row in gone])
        journal.record_all(
            by=None,
            verb="subscriber.purged",
            lines=[(territory, {"count": len(gone)}) for territory, gone in by_territory.items()],
        )
        return len(rows)


def _lock(key: UUID) -> Subscriber | None:
    return Subscriber.objects.select_for_update(of=("self",)).select_related("territory").filter(uuid=key).first()


def _erase(row: Subscriber) -> None:
    mail.forget(kinds=notices.KINDS, scope=row.territory.slug, addresses=[row.email])
    Subscriber.objects.filter(pk=row.pk).delete()
