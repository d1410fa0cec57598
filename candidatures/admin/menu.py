"""This app's pages in the desk's menu, by moment of the work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clea.ui.navigation import Link, register


def add() -> None:
    register(
        "calls",
        _("Appels et candidatures"),
        20,
        Link("admin:candidatures_application_changelist", _("Candidatures")),
        Link("admin:candidatures_call_changelist", _("Appels")),
        Link("admin:candidatures_contactmessage_changelist", _("Questions reçues")),
        Link("admin:candidatures_extension_changelist", _("Délais supplémentaires")),
    )
    register("jury", _("Jury"), 30, Link("admin:candidatures_jury_changelist", _("Jurys, séances et réponses")))
    register(
        "settings",
        _("Réglages"),
        90,
        Link("admin:candidatures_programme_changelist", _("Contrats")),
        Link("admin:candidatures_season_changelist", _("Saisons")),
        Link("admin:candidatures_discipline_changelist", _("Disciplines"), administrators=True),
    )
