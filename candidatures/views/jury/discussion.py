"""What the members say of a dossier, once each has filed their own reading."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from candidatures.forms.jury_reading import RemarkForm
from candidatures.models import DiscussionComment, Juror
from candidatures.services.jury import discussion, reviews
from candidatures.views.jury.frame import reads, says_why
from candidatures.views.jury.reading import address, get_place, gone, page_of, show
from clea.errors import Refused
from clea.ui.http import add_refusal
from clea.ui.recovery import keeps_answers, recovered, returns_to


@keeps_answers
@require_http_methods(["GET", "POST"])
@reads
def say(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """Add a remark. GET is where one comes back after an expired session, with what was typed."""
    place = get_place(juror, uuid)
    if request.method == "GET":
        kept = recovered(request)
        return show(request, juror, place, remark=RemarkForm(initial={"text": kept.get("text", "")}) if kept else None)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return show(request, juror, place, remark=form, status=422)
    try:
        discussion.say(
            by=request.user,  # type: ignore[arg-type]
            application=place.application,
            text=form.cleaned_data["text"],
            juror=juror,
        )
    except reviews.NoLongerTheirs as error:
        return gone(request, error)
    except Refused as error:
        add_refusal(form, error)
        return show(request, juror, place, remark=form, status=409)
    messages.success(request, _("Votre remarque est ajoutée à la discussion."))
    return redirect(f"{address(juror, uuid)}#discussion")


@returns_to(page_of)
@require_POST
@reads
def remove(request: HttpRequest, juror: Juror, uuid: UUID, remark: UUID) -> HttpResponse:
    """Take one's own remark back."""
    place = get_place(juror, uuid)
    found = get_object_or_404(DiscussionComment, uuid=remark, application=place.application, juror=juror)
    try:
        discussion.remove(by=request.user, comment=found)  # type: ignore[arg-type]
    except reviews.NoLongerTheirs as error:
        return gone(request, error)
    except Refused as error:
        return says_why(request, juror, error, {"back": address(juror, uuid)})
    messages.success(request, _("Votre remarque est retirée."))
    return redirect(f"{address(juror, uuid)}#discussion")
