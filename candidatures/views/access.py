"""Fetch a dossier through the scope of who asks: a stranger gets 404, never a hint."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures import rules, selectors
from candidatures.models import Application
from clea.documents.services.bounded import Busy
from clea.errors import Forbidden, Refused, require
from clea.rules import Verdict
from clea.ui import limits
from clea.ui.http import wants_json

#: Refused ones included.
UPLOADS = limits.limit("candidatures", "upload", "60/h/user", "a file of a dossier")

#: When one sends again what the machine was too busy to read; the page's script does it by itself.
BUSY_SECONDS = 10


def get_dossier(
    request: HttpRequest, uuid: UUID, *wanted: str, full: bool = False, acting: bool = False, locked: bool = False
) -> tuple[Application, rules.Access]:
    """The dossier and the person's place in it, or 404."""
    try:
        if acting:
            return selectors.acting(uuid, request.user)
        if full:
            return selectors.full_dossier(uuid, request.user)
        return selectors.dossier(uuid, request.user, *wanted, locked=locked)
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


def authorise(verdict: Verdict) -> None:
    """Raise ``Forbidden`` when it is the person who may not. A wrong moment is the service's to refuse."""
    if verdict.forbidden:
        require(verdict)


def says_why(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the view may not do for this person becomes an answer that gives the reason."""

    @wraps(view)
    def wrapped(request: HttpRequest, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, uuid, *args, **kwargs)
        except Forbidden as error:
            if wants_json(request):
                return JsonResponse({"message": str(error)}, status=403)
            return refused(request, error, frame(*get_dossier(request, uuid)))

    return wrapped


def received_file(request: HttpRequest) -> UploadedFile:
    """The PDF of this request. ``Refused`` when there is none, or when the person sends without end:
    each one is opened and read through, which costs seconds."""
    sent = request.FILES.get("fichier")
    if sent is None:
        raise Refused(_("Choisissez d'abord un fichier PDF sur votre appareil."), code="no_file")
    if seconds := limits.wait(request, UPLOADS):
        raise Refused(
            _("Vous avez envoyé soixante fichiers en une heure. Rien n'est perdu : reprenez %(when)s.")
            % {"when": limits.later(seconds)},
            code="too_many",
        )
    return sent


def not_received(request: HttpRequest, error: Refused, template: str, context: dict[str, Any]) -> HttpResponse:
    """Why a file was not taken; 503 and when to send it again if it is the machine that is busy."""
    busy = isinstance(error, Busy)
    if wants_json(request):
        response: HttpResponse = JsonResponse({"message": str(error)}, status=503 if busy else 422)
    else:
        response = render(request, template, context | {"refusal": error}, status=503 if busy else 422)
    if busy:
        response["Retry-After"] = str(BUSY_SECONDS)
    return response


def refused(request: HttpRequest, error: Refused, context: dict[str, Any]) -> HttpResponse:
    """A known thing at the wrong time: say why and what to do next."""
    return render(
        request,
        "candidatures/applicant/refused.html",
        context | {"refusal": error},
        status=403 if isinstance(error, Forbidden) else 409,
    )
