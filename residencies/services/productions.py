"""What was made: podcasts, videos, an exhibition… Written by the coordination or the artists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from residencies.enums import Qualifier
from residencies.models import Production, Residency
from residencies.rules import traces as rules
from residencies.services.base import lock_season, require_desk, require_reach
from residencies.services.trace_locks import (
    data_of,
    forget_files,
    hold,
    hold_to_take_off,
    known,
    require_activity,
    require_seen,
)

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What anybody who may write it writes of a production; the coordination also sets the order.
FIELDS = ("kind", "title", "description", "count", "qualifier", "url", "made_on", "activity")
DESK_FIELDS = (*FIELDS, "position")


def add(*, by: User, season: Season, residency: Residency | None = None, **values: Any) -> Production:
    """Write down what was made, unpublished. ``residency=None``: of the whole season, by the coordination."""
    with transaction.atomic():
        locked, desk = hold(by, season, residency)
        row = Production(season=locked, residency=residency, made_by=by)
        _write(row, values, desk)
        row.save()
        journal.record(by=by, verb="production.added", target=row, data=_data(row))
        return row


def change(*, by: User, production: Production, seen: str | None = None, **values: Any) -> Production:
    """Write it again; artists, while it is not published."""
    with transaction.atomic():
        locked, desk = hold(by, production.season, production.residency)
        row = _lock(production, locked)
        require_seen(row, seen)
        if not desk:
            require(rules.can_artist_write(row))
        _write(row, values, desk)
        row.save()
        journal.record(by=by, verb="production.changed", target=row, data=_data(row))
        return row


def remove(*, by: User, production: Production) -> None:
    """Erase it. A published one is taken off first."""
    with transaction.atomic():
        locked, desk = hold(by, production.season, production.residency)
        row = _lock(production, locked)
        if row.is_published:
            raise Refused(_("Retirez d'abord cette production de la publication."), code="published")
        data = _data(row) | {"production": str(row.uuid), "desk": desk}
        row.delete()
        journal.record(by=by, verb="production.removed", target=locked, data=data)


def publish(*, by: User, production: Production) -> Production:
    """Show it in public. The coordination only."""
    with transaction.atomic():
        locked = lock_season(production.season)
        require_desk(by, locked.programme.territory)
        row = _lock(production, locked)
        if row.is_published:
            return row
        row.is_published = True
        row.full_clean()
        row.save()
        journal.record(by=by, verb="production.published", target=row, data=_data(row))
        return row


def unpublish(*, by: User, production: Production) -> Production:
    """Take it off the public pages, in a closed season too. The coordination only."""
    with transaction.atomic():
        locked = hold_to_take_off(production.season)
        require_desk(by, locked.programme.territory)
        row = _lock(production, locked)
        if not row.is_published:
            return row
        row.is_published = False
        row.save(update_fields=["is_published"])
        forget_files(locked)
        journal.record(by=by, verb="production.unpublished", target=row, data=_data(row))
        return row


# Inside a transaction ------------------------------------------------------------------------


def _lock(production: Production, season: Season) -> Production:
    row = (
        Production.objects.select_for_update(of=("self",))
        .select_related("residency", "activity", "entry")
        .get(pk=production.pk)
    )
    if row.entry is not None:
        raise Refused(
            _("Cette production est d'un bilan saisi à la main : modifiez-la sur la ligne de ce bilan."), code="entry"
        )
    row.season = season
    return row


def _write(row: Production, values: dict[str, Any], desk: bool) -> None:
    if not desk and set(values) - set(FIELDS):
        raise Forbidden(_("La coordination choisit l'ordre."), code="desk_only")
    for name, value in known(values, DESK_FIELDS).items():
        setattr(row, name, value)
    require_activity(row.season, row.residency, row.activity)
    if row.made_on is not None:
        require_reach(row.season, row.made_on, field="made_on")
    if row.count is None:
        # Nobody said how many: there is nothing to be precise about.
        row.qualifier = Qualifier.EXACT
    row.full_clean()


def _data(row: Production) -> dict[str, Any]:
    return data_of(row, kind=row.kind, count=row.count)
