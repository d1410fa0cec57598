"""How acts on traces begin: the season's lock, whose hand it is, what the person was looking at.

All of them lock the season, so that nothing is published under a consent while it is being withdrawn.
Taking something off the public pages works in a closed season too: it is a right of the people concerned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Forbidden, Refused, StaleWrite
from residencies.models import Activity, Consent, Picture, Production, Residency, Testimony
from residencies.services.base import is_artist, lock_season
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User


def hold_to_take_off(season: Season) -> Season:
    """Lock the season, closed or not: only for acts that take off what is public. One query."""
    return Season.objects.select_for_update(of=("self",)).select_related("programme__territory").get(pk=season.pk)


def hold(by: User, season: Season, residency: Residency | None) -> tuple[Season, bool]:
    """Lock an open season for the coordination, or for who runs the residency. Says whether it is the coordination.

    Raises ``Forbidden`` for anybody else. Three queries at most.
    """
    if residency is not None and residency.season_id != season.pk:
        raise Refused(_("Cette résidence est d'une autre saison."), code="foreign")
    locked = lock_season(season)
    if coordinates(by, locked.programme.territory):
        return locked, True
    if residency is not None and is_artist(by, residency):
        return locked, False
    raise Forbidden(_("Seuls la coordination et les artistes de cette résidence peuvent le faire."), code="not_yours")


def forget_files(season: Season) -> None:
    """Drop the bilan's stored files, made before: they are made again without what left."""
    from residencies.services import bilans

    bilans.forget_files(season)


def require_activity(season: Season, residency: Residency | None, activity: Activity | None) -> None:
    """Raise ``Refused`` for an activity of another residency. One query at most."""
    if activity is None:
        return
    known = activity.season_id == season.pk and (
        residency is None or activity.residencies.filter(pk=residency.pk).exists()
    )
    if not known:
        raise Refused(_("Cette activité est d'une autre résidence."), code="foreign", field="activity")


def mark(row: Consent | Testimony | Picture | Production, more: Iterable[Any] = ()) -> str:
    """What a person is looking at: another since is a stale page. No query."""
    names = sorted(field.attname for field in row._meta.concrete_fields if field.name != "created_at")
    said = "\x1f".join([*(f"{name}={getattr(row, name)}" for name in names), *(str(one) for one in more)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def require_seen(row: Consent | Testimony | Picture | Production, seen: str | None, more: Iterable[Any] = ()) -> None:
    """Raise ``StaleWrite`` when the row is not the one that was shown. No query."""
    if seen is not None and mark(row, more) != seen:
        raise StaleWrite(
            _("Quelqu'un d'autre a modifié cela pendant que vous écriviez. Rien n'est enregistré : relisez d'abord."),
            code="stale",
        )


def known(values: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The values, stripped. ``TypeError`` on a name nobody may write."""
    if unknown := set(values) - set(fields):
        raise TypeError(f"unknown: {sorted(unknown)}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def data_of(row: Testimony | Picture | Production, **more: Any) -> dict[str, Any]:
    """What the journal keeps: identifiers and states, never words."""
    residency = row.residency
    return {"residency": str(residency.uuid) if residency else None, "published": row.is_published} | more
