"""Studio: the calendar of a residency, its presence, its private address."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clea.accounts.models import User
from clea.errors import StaleWrite
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.presence import asked_week, week_page
from residencies.models import Residency
from residencies.selectors.calendar import Entry, Kind, Scope
from residencies.selectors.calendar_pages import Asked, sheet
from residencies.selectors.presence import ledger_of
from residencies.services import presence as services
from residencies.views.access import get_residency, studio_frame, studio_says_why
from residencies.views.feed_acts import act, feed_card


@require_safe
def calendar(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The residency by week, month or season, the days counted. Ten queries."""
    residency = get_residency(request, uuid)
    season = (residency.season.starts_on, residency.season.ends_on)
    asked = Asked.of(request.GET, season)
    scope = Scope.of_residency(residency, asked.kinds)
    context = {
        "sheet": sheet(scope, asked, lambda entry: _link(residency, entry), season),
        "ledger": ledger_of(residency),
    }
    card = feed_card(request, reverse("studio:calendar_feed", args=[residency.uuid]), residency=residency)
    return render(request, "residencies/studio/calendar.html", studio_frame(residency) | context | card)


def _link(residency: Residency, entry: Entry) -> str:
    """Where one reads more of it."""
    if entry.kind == Kind.VISIT:
        return reverse("studio:welcome", args=[residency.uuid])
    if entry.kind == Kind.EVENT:
        return reverse("studio:meetings", args=[residency.uuid])
    return reverse("studio:session", args=[residency.uuid, entry.uuid]) if entry.kind == Kind.SESSION else ""


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def presence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A week of presence: what was done, what is planned."""
    residency = get_residency(request, uuid)
    if request.method == "POST":
        return _note(request, residency)
    kept = recovered(request)
    if kept is not None:
        messages.warning(request, _("Votre session avait expiré. Voici ce que vous aviez saisi : enregistrez-le."))
    return _week(request, residency, week_page(residency, request.GET.get("semaine", ""), desk=False, data=kept))


def _note(request: HttpRequest, residency: Residency) -> HttpResponse:
    page = week_page(residency, request.POST.get("semaine", ""), desk=False, data=request.POST)
    week = page["week"]
    if not week.is_valid():
        return _week(request, residency, page, status=422)
    try:
        rows = services.note(
            by=cast("User", request.user), residency=residency, notes=week.notes(), seen=request.POST.get("vu", "")
        )
    except services.DaysRefused as error:
        week.refuse(error)
        return _week(request, residency, page, status=422)
    except StaleWrite as error:
        return _week(request, residency, page, conflict=str(error), status=409)
    _say(request, len(rows))
    return _back(residency, week.monday.isoformat())


def _week(request: HttpRequest, residency: Residency, page: dict[str, Any], **context: Any) -> HttpResponse:
    status = context.pop("status", 200)
    return render(request, "residencies/studio/presence.html", studio_frame(residency) | page | context, status=status)


def _say(request: HttpRequest, count: int) -> None:
    if count:
        text = ngettext("%(count)d jour est enregistré.", "%(count)d jours sont enregistrés.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Rien n'a changé."))


def _back(residency: Residency, week: str) -> HttpResponseRedirect:
    address = reverse("studio:presence", args=[residency.uuid])
    return HttpResponseRedirect(f"{address}?{urlencode({'semaine': week})}")


@require_POST
@studio_says_why
def as_planned(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """« La semaine s'est passée comme prévu »."""
    residency = get_residency(request, uuid)
    week = asked_week(request.POST.get("semaine", ""))
    if week is None:
        return redirect("studio:presence", residency.uuid)
    rows = services.as_planned(by=cast("User", request.user), residency=residency, week=week)
    _say(request, len(rows))
    return _back(residency, week.isoformat())


@require_POST
@studio_says_why
def feed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Open, change or revoke the private address."""
    residency = get_residency(request, uuid)
    act(request, residency=residency)
    return HttpResponseRedirect(f"{reverse('studio:calendar', args=[residency.uuid])}#abonnement")
