"""What the territory needs from the coordination today."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from clea.ui.desk import DeskItem
from structures.admin.scope import coordinated
from structures.models import Structure


def items(request: HttpRequest) -> list[DeskItem]:
    """Two queries. Only what asks for something: nothing to do, nothing shown."""
    territories = coordinated(request)
    found = [
        DeskItem(
            label=_("Coordonnées du service à compléter"),
            count=1,
            url=reverse("admin:structures_territory_change", args=[territory.uuid]),
            urgency="now",
            detail=_("%(territory)s : chaque accusé de réception doit porter le nom du service et son téléphone.")
            % {"territory": territory.short_name},
        )
        for territory in territories
        if not (territory.contact_phone and territory.service_name)
    ]
    duplicates = Structure.objects.filter(territory__in=territories).possible_duplicates().count()
    if duplicates:
        found.append(
            DeskItem(
                label=_("Structures peut-être en double"),
                count=duplicates,
                url=reverse("admin:structures_structure_changelist") + "?doublons=oui",
                detail=_("Même nom dans la même commune : comparez, puis fusionnez."),
            )
        )
    return found
