"""Read a contract or an agreement, send its signed copy: the same for artists and teams."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clea.documents import services as documents
from residencies.enums import PaperKind, PaperState
from residencies.models import Paper
from residencies.rules import papers as rules
from residencies.services import signatures
from residencies.views.sides import Side

MEGABYTE = 1024 * 1024


def index(request: HttpRequest, side: Side) -> HttpResponse:
    """The papers of this space: to sign, signed, cancelled."""
    found = side.papers
    standing = [one for one in found if one.state != PaperState.CANCELLED]
    return side.render(
        request,
        "papers",
        {
            "contracts": [one for one in standing if one.kind == PaperKind.CONTRACT],
            "agreements": [one for one in standing if one.kind == PaperKind.AGREEMENT],
            "former": [one for one in found if one.state == PaperState.CANCELLED],
        },
    )


def one(request: HttpRequest, side: Side, paper: UUID, *, error: str = "", status: int = 200) -> HttpResponse:
    """Its text, its PDF, who has signed, and the place to send the signed copy."""
    found = _paper(side, paper)
    context = {
        "paper": found,
        "page_url": side.url("paper" if side.residency else "agreement", found.uuid),
        "scan_url": side.url("paper_scan" if side.residency else "agreement_scan", found.uuid),
        "list_url": side.url("papers" if side.residency else "agreements"),
        "can_attach": rules.can_attach(found, desk=False),
        "max_bytes": signatures.SCAN_MAX_BYTES,
        "max_mb": signatures.SCAN_MAX_BYTES // MEGABYTE,
        "max_pages": signatures.SCAN_MAX_PAGES,
        "error": error,
    }
    return side.render(request, "paper", context, status=status)


def receive(request: HttpRequest, side: Side, paper: UUID) -> HttpResponse:
    """The signed copy, as the party sends it."""
    found = _paper(side, paper)
    upload = request.FILES.get("fichier")
    if upload is None:
        return one(request, side, paper, error=_("Choisissez d'abord un fichier."), status=422)
    try:
        signatures.attach_scan(by=request.user, paper=found, upload=upload)  # type: ignore[arg-type]
    except documents.PieceRefused as error:
        return one(request, side, paper, error=str(error), status=422)
    messages.success(
        request, _("Votre copie signée est arrivée. La coordination la vérifie, puis note les signatures.")
    )
    return redirect(side.url("paper" if side.residency else "agreement", found.uuid))


def _paper(side: Side, key: UUID) -> Paper:
    for found in side.papers:
        if found.uuid == key:
            return found
    raise Http404
