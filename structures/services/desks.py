"""Who coordinates a territory: given and taken back by administrators, journaled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused
from clea.journal import services as journal
from structures.models import Territory, TerritoryMembership
from structures.rules import can_manage_desks

if TYPE_CHECKING:
    from clea.accounts.models import User


def _require_administrator(by: User | None) -> None:
    if by is not None:
        verdict = can_manage_desks(by)
        if not verdict:
            raise Forbidden(verdict.reason, code=verdict.code)


@transaction.atomic
def give_desk(*, by: User | None, territory: Territory, user: User) -> TerritoryMembership:
    """Let a person coordinate a territory. The account must be one of the coordination.

    Doing it twice changes nothing. ``by=None`` is the machine (the demonstration).
    """
    _require_administrator(by)
    if not user.is_staff:
        raise Refused(
            _("Cochez d'abord « coordination » sur le compte de cette personne."), code="not_staff", field="user"
        )
    membership, created = TerritoryMembership.objects.get_or_create(territory=territory, user=user)
    if created:
        journal.record(by=by, verb="territory.desk_given", target=territory, data={"user": str(user.uuid)})
    return membership


@transaction.atomic
def take_desk(*, by: User | None, membership: TerritoryMembership) -> None:
    """Take the desk back; the person's account stays."""
    _require_administrator(by)
    territory, user = membership.territory, membership.user
    membership.delete()
    journal.record(by=by, verb="territory.desk_taken", target=territory, data={"user": str(user.uuid)})
