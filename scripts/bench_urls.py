"""The site's addresses and an empty view, for scripts/bench.py only."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from clea.urls import urlpatterns as site


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """The least that Django does for a request: the middleware, no query, no template."""
    return HttpResponse(b"")


urlpatterns = [path("bench/empty/", empty), *site]
