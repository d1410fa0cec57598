"""Studio: what took place, and the look back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from clea.ui.recovery import keeps_answers
from residencies.views import confirm_pages
from residencies.views.sides import Side, of_side, studio


@require_safe
@of_side(studio)
def confirmations(request: HttpRequest, side: Side) -> HttpResponse:
    return confirm_pages.index(request, side)


@keeps_answers
@require_http_methods(["GET", "POST"])
@of_side(studio)
def confirm(request: HttpRequest, side: Side, session: UUID) -> HttpResponse:
    return confirm_pages.one(request, side, session)


@keeps_answers
@require_http_methods(["GET", "POST"])
@of_side(studio)
def look_back(request: HttpRequest, side: Side, activity: UUID) -> HttpResponse:
    return confirm_pages.look_back(request, side, activity)
