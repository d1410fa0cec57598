"""Studio: what the residency leaves. Artists write it; the coordination publishes it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.accounts.models import User
from clea.errors import Forbidden, Refused, require
from clea.ui.http import render_form
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.traces import TraceForm
from residencies.models import Residency
from residencies.pages.traces import TraceKind, at_file, kind_of, row_of
from residencies.rules import traces as rules
from residencies.selectors import trace_pages
from residencies.views.access import get_residency, studio_frame, studio_says_why
from residencies.views.team.people import refuse


@require_safe
def traces(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Productions, pictures and words, published or waiting. Three queries beside the frame's."""
    residency = get_residency(request, uuid)
    context = {"traces": trace_pages.studio_traces(residency)}
    return render(request, "residencies/studio/traces.html", studio_frame(residency) | context)


def _form(request: HttpRequest, kind: TraceKind, residency: Residency, row: Any = None) -> TraceForm:
    posted = request.method == "POST"
    return kind.form(
        request.POST if posted else recovered(request),
        request.FILES if posted else None,
        season=residency.season,
        residency=residency,
        desk=False,
        row=row,
    )


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def add(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Add one."""
    residency, what = get_residency(request, uuid), kind_of(kind)
    form = _form(request, what, residency)
    if request.method == "POST" and form.is_valid():
        try:
            what.add(by=cast("User", request.user), season=residency.season, residency=residency, **form.values())
        except Forbidden:
            raise
        except (Refused, ValidationError) as error:
            refuse(form, at_file(error))
        else:
            messages.success(request, str(what.added))
            return redirect("studio:traces", uuid)
    context = {"kind": what, "heading": what.add_title}
    return render_form(request, "residencies/studio/traces_form.html", form, studio_frame(residency) | context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def change(request: HttpRequest, uuid: UUID, kind: str, key: UUID) -> HttpResponse:
    """Write one again, while it is not published."""
    residency, what = get_residency(request, uuid), kind_of(kind)
    row = row_of(what, residency.season, residency, key)
    require(rules.can_artist_write(row))
    form = _form(request, what, residency, row)
    if request.method == "POST" and form.is_valid():
        try:
            what.change(row, by=cast("User", request.user), seen=form.cleaned_data["seen"] or None, **form.values())
        except Forbidden:
            raise
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            messages.success(request, _("Vos changements sont enregistrés."))
            return redirect("studio:traces", uuid)
    context = {"kind": what, "heading": what.change_title, "row": row}
    return render_form(request, "residencies/studio/traces_form.html", form, studio_frame(residency) | context)


@require_http_methods(["GET", "POST"])
@studio_says_why
def remove(request: HttpRequest, uuid: UUID, kind: str, key: UUID) -> HttpResponse:
    """Ask, then erase one that is not published."""
    residency, what = get_residency(request, uuid), kind_of(kind)
    row = row_of(what, residency.season, residency, key)
    require(rules.can_artist_write(row))
    if request.method == "POST":
        what.act("remove", row, by=cast("User", request.user))
        messages.success(request, str(what.removed))
        return redirect("studio:traces", uuid)
    context = {"kind": what, "row": row}
    return render(request, "residencies/studio/traces_remove.html", studio_frame(residency) | context)
