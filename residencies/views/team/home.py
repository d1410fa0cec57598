"""Team: home."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clea.accounts import landing
from residencies.selectors import next_steps, seats, team_home
from residencies.views.access import get_structure, team_frame


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Straight to the only one; a list when there are several."""
    landing.remember(request)
    rows = list(seats.structures_of(request.user))
    if len(rows) == 1:
        return redirect("team:home", rows[0].uuid)
    return render(request, "residencies/team/index.html", {"rows": rows})


@require_safe
def home(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What waits for the team, and what comes next."""
    structure = get_structure(request, uuid)
    found = team_home.home(structure)
    steps = next_steps.of_team(structure, found)
    step = steps[0] if steps else None
    first = 1 if step is not None and step.kind in {"due", "since"} else 0
    context = team_frame(structure) | {"home": found, "step": step, "others": found.tasks_count > first}
    return render(request, "residencies/team/home.html", context)
