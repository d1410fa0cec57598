"""Private calendars, for programs: the address is the secret."""

from __future__ import annotations

from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from clea.ui import limits
from residencies.models import CalendarFeed
from residencies.selectors import feeds as selectors

#: A program that asks for an address that was revoked, or somebody who guesses: a right one is never counted.
WRONG = limits.limit("residencies", "feed", "120/h/ip", "a private calendar's address that is none")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar behind the address. The same 404 for a wrong, a former or a revoked one. Six queries."""
    try:
        content = selectors.read(selectors.feed_of(token))
    except CalendarFeed.DoesNotExist:
        if seconds := limits.wait(request, WRONG):
            return limits.refused(request, seconds)
        raise Http404 from None
    etag = quote_etag(sha256(content).hexdigest())
    response = HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="calendrier.ics"',
            # Kept by nobody on the way; whoever subscribed asks again, and is told when nothing changed.
            "Cache-Control": "private, no-cache",
            "ETag": etag,
            "X-Robots-Tag": "noindex",
            "Referrer-Policy": "no-referrer",
        },
    )
    answer = get_conditional_response(request, etag=etag, response=response)
    assert answer is not None
    return answer
