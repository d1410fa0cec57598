"""Headers of every answer, answers that Django gives bare, and the closed door."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found

from clea.ui import unavailable
from clea.ui.http import own_referrer, wants_json

Next = Callable[[HttpRequest], HttpResponse]


#: What a page of this site never asks of a browser, itself or what it frames.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get",
        "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
    )
)  # fmt: skip


class HeadersMiddleware:
    """What Django's own middleware does not say, on every answer, static files included.

    A page that somebody reads signed in is kept nowhere: neither by a proxy nor by the browser, whose back
    button would show it after the sign-out. Only this site may use what is not public as a resource.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Read only if something else has asked who this is: a page that asks nobody holds nobody's secret.
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        shared = "public" in response.headers.get("Cache-Control", "")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if shared else "same-origin")
        return response


class MaintenanceMiddleware:
    """503 with what to do while the site is closed; health, sign-in and the coordination pass."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        words = unavailable.notice()
        if words is None or unavailable.is_open_to(request):
            return self.get_response(request)
        return unavailable.closed(request, words)


class BareAnswersMiddleware:
    """Pages that help in place of Django's bare ones.

    An address that only takes a form, opened by hand, is an empty 405. Where ``DEBUG`` is on, as in the
    demonstration, an address that is not there lists every route of the project: visitors get the page of
    the 404 there too (the console keeps the line).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code == 404 and b"URLconf" in getattr(response, "content", b""):
            return page_not_found(request, Http404())
        if response.status_code != 405 or response.streaming or response.content or wants_json(request):
            return response
        page = render(request, "405.html", {"back": way_back(request)}, status=405)
        page["Allow"] = response.get("Allow", "")
        return page


def way_back(request: HttpRequest) -> str:
    """The page one came from when it is ours, else the nearest address above this one."""
    if came_from := own_referrer(request):
        return came_from
    parts = request.path.strip("/").split("/")
    while parts := parts[:-1]:
        above = f"/{'/'.join(parts)}/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return "/"
