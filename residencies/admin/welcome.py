"""Welcome: the desk's pages of a residency, and what the desk says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_safe

from clea.journal.selectors import entries_for
from clea.ui.desk import DeskItem, Urgency
from clea.ui.waiting import Subject, Waits
from residencies.admin.waits import by_residency
from residencies.admin.welcome_follow import FollowMixin
from residencies.admin.welcome_lodging import LodgingMixin
from residencies.admin.welcome_visits import VisitsMixin
from residencies.enums import LIVE_RESIDENCIES, IncidentState, InventoryMoment, Severity
from residencies.models import CheckIn, Incident, Inventory, Stay
from residencies.rules import welcome as rules
from residencies.selectors import welcome as selectors


class WelcomeMixin(VisitsMixin, LodgingMixin, FollowMixin):
    """One page that gathers the stay, and a page for each act on it."""

    def row_urls(self) -> list[URLPattern]:
        return [self.address("sejour/", require_safe(self.welcome_page), "welcome"), *super().row_urls()]

    def welcome_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Programme, lodging, check-ins, incidents. Queries do not grow with the rows."""
        residency = self.residency(request, key)
        today = timezone.localdate()
        visits = selectors.visits_of(residency).prefetch_related("residencies")
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome.html",
            residency=residency,
            title=_("Séjour"),
            tab="welcome",
            days=selectors.by_day(visits),
            stays=selectors.stays_of(residency, today),
            check_ins=selectors.check_ins_of(residency),
            incidents=selectors.incidents_of(residency),
            today=today,
            entries=entries_for(residency).filter(verb__regex=r"^(visit|stay|inventory|check_in|incident)\.")[:12],
        )


# What the desk says -----------------------------------------------------------------------------


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    """A residency that ended or stopped still owes its exit inventory; nobody is late for a talk with it."""
    today = timezone.localdate()
    going_on = Incident.objects.exclude(state=IncidentState.CLOSED)
    entry = Inventory.objects.filter(stay=OuterRef("pk"), moment=InventoryMoment.ENTRY)
    leaving = Inventory.objects.filter(stay=OuterRef("pk"), moment=InventoryMoment.EXIT)
    stays = Stay.objects.all()
    silent = entry.filter(agreed_at=None, done_on__lt=today - rules.AGREE_WITHIN)
    counts: dict[str, QuerySet[Any]] = {
        "urgent": going_on.filter(severity=Severity.URGENT),
        "others": going_on.exclude(severity=Severity.URGENT),
        "entries": stays.filter(~Exists(entry), starts_on__lte=today + rules.INVENTORY_AHEAD),
        "exits": stays.filter(Exists(entry), ~Exists(leaving), ends_on__lte=today),
        "silent": stays.filter(Exists(silent)).exclude(Q(ends_on__lte=today) & ~Exists(leaving)),
        "talks": CheckIn.objects.filter(held_on=None, due_on__lt=today, residency__state__in=LIVE_RESIDENCIES),
    }
    return (by_residency(request, f"welcome.{name}", rows) for name, rows in counts.items())


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Incidents (urgent first), inventories that wait, check-ins overdue."""
    said: list[tuple[str, Any, str, Urgency]] = [
        ("urgent", ngettext_lazy("incident urgent", "incidents urgents"), "incidents", "now"),
        ("others", ngettext_lazy("incident à suivre", "incidents à suivre"), "incidents", "soon"),
        (
            "entries",
            ngettext_lazy("état des lieux d'entrée à faire", "états des lieux d'entrée à faire"),
            "logement",
            "soon",
        ),
        (
            "exits",
            ngettext_lazy("état des lieux de sortie à faire", "états des lieux de sortie à faire"),
            "logement",
            "soon",
        ),
        (
            "silent",
            ngettext_lazy(
                "état des lieux que l'artiste n'a pas accepté", "états des lieux que l'artiste n'a pas acceptés"
            ),
            "logement",
            "info",
        ),
        ("talks", ngettext_lazy("point d'étape en retard", "points d'étape en retard"), "points", "soon"),
    ]
    places = found.places(*(f"welcome.{name}" for name, *_more in said)).items()
    lines = []
    for key, here in sorted(places, key=lambda place: "welcome.urgent" not in place[1]):
        page = reverse("admin:residencies_residency_welcome", args=[key])
        for name, label, anchor, urgency in said:
            if one := here.get(f"welcome.{name}"):
                lines.append(DeskItem(label, one.n, f"{page}#{anchor}", urgency, one.name))
    return lines


desk_items = Subject(_rows, _lines)
