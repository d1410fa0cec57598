"""Studio: the person's residencies, and the first page of one."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clea.accounts import landing
from residencies.selectors import next_steps, seats, studio
from residencies.views.access import get_residency, studio_frame


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Straight to the only one, or the only one under way; a list otherwise, what is over folded."""
    landing.remember(request)
    rows = seats.residencies(request.user)
    live, past = next_steps.by_time(rows)
    if len(rows) == 1 or (len(live) == 1 and "toutes" not in request.GET):
        return redirect("studio:home", (live or rows)[0].uuid)
    return render(request, "residencies/studio/index.html", {"rows": live, "past": past})


@require_safe
def home(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What to do now, what comes next, where the residency stands."""
    residency = get_residency(request, uuid)
    found = studio.home(residency)
    steps = next_steps.of_residency(residency, found.tasks, found.coming, found.periods)
    context = studio_frame(residency) | {
        "home": found,
        "step": steps[0] if steps else None,
        "tasks": [task for task in found.tasks if not steps or task["href"] != steps[0].href],
    }
    return render(request, "residencies/studio/home.html", context)
