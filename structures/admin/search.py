"""This app's rows in the desk's search."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.ui.search import Source, register, rows
from structures.models import Commune, Institution, Professional, Structure


def add() -> None:
    team = rows(
        Professional,
        _("Membres des équipes"),
        related=("structure__commune",),
        detail=lambda row: " · ".join(
            part for part in (row.role, str(row.structure), str(row.structure.commune)) if part
        ),
    )
    places = rows(Structure, _("Structures"), related=("commune",), detail=lambda row: row.commune)
    communes = rows(Commune, _("Communes"))
    partners = rows(Institution, _("Partenaires institutionnels"))
    register(Source("professionals", 30, team))
    register(Source("structures", 40, places))
    register(Source("communes", 45, communes))
    register(Source("institutions", 48, partners))
