"""Whose space it is: a residency for its artists, a structure for its team. To others it does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models

from residencies.models import Residency
from structures.models import Professional, Structure

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def residency(user: User | AnonymousUser, uuid: UUID) -> Residency:
    """One of the person's residencies, its season and territory with it. One query.

    Raises ``Residency.DoesNotExist`` to anyone else.
    """
    return Residency.objects.of(user).with_place().get(uuid=uuid)


def residencies(user: User | AnonymousUser) -> list[Residency]:
    """All of them, the latest season first. One query."""
    return list(Residency.objects.of(user).with_place().order_by("-season__starts_on", "artist_name"))


def structure(user: User | AnonymousUser, uuid: UUID) -> Structure:
    """One of the structures in whose team the person is. One query.

    Raises ``Structure.DoesNotExist`` to anyone else, and once the structure is closed for good.
    """
    return structures_of(user).get(uuid=uuid)


def structures_of(user: User | AnonymousUser) -> models.QuerySet[Structure]:
    """The structures of the person, by name."""
    mine = Professional.objects.of(user).values("structure")
    return Structure.objects.active().filter(pk__in=mine).select_related("commune", "territory")


def has_a_residency(user: User) -> bool:
    """Whether this space is for the person. One query."""
    return Residency.objects.of(user).exists()


def has_a_structure(user: User) -> bool:
    """Whether this space is for the person. One query."""
    return Professional.objects.of(user).filter(structure__is_active=True).exists()
