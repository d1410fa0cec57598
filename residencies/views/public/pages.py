"""Residencies and the agenda, for anyone: no account, no personal data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clea.ui.head import indexed
from residencies import structured
from residencies.forms.public import AgendaForm
from residencies.reports import ics
from residencies.selectors import agenda as lines
from residencies.selectors import public, trace_pages


@login_not_required
@indexed()
@require_safe
def residency_list(request: HttpRequest) -> HttpResponse:
    """Every published residency, the latest season first."""
    return render(request, "residencies/public/list.html", {"seasons": public.seasons()})


@login_not_required
@indexed()
@require_safe
def residency(request: HttpRequest, slug: str) -> HttpResponse:
    """One residency: who, when, where, what is to come, what it left."""
    page = public.residency_page(slug)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "residency": page.residency,
        "traces": trace_pages.public_traces(page.residency),
        "structured": structured.items(page.items),
    }
    return render(request, "residencies/public/residency.html", context)


@login_not_required
@indexed("page")
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """What is open to all, by commune and by date. Four queries."""
    form = AgendaForm(request.GET)
    form.is_valid()
    window = form.window()
    page = lines.page(window, request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "window": window,
        "page": page,
        "days": public.by_day(page),
        "query": asked.urlencode(),
        "structured": structured.items(page),
    }
    return render(request, "residencies/public/agenda.html", context)


@login_not_required
@require_safe
def agenda_calendar(request: HttpRequest) -> HttpResponse:
    """The same agenda, for a calendar application."""
    form = AgendaForm(request.GET)
    form.is_valid()
    body = ics.public_calendar(public.agenda(form.window()), commune=form.window().commune)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="agenda-clea.ics"'
    response["Cache-Control"] = "public, max-age=900"
    return response
