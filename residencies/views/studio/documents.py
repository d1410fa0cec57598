"""Studio: what is asked from the artist, and sending it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.views.access import received_file
from clea.errors import Forbidden, Refused
from clea.ui.http import wants_json
from clea.ui.recovery import keeps_answers
from residencies.models import RequestedDocument, Residency
from residencies.rules.opening import can_send
from residencies.selectors import opening as selectors
from residencies.selectors.studio import document_task
from residencies.services import documents as services
from residencies.views.access import get_residency, studio_frame, studio_says_why


@require_safe
def documents(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that was asked, sent or not."""
    residency = get_residency(request, uuid)
    today = timezone.localdate()
    rows = selectors.documents_of(residency)
    for row in rows:
        row.residency = residency
    tasks = [document_task(row, today) for row in rows]
    return render(request, "residencies/studio/documents.html", studio_frame(residency) | {"tasks": tasks})


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def document(request: HttpRequest, uuid: UUID, document_uuid: UUID) -> HttpResponse:
    """One document: why, by when, and where to send it. POST sends one PDF."""
    residency = get_residency(request, uuid)
    row = _document(residency, document_uuid)
    if request.method == "GET":
        return _show(request, residency, row)
    try:
        services.send(by=request.user, document=row, upload=received_file(request))  # type: ignore[arg-type]
    except Forbidden:
        raise
    except Refused as error:
        if wants_json(request):
            return JsonResponse({"message": str(error)}, status=422)
        return _show(request, residency, row, error=str(error), status=422)
    messages.success(request, _("C'est reçu. La coordination va le vérifier ; vous n'avez rien d'autre à faire."))
    target = reverse("studio:document", args=[uuid, document_uuid])
    return JsonResponse({"redirect": target}) if wants_json(request) else redirect(target)


def _document(residency: Residency, key: UUID) -> RequestedDocument:
    row = residency.requested_documents.select_related("stored_file").filter(uuid=key).first()
    if row is None:
        raise Http404
    row.residency = residency
    return row


def _show(
    request: HttpRequest, residency: Residency, row: RequestedDocument, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = studio_frame(residency) | {
        "document": row,
        "document_title": selectors.asked_title(row),
        "why": selectors.asked_why(row),
        "task": document_task(row, timezone.localdate()),
        "can_send": can_send(row),
        "error": error,
        "max_bytes": services.MAX_BYTES,
        "max_mb": services.MAX_MB,
        "max_pages": services.MAX_PAGES,
    }
    return render(request, "residencies/studio/document.html", context, status=status)
