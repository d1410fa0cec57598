"""The interviews in a juror's space: the list, notes on each, a private calendar."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from candidatures.forms.interviews import NoteForm
from candidatures.models import Application, InterviewNote, InterviewSlot, Juror
from candidatures.reports import interview_calendars
from candidatures.rules import interviews as rules
from candidatures.selectors import interviews as selectors
from candidatures.selectors import seats
from candidatures.selectors.jury_face import face
from candidatures.services.jury import interview_notes
from candidatures.views.jury.frame import frame, reads, says_why, seated
from clea.errors import Refused, StaleWrite
from clea.ui.dates import hour
from clea.ui.http import wants_json
from clea.ui.recovery import keeps_answers, recovered


@require_GET
@reads
def listing(request: HttpRequest, juror: Juror) -> HttpResponse:
    """The interviews of the dossiers open to this member, day by day."""
    rows = selectors.for_juror(juror)
    days: dict[Any, list[selectors.Heard]] = {}
    for row in rows:
        days.setdefault(timezone.localdate(row.slot.starts_at), []).append(row)
    address = reverse("jury:interviews_feed", args=[interview_notes.feed_token(juror)])
    return render(
        request,
        "candidatures/jury/interviews/list.html",
        frame(juror) | {"days": list(days.items()), "feed": f"{settings.SITE_URL}{address}", "now": timezone.now()},
    )


@keeps_answers
@require_http_methods(["GET", "POST"])
@reads
def interview(request: HttpRequest, juror: Juror, uuid: UUID) -> HttpResponse:
    """One interview: when, where, one's own notes, the others' when one may read them."""
    try:
        application = seats.dossier(juror, uuid)
    except Application.DoesNotExist:
        raise Http404 from None
    slot = selectors.slot_of(application)
    if slot is None:
        raise Http404
    if request.method == "POST":
        return _save(request, juror, application, slot)
    kept = recovered(request)
    if kept is not None:
        messages.warning(request, _("Votre session avait expiré. Voici ce que vous aviez saisi : enregistrez-le."))
        return _show(request, juror, application, slot, NoteForm(kept), version=_number(kept.get("version", "")))
    return _show(request, juror, application, slot, None)


def _save(request: HttpRequest, juror: Juror, application: Application, slot: InterviewSlot) -> HttpResponse:
    form = NoteForm(request.POST)
    if not form.is_valid():
        if wants_json(request):
            return JsonResponse({"message": " ".join(str(error) for error in form.errors["text"])}, status=422)
        return _show(request, juror, application, slot, form, status=422)
    version = None if request.POST.get("ecraser") else _number(request.POST.get("version", ""))
    try:
        note = interview_notes.save(
            by=juror.user, application=application, text=form.cleaned_data["text"], version=version, juror=juror
        )
    except StaleWrite as error:
        if wants_json(request):
            return JsonResponse({"message": str(error), "conflict": True}, status=409)
        return _show(request, juror, application, slot, form, conflict=str(error), status=409)
    except Refused as error:
        return says_why(request, juror, error)
    if wants_json(request):
        when = hour(timezone.localtime())
        return JsonResponse(
            {
                "version": note.version,
                "saved_at": when,
                "message": _("Enregistré à %(when)s") % {"when": when},
                "errors": {},
            }
        )
    messages.success(request, _("Vos notes sont enregistrées."))
    return redirect("jury:interview", slug=juror.jury.call.slug, uuid=application.uuid)


def _show(
    request: HttpRequest,
    juror: Juror,
    application: Application,
    slot: InterviewSlot,
    form: NoteForm | None,
    *,
    version: int | None = None,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    notes = selectors.notes_for(juror, application)
    own: InterviewNote | None = notes.own
    return render(
        request,
        "candidatures/jury/interviews/interview.html",
        frame(juror)
        | {
            "application": application,
            "face": face(application, juror),
            "slot": slot,
            "where": selectors.where(slot),
            "notes": notes,
            "own": own,
            "form": form or NoteForm(initial={"text": own.text if own else ""}),
            "version": version if version is not None else own.version if own else 0,
            "conflict": conflict,
            "can_write": rules.can_write_note(juror, application, timezone.localdate()),
        },
        status=status,
    )


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return -1


@require_POST
@seated
def reset_feed(request: HttpRequest, juror: Juror) -> HttpResponse:
    """Give the calendar another address: the former one answers nothing any more."""
    interview_notes.reset_feed(by=juror.user, juror=juror)
    messages.success(
        request,
        _("L'adresse de votre agenda a changé : l'ancienne ne donne plus rien. Remplacez-la dans votre agenda."),
    )
    return redirect("jury:interviews", slug=juror.jury.call.slug)


@login_not_required
@require_GET
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The member's interviews, for a program that reads calendars: the address is the secret. Five queries at most."""
    try:
        juror = interview_notes.juror_of(token)
    except Juror.DoesNotExist:
        raise Http404 from None
    with translation.override(juror.user.language):
        content = interview_calendars.for_juror(juror, selectors.for_juror(juror))
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="entretiens.ics"',
            "Cache-Control": "private, no-store",
            "X-Robots-Tag": "noindex",
        },
    )
