"""The home page, the list of calls, a call and its dates."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures import structured as structured_calls
from candidatures.models import Call, CallPeriod
from candidatures.pages.call import call_page, visible_call
from candidatures.pages.listing import call_list as read_list
from candidatures.pages.listing import home_page
from candidatures.reports.calendars import call_dates
from clea.ui import next_step, sections, structured
from clea.ui.head import indexed
from structures.maps import territory_map

#: Steps of a signed-in person that the home reminds them of.
SHOWN = 2


def call_or_404(request: HttpRequest, slug: str) -> Call:
    """A call this reader may see; a draft does not exist for the public. One query."""
    try:
        return visible_call(slug, request.user)
    except Call.DoesNotExist:
        raise Http404 from None


@login_not_required
@indexed()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What CLEA is, the open call, the season, the dates ahead, the map. Six queries."""
    page = home_page()
    context = {
        "page": page,
        "map": territory_map(page.communes),
        "sections": sections.of("home", request, page),
        "steps": next_step.of(request)[:SHOWN],
        "structured": [
            structured.website(getattr(settings, "SITE_NAME", "CLEA")),
            *map(structured_calls.organisation, page.territories),
            *map(structured_calls.service, page.open),
        ],
    }
    return render(request, "candidatures/public/home.html", context)


@login_not_required
@indexed("page")
@require_safe
def call_list(request: HttpRequest) -> HttpResponse:
    """Every public call: open, to come, past. Three queries."""
    context = {"calls": read_list(request.GET.get("page"))}
    return render(request, "candidatures/public/call_list.html", context)


@login_not_required
@indexed()
@require_safe
def call_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A call's page, open or not. Four queries for an anonymous visitor."""
    try:
        page = call_page(slug, request.user)
    except Call.DoesNotExist:
        raise Http404 from None
    context = {
        "page": page,
        "call": page.call,
        "noindex": page.preview,
        "structured": [structured_calls.service(page.call)],
    }
    return render(request, "candidatures/public/call.html", context)


@login_not_required
@require_safe
def call_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The call's dates for an agenda. Two queries."""
    call = call_or_404(request, slug)
    content = call_dates(call, list(CallPeriod.objects.filter(call=call)))
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{call.slug}.ics"'},
    )
