"""This app's pages in the desk's menu, by moment of the work, and the seasons the menu stands in."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clea.ui import navigation
from clea.ui.navigation import Link, register
from residencies.admin.waits import own_seasons
from structures.admin.scope import coordinated


def add() -> None:
    navigation.register_seasons(seasons)
    register(
        "residencies",
        _("Résidences"),
        40,
        Link("admin:residencies_residency_changelist", _("Toutes les résidences")),
        Link("admin:residencies_season_calendar", _("Calendrier"), season=True),
        Link("admin:residencies_season_coverage", _("Couverture du territoire"), season=True),
        Link("admin:residencies_season_where_next", _("Où aller ensuite"), season=True),
        Link("admin:residencies_activityrequest_changelist", _("Souhaits des structures")),
        Link("admin:residencies_activity_changelist", _("Activités")),
        Link("admin:residencies_season_agreements", _("Conventions"), season=True),
        Link("admin:residencies_season_confirmations", _("Confirmations des séances"), season=True),
        Link("admin:residencies_event_changelist", _("Évènements")),
        per_season=True,
    )
    register(
        "places",
        _("Structures et équipes"),
        50,
        Link("admin:residencies_relay_changelist", _("Relais")),
        Link("admin:residencies_lodging_changelist", _("Logements")),
        Link("admin:residencies_supplier_changelist", _("Ressourceries")),
    )
    register(
        "money",
        _("Argent"),
        60,
        Link("admin:residencies_season_payments", _("Paiements"), season=True),
        Link("admin:residencies_season_money", _("Financement"), season=True),
        Link("admin:residencies_funder_changelist", _("Financeurs")),
        Link("admin:residencies_scaleversion_changelist", _("Barèmes kilométriques")),
        per_season=True,
    )
    register(
        "steering",
        _("Pilotage et bilan"),
        70,
        Link("admin:residencies_season_steering", _("Comités et actions"), season=True),
        Link("admin:residencies_meeting_changelist", _("Réunions de pilotage")),
        Link("admin:residencies_season_communication", _("Communication"), season=True),
        Link("admin:residencies_news_changelist", _("Actualités")),
        Link("admin:residencies_work_changelist", _("Œuvres à diffuser")),
        Link("admin:residencies_workbooking_changelist", _("Réservations d'œuvres")),
        Link("admin:residencies_kit_changelist", _("Dossiers d'information")),
        Link("admin:residencies_season_traces", _("Traces et accords"), season=True),
        Link("admin:residencies_season_feedback", _("Avis des participants"), season=True),
        Link("admin:residencies_season_bilan", _("Bilan"), season=True),
        Link("admin:residencies_pastaction_changelist", _("Actions des saisons passées")),
        Link("admin:residencies_season_closing", _("Clôture de la saison"), season=True),
        per_season=True,
    )
    register(
        "settings",
        _("Réglages"),
        90,
        Link("admin:residencies_papertemplate_changelist", _("Modèles de contrat et de convention")),
        Link("admin:residencies_planningrules_changelist", _("Règles de planification")),
        Link("admin:residencies_feedbackquestion_changelist", _("Questions aux structures")),
    )


def seasons(request: HttpRequest) -> Iterable[navigation.Season]:
    """The person's seasons, the latest first; the territory is named where there are several. One query."""
    territories = coordinated(request)
    today = timezone.localdate()
    for row in own_seasons(request):
        name = f"{row.name} · {row.programme.territory.short_name}" if len(territories) > 1 else row.name
        running = row.closed_at is None and row.starts_on <= today <= row.ends_on
        yield navigation.Season(row.uuid, name, running)
