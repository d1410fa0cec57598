"""The inventory of a lodging as a PDF, to sign or keep."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clea.documents import services as documents
from residencies.enums import InventoryMoment
from residencies.models import Inventory, Residency
from residencies.selectors import welcome as selectors


def pdf(residency: Residency, inventory: Inventory) -> bytes:
    """Tagged. One query for an entry, three for an exit."""
    entering = inventory.moment == InventoryMoment.ENTRY
    return documents.render_pdf(
        "pdf/residencies/inventory.html",
        {
            "residency": residency,
            "territory": residency.territory,
            "stay": inventory.stay,
            "told": selectors.told(inventory),
            "entering": entering,
        },
        title=title(inventory),
    )


def title(inventory: Inventory) -> str:
    return _("État des lieux d'entrée") if inventory.moment == InventoryMoment.ENTRY else _("État des lieux de sortie")


def answer(residency: Residency, inventory: Inventory) -> HttpResponse:
    """Shown in the browser; never kept by a cache."""
    name = f"etat-des-lieux-{slugify(inventory.get_moment_display())}-{inventory.done_on.isoformat()}.pdf"
    return HttpResponse(
        pdf(residency, inventory),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"},
    )
