"""One slot: its place and time, whoever holds it, what came of it, what was written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.enums import ApplicationState, InterviewOutcome
from candidatures.forms.interviews import AssignForm, NoteForm, SlotForm, WordsForm
from candidatures.models import Application, InterviewNote, InterviewSlot, Jury
from candidatures.rules import interviews as rules
from candidatures.selectors import interviews as selectors
from candidatures.services.jury import interview_notes, interviews
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.ui.dates import moment

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


class SlotMixin(_Base):
    """The page of a slot and its acts."""

    def slot_urls(self) -> list[URLPattern]:
        root = "entretiens/<uuid:slot_key>"
        return [
            self.address(f"{root}/", self.slot_page, "interviews_slot"),
            self.address(f"{root}/attribuer/", self.slot_assign, "interviews_assign"),
            self.address(f"{root}/annuler/", self.slot_cancel, "interviews_cancel"),
            self.address(f"{root}/liberer/", self.slot_release, "interviews_release"),
            self.address(f"{root}/supprimer/", self.slot_delete, "interviews_delete"),
            self.address(f"{root}/issue/", self.slot_record, "interviews_record"),
            self.address(f"{root}/notes/", self.slot_note, "interviews_note"),
        ]

    def slot_page(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """GET shows the slot; POST moves or corrects it."""
        jury, slot = self._found_slot(request, key, slot_key)
        if request.method != "POST":
            return self._show_slot(request, jury, slot)
        form = SlotForm(request.POST)
        if not form.is_valid():
            return self._show_slot(request, jury, slot, form=form, status=422)
        try:
            interviews.change_slot(
                by=person(request),
                slot=slot,
                starts_at=form.cleaned_data["starts_at"],
                minutes=form.cleaned_data["minutes"],
                room=form.room(),
                seen=form.cleaned_data["seen"],
            )
        except StaleWrite as error:
            return self._stale_slot(request, jury, slot_key, error, form)
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return self._show_slot(request, jury, slot, form=form, status=422)
        messages.success(
            request,
            _("Le créneau est modifié ; l'artiste est prévenu.")
            if slot.application_id
            else _("Le créneau est modifié."),
        )
        return HttpResponseRedirect(self._slot_url(jury, slot))

    def slot_assign(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """Give the slot to a dossier of the shortlist, or move it here from another slot."""
        jury, slot = self._found_slot(request, key, slot_key)
        if request.method != "POST":
            return HttpResponseRedirect(self._slot_url(jury, slot))
        form = AssignForm(request.POST, applications=_shortlist(jury))
        if form.is_valid():
            try:
                interviews.assign(
                    by=person(request),
                    slot=slot,
                    application=form.cleaned_data["application"],
                    seen=request.POST.get("seen", ""),
                )
            except StaleWrite as error:
                return self._stale_slot(request, jury, slot_key, error)
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le créneau est attribué ; l'artiste est prévenu par courriel."))
                return HttpResponseRedirect(self._slot_url(jury, slot))
        return self._show_slot(request, jury, slot, assign_form=form, status=422)

    def slot_cancel(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """Ask, then take the slot off the timetable."""
        return self._slot_with_words(
            request,
            key,
            slot_key,
            act=interviews.cancel_slot,
            title=_("Annuler ce créneau ?"),
            button=_("Annuler le créneau"),
            lines=[
                _("Le créneau disparaît de la grille et ne se réserve plus."),
                _("L'artiste qui l'avait réservé reçoit un message, et peut en choisir un autre avant son délai."),
            ],
            done=_("Le créneau est annulé."),
        )

    def slot_release(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """Ask, then take the artist off the slot."""
        return self._slot_with_words(
            request,
            key,
            slot_key,
            act=interviews.release,
            title=_("Libérer ce créneau ?"),
            button=_("Libérer le créneau"),
            lines=[
                _("Le créneau se propose de nouveau aux artistes invités."),
                _("L'artiste qui l'avait réservé reçoit un message d'annulation."),
            ],
            done=_("Le créneau est libre de nouveau ; l'artiste est prévenu."),
        )

    def slot_delete(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """Erase a slot that nobody holds."""
        jury, slot = self._found_slot(request, key, slot_key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            interviews.delete_slot(by=person(request), slot=slot, seen=request.POST.get("seen", ""))
        except Refused as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._slot_url(jury, slot))
        messages.success(request, _("Le créneau du %(when)s est supprimé.") % {"when": moment(slot.starts_at)})
        return HttpResponseRedirect(reverse("admin:candidatures_jury_interviews", args=[jury.uuid]))

    def slot_record(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """Held, missed, or that note taken back."""
        jury, slot = self._found_slot(request, key, slot_key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            outcome = InterviewOutcome(request.POST.get("outcome", ""))
        except ValueError:
            raise Http404 from None
        try:
            interviews.record(by=person(request), slot=slot, outcome=outcome, seen=request.POST.get("seen", ""))
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("C'est noté : « %(outcome)s ».") % {"outcome": outcome.label})
        return HttpResponseRedirect(self._slot_url(jury, slot))

    def slot_note(self, request: HttpRequest, key: UUID, slot_key: UUID) -> HttpResponse:
        """The coordination's own notes."""
        jury, slot = self._found_slot(request, key, slot_key)
        if request.method != "POST" or slot.application is None:
            return HttpResponseRedirect(self._slot_url(jury, slot))
        form = NoteForm(request.POST)
        if form.is_valid():
            slot.application.call = jury.call
            try:
                interview_notes.save(
                    by=person(request),
                    application=slot.application,
                    text=form.cleaned_data["text"],
                    version=_number(request.POST.get("version", "")),
                )
            except StaleWrite as error:
                form.add_error(None, str(error))
                return self._show_slot(request, jury, slot, note_form=form, status=409)
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("Vos notes sont enregistrées."))
                return HttpResponseRedirect(f"{self._slot_url(jury, slot)}#notes")
        return self._show_slot(request, jury, slot, note_form=form, status=422)

    # The page ------------------------------------------------------------------------------------

    def _found_slot(self, request: HttpRequest, key: UUID, slot_key: UUID) -> tuple[Jury, InterviewSlot]:
        jury = self.jury(request, key)
        try:
            slot = selectors.slot(jury, slot_key)
        except InterviewSlot.DoesNotExist:
            raise Http404 from None
        slot.jury = jury
        return jury, slot

    @staticmethod
    def _slot_url(jury: Jury, slot: InterviewSlot) -> str:
        return reverse("admin:candidatures_jury_interviews_slot", args=[jury.uuid, slot.uuid])

    def _stale_slot(
        self, request: HttpRequest, jury: Jury, slot_key: UUID, error: StaleWrite, form: SlotForm | None = None
    ) -> HttpResponse:
        """The slot as it is now, and what was typed, which now answers to it."""
        jury, slot = self._found_slot(request, jury.uuid, slot_key)
        if form is not None:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = interviews.mark(slot)  # type: ignore[index]
            form.add_error(None, str(error))
            return self._show_slot(request, jury, slot, form=form, status=409)
        messages.warning(request, str(error))
        return self._show_slot(request, jury, slot, status=409)

    def _show_slot(
        self,
        request: HttpRequest,
        jury: Jury,
        slot: InterviewSlot,
        *,
        form: SlotForm | None = None,
        assign_form: AssignForm | None = None,
        note_form: NoteForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        seen = interviews.mark(slot)
        application, notes, own = slot.application, [], None
        if application is not None:
            notes = selectors.notes_for_desk(application)
            own = next((row for row in notes if row.author_id == person(request).pk), None)
        today = timezone.localdate()
        recused = selectors.recused_names(jury, [application.pk]).get(application.pk, []) if application else []
        response = self.jury_page(
            request,
            "admin/candidatures/jury/interviews_slot.html",
            jury=jury,
            title=_("Entretien du %(when)s") % {"when": moment(slot.starts_at)},
            tab="interviews",
            slot=slot,
            seen=seen,
            where=selectors.where(slot),
            application=application,
            recused=recused,
            can_change=rules.can_change_slot(slot),
            outcomes=[
                {"outcome": outcome, "verdict": rules.can_record(slot, application, outcome, today)}
                for outcome in InterviewOutcome
            ],
            is_free=application is None and slot.cancelled_at is None,
            ahead=slot.starts_at > timezone.now(),
            form=form or SlotForm(initial=SlotForm.initial_of(slot) | {"seen": seen}),
            assign_form=assign_form or AssignForm(applications=_shortlist(jury)),
            notes=[row for row in notes if own is None or row.pk != own.pk],
            own=own,
            note_form=note_form or NoteForm(initial={"text": own.text if own else ""}),
            note_version=own.version if own else _empty_version(request, application),
            entries=entries_for(application).filter(verb__startswith="interview.") if application else None,
            back=reverse("admin:candidatures_jury_interviews", args=[jury.uuid]),
        )
        response.status_code = status
        return response

    def _slot_with_words(
        self,
        request: HttpRequest,
        key: UUID,
        slot_key: UUID,
        *,
        act: Callable[..., Any],
        title: str,
        button: str,
        lines: list[str],
        done: str,
    ) -> HttpResponse:
        jury, slot = self._found_slot(request, key, slot_key)
        form = WordsForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                act(by=person(request), slot=slot, words=form.cleaned_data["words"], seen=request.POST.get("seen", ""))
            except Refused as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(self._slot_url(jury, slot))
            messages.success(request, done)
            return HttpResponseRedirect(reverse("admin:candidatures_jury_interviews", args=[jury.uuid]))
        return self.jury_page(
            request,
            "admin/candidatures/jury/interviews_confirm.html",
            jury=jury,
            title=title,
            tab="interviews",
            slot=slot,
            application=slot.application,
            lines=lines if slot.application is not None else lines[:1],
            button=button,
            form=form,
            seen=interviews.mark(slot),
            back=self._slot_url(jury, slot),
        )


def _shortlist(jury: Jury) -> Any:
    return Application.objects.filter(call=jury.call_id, state=ApplicationState.SHORTLISTED).order_by(
        "artist_name", "last_name", "pk"
    )


def _empty_version(request: HttpRequest, application: Application | None) -> int:
    """The version of notes that were emptied: the row is still there."""
    if application is None:
        return 0
    found = InterviewNote.objects.filter(application=application, author=person(request)).values_list("version")
    return next((row[0] for row in found), 0)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return -1
