"""One committee's meeting: its first page, and what happens to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from candidatures.admin.common import person, refuse
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.ui.dates import moment
from clea.ui.lists import PeriodFilter
from clea.ui.templatetags.clea import state_tag
from residencies.admin.base import Tab
from residencies.admin.recipients import of_attendees
from residencies.admin.steering_minutes import MinutesMixin
from residencies.admin.steering_preparation import PreparationMixin
from residencies.enums.steering import MeetingState
from residencies.forms.steering import InviteForm, MeetingForm, WhyForm
from residencies.models import Attendee, Meeting
from residencies.rules import steering as rules
from residencies.services import meetings as services
from structures.admin.letters import WritingMixin
from structures.admin.scope import ScopedRelatedFilter
from structures.letters import Mailing

TONES = {
    MeetingState.PLANNED: "open",
    MeetingState.HELD: "partial",
    MeetingState.SETTLED: "done",
    MeetingState.CANCELLED: "stop",
}


@admin.register(Meeting)
class MeetingAdmin(WritingMixin, PreparationMixin, MinutesMixin):
    """From the agenda to the minutes. New meetings come from their season's page."""

    can_add = can_delete = False
    tabs = (
        Tab("hub", gettext_lazy("Vue d'ensemble"), hub=True),
        Tab("agenda", gettext_lazy("Ordre du jour")),
        Tab("attendees", gettext_lazy("Participants")),
        Tab("papers", gettext_lazy("Documents")),
        Tab("minutes", gettext_lazy("Compte rendu")),
    )
    list_display = ["name", "starts_at", "state_now", "season"]
    list_display_links = ["name"]
    list_select_related = ["season"]
    list_filter = ["state", "kind", ("season", ScopedRelatedFilter), ("starts_at", PeriodFilter)]
    actions = ["write_to_people"]
    empty_text = gettext_lazy("Une réunion se prépare depuis la page « Pilotage » de sa saison.")
    search_fields = ["title", "place"]
    ordering = ["-starts_at", "-pk"]
    list_per_page = 50

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Meeting]) -> Mailing:
        rows = Attendee.objects.filter(meeting__in=queryset.values("pk"))
        return of_attendees(rows.select_related("meeting__season__programme__territory").order_by("name"))

    @admin.display(description=gettext_lazy("réunion"), ordering="title")
    def name(self, meeting: Meeting) -> str:
        return format_html(
            '<strong>{}</strong><span class="desk-sub">{}</span>', meeting.title, meeting.get_kind_display()
        )

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def state_now(self, meeting: Meeting) -> str:
        return state_tag(meeting.state, meeting.get_state_display(), TONES[MeetingState(meeting.state)])

    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("convoquer/", self.invite_page, "invite"),
            self.address("annuler/", self.cancel_page, "cancel"),
            self.address("retablir/", require_POST(self.restore), "restore"),
            self.address("tenue/", require_POST(self.hold), "hold"),
            self.address("a-venir/", require_POST(self.put_off), "put_off"),
            *super().row_urls(),
        ]

    # The first page ------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Day, place, what is ready and what lacks; the form moves it."""
        meeting = self.get_object(request, object_id) if self.has_view_permission(request) else None
        if meeting is None:
            return super().change_view(request, object_id, form_url, extra_context)
        form = MeetingForm(request.POST if request.method == "POST" else None, meeting=meeting)
        status = 200
        if request.method == "POST":
            status = self._changed(request, meeting, form)
            if status == 302:
                return self.back(meeting)
        response = self.meeting_page(
            request,
            "admin/residencies/meeting/hub.html",
            meeting=meeting,
            title=meeting.title,
            tab="hub",
            form=form,
            can_plan=rules.can_plan(meeting),
            can_hold=rules.can_hold(meeting, timezone.now()),
            points=meeting.items.count(),
            people=meeting.attendees.count(),
            papers=meeting.papers.count(),
            pending=meeting.actions.filter(state="open").count(),
            entries=entries_for(meeting)[:20],
        )
        response.status_code = status
        return response

    def _changed(self, request: HttpRequest, meeting: Meeting, form: MeetingForm) -> int:
        """The status of the answer; 302 once it is written."""
        if not form.is_valid():
            return 422
        try:
            _meeting, told = services.change(
                by=person(request), meeting=meeting, version=form.cleaned_data["version"] or 0, facts=form.facts()
            )
        except StaleWrite as error:
            form.add_error(None, str(error))
            data: Any = form.data
            form.data = data.copy()
            form.data["version"] = str(Meeting.objects.values_list("version", flat=True).get(pk=meeting.pk))  # type: ignore[index]
            return 409
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return 422
        words = _("La réunion est enregistrée.")
        if told:
            sent = ngettext("%(n)d participant est prévenu.", "%(n)d participants sont prévenus.", told)
            words = f"{words} {sent % {'n': told}}"
        messages.success(request, words)
        return 302

    # Convened, called off, held ------------------------------------------------------------------

    def invite_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Read back who is written to, and what; then send."""
        meeting = self.meeting(request, key)
        form = InviteForm(request.POST if request.method == "POST" else None, meeting=meeting)

        def invite() -> None:
            data = form.cleaned_data
            count = services.invite(
                by=person(request),
                meeting=meeting,
                attendees=data["attendees"],
                words=data["words"],
                with_papers=data.get("with_papers", False),
            )
            words = ngettext("%(n)d convocation est envoyée.", "%(n)d convocations sont envoyées.", count)
            messages.success(request, words % {"n": count})

        if request.method == "POST" and self.sent(form, invite):
            return self.back(meeting)
        verdict = rules.can_invite(meeting, points=meeting.items.count(), now=timezone.now())
        silent = meeting.attendees.filter(email="").count()
        lines = [moment(meeting.starts_at), meeting.place or _("Lieu à préciser"), *self._agenda(meeting)]
        if silent:
            lines.append(
                ngettext(
                    "%(n)d participant n'a pas d'adresse électronique : prévenez-le autrement.",
                    "%(n)d participants n'ont pas d'adresse électronique : prévenez-les autrement.",
                    silent,
                )
                % {"n": silent}
            )
        return self.form_page(
            request,
            meeting,
            title=_("Convoquer"),
            tab="hub",
            button=_("Envoyer la convocation"),
            form=form if verdict else None,
            lines=lines,
            verdict=verdict,
        )

    @staticmethod
    def _agenda(meeting: Meeting) -> list[str]:
        return [f"{number}. {item.title}" for number, item in enumerate(meeting.items.all(), 1)]

    def cancel_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        form = WhyForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and self.sent(
            form, lambda: services.cancel(by=person(request), meeting=meeting, why=form.cleaned_data["why"])
        ):
            messages.success(request, _("La réunion est annulée."))
            return self.back(meeting)
        told = meeting.attendees.exclude(email="").count() if meeting.invited_at else 0
        lines = [
            ngettext(
                "%(n)d participant reçoit le motif, et la réunion quitte son agenda.",
                "%(n)d participants reçoivent le motif, et la réunion quitte leur agenda.",
                told,
            )
            % {"n": told}
            if told
            else _("Personne n'est encore convoqué : aucun message ne part.")
        ]
        title, button = _("Annuler cette réunion ?"), _("Annuler la réunion")
        return self.form_page(request, meeting, title=title, tab="hub", button=button, form=form, lines=lines)

    def restore(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        done = _("La réunion est rétablie. Convoquez à nouveau les participants.")
        self.act(request, lambda: services.restore(by=person(request), meeting=meeting), done)
        return self.back(meeting)

    def hold(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        done = _("La réunion est notée tenue : écrivez son compte rendu.")
        held = self.act(request, lambda: services.hold(by=person(request), meeting=meeting), done)
        return self.back(meeting, "minutes" if held else "hub")

    def put_off(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        done = _("La réunion est de nouveau à venir.")
        self.act(request, lambda: services.put_off(by=person(request), meeting=meeting), done)
        return self.back(meeting)
