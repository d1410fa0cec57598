"""« Mes données »: what is held of the person signed in, and a copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clea.errors import Refused
from clea.privacy import own, own_archive
from clea.privacy.services import erasing, exporting
from clea.ui import limits

if TYPE_CHECKING:
    from clea.accounts.models import User

TAKEN = limits.limit("privacy", "own_data", "6/h/user", "a copy of one's own data")
ERASED = limits.limit("privacy", "own_erasure", "10/h/user", "an erasure of one's own account asked")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is kept of them, how many of each, and for how long. One query a part, whatever its size."""
    person = own.person_of(_person(request))
    kept: dict[str, list[tuple[own.Part, int]]] = {}
    for part in own.parts():
        if count := part.rows(person).count():
            kept.setdefault(part.until, []).append((part, count))
    return render(request, "account/data.html", {"kept": kept})


@require_POST
def download(request: HttpRequest) -> HttpResponseBase:
    """All of it, as one ZIP that leaves as it is made."""
    user = _person(request)
    if seconds := limits.wait(request, TAKEN, user=user):
        return limits.refused(request, seconds)
    exporting.taken(by=user)
    content = own_archive.stream(own.person_of(user), language=translation.get_language() or "fr")
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="mes-donnees-{timezone.localdate():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """What an erasure does, what it leaves and why; then the erasure, confirmed by one's own address."""
    user = _person(request)
    error = ""
    if request.method == "POST":
        if seconds := limits.wait(request, ERASED, user=user):
            return limits.refused(request, seconds)
        try:
            gone = erasing.erase(by=user, user=user, typed=request.POST.get("typed", ""))
        except Refused as refusal:
            error = str(refusal)
        else:
            logout(request)
            return render(request, "account/erased.html", {"whole": gone})
    found = erasing.fates(user)
    context = {name: [fate for fate in found if fate.when == name] for name in (own.FIRST, own.NOW, own.LATER)}
    status = 422 if error else 200
    return render(request, "account/data_erase.html", context | {"error": error, "address": user.email}, status=status)


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)
