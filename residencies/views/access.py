"""Fetch through the scope of who asks: a stranger gets 404, never a hint."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from clea.accounts import landing
from clea.errors import Forbidden, Refused
from clea.ui.http import wants_json
from residencies.models import Residency
from residencies.selectors import seats
from structures.models import Structure


def get_residency(request: HttpRequest, uuid: UUID) -> Residency:
    """The person's residency, or 404. The header knows of the space from then on."""
    try:
        found = seats.residency(request.user, uuid)
    except Residency.DoesNotExist:
        raise Http404 from None
    landing.opened(request, "residency")
    return found


def get_structure(request: HttpRequest, uuid: UUID) -> Structure:
    """The structure of the person's team, or 404. The header knows of the space from then on."""
    try:
        found = seats.structure(request.user, uuid)
    except Structure.DoesNotExist:
        raise Http404 from None
    landing.opened(request, "structure")
    return found


def studio_frame(residency: Residency) -> dict[str, Any]:
    """What every page of a residency shows around its content. No query."""
    return {"residency": residency, "territory": residency.territory, "tabs": STUDIO_TABS}


def team_frame(structure: Structure) -> dict[str, Any]:
    """What every page of a structure shows around its content. No query."""
    return {"structure": structure, "territory": structure.territory, "tabs": TEAM_TABS}


def refused(request: HttpRequest, error: Refused, context: dict[str, Any]) -> HttpResponse:
    """A known thing at the wrong time: say why and what to do next."""
    base = "residencies/studio/base.html" if "residency" in context else "residencies/team/base.html"
    status = 403 if isinstance(error, Forbidden) else 409
    if wants_json(request):
        return JsonResponse({"message": str(error)}, status=status)
    return render(request, "residencies/refused.html", context | {"refusal": error, "base": base}, status=status)


def studio_says_why(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal that a studio's view does not handle becomes a page that gives the reason."""

    @wraps(view)
    def wrapped(request: HttpRequest, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, uuid, *args, **kwargs)
        except Refused as error:
            return refused(request, error, studio_frame(get_residency(request, uuid)))

    return wrapped


def team_says_why(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal that a team's view does not handle becomes a page that gives the reason."""

    @wraps(view)
    def wrapped(request: HttpRequest, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, uuid, *args, **kwargs)
        except Refused as error:
            return refused(request, error, team_frame(get_structure(request, uuid)))

    return wrapped


#: The pages of each space, in the order of its menu: URL name and label.
STUDIO_TABS: list[tuple[str, Any]] = [
    ("studio:home", _("Accueil")),
    ("studio:calendar", _("Calendrier")),
    ("studio:activities", _("Activités")),
    ("studio:coverage", _("Structures")),
    ("studio:welcome", _("Séjour")),
    ("studio:papers", _("Documents")),
    ("studio:money", _("Argent")),
    ("studio:meetings", _("Rendez-vous")),
    ("studio:works", _("Œuvres")),
    ("studio:traces", _("Traces")),
]
TEAM_TABS: list[tuple[str, Any]] = [
    ("team:home", _("Accueil")),
    ("team:people", _("Équipe")),
    ("team:requests", _("Souhaits")),
    ("team:activities", _("Activités")),
    ("team:calendar", _("Calendrier")),
    ("team:agreements", _("Conventions")),
    ("team:events", _("Rendez-vous")),
    ("team:works", _("Œuvres")),
]
