"""The questionnaire after an activity, for whoever received its link."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clea.errors import Refused
from clea.ui.http import add_refusal, render_form
from residencies.forms.feedback import FeedbackForm
from residencies.selectors import feedback as selectors
from residencies.services import feedback as services


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, key: UUID) -> HttpResponse:
    """Answer, or read that it was answered. The link is the right: it was sent to the structure."""
    invitation = selectors.invitation(key)
    if invitation is None or invitation.sent_at is None:
        raise Http404
    territory = invitation.activity.territory
    context = {"invitation": invitation, "territory": territory}
    if invitation.answered or invitation.activity.season.closed_at is not None:
        response = render(request, "residencies/public/feedback_done.html", context)
        response["X-Robots-Tag"] = "noindex"
        return response
    form = FeedbackForm(request.POST if request.method == "POST" else None, questions=selectors.questions(territory))
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(invitation=invitation, scores=form.scores(), words=form.cleaned_data["words"])
        except Refused as error:
            if error.code != "empty":
                return redirect("residencies:feedback", key)
            add_refusal(form, error)
        else:
            return redirect("residencies:feedback", key)
    response = render_form(request, "residencies/public/feedback.html", form, context)
    response["X-Robots-Tag"] = "noindex"
    return response
