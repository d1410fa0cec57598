"""Sending and removing the files of a dossier."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from candidatures import rules, sections, selectors
from candidatures.models import Application, CallPiece
from candidatures.services import pieces
from candidatures.views.access import authorise, frame, get_dossier, not_received, received_file, says_why
from clea.errors import Refused
from clea.ui.http import wants_json
from clea.ui.recovery import returns_to


def _piece(application: Application, code: str) -> CallPiece | None:
    """The piece behind a code; ``None`` is the whole dossier in one PDF."""
    if code == sections.SINGLE_PDF and application.call.accepts_single_pdf:
        return None
    piece = selectors.piece_by_code(application, code)
    if piece is None:
        raise Http404
    return piece


def _page_url(application: Application, piece: CallPiece | None) -> str:
    return reverse("applications:section", args=[application.uuid, pieces.section_of(piece)])


def _section_page(uuid: UUID, code: str) -> str:
    """The page a file belongs to, from its address alone."""
    key = code if code == sections.SINGLE_PDF else f"{sections.PIECE_PREFIX}{code}"
    return reverse("applications:section", args=[uuid, key])


@returns_to(_section_page)
@require_POST
@says_why
def upload(request: HttpRequest, uuid: UUID, code: str) -> HttpResponse:
    """Receive one PDF. Refused: the page says why, and the file before it is still there."""
    application, access = get_dossier(request, uuid, acting=True)
    authorise(rules.can_edit(access, application, timezone.now()))
    piece = _piece(application, code)
    try:
        sent = received_file(request)
        kept = pieces.add(by=request.user, application=application, piece=piece, upload=sent)  # type: ignore[arg-type]
    except Refused as error:
        context = frame(application, access) | {
            "back": _page_url(application, piece),
            "document": sections.document_of(application, piece),
        }
        return not_received(request, error, "candidatures/applicant/piece_refused.html", context)
    if kept.stored_file.infected:
        messages.error(request, _("L'antivirus retient ce fichier : remplacez-le. La pièce compte comme manquante."))
    else:
        messages.success(request, _("Fichier reçu. Votre dossier n'est pas encore déposé."))
    target = _page_url(application, piece)
    return JsonResponse({"redirect": target}) if wants_json(request) else redirect(target)


@returns_to(_section_page)
@require_POST
@says_why
def remove(request: HttpRequest, uuid: UUID, code: str) -> HttpResponse:
    """Take a file out of the draft."""
    application, access = get_dossier(request, uuid, acting=True)
    authorise(rules.can_edit(access, application, timezone.now()))
    piece = _piece(application, code)
    try:
        pieces.remove(by=request.user, application=application, piece=piece)  # type: ignore[arg-type]
        messages.success(request, _("Fichier retiré de votre dossier."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect(_page_url(application, piece))
