"""The people who open doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Refused
from clea.journal import services as journal
from residencies.models import Relay
from residencies.services.base import require_desk
from structures.models import SchoolDistrict, Structure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clea.accounts.models import User


def save(
    *,
    by: User,
    relay: Relay,
    school_districts: Iterable[SchoolDistrict] | None = None,
    structures: Iterable[Structure] | None = None,
) -> Relay:
    """Write a relay, new or changed, with its districts and structures when given."""
    with transaction.atomic():
        require_desk(by, relay.territory)
        relay.full_clean()
        relay.save()
        districts = None if school_districts is None else list(school_districts)
        places = None if structures is None else list(structures)
        territories = [row.territory_id for row in districts or []] + [row.territory_id for row in places or []]
        if any(key != relay.territory_id for key in territories):
            raise Refused(_("Choisissez des lieux du même territoire."), code="foreign")
        if districts is not None:
            relay.school_districts.set(districts)
        if places is not None:
            relay.structures.set(places)
        journal.record(by=by, verb="relay.saved", target=relay, data={"kind": relay.kind, "active": relay.is_active})
        return relay


def remove(*, by: User, relay: Relay) -> None:
    """Erase a person, and what is known of the kits given to them (GDPR, article 17)."""
    with transaction.atomic():
        territory = relay.territory
        require_desk(by, territory)
        key = str(relay.uuid)
        relay.delete()
        journal.record(by=by, verb="relay.removed", target=territory, data={"relay": key})
