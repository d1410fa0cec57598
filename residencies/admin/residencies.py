"""The residencies among the desk's pages."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from residencies.admin.base import Tab
from residencies.admin.bilan import SeasonBilanMixin
from residencies.admin.calendar import CalendarMixin, SeasonCalendarMixin
from residencies.admin.closing import SeasonClosingMixin
from residencies.admin.communication import SeasonCommunicationMixin
from residencies.admin.coverage import CoverageMixin, SeasonCoverageMixin
from residencies.admin.feedback import SeasonFeedbackMixin
from residencies.admin.funding import SeasonFundingMixin
from residencies.admin.money import MoneyMixin
from residencies.admin.opening import OpeningMixin
from residencies.admin.opening_list import ListMixin
from residencies.admin.papers import ContractMixin, SeasonPapersMixin
from residencies.admin.payments import SeasonPaymentsMixin
from residencies.admin.planning import ResidencyActivitiesMixin
from residencies.admin.publishing import SeasonPublishingMixin
from residencies.admin.steering import SeasonSteeringMixin
from residencies.admin.traces import TracesMixin
from residencies.admin.trips import TripsMixin
from residencies.admin.welcome import WelcomeMixin
from residencies.models import Residency
from structures.admin.letters import WritingMixin


@admin.register(Residency)
class ResidencyAdmin(
    ListMixin,  # says who is written to
    WritingMixin,
    OpeningMixin,
    ContractMixin,
    WelcomeMixin,
    CalendarMixin,
    ResidencyActivitiesMixin,
    CoverageMixin,
    MoneyMixin,
    TripsMixin,
    TracesMixin,
    SeasonCalendarMixin,
    SeasonCoverageMixin,
    SeasonPapersMixin,
    SeasonPaymentsMixin,
    SeasonFundingMixin,
    SeasonSteeringMixin,
    SeasonFeedbackMixin,
    SeasonCommunicationMixin,
    SeasonBilanMixin,
    SeasonPublishingMixin,
    SeasonClosingMixin,
):
    """One row a residency; each part of its life has its own page, and so has the whole season."""

    can_add = can_delete = False
    tabs = (
        Tab("hub", _("Vue d'ensemble"), hub=True),
        Tab("contract", _("Contrat")),
        Tab("documents", _("Documents")),
        Tab("welcome", _("Séjour")),
        Tab("calendar", _("Calendrier")),
        Tab("activities", _("Activités")),
        Tab("coverage", _("Structures")),
        Tab("money", _("Argent")),
        Tab("traces", _("Traces")),
    )
    season_tabs = (
        Tab("calendar", _("Calendrier")),
        Tab("coverage", _("Couverture")),
        Tab("where_next", _("Où aller ensuite")),
        Tab("agreements", _("Conventions")),
        Tab("confirmations", _("Confirmations")),
        Tab("money", _("Financement")),
        Tab("payments", _("Paiements")),
        Tab("steering", _("Pilotage")),
        Tab("feedback", _("Avis")),
        Tab("communication", _("Communication")),
        Tab("bilan", _("Bilan")),
        Tab("closing", _("Clôture")),
    )
