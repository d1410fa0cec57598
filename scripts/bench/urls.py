"""The site's addresses, an empty view that pages are compared to, and the queries that a page asked, on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from clea.urls import *  # noqa: F403 - the pages of errors
from clea.urls import urlpatterns as site

Answered = Callable[[HttpRequest], HttpResponse]


@login_not_required
def empty(request: HttpRequest) -> HttpResponse:
    """The least that this site does for a request: the middleware, no query, no template."""
    return HttpResponse(b"")


def count_queries(get_response: Answered) -> Answered:
    """Answer ``X-Queries`` to who sends ``X-Count-Queries``; one look-up of a header for the others."""

    def counted(request: HttpRequest) -> HttpResponse:
        if "HTTP_X_COUNT_QUERIES" not in request.META:
            return get_response(request)
        asked = 0

        def note(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*arguments)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response["X-Queries"] = str(asked)
        return response

    return counted


urlpatterns = [path("bench/empty/", empty), *site]
