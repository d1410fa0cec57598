"""The one door of private files: a right first, then the bytes, and the journal keeps who read."""

from __future__ import annotations

import hashlib
import io
import logging
import re
from datetime import timedelta
from typing import IO
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from clea.documents import access
from clea.documents.models import StoredFile
from clea.documents.services import cleaned, scanning
from clea.documents.services.storage import read_chunks
from clea.journal import selectors
from clea.journal import services as journal

log = logging.getLogger(__name__)

# A reader's software asks for one file in many ranges: one line for all within this time.
ONE_READING = timedelta(minutes=10)
SHOWN_IN_PAGE = {"application/pdf", "image/jpeg", "image/png", "image/webp"}
# The browser's own PDF viewer is a plug-in of the page: "sandbox" would forbid it.
PDF_POLICY = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
OTHER_POLICY = "default-src 'none'; frame-ancestors 'self'; sandbox"
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


# Open to anonymous visitors only as far as a resolver grants it to them; else they sign in first.
@login_not_required
@require_safe
def serve(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """Send a file to who may read it: whole, or the range asked for. 404 when nobody grants it."""
    stored_file = StoredFile.objects.filter(uuid=uuid).first()
    grant = access.grant_for(request.user, stored_file) if stored_file else None
    if stored_file is None or grant is None:
        if request.user.is_anonymous:
            return redirect_to_login(request.get_full_path())
        raise Http404
    if stored_file.withheld_from(request.user):
        return _withheld(request, stored_file)
    clean = grant.cleaned and stored_file.is_pdf
    if settings.X_ACCEL_LOCATION and not clean:
        response, etag = _handed_over(request, stored_file)
    else:
        response, etag = _sent(request, stored_file, clean=clean)
    if response.status_code in (200, 206):
        response["Content-Type"] = stored_file.content_type
        inline = grant.inline and stored_file.content_type in SHOWN_IN_PAGE
        response["Content-Disposition"] = content_disposition_header(not inline, grant.filename) or "attachment"
        if request.method == "GET":
            _note(request, stored_file, grant)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = PDF_POLICY if stored_file.is_pdf else OTHER_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _handed_over(request: HttpRequest, stored_file: StoredFile) -> tuple[HttpResponseBase, str]:
    """An answer without a body: nginx sends the file, or the range asked for, with the headers given here."""
    name, etag = str(stored_file.file.name), f'"{stored_file.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        if not stored_file.file.storage.exists(name):
            raise _missing(stored_file)
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"/{settings.X_ACCEL_LOCATION.strip('/')}/{quote(name)}"
    return response, etag


def _sent(request: HttpRequest, stored_file: StoredFile, *, clean: bool) -> tuple[HttpResponseBase, str]:
    """The bytes, through this process."""
    file, size, sha256 = _open(stored_file, clean=clean)
    etag = f'"{sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        return _content(request, file, size, etag), etag
    file.close()
    return response, etag


def _withheld(request: HttpRequest, stored_file: StoredFile) -> HttpResponse:
    """Why the file is not sent, and when to come back: 503 while the antivirus is awaited, 403 once it said no."""
    again = scanning.next_try(stored_file)
    context = {"file": stored_file, "why": scanning.why(stored_file), "again": again}
    response = render(request, "documents/withheld.html", context, status=503 if stored_file.waiting else 403)
    if again is not None:
        response["Retry-After"] = str(max(int((again - timezone.now()).total_seconds()), 60))
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Frame-Options"] = "SAMEORIGIN"
    # Where the PDF would have been, in the frame of a page of ours; django-csp reads it.
    response._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]
    return response


def _missing(stored_file: StoredFile) -> Http404:
    log.error("file %s has a row and no bytes", stored_file.uuid)
    return Http404()


def _open(stored_file: StoredFile, *, clean: bool) -> tuple[IO[bytes], int, str]:
    try:
        if clean:
            content = cleaned(stored_file)
            return io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest()
        return stored_file.file.open("rb"), stored_file.size, stored_file.sha256
    except FileNotFoundError:
        raise _missing(stored_file) from None


def _content(request: HttpRequest, file: IO[bytes], size: int, etag: str) -> HttpResponseBase:
    wanted = _range(request, size, etag)
    if wanted is None:
        response: HttpResponseBase = FileResponse(file)
        response["Content-Length"] = str(size)
    elif not wanted:
        file.close()
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
        return response
    else:
        response = StreamingHttpResponse(read_chunks(file, wanted.start, len(wanted)), status=206)
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
        response["Content-Length"] = str(len(wanted))
    if request.method == "HEAD":
        file.close()
        headers = response.headers
        response = HttpResponse(status=response.status_code)
        response.headers = headers
    return response


def _range(request: HttpRequest, size: int, etag: str) -> range | None:
    """The bytes asked for; None for the whole file; empty when they lie outside (RFC 9110, 14).

    Several ranges at once, or a range of another version of the file, get the whole.
    """
    match = RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if not match or request.headers.get("If-Range", etag) != etag or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return range(max(size - int(last), 0), size) if int(last) else range(0)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def _note(request: HttpRequest, stored_file: StoredFile, grant: access.Grant) -> None:
    """Write the reading down, once per person, file and ten minutes. One query, or five."""
    user = request.user
    if user.is_anonymous:  # a file granted to everybody: nobody to name
        return
    target = grant.journal_target or stored_file
    recent = selectors.entries_for(target).filter(
        verb="file.read",
        at__gte=timezone.now() - ONE_READING,
        actor__user_uuid=user.uuid,
        data__file=str(stored_file.uuid),
    )
    if not recent.exists():
        with transaction.atomic():
            data = {"file": str(stored_file.uuid), "sha256": stored_file.sha256}
            journal.record(by=user, verb="file.read", target=target, data=data)
