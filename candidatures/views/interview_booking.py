"""The artist's interview: choose a slot, change it, decline. Known once the letter has left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from candidatures import rules
from candidatures.forms.interviews import WordsForm
from candidatures.models import Application, InterviewSlot
from candidatures.reports import interview_calendars
from candidatures.rules import interviews as interview_rules
from candidatures.selectors import interviews as selectors
from candidatures.services.jury import interview_booking
from candidatures.views.access import authorise, frame, get_dossier, refused, says_why
from clea.errors import Forbidden, Refused
from clea.ui.dates import moment
from clea.ui.recovery import keeps_answers


def _booking(request: HttpRequest, uuid: UUID) -> tuple[Application, rules.Access, selectors.Booking]:
    """The dossier and its interview. 404 to strangers, and before the invitation has left."""
    application, access = get_dossier(request, uuid)
    booking = selectors.booking(application)
    if not booking.is_known:
        raise Http404
    return application, access, booking


def _context(application: Application, access: rules.Access, booking: selectors.Booking) -> dict[str, Any]:
    now = timezone.now()
    slot, invitation = booking.slot, booking.invitation
    can_book = interview_rules.can_book(access, application, invitation, slot, now)
    free = selectors.free_slots(application.call.jury.pk, now) if can_book else []
    return frame(application, access) | {
        "invitation": invitation,
        "slot": slot,
        "where": selectors.where(slot) if slot is not None else "",
        "can_book": can_book,
        "can_decline": interview_rules.can_decline(access, application, invitation, slot, now),
        "until": interview_rules.last_change(invitation, slot) if invitation is not None else None,
        "days": selectors.by_day(free),
        "past": slot is not None and slot.starts_at <= now,
    }


@keeps_answers
@require_http_methods(["GET", "POST"])
@says_why
def interview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """GET shows one's slot and those that are free; POST books one."""
    application, access, booking = _booking(request, uuid)
    if request.method == "GET":
        return _show(request, application, access, booking)
    slot = _chosen(request, application)
    if slot is None:
        authorise(
            interview_rules.can_book(access, application, booking.invitation, booking.slot, timezone.now()),
        )
        return _show(request, application, access, booking, error=_("Choisissez d'abord un créneau."), status=422)
    try:
        booked = interview_booking.book(by=request.user, application=application, slot=slot)  # type: ignore[arg-type]
    except Forbidden:
        raise
    except Refused as error:
        # Taken by somebody else in the meantime: the reason, and what remains.
        booking = selectors.booking(application)
        return _show(request, application, access, booking, error=str(error), status=409)
    messages.success(
        request,
        _("C'est réservé : %(when)s (heure de Paris). Un courriel vous le confirme, avec un fichier pour votre agenda.")
        % {"when": moment(booked.starts_at)},
    )
    return redirect("applications:interview", uuid=uuid)


def _chosen(request: HttpRequest, application: Application) -> InterviewSlot | None:
    try:
        key = UUID(request.POST.get("creneau", ""))
    except ValueError:
        return None
    return InterviewSlot.objects.select_related("jury").filter(jury__call=application.call_id, uuid=key).first()


def _show(
    request: HttpRequest,
    application: Application,
    access: rules.Access,
    booking: selectors.Booking,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = _context(application, access, booking) | {"error": error}
    return render(request, "candidatures/applicant/interview.html", context, status=status)


@keeps_answers
@require_http_methods(["GET", "POST"])
@says_why
def decline(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask for a confirmation, then say that one will not come."""
    application, access, booking = _booking(request, uuid)
    context = _context(application, access, booking)
    authorise(context["can_decline"])
    if not context["can_decline"]:
        return refused(request, Refused(context["can_decline"].reason), context)
    form = WordsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            interview_booking.decline(
                by=request.user,  # type: ignore[arg-type]
                application=application,
                words=form.cleaned_data["words"],
            )
        except Refused as error:
            return refused(request, error, context)
        messages.success(request, _("C'est noté : vous déclinez l'entretien. Votre dossier reste à l'étude."))
        return redirect(application)
    return render(request, "candidatures/applicant/interview_decline.html", context | {"form": form})


@require_GET
def calendar(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The booked interview as a file for one's calendar."""
    application, _access, booking = _booking(request, uuid)
    if booking.slot is None or booking.invitation is None:
        raise Http404
    content = interview_calendars.for_artist(
        booking.slot, application, sequence=booking.invitation.sequence, stamp=booking.slot.updated_at
    )
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{interview_calendars.file_name(application.call)}"',
            "Cache-Control": "private, no-store",
        },
    )
