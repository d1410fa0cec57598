"""Studio: the trips home–territory, claimed, read, changed, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.errors import require
from clea.ui.recovery import keeps_answers
from residencies.forms.trips import StartForm
from residencies.models import Period, Residency, TripClaim
from residencies.pages.trips import TripPage, mode_of, word_of
from residencies.rules import trips as rules
from residencies.selectors import trips as selectors
from residencies.services import trips
from residencies.services.base import require_open
from residencies.views.access import get_residency, studio_frame, studio_says_why


@require_safe
@studio_says_why
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which period, by which means; what the rules exclude is said here, before anything is typed."""
    residency = get_residency(request, uuid)
    require_open(residency.season)
    shown = selectors.trips_of(residency)
    form = StartForm(request.GET or None, slots=shown.slots)
    verdict = None
    if form.is_valid():
        chosen = {str(slot.period.uuid): slot for slot in shown.slots}.get(form.cleaned_data["periode"])
        period = chosen.period if chosen else None
        taken = [slot.period.pk for slot in shown.slots if slot.payment is not None]
        verdict = rules.can_claim(period, taken, len(shown.live), shown.most)
        if verdict and period is not None:
            return redirect(
                "studio:trip_write", uuid=uuid, period=period.uuid, mode=word_of(form.cleaned_data["moyen"])
            )
    context = studio_frame(residency) | {"form": form, "trips": shown, "verdict": verdict}
    return render(request, "residencies/studio/trip_new.html", context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def write(request: HttpRequest, uuid: UUID, period: UUID, mode: str) -> HttpResponse:
    """Write the claim: count as often as wanted, then send."""
    residency = get_residency(request, uuid)
    require_open(residency.season)
    found = next((one for one in selectors.periods_of(residency) if one.uuid == period), None)
    means = mode_of(mode)
    if found is None or means is None:
        raise Http404
    return _page(request, residency, found, means, None)


@require_safe
def trip(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """One claim: where it stands, its calculation line by line."""
    residency = get_residency(request, uuid)
    claim = _claim(residency, key)
    context = studio_frame(residency) | {"told": selectors.told(claim), "can_change": rules.can_change(claim.payment)}
    return render(request, "residencies/studio/trip.html", context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def change(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Write it again while nobody checked it."""
    residency = get_residency(request, uuid)
    claim = _claim(residency, key)
    require(rules.can_change(claim.payment))
    if claim.period is None:
        raise Http404
    return _page(request, residency, claim.period, claim.mode, claim)


@require_http_methods(["GET", "POST"])
@studio_says_why
def withdraw(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Asked first: then the period may be claimed again."""
    residency = get_residency(request, uuid)
    claim = _claim(residency, key)
    require(rules.can_change(claim.payment))
    if request.method == "POST":
        trips.withdraw(by=request.user, claim=claim)  # type: ignore[arg-type]
        messages.success(request, _("La demande est retirée : cette période peut être demandée à nouveau."))
        return redirect("studio:money", uuid=uuid)
    return render(request, "residencies/studio/trip_withdraw.html", studio_frame(residency) | {"claim": claim})


def _page(
    request: HttpRequest, residency: Residency, period: Period, mode: str, claim: TripClaim | None
) -> HttpResponse:
    page = TripPage(request, request.user, residency, period, mode, claim)  # type: ignore[arg-type]
    if page.made is not None:
        messages.success(request, _("C'est envoyé : la coordination vérifie votre demande."))
        return redirect("studio:trip", uuid=residency.uuid, key=page.made.payment.uuid)
    context = studio_frame(residency) | {"page": page, "form": page.form, "lines": page.lines, "told": page.told}
    return render(request, "residencies/studio/trip_write.html", context, status=page.status)


def _claim(residency: Residency, key: UUID) -> TripClaim:
    found = selectors.find(residency, key)
    if found is None:
        raise Http404
    return found
