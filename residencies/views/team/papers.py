"""Team: the agreements."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from residencies.views import paper_pages
from residencies.views.sides import Side, of_side, team


@require_safe
@of_side(team)
def agreements(request: HttpRequest, side: Side) -> HttpResponse:
    return paper_pages.index(request, side)


@require_safe
@of_side(team)
def agreement(request: HttpRequest, side: Side, paper: UUID) -> HttpResponse:
    return paper_pages.one(request, side, paper)


@require_POST
@of_side(team)
def scan(request: HttpRequest, side: Side, paper: UUID) -> HttpResponse:
    return paper_pages.receive(request, side, paper)
