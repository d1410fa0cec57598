"""Team: when the structure does not receive."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clea.accounts.models import User
from clea.errors import Refused
from clea.ui.dates import span
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.team import SpanForm, WeekForm
from residencies.selectors import requests as selectors
from residencies.views.access import get_structure, team_frame, team_says_why
from residencies.views.team.people import refuse
from structures.models import Structure
from structures.services import closures as services


def _page(request: HttpRequest, structure: Structure, **forms: Any) -> HttpResponse:
    rows = list(structure.closures.all())
    today = timezone.localdate()
    context = {
        "weekly": [row for row in rows if row.weekday is not None],
        "coming": [row for row in rows if row.ends_on and row.ends_on >= today],
        "past": [row for row in rows if row.ends_on and row.ends_on < today],
        "clashes": selectors.clashes(structure, rows),
        "form": forms.get("form") or SpanForm(recovered(request)),
        "week_form": forms.get("week_form") or WeekForm(closures=rows),
    }
    return render(
        request, "residencies/team/closures.html", team_frame(structure) | context, status=422 if forms else 200
    )


@keeps_answers
@require_http_methods(["GET", "POST"])
@team_says_why
def closures(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What is known, what it touches; POST adds a span."""
    structure = get_structure(request, uuid)
    if request.method == "GET":
        return _page(request, structure)
    form = SpanForm(request.POST)
    if not form.is_valid():
        return _page(request, structure, form=form)
    try:
        row = services.add_span(by=cast(User, request.user), structure=structure, **form.cleaned_data)
    except (Refused, ValidationError) as error:
        refuse(form, error)
        return _page(request, structure, form=form)
    assert row.starts_on is not None
    assert row.ends_on is not None
    messages.success(request, _("Fermeture notée : %(when)s.") % {"when": span(row.starts_on, row.ends_on)})
    return redirect("team:closures", uuid)


@require_POST
@team_says_why
def week(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The days of every week, all at once."""
    structure = get_structure(request, uuid)
    form = WeekForm(request.POST, closures=[])
    if form.is_valid():
        try:
            services.set_weekdays(by=cast(User, request.user), structure=structure, **form.cleaned_data)
        except Refused as error:
            refuse(form, error)
        else:
            messages.success(request, _("Les jours de fermeture de la semaine sont enregistrés."))
            return redirect("team:closures", uuid)
    return _page(request, structure, week_form=form)


@require_POST
@team_says_why
def remove(request: HttpRequest, uuid: UUID, closure: UUID) -> HttpResponse:
    """Take a closure back. Gone already: nothing to say against it."""
    structure = get_structure(request, uuid)
    row = structure.closures.select_related("structure").filter(uuid=closure).first()
    if row is not None:
        services.remove(by=cast(User, request.user), closure=row)
    messages.success(request, _("La fermeture est retirée."))
    return redirect("team:closures", uuid)
