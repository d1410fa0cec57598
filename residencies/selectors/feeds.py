"""What a private calendar address gives today, and the addresses of a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone, translation

from residencies.methods.entries import Kind
from residencies.models import CalendarFeed, Residency
from residencies.reports import ics
from residencies.selectors.calendar import Scope, entries
from residencies.selectors.seats import structures_of
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from clea.accounts.models import User

_SALT = "residencies.feeds"
#: A feed keeps a season after it is over, and shows two ahead.
PAST = timedelta(days=400)
AHEAD = timedelta(days=800)


def token(feed: CalendarFeed) -> str:
    """The secret part of the address. Another version of the feed makes it void. No query."""
    return signing.Signer(sep=".", salt=_SALT).sign(f"{feed.uuid.hex}-{feed.version}")


def feed_of(secret: str) -> CalendarFeed:
    """The standing feed behind an address, its target with it.

    Raises ``CalendarFeed.DoesNotExist`` for any other word, and once revoked. One query at most. It
    says nothing of the person's right of today: :func:`read` does.
    """
    try:
        key, _dash, version = signing.Signer(sep=".", salt=_SALT).unsign(secret).partition("-")
    except signing.BadSignature:
        raise CalendarFeed.DoesNotExist from None
    return CalendarFeed.objects.select_related(
        "user", "residency__season__programme__territory", "structure__territory", "territory"
    ).get(uuid=key, version=int(version), revoked_at__isnull=True, user__is_active=True)


def still_theirs(feed: CalendarFeed) -> bool:
    """Whether the person still has this calendar: an artist, of the team, or at the desk today. One query."""
    if feed.residency is not None:
        return Residency.objects.of(feed.user).filter(pk=feed.residency.pk).exists()
    if feed.structure is not None:
        return structures_of(feed.user).filter(pk=feed.structure.pk).exists()
    assert feed.territory is not None
    return Territory.objects.coordinated_by(feed.user).filter(pk=feed.territory.pk).exists()


def read(feed: CalendarFeed) -> bytes:
    """The calendar, in the person's language. Five queries.

    Raises ``CalendarFeed.DoesNotExist`` to who lost the right to it.
    """
    if not still_theirs(feed):
        raise CalendarFeed.DoesNotExist
    today = timezone.localdate()
    start, end = today - PAST, today + AHEAD
    with translation.override(feed.user.language):
        if feed.residency is not None:
            season = feed.residency.season
            scope = replace(Scope.of_residency(feed.residency), with_structures=True)
            found = entries(scope, min(start, season.starts_on - PAST), max(end, season.ends_on + PAST))
            return ics.for_artist(feed.residency, found)
        if feed.structure is not None:
            scope = Scope.of_structure(feed.structure, kinds=frozenset({Kind.SESSION}))
            scope = replace(scope, with_structures=True)
            return ics.for_structure(feed.structure, entries(scope, start, end))
        assert feed.territory is not None
        scope = replace(Scope.of_territory(feed.territory), with_structures=True)
        return ics.for_desk(feed.territory, entries(scope, start, end))


def own_feed(
    user: User,
    *,
    residency: Residency | None = None,
    structure: Structure | None = None,
    territory: Territory | None = None,
) -> CalendarFeed | None:
    """The standing address of a person for this calendar, or nothing. One query."""
    rows = CalendarFeed.objects.filter(user=user, revoked_at__isnull=True)
    return rows.filter(residency=residency, structure=structure, territory=territory).first()


def address(feed: CalendarFeed) -> str:
    """The whole address to give a program. No query."""
    return f"{settings.SITE_URL}{reverse('feeds:feed', args=[token(feed)])}"
