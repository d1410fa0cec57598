"""Team: the calendar of a structure, its private address."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from residencies.selectors.calendar import Entry, Kind, Scope
from residencies.selectors.calendar_pages import Asked, season_of, sheet
from residencies.views.access import get_structure, team_frame, team_says_why
from residencies.views.feed_acts import act, feed_card
from structures.models import Structure


@require_safe
def calendar(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The structure's sessions, the visits it receives, the events, its closed days. Eight queries."""
    structure = get_structure(request, uuid)
    season = season_of(structure.territory)
    asked = Asked.of(request.GET, season)
    scope = Scope.of_structure(structure, asked.kinds)
    shown = sheet(scope, asked, lambda entry: _link(structure, entry), season, several=True)
    card = feed_card(request, reverse("team:calendar_feed", args=[structure.uuid]), structure=structure)
    return render(request, "residencies/team/calendar.html", team_frame(structure) | {"sheet": shown} | card)


def _link(structure: Structure, entry: Entry) -> str:
    """Where one reads more of it."""
    if entry.kind == Kind.EVENT:
        return reverse("team:events", args=[structure.uuid])
    return reverse("team:session", args=[structure.uuid, entry.uuid]) if entry.kind == Kind.SESSION else ""


@require_POST
@team_says_why
def feed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open, change or revoke the private address."""
    structure = get_structure(request, uuid)
    act(request, structure=structure)
    return HttpResponseRedirect(f"{reverse('team:calendar', args=[structure.uuid])}#abonnement")
