"""The register of processing, on the coordination's desk, and what it says to everybody."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clea.privacy import register as register_of
from clea.ui.head import indexed


@require_safe
def _page(request: HttpRequest) -> HttpResponse:
    found = register_of.register()
    context = admin.site.each_context(request) | {
        "title": _("Registre des traitements"),
        "controller": found.controller,
        "lines": found.lines,
        "security": found.security,
    }
    return render(request, "admin/privacy/register.html", context)


@require_safe
def _table(request: HttpRequest) -> HttpResponseBase:
    response = StreamingHttpResponse(register_of.table(register_of.register()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registre-des-traitements.csv"'
    return response


def page(request: HttpRequest) -> HttpResponse:
    """The register as it stands today (RGPD, article 30). For any member of the coordination."""
    return admin.site.admin_view(_page)(request)


def table(request: HttpRequest) -> HttpResponseBase:
    """The same for a spreadsheet."""
    return admin.site.admin_view(_table)(request)


@login_not_required
@indexed()
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """What is kept of people, why and until when. The delays are those that the program carries out."""
    found = register_of.register()
    return render(request, "ui/privacy.html", {"publisher": found.controller, "holdings": found.lines})
