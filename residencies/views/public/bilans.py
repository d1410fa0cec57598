"""The bilans, for anyone: the list, the page, its documents. No account, no personal data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.ui.head import indexed
from residencies.models import Bilan
from residencies.pages import bilan as pages
from residencies.reports.bilan_workbook import sessions_csv
from residencies.selectors import bilan_pages as selectors
from residencies.services import bilans


@login_not_required
@indexed()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every published bilan, the latest season first."""
    return render(request, "residencies/public/bilans.html", {"bilans": selectors.published()})


@login_not_required
@indexed()
@require_safe
def bilan(request: HttpRequest, slug: str) -> HttpResponse:
    """One season: three large figures, then plots, then words of people. Five queries while nobody writes."""
    page = selectors.public_page(_found(slug))
    return render(request, "residencies/public/bilan.html", pages.context(page))


@login_not_required
@require_safe
def pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The document to hand round, made again if anything changed."""
    made = bilans.build_files(bilan=_found(slug))
    return _file(request, made.pdf, f"bilan-{slug}.pdf", inline=True)


@login_not_required
@require_safe
def workbook(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The figures as a workbook."""
    made = bilans.build_files(bilan=_found(slug))
    return _file(request, made.workbook, f"bilan-{slug}.xlsx", inline=False)


@login_not_required
@require_safe
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions held, as open data."""
    response = HttpResponse(sessions_csv(_found(slug).season), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bilan-{slug}-seances.csv"'
    response["Cache-Control"] = "public, max-age=900"
    return response


def _found(slug: str) -> Bilan:
    found = selectors.find(slug)
    if found is None:
        raise Http404
    return found


def _file(request: HttpRequest, stored: StoredFile | None, name: str, *, inline: bool) -> HttpResponseBase:
    """The bytes, some hundred kilobytes; whoever has them already is told so. Nobody keeps them without asking."""
    if stored is None:  # taken off the site in between
        raise Http404
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            with documents.opened(stored) as file:
                response = HttpResponse(file.read(), content_type=stored.content_type)
        except documents.Withheld:
            raise Http404 from None
        response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    return response
