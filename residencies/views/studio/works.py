"""Studio: works proposed for diffusion, who asks for them; the meetings of events."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clea.accounts.models import User
from clea.errors import Refused
from clea.ui.http import render_form
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.works import WorkForm
from residencies.models import MeetingSlot, Residency, Work
from residencies.selectors import events as event_selectors
from residencies.selectors import works as selectors
from residencies.services import works as services
from residencies.views.access import get_residency, studio_frame, studio_says_why
from residencies.views.team.people import refuse


def _work(residency: Residency, uuid: UUID) -> Work:
    found = Work.objects.filter(residency=residency, uuid=uuid).first()
    if found is None:
        raise Http404
    found.residency = residency
    return found


@require_safe
def works(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One's works, and the structures that ask for them. Three queries beside the frame's."""
    residency = get_residency(request, uuid)
    rows = selectors.works_of(residency)
    context = {"works": rows, "dossier": selectors.dossier_titles(residency, rows)}
    return render(request, "residencies/studio/works.html", studio_frame(residency) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose a work."""
    residency = get_residency(request, uuid)
    form = WorkForm(request.POST if request.method == "POST" else recovered(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.propose(by=cast(User, request.user), residency=residency, **form.values())
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Votre œuvre est enregistrée. La coordination la met au catalogue."))
            return redirect("studio:works", uuid)
    return render_form(request, "residencies/studio/work.html", form, studio_frame(residency))


@require_POST
@studio_says_why
def take(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take up the works of the dossier."""
    residency = get_residency(request, uuid)
    made = services.take_from_dossier(by=cast(User, request.user), residency=residency)
    messages.success(
        request,
        ngettext("%(n)d œuvre reprise du dossier.", "%(n)d œuvres reprises du dossier.", len(made)) % {"n": len(made)}
        + " "
        + _("Relisez chacune : la coordination les met ensuite au catalogue."),
    )
    return redirect("studio:works", uuid)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def change(request: HttpRequest, uuid: UUID, work: UUID) -> HttpResponse:
    """Write a work again."""
    residency = get_residency(request, uuid)
    found = _work(residency, work)
    data = request.POST if request.method == "POST" else recovered(request)
    form = WorkForm(data, instance=found, initial={"seen": services.mark(found)})
    if request.method == "POST" and form.is_valid():
        try:
            services.change(by=cast(User, request.user), work=found, seen=form.cleaned_data["seen"], **form.values())
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Vos changements sont enregistrés."))
            return redirect("studio:works", uuid)
    return render_form(request, "residencies/studio/work.html", form, studio_frame(residency) | {"work": found})


@require_http_methods(["GET", "POST"])
@studio_says_why
def remove(request: HttpRequest, uuid: UUID, work: UUID) -> HttpResponse:
    """Ask, then take a work back."""
    residency = get_residency(request, uuid)
    found = _work(residency, work)
    if request.method == "POST":
        services.remove(by=cast(User, request.user), work=found)
        messages.success(request, _("L'œuvre est retirée."))
        return redirect("studio:works", uuid)
    return render(request, "residencies/studio/work_remove.html", studio_frame(residency) | {"work": found})


@require_safe
def meetings(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The events where one is present, and one's meetings once they are told. Two queries beside the frame's."""
    residency = get_residency(request, uuid)
    rows = [
        (event, event_selectors.lines(event, [_named(row, residency) for row in event.own]))  # type: ignore[attr-defined]
        for event in event_selectors.artist_events(residency)
    ]
    return render(request, "residencies/studio/work_meetings.html", studio_frame(residency) | {"rows": rows})


def _named(row: MeetingSlot, residency: Residency) -> MeetingSlot:
    row.residency = residency
    return row
