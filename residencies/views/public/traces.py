"""Published pictures, and the page where a person withdraws their consent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.documents import services as documents
from clea.documents.models import EXTENSIONS, StoredFile
from residencies.models import Consent
from residencies.selectors import trace_pages, traces
from residencies.services import consents

#: A shared cache may keep a picture so long, in seconds: somebody may withdraw their consent meanwhile.
KEPT = 60


@login_not_required
@require_safe
def picture(request: HttpRequest, uuid: UUID, ext: str, size: str = "stored_file") -> HttpResponseBase:
    """A picture while it is published and everyone on it agrees; to those who prepare it, before. 404 otherwise.

    One query in public, three at most for the coordination and the artists.
    """
    found = traces.pictures_shown("site").filter(uuid=uuid).first()
    public = found is not None
    if found is None:
        found = traces.prepared_by(request.user).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    stored: StoredFile | None = getattr(found, size)
    if stored is None or EXTENSIONS[stored.content_type] != f".{ext}":
        raise Http404
    return _sent(request, stored, public=public)


def _sent(request: HttpRequest, stored: StoredFile, *, public: bool) -> HttpResponseBase:
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            with documents.opened(stored) as file:
                response = HttpResponse(file.read(), content_type=stored.content_type)
        except (FileNotFoundError, documents.Withheld):
            raise Http404 from None
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={KEPT}, must-revalidate" if public else "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _consent(token: str) -> Consent:
    found = consents.opened(token)
    if found is None:
        raise Http404
    return found


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """What one agreed to, what it covers; POST withdraws it. No account: the link was sent to this person."""
    found = _consent(token)
    if request.method == "POST":
        consents.withdraw(by=None, consent=found)
        messages.success(request, _("Votre accord est retiré. Ce qu'il couvrait a quitté les pages publiques."))
        return redirect("residencies:consent", token)
    context = {
        "consent": found,
        "given": trace_pages.state_of(found),
        "covered": trace_pages.covered_by(found),
        "territory": found.season.programme.territory,
    }
    response = render(request, "residencies/public/consent.html", context)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
