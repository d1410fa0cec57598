"""A team's activities: read, and written together with the artist."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clea.ui.recovery import keeps_answers
from residencies.models import Activity
from residencies.rules.activities import Seat
from residencies.selectors import activities as selectors
from residencies.views.access import get_structure, team_frame, team_says_why
from residencies.views.studio.activities import page, writing
from structures.models import Structure


def get_activity(structure: Structure, key: UUID) -> Activity:
    """An activity the structure takes part in, or 404."""
    try:
        return selectors.of_team(structure, key)
    except Activity.DoesNotExist:
        raise Http404 from None


@require_safe
def activities(request: HttpRequest, uuid: UUID) -> HttpResponse:
    structure = get_structure(request, uuid)
    groups = selectors.by_state(selectors.of_structure(structure))
    return render(request, "residencies/team/activities.html", team_frame(structure) | {"groups": groups})


@require_safe
def activity(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    structure = get_structure(request, uuid)
    found = get_activity(structure, key)
    return render(request, "residencies/team/activity.html", team_frame(structure) | page(found, Seat.TEAM))


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def write(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """The text, shared with the artist."""
    structure = get_structure(request, uuid)
    answer = writing(request, get_activity(structure, key), Seat.TEAM)
    if answer is None:
        return redirect("team:activity", uuid, key)
    return render(
        request, "residencies/team/activity_write.html", team_frame(structure) | answer, status=answer["status"]
    )
