"""Team: events, one's registration, one's meetings."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.accounts.models import User
from clea.errors import Refused, require
from clea.ui.http import render_form
from clea.ui.recovery import keeps_answers, recovered
from residencies.enums import RegistrationState
from residencies.forms.events import TeamForm
from residencies.models import Event, Registration
from residencies.rules import events as rules
from residencies.selectors import events as selectors
from residencies.services import registrations
from residencies.views.access import get_structure, team_frame, team_says_why
from residencies.views.team.people import refuse
from structures.models import Structure


def _event(structure: Structure, uuid: UUID) -> Event:
    found = selectors.team_event(structure, uuid)
    if found is None:
        raise Http404
    return found


@require_safe
def events(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What takes place, and where one stands. Three queries beside the frame's."""
    structure = get_structure(request, uuid)
    now = timezone.now()
    rows = [
        {
            "event": event,
            "registration": registration,
            "meetings": meetings,
            "takes": rules.takes_registrations(event, now),
            "past": event.ends_at < now,
        }
        for event, registration, meetings in selectors.team_events(structure)
    ]
    return render(request, "residencies/team/events.html", team_frame(structure) | {"rows": rows})


def _context(structure: Structure, event: Event, registration: Registration | None) -> dict[str, Any]:
    now = timezone.now()
    return team_frame(structure) | {
        "event": event,
        "registration": registration,
        "meetings": selectors.lines(event, selectors.structure_meetings(event, structure)),
        "takes": rules.takes_registrations(event, now),
        "until": rules.closes_at(event),
        "places": selectors.places(event),
        "can_cancel": bool(registration and rules.can_cancel(event, registration, now)),
    }


def _initial(request: HttpRequest, structure: Structure, event: Event, row: Registration | None) -> dict[str, Any]:
    if row is not None:
        return TeamForm.initial_of(row, selectors.wishes_of(event, structure), selectors.away_of(event, structure))
    user = cast(User, request.user)
    return {"name": user.get_full_name(), "email": user.email, "people": 2, "attendees": f"{user} {user.email}"}


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def event(request: HttpRequest, uuid: UUID, event: UUID) -> HttpResponse:
    """GET shows the event, the meetings and the registration; POST registers, or writes it again."""
    structure = get_structure(request, uuid)
    found = _event(structure, event)
    row = selectors.registration_of(found, structure)
    artists = list(found.residencies.order_by("artist_name"))
    data = request.POST if request.method == "POST" else recovered(request)
    form = TeamForm(data, event=found, artists=artists, initial=_initial(request, structure, found, row))
    context = _context(structure, found, row)
    if request.method == "POST" and form.is_valid():
        try:
            made = registrations.register_team(
                by=cast(User, request.user), event=found, structure=structure, **form.values()
            )
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _said(made, is_new=row is None))
            return redirect("team:event", uuid, found.uuid)
    return render_form(request, "residencies/team/event.html", form, context)


def _said(row: Registration, *, is_new: bool) -> str:
    if row.state == RegistrationState.WAITING:
        return _("C'est noté : vous êtes sur liste d'attente. Un message vous préviendra si des places se libèrent.")
    if is_new:
        return _("Votre structure est inscrite. Un message vous le confirme.")
    return _("Votre inscription est modifiée.")


@require_http_methods(["GET", "POST"])
@team_says_why
def cancel(request: HttpRequest, uuid: UUID, event: UUID) -> HttpResponse:
    """Ask, then give the places back."""
    structure = get_structure(request, uuid)
    found = _event(structure, event)
    row = selectors.registration_of(found, structure)
    if row is None:
        raise Http404
    require(rules.can_cancel(found, row, timezone.now()))
    if request.method == "POST":
        registrations.cancel(by=cast(User, request.user), registration=row)
        messages.success(request, _("Votre inscription est annulée : vos places vont à d'autres."))
        return redirect("team:events", uuid)
    return render(request, "residencies/team/event_cancel.html", _context(structure, found, row))
