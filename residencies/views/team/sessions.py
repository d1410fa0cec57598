"""A team's sessions: read. The artist and the coordination place them."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clea.accounts.models import User
from residencies.models import Activity, Session
from residencies.rules.activities import Seat
from residencies.selectors import activities as selectors
from residencies.views.access import get_structure, team_frame
from residencies.views.studio.sessions import session_page


@require_safe
def session(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    structure = get_structure(request, uuid)
    try:
        found = selectors.session_of(Activity.objects.filter(structures=structure), key)
    except Session.DoesNotExist:
        raise Http404 from None
    context = team_frame(structure) | session_page(found, Seat.TEAM, cast(User, request.user))
    return render(request, "residencies/team/session.html", context)
