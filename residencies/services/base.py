"""Locks and rights that every act of this app begins with.

Order of locks, always: residencies (by primary key), then the activity, then its session, then rows of
theirs (papers, confirmations, wishes, payments). An event stands alone, above its registrations; so does a
committee's meeting. What belongs to the season as a whole (funding, news, bilan) locks the season, first of all.

No lock is given in a closed season: it is read only. Closing takes every lock, in this order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext as _

from candidatures.models import Season
from candidatures.rules.seasons import is_open
from clea.errors import Forbidden, Refused, require
from residencies.models import Activity, ActivityRequest, Event, Residency, ResidencyArtist, Session
from residencies.rules.presence import in_reach
from structures.models import Professional, Structure, Territory
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User


def require_desk(by: User, territory: Territory) -> None:
    """Raise ``Forbidden`` unless the person coordinates this territory. One query."""
    if not coordinates(by, territory):
        raise Forbidden(_("Seule la coordination de ce territoire peut le faire."), code="not_coordinator")


def is_artist(by: User, residency: Residency) -> bool:
    """Whether the person runs this residency. One query."""
    return ResidencyArtist.objects.filter(user=by, residency=residency, left_at=None).exists()


def require_artist(by: User, residency: Residency) -> None:
    """Raise ``Forbidden`` unless the person runs this residency. One query."""
    if not is_artist(by, residency):
        raise Forbidden(_("Seuls les artistes de cette résidence peuvent le faire."), code="not_artist")


def is_of_team(by: User, structure: Structure) -> bool:
    """Whether the person belongs to the structure's team. One query."""
    return Professional.objects.of(by).filter(structure=structure, structure__is_active=True).exists()


def require_team(by: User, structure: Structure) -> None:
    """Raise ``Forbidden`` unless the person belongs to the structure's team. One query."""
    if not is_of_team(by, structure):
        raise Forbidden(_("Seule l'équipe de cette structure peut le faire."), code="not_team")


def require_reach(season: Season, day: date, *, field: str = "") -> None:
    """Raise ``Refused`` for a day that is neither of the season nor within a year of it. No query."""
    verdict = in_reach(season, day)
    if not verdict:
        raise Refused(str(verdict.reason), code=verdict.code, field=field)


def require_open(season: Season) -> None:
    """Raise ``Refused`` for a season that was closed: it is an archive. No query."""
    require(is_open(season))


def hold_open(season: Season) -> None:
    """:func:`require_open`, said by the row as it is once the lock is ours.

    Where rows are locked one by one, what is joined to a row we waited for is as it was before the wait: the
    season may have closed meanwhile. No query on SQLite, one elsewhere.
    """
    if connection.features.has_select_for_update and season.closed_at is None:
        season.closed_at = Season.objects.values_list("closed_at", flat=True).get(pk=season.pk)
    require_open(season)


def lock_season(season: Season) -> Season:
    """The row, its territory with it: for what belongs to the season as a whole. One query."""
    found = Season.objects.select_for_update(of=("self",)).select_related("programme__territory").get(pk=season.pk)
    require_open(found)
    return found


def lock_residency(residency: Residency, *, closed_too: bool = False) -> Residency:
    """The row, locked until the transaction ends, its territory with it. One query.

    ``closed_too``: in an archived season as well, for what the law has us erase.
    """
    found = (
        Residency.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory")
        .get(pk=residency.pk)
    )
    if not closed_too:
        hold_open(found.season)
    return found


def lock_residencies(keys: Iterable[int]) -> list[Residency]:
    """Several, always in the same order: two plannings never wait for one another. One query."""
    found = list(
        Residency.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory")
        .filter(pk__in=list(keys))
        .order_by("pk")
    )
    for season in {residency.season_id: residency.season for residency in found}.values():
        hold_open(season)
    return found


def lock_activity(activity: Activity) -> Activity:
    """The row, its territory with it. Lock its residencies first when the calendar is at stake. One query."""
    found = (
        Activity.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory")
        .get(pk=activity.pk)
    )
    hold_open(found.season)
    return found


def lock_session(session: Session) -> Session:
    """The row, its activity and territory with it. One query."""
    found = (
        Session.objects.select_for_update(of=("self",))
        .select_related("activity__season__programme__territory", "host__commune", "commune", "standing")
        .get(pk=session.pk)
    )
    hold_open(found.activity.season)
    return found


def lock_request(request: ActivityRequest) -> ActivityRequest:
    """A wish, its structure and territory with it. One query."""
    found = (
        ActivityRequest.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory", "structure__territory", "residency", "proposed")
        .get(pk=request.pk)
    )
    hold_open(found.season)
    return found


def lock_event(event: Event) -> Event:
    """The row, its territory with it. One query."""
    found = (
        Event.objects.select_for_update(of=("self",)).select_related("season__programme__territory").get(pk=event.pk)
    )
    hold_open(found.season)
    return found
