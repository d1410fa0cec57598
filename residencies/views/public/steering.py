"""Published minutes of the committees, for anyone: organisations and roles, no name, no address."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from clea.documents import services as documents
from clea.ui.head import indexed
from residencies.models import Meeting
from residencies.selectors import steering as selectors
from residencies.services.meetings import content


def _meeting(uuid: UUID) -> Meeting:
    found = selectors.public_meeting(uuid)
    if found is None:
        raise Http404
    return found


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}"',
            # Taken off the site, it is off it within minutes.
            "Cache-Control": "public, max-age=300",
            "X-Content-Type-Options": "nosniff",
        },
    )


@login_not_required
@indexed()
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """Every published meeting, the latest first. One query."""
    return render(request, "residencies/public/steering.html", {"seasons": selectors.published()})


@login_not_required
@indexed()
@require_safe
def meeting(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was said, decided and asked, and the papers. Six queries."""
    found = _meeting(uuid)
    context = {
        "meeting": found,
        "minutes": selectors.minutes(found, public=True),
        "papers": list(selectors.public_papers(found)),
    }
    return render(request, "residencies/public/steering_meeting.html", context)


@login_not_required
@require_safe
def minutes_pdf(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The edition that names nobody, as it was published."""
    found = _meeting(uuid)
    if found.public_minutes is None:
        raise Http404
    return _pdf(content(found.public_minutes), selectors.file_name(found))


@login_not_required
@require_safe
def paper_pdf(request: HttpRequest, uuid: UUID, paper: UUID) -> HttpResponse:
    """A public paper, without the metadata of who wrote it."""
    row = selectors.public_papers(_meeting(uuid)).filter(uuid=paper).first()
    if row is None:
        raise Http404
    try:
        content = documents.cleaned(row.stored_file)
    except documents.Withheld:
        raise Http404 from None
    return _pdf(content, f"{slugify(row.title)[:80] or 'document'}.pdf")
