"""Fetch a dossier through the scope of who asks: a stranger gets 404, never a hint."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from candidatures import rules, selectors
from candidatures.models import Application
from clea.errors import Forbidden, Refused


def get_dossier(
    request: HttpRequest, uuid: UUID, *prefetch: str | Prefetch, full: bool = False
) -> tuple[Application, rules.Access]:
    """The dossier and the person's place in it, or 404."""
    try:
        if full:
            return selectors.full_dossier(uuid, request.user)
        return selectors.dossier(uuid, request.user, *prefetch)
    except Application.DoesNotExist:
        raise Http404 from None


def frame(application: Application, access: rules.Access) -> dict[str, Any]:
    """What every page of a dossier shows around its content. No query."""
    now = timezone.now()
    editable = rules.can_edit(access, application, now)
    return {
        "application": application,
        "call": application.call,
        "access": access,
        "deadline": access.deadline,
        "editable": editable,
        "can_withdraw": rules.can_withdraw(access, application),
        "now": now,
    }


def refused(request: HttpRequest, error: Refused, context: dict[str, Any]) -> HttpResponse:
    """A known thing at the wrong time: say why and what to do next."""
    return render(
        request,
        "candidatures/applicant/refused.html",
        context | {"refusal": error},
        status=403 if isinstance(error, Forbidden) else 409,
    )
