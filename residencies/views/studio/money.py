"""Studio: what the residency is paid, what is left, the trips, the statement of expenses."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from residencies.reports import expense_statement
from residencies.selectors import money as selectors
from residencies.selectors import trips
from residencies.views.access import get_residency, studio_frame


@require_safe
def money(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The total, the schedule, what is paid and what is left. Queries do not grow with the payments."""
    residency = get_residency(request, uuid)
    context = studio_frame(residency) | {
        "money": selectors.money_of(residency),
        "trips": trips.trips_of(residency),
        "today": timezone.localdate(),
    }
    return render(request, "residencies/studio/money.html", context)


@require_safe
def statement(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The statement of expenses, as a PDF. A second or two."""
    return expense_statement.answer(get_residency(request, uuid))
