"""Small answers that views share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from clea.errors import Refused


def wants_json(request: HttpRequest) -> bool:
    """Whether our own JavaScript asks (autosave and upload say so), rather than a page load."""
    return (
        request.headers.get("x-requested-with") == "fetch"
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    )


def render_form(
    request: HttpRequest, template: str, form: BaseForm, context: dict[str, Any] | None = None
) -> HttpResponse:
    """Render a page around ``form``: 422 when it was sent and is wrong, 200 otherwise."""
    wrong = form.is_bound and bool(form.errors)
    return render(request, template, {"form": form} | (context or {}), status=422 if wrong else 200)


def add_refusal(form: BaseForm, error: Refused) -> None:
    """Put a service's refusal where the person looks: at its field, else on top of the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


def framed(response: HttpResponse) -> HttpResponse:
    """An answer that a page of this site shows in a frame; everything else stands in none."""
    response["X-Frame-Options"] = "SAMEORIGIN"
    response._csp_replace = getattr(response, "_csp_replace", {}) | {  # type: ignore[attr-defined]  # django-csp reads it
        "frame-ancestors": ["'self'"]
    }
    return response


def own_referrer(request: HttpRequest) -> str:
    """The page of this site that one came from, other than this address itself; else nothing."""
    came_from = request.headers.get("referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(came_from)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    # « //ailleurs/ » is a path of ours in an address, and another site in a link.
    return "" if parts.path == request.path or path.startswith("//") else path
