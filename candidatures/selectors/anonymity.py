"""Who a deposit says its applicant is, for what must be withheld from a blind reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from candidatures.methods.anonymity import Identity
from structures.models import Commune

if TYPE_CHECKING:
    from candidatures.models import Call


def identity(call: Call, data: dict[str, Any]) -> Identity:
    """The identity in a deposit's frozen answers, but for the places that the whole call is about. One query."""
    territory = call.territory
    communes = Commune.objects.filter(territory=territory).values_list("name", "other_names")
    shared = [territory.name, territory.short_name]
    shared += [place for name, others in communes for place in (name, *others.splitlines()) if place.strip()]
    return Identity.of(data, shared_places=shared)
