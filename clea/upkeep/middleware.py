"""Each request has an identifier, one line in the log, and its place in the figures."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clea.upkeep import logs, metrics

log = logging.getLogger("clea.access")
GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestMiddleware:
    """Give the request an identifier, taken from the proxy's ``X-Request-ID`` where there is one.

    The same identifier is on every line that the request causes, on its answer, and on the page of a breakdown.
    The line of the request says the route, not the address: an address may hold a key, or a name looked for.
    No query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.monotonic()
        reference = identifier(request)
        # What the page of a breakdown gives to whoever writes to us.
        request.META["clea.reference"] = reference
        token = logs.request_id.set(reference)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = reference
            if not request.path.startswith(settings.STATIC_URL):
                note(request, response, time.monotonic() - started)
            return response
        finally:
            logs.request_id.reset(token)


def identifier(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "") if settings.BEHIND_PROXY else ""
    return given if GIVEN.fullmatch(given) else uuid.uuid4().hex


def space_of(route: str) -> str:
    return route.split("/", 2)[1] if route.startswith("/") else ""


def note(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    match, status = request.resolver_match, response.status_code
    route = f"/{match.route}" if match else "(no such address)"
    metrics.observe(method=request.method or "", space=space_of(route), status=status, seconds=seconds)
    figures = {"status": status, "ms": round(seconds * 1000), "bytes": int(response.get("Content-Length") or 0)}
    log.info("%s %s %s", request.method, route, status, extra=figures)
