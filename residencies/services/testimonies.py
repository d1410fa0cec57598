"""Words of people: written by the coordination or the artists, published by the coordination under a consent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from residencies.models import Consent, Residency, Testimony
from residencies.rules import traces as rules
from residencies.services.base import lock_season, require_desk
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

#: What anybody who may write it writes of a testimony; the coordination also chooses the consent and the order.
FIELDS = ("text", "signature", "activity")
DESK_FIELDS = (*FIELDS, "consent", "position")


def add(*, by: User, season: Season, residency: Residency | None = None, **values: Any) -> Testimony:
    """Keep somebody's words, unpublished. ``residency=None``: of the whole season, by the coordination."""
    with transaction.atomic():
        locked, desk = hold(by, season, residency)
        row = Testimony(season=locked, residency=residency, made_by=by)
        _write(row, values, desk)
        row.save()
        journal.record(by=by, verb="testimony.added", target=row, data=data_of(row))
        return row


def change(*, by: User, testimony: Testimony, seen: str | None = None, **values: Any) -> Testimony:
    """Write it again. What is published keeps a consent that stands; artists change what is not published."""
    with transaction.atomic():
        locked, desk = hold(by, testimony.season, testimony.residency)
        row = _lock(testimony, locked)
        require_seen(row, seen)
        if not desk:
            require(rules.can_artist_write(row))
        _write(row, values, desk)
        if row.is_published:
            require(rules.can_publish_testimony(row, timezone.localdate()))
        row.save()
        journal.record(by=by, verb="testimony.changed", target=row, data=data_of(row))
        return row


def remove(*, by: User, testimony: Testimony) -> None:
    """Erase it. A published one is taken off first."""
    with transaction.atomic():
        locked, desk = hold(by, testimony.season, testimony.residency)
        row = _lock(testimony, locked)
        if row.is_published:
            raise Refused(_("Retirez d'abord ce témoignage de la publication."), code="published")
        data = data_of(row, testimony=str(row.uuid), desk=desk)
        row.delete()
        journal.record(by=by, verb="testimony.removed", target=locked, data=data)


def publish(*, by: User, testimony: Testimony) -> Testimony:
    """Show it wherever its consent allows. The coordination only."""
    with transaction.atomic():
        locked = lock_season(testimony.season)
        require_desk(by, locked.programme.territory)
        row = _lock(testimony, locked)
        if row.is_published:
            return row
        require(rules.can_publish_testimony(row, timezone.localdate()))
        row.is_published = True
        row.full_clean()
        row.save()
        journal.record(by=by, verb="testimony.published", target=row, data=data_of(row, consent=_consent(row)))
        return row


def unpublish(*, by: User, testimony: Testimony) -> Testimony:
    """Take it off every public page at once, in a closed season too. The coordination only."""
    with transaction.atomic():
        locked = hold_to_take_off(testimony.season)
        require_desk(by, locked.programme.territory)
        row = _lock(testimony, locked)
        if not row.is_published:
            return row
        row.is_published = False
        row.save(update_fields=["is_published"])
        forget_files(locked)
        journal.record(by=by, verb="testimony.unpublished", target=row, data=data_of(row))
        return row


# Inside a transaction ------------------------------------------------------------------------


def _lock(testimony: Testimony, season: Season) -> Testimony:
    row = (
        Testimony.objects.select_for_update(of=("self",))
        .select_related("residency", "consent", "activity")
        .get(pk=testimony.pk)
    )
    row.season = season
    return row


def _write(row: Testimony, values: dict[str, Any], desk: bool) -> None:
    if not desk and set(values) - set(FIELDS):
        raise Forbidden(_("La coordination choisit les accords et l'ordre."), code="desk_only")
    for name, value in known(values, DESK_FIELDS).items():
        setattr(row, name, value)
    require_activity(row.season, row.residency, row.activity)
    if row.consent is not None:
        # Read again under the season's lock: it may have been withdrawn since the page was shown.
        row.consent = Consent.objects.get(pk=row.consent.pk)
        if row.consent.season_id != row.season_id:
            raise Refused(_("Cet accord est d'une autre saison."), code="foreign", field="consent")
    row.full_clean()


def _consent(row: Testimony) -> str | None:
    return str(row.consent.uuid) if row.consent else None
