"""Private calendar addresses: one a person and a calendar, renewed or revoked by who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused
from clea.journal import services as journal
from residencies.enums import FeedKind
from residencies.models import CalendarFeed, Residency
from residencies.services.base import require_artist, require_desk, require_team
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from clea.accounts.models import User


def open_feed(
    *,
    by: User,
    residency: Residency | None = None,
    structure: Structure | None = None,
    territory: Territory | None = None,
) -> CalendarFeed:
    """An address for a calendar that is the person's: as an artist, in a team, or at the desk.

    Opened again after it was revoked, it is another address; open already, the same. Raises
    ``Forbidden`` to who has no such calendar.
    """
    with transaction.atomic():
        target = _target(by, residency, structure, territory)
        feed, made = CalendarFeed.objects.select_for_update().get_or_create(user=by, **target)
        if not made and feed.revoked_at is None:
            return feed
        if not made:
            feed.version += 1
            feed.revoked_at = None
        feed.full_clean(exclude=["user"])
        feed.save()
        journal.record(by=by, verb="feed.opened", target=feed, data={"kind": feed.kind, "version": feed.version})
        return feed


def renew(*, by: User, feed: CalendarFeed) -> CalendarFeed:
    """Another address: the former one was shown to somebody. ``Refused`` once revoked."""
    with transaction.atomic():
        feed = _own(by, feed)
        if feed.revoked_at is not None:
            raise Refused(_("Cette adresse est révoquée : ouvrez-en une nouvelle."), code="revoked")
        feed.version += 1
        feed.save(update_fields=["version"])
        journal.record(by=by, verb="feed.renewed", target=feed, data={"version": feed.version})
        return feed


def revoke(*, by: User, feed: CalendarFeed) -> CalendarFeed:
    """No address any more. Twice changes nothing."""
    with transaction.atomic():
        feed = _own(by, feed)
        if feed.revoked_at is None:
            feed.revoked_at = timezone.now()
            feed.save(update_fields=["revoked_at"])
            journal.record(by=by, verb="feed.revoked", target=feed, data={"version": feed.version})
        return feed


def _target(
    by: User, residency: Residency | None, structure: Structure | None, territory: Territory | None
) -> dict[str, Any]:
    if residency is not None:
        require_artist(by, residency)
        return {"kind": FeedKind.ARTIST, "residency": residency}
    if structure is not None:
        require_team(by, structure)
        return {"kind": FeedKind.STRUCTURE, "structure": structure}
    if territory is not None:
        require_desk(by, territory)
        return {"kind": FeedKind.DESK, "territory": territory}
    raise ValueError("a feed serves a residency, a structure or a territory")


def _own(by: User, feed: CalendarFeed) -> CalendarFeed:
    """The row, locked. ``Forbidden`` unless it is the person's own. One query."""
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if feed.user_id != by.pk:
        raise Forbidden(_("Cette adresse n'est pas la vôtre."), code="not_yours")
    return feed
