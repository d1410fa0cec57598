"""The activities among the desk's pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from residencies.admin.base import Tab
from residencies.admin.papers import AgreementMixin
from residencies.admin.planning import SessionsMixin
from residencies.models import Activity


@admin.register(Activity)
class ActivityAdmin(SessionsMixin, AgreementMixin):
    """What artists and teams do together: its text, its sessions, its agreement, the look back."""

    can_add = can_delete = False
    tabs = (
        Tab("text", _("Projet"), hub=True),
        Tab("sessions", _("Séances")),
        Tab("agreement", _("Convention")),
        Tab("lookback", _("Confirmations")),
    )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}
