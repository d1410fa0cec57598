"""The artist's answer to an offered residency."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from candidatures.forms.answers import ACCEPT, AnswerForm
from candidatures.models import Offer
from candidatures.rules import answers as rules
from candidatures.selectors import answers as selectors
from candidatures.services.jury import offers
from candidatures.views.access import authorise, frame, get_dossier, refused, says_why
from clea.errors import Refused
from clea.ui.recovery import keeps_answers, recovered


@keeps_answers
@require_http_methods(["GET", "POST"])
@says_why
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Read the offer; answer; confirm. 404 until the letter left: before, there is no offer to read."""
    application, access = get_dossier(request, uuid)
    told = selectors.told(application)
    offer = told.offer if told is not None else None
    if told is None or offer is None:
        raise Http404
    verdict = rules.can_answer(access, application, offer, timezone.now())
    context = frame(application, access) | {"told": told, "offer": offer, "verdict": verdict}
    if request.method == "POST":
        authorise(verdict)
        return _answer(request, context, offer)
    context["form"] = AnswerForm(recovered(request))
    return render(request, "candidatures/applicant/answer.html", context)


def _answer(request: HttpRequest, context: dict[str, object], offer: Offer) -> HttpResponse:
    """A first post is read back before it counts; ``confirmer`` makes it count."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render(request, "candidatures/applicant/answer.html", context | {"form": form}, status=422)
    accepts = form.cleaned_data["choice"] == ACCEPT
    if "corriger" in request.POST:
        return render(request, "candidatures/applicant/answer.html", context | {"form": form})
    if "confirmer" not in request.POST:
        if not context["verdict"]:
            return refused(request, Refused(context["verdict"].reason), context)  # type: ignore[attr-defined]
        return render(
            request, "candidatures/applicant/answer_confirm.html", context | {"form": form, "accepts": accepts}
        )
    act = offers.accept if accepts else offers.refuse
    try:
        act(by=request.user, offer=offer, words=form.cleaned_data["words"])  # type: ignore[arg-type]
    except Refused as error:
        return refused(request, error, context)
    return redirect("applications:answer", uuid=context["application"].uuid)  # type: ignore[attr-defined]
