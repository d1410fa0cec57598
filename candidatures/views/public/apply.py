"""One click from a call to one's own dossier."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidatures import rules
from candidatures.models import Call
from candidatures.pages.call import own_application, visible_calls
from candidatures.pages.content import passages
from candidatures.selectors import personal_deadline
from candidatures.services import applications
from candidatures.views.public.pages import call_or_404
from clea.errors import Refused


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what to prepare, and the button. POST: open the dossier, or find the one there is.

    Not signed in, the middleware leads to the sign-in page and back here.
    """
    if request.method == "POST":
        return _start(request, slug)
    call = call_or_404(request, slug)
    own = own_application(call, request.user)
    if own is not None and own.owner_id == request.user.pk:
        return redirect(own)
    deadline = personal_deadline(call, request.user.pk)
    verdict = rules.can_start(call, deadline, timezone.now())
    if not verdict:
        messages.error(request, str(verdict.reason))
        return redirect(call)
    context = {
        "call": call,
        "deadline": deadline,
        "invited": own,
        "content": passages(call, ("piece", "criterion")),
    }
    return render(request, "candidatures/public/apply.html", context)


def _start(request: HttpRequest, slug: str) -> HttpResponse:
    calls = visible_calls(request.user).filter(slug=slug)
    try:
        return redirect(applications.start_in(by=request.user, calls=calls))  # type: ignore[arg-type]
    except Call.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("calls:detail", slug)
