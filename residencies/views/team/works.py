"""Team: the catalogue of works, and what one asked for."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clea.accounts.models import User
from clea.errors import Refused
from clea.ui.http import render_form
from clea.ui.recovery import keeps_answers, recovered
from residencies.enums import BookingState
from residencies.forms.works import BookingForm
from residencies.models import WorkBooking
from residencies.selectors import works as selectors
from residencies.services import works as services
from residencies.views.access import get_structure, team_frame, team_says_why
from residencies.views.team.people import refuse


@require_safe
def works(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The catalogue of the territory, and one's own requests. Two queries beside the frame's."""
    structure = get_structure(request, uuid)
    bookings = selectors.bookings_of_structure(structure)
    context = {
        "works": list(selectors.catalogue(structure.territory)),
        "bookings": bookings,
        "asked": {row.work_id for row in bookings if row.state == BookingState.ASKED},
    }
    return render(request, "residencies/team/works.html", team_frame(structure) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def book(request: HttpRequest, uuid: UUID, work: UUID) -> HttpResponse:
    """One work of the catalogue, and the form that asks for it."""
    structure = get_structure(request, uuid)
    found = selectors.catalogue(structure.territory).filter(uuid=work).first()
    if found is None:
        raise Http404
    form = BookingForm(request.POST if request.method == "POST" else recovered(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.book(by=cast(User, request.user), work=found, structure=structure, **form.cleaned_data)
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Votre demande est envoyée : la coordination vous répond par courriel."))
            return redirect("team:works", uuid)
    return render_form(request, "residencies/team/work.html", form, team_frame(structure) | {"work": found})


@require_POST
@team_says_why
def call_off(request: HttpRequest, uuid: UUID, booking: UUID) -> HttpResponse:
    """Give up a request that has no answer yet."""
    structure = get_structure(request, uuid)
    row = WorkBooking.objects.filter(structure=structure, uuid=booking).select_related("work__residency").first()
    if row is None:
        raise Http404
    services.call_off(by=cast(User, request.user), booking=row)
    messages.success(request, _("Votre demande est annulée."))
    return redirect("team:works", uuid)
