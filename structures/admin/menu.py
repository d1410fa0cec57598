"""This app's pages in the desk's menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.ui.navigation import Link, register


def add() -> None:
    register(
        "places",
        _("Structures et équipes"),
        50,
        Link("admin:structures_structure_changelist", _("Structures")),
        Link("admin:structures_professional_changelist", _("Membres des équipes")),
        Link("admin:structures_institution_changelist", _("Partenaires institutionnels")),
        Link("admin:structures_commune_changelist", _("Communes")),
    )
    register(
        "settings",
        _("Réglages"),
        90,
        Link("admin:structures_territory_changelist", _("Territoire et service")),
        Link("admin:structures_schooldistrict_changelist", _("Circonscriptions")),
        Link("admin:structures_prioritydistrict_changelist", _("Quartiers prioritaires")),
        Link("admin:structures_structurekind_changelist", _("Types de structure")),
        Link("admin:structures_standardletter_changelist", _("Lettres types")),
    )
