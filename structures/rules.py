"""Who may do what on a territory. Views, templates and the admin ask here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, forbid, refuse

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User
    from structures.models import Structure, Territory


def coordinates(user: User | AnonymousUser, territory: Territory) -> Verdict:
    """Whether this person holds the desk of this territory. At most one query."""
    from structures.models import Territory as Territories

    if Territories.objects.coordinated_by(user).filter(pk=territory.pk).exists():
        return ALLOWED
    return refuse(_("Vous ne coordonnez pas ce territoire."), "not_coordinator")


def can_manage_desks(user: User | AnonymousUser) -> Verdict:
    """Whether this person may say who coordinates: administrators only."""
    if user.is_authenticated and user.is_active and user.is_superuser:
        return ALLOWED
    return refuse(_("Seule l'administration du site désigne les personnes qui coordonnent."), "not_administrator")


def can_merge(user: User | AnonymousUser | None, structures: Sequence[Structure]) -> Verdict:
    """Whether these structures may become one. ``None`` is the machine."""
    if len({structure.pk for structure in structures}) < 2:
        return refuse(_("Choisissez au moins deux structures à fusionner."), "too_few")
    if len({structure.territory_id for structure in structures}) > 1:
        return refuse(_("Ces structures n'appartiennent pas au même territoire : elles restent distinctes."), "foreign")
    return ALLOWED if user is None else coordinates(user, structures[0].territory)


def can_keep_team(user: User | AnonymousUser, structure: Structure) -> Verdict:
    """Whether this person may write the team, the closures and the public details of a structure.

    Its own team, or who coordinates its territory; nobody once it is closed for good. Two queries at most.
    """
    from structures.models import Professional

    if Professional.objects.of(user).filter(structure=structure).exists() or coordinates(user, structure.territory):
        if structure.is_active:
            return ALLOWED
        return refuse(_("Cette structure est fermée : la coordination peut la rouvrir."), "closed")
    return forbid(_("Seules l'équipe de cette structure et la coordination peuvent le faire."), "not_team")
