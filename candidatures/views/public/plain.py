"""A call in plain language."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.models import Call
from candidatures.pages.call import call_page
from candidatures.pages.plain import plain_call
from clea.ui.head import indexed


@login_not_required
@indexed()
@require_safe
def call_plain(request: HttpRequest, slug: str) -> HttpResponse:
    """The call in short sentences and large type. As many queries as the call's page."""
    try:
        page = call_page(slug, request.user)
    except Call.DoesNotExist:
        raise Http404 from None
    context = {"page": page, "call": page.call, "plain": plain_call(page), "noindex": page.preview}
    return render(request, "candidatures/public/plain.html", context)
