"""The frame of a juror's pages: a seat first, then the charter and the dates, then the dossier.

Every view of the jury's space is wrapped by :func:`seated` (any member) or :func:`reads` (bound by
the charter, once reading has begun), and fetches a dossier through ``selectors.reading.place`` or
``selectors.seats.dossier``: both know only what this juror may open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from candidatures.models import Juror
from candidatures.rules.jury import can_open_dossiers
from candidatures.selectors import seats
from clea.accounts import landing
from clea.errors import Forbidden, Refused
from clea.rules import Verdict
from clea.ui.http import wants_json

#: Key of the jury's space in the header (``clea.accounts.landing``).
SPACE = "jury"
#: The pages of a jury, in the order of its menu: address and label.
TABS = [("jury:desk", _("Dossiers")), ("jury:ranking", _("Classement")), ("jury:interviews", _("Entretiens"))]

View = Callable[..., HttpResponse]


def seated(view: View) -> View:
    """Give the view this person's seat instead of the call's slug; 404 to anyone else. One query."""

    @wraps(view)
    def wrapped(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            juror = seats.seat(request.user, slug)
        except Juror.DoesNotExist:
            raise Http404 from None
        landing.opened(request, SPACE)
        return view(request, juror, *args, **kwargs)

    return wrapped


def reads(view: View) -> View:
    """As :func:`seated`, for what shows dossiers: the charter first, and not before the first day."""

    @wraps(view)
    def wrapped(request: HttpRequest, juror: Juror, *args: Any, **kwargs: Any) -> HttpResponse:
        verdict = can_open_dossiers(juror, timezone.localdate())
        if verdict:
            return view(request, juror, *args, **kwargs)
        if wants_json(request):
            return JsonResponse({"message": str(verdict.reason)}, status=403)
        if verdict.code == "charter":
            return redirect("jury:charter", slug=juror.jury.call.slug)
        return says_why(request, juror, verdict)

    return seated(wrapped)


def frame(juror: Juror) -> dict[str, Any]:
    """What every page of a jury shows around its content. No query."""
    jury = juror.jury
    return {
        "juror": juror,
        "jury": jury,
        "call": jury.call,
        # The ranking opens with the discussion: until then its page only says so.
        "tabs": [tab for tab in TABS if tab[0] != "jury:ranking" or jury.discussion_open],
        "today": timezone.localdate(),
    }


def says_why(
    request: HttpRequest, juror: Juror, why: Verdict | Refused, context: dict[str, Any] | None = None
) -> HttpResponse:
    """A known thing at the wrong time: the reason, and the way back."""
    if isinstance(why, Refused):
        reason, code, status = str(why), why.code, 403 if isinstance(why, Forbidden) else 409
    else:
        reason, code, status = str(why.reason), why.code, 403
    if wants_json(request):
        return JsonResponse({"message": reason}, status=status)
    page = frame(juror) | (context or {}) | {"reason": reason, "code": code}
    return render(request, "candidatures/jury/refused.html", page, status=status)
