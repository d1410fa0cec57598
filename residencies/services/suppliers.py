"""Reuse suppliers: reference rows that artists read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Refused
from clea.journal import services as journal
from residencies.models import Supplier
from residencies.services.base import require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User


def save(*, by: User, supplier: Supplier) -> Supplier:
    """Write a supplier, new or changed. Both coordinates or none, on Earth."""
    with transaction.atomic():
        require_desk(by, supplier.territory)
        if supplier.commune is not None and supplier.commune.territory_id != supplier.territory_id:
            raise Refused(_("Cette commune appartient à un autre territoire."), code="foreign", field="commune")
        require_place(supplier)
        supplier.full_clean()
        supplier.save()
        journal.record(by=by, verb="supplier.saved", target=supplier, data={"active": supplier.is_active})
        return supplier


def require_place(supplier: Supplier) -> None:
    """Raise ``Refused`` on half a place, or one that is not on Earth."""
    latitude, longitude = supplier.latitude, supplier.longitude
    if latitude is None and longitude is None:
        return
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused(
            _("Donnez la latitude (de -90 à 90) et la longitude (de -180 à 180), ou aucune des deux."),
            code="coordinates",
            field="latitude",
        )


def remove(*, by: User, supplier: Supplier) -> None:
    with transaction.atomic():
        territory = supplier.territory
        require_desk(by, territory)
        key = str(supplier.uuid)
        supplier.delete()
        journal.record(by=by, verb="supplier.removed", target=territory, data={"supplier": key})
