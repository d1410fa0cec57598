"""Pages travel compressed, by the application itself: gunicorn may serve alone.

A compressed page can betray a secret that it holds beside something an attacker chooses (BREACH). Who has
no cookie has no secret: they get Brotli, the lighter. Anyone else gets gzip with a padding of random length
(Django's own), and tokens that change at every answer.
"""

from __future__ import annotations

import re

import brotli  # type: ignore[import-untyped]
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

#: Half-way between speed and weight: about a millisecond a page.
QUALITY = 5
SMALLEST = 400  # bytes: below, compressing gains nothing
_TEXT = re.compile(r"text/|application/(json|javascript|[\w.-]+\+(json|xml)|xml)")
_BROTLI = re.compile(r"\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


def accepted(request: HttpRequest) -> str:
    """What a page without a secret travels in for this reader: ``br``, ``gzip``, or nothing."""
    given = request.META.get("HTTP_ACCEPT_ENCODING", "")
    if _BROTLI.search(given):
        return "br"
    return "gzip" if re_accepts_gzip.search(given) else ""


class CompressionMiddleware(GZipMiddleware):
    """Text only: pictures, archives and PDFs are compressed already."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not _TEXT.match(response.headers.get("Content-Type", "")):
            return response
        if self._secret(request, response) or accepted(request) != "br":
            return super().process_response(request, response)
        if response.streaming or len(response.content) < SMALLEST or response.has_header("Content-Encoding"):  # type: ignore[attr-defined]
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        response.content = brotli.compress(response.content, quality=QUALITY)  # type: ignore[attr-defined]
        response.headers["Content-Length"] = str(len(response.content))  # type: ignore[attr-defined]
        response.headers["Content-Encoding"] = "br"
        etag = response.headers.get("ETag", "")
        if etag.startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        return response

    @staticmethod
    def _secret(request: HttpRequest, response: HttpResponseBase) -> bool:
        """Whether the page may hold something that only this reader knows. The language is no secret."""
        known = set(request.COOKIES) - {settings.LANGUAGE_COOKIE_NAME}
        return bool(known or response.cookies)
