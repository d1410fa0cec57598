"""The agenda, the participants and the papers of a meeting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from candidatures.admin.common import person, uuids
from residencies.admin.steering_base import MeetingPages
from residencies.forms.steering import AttendeeForm, ItemForm, PaperForm
from residencies.models import Meeting
from residencies.rules import steering as rules
from residencies.selectors import steering as selectors
from residencies.services import meeting_preparation as services
from structures.models import Institution


class PreparationMixin(MeetingPages):
    """Each list on its page, its form below; one row's form on a page of its own."""

    def row_urls(self) -> list[URLPattern]:
        item, guest, paper = "<uuid:item>/", "<uuid:attendee>/", "<uuid:paper>/"
        return [
            self.address("ordre-du-jour/", self.agenda_page, "agenda"),
            self.address("ordre-du-jour/reprendre/", require_POST(self.agenda_clone), "agenda_clone"),
            self.address(f"ordre-du-jour/{item}", self.item_page, "item"),
            self.address(f"ordre-du-jour/{item}deplacer/", require_POST(self.item_move), "item_move"),
            self.address(f"ordre-du-jour/{item}retirer/", require_POST(self.item_remove), "item_remove"),
            self.address("participants/", self.attendees_page, "attendees"),
            self.address("participants/partenaires/", require_POST(self.attendees_partners), "attendees_partners"),
            self.address("participants/reprendre/", require_POST(self.attendees_copy), "attendees_copy"),
            self.address(f"participants/{guest}", self.attendee_page, "attendee"),
            self.address(f"participants/{guest}retirer/", require_POST(self.attendee_remove), "attendee_remove"),
            self.address("documents/", self.papers_page, "papers"),
            self.address(f"documents/{paper}public/", require_POST(self.paper_public), "paper_public"),
            self.address(f"documents/{paper}retirer/", self.paper_remove, "paper_remove"),
            *super().row_urls(),
        ]

    # Agenda --------------------------------------------------------------------------------------

    def agenda_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The points in order, and a new one."""
        meeting = self.meeting(request, key)
        form = ItemForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and self.sent(
            form, lambda: services.add_item(by=person(request), meeting=meeting, **form.cleaned_data)
        ):
            return self.back(meeting, "agenda", "#ajouter")
        items = list(meeting.items.all())
        return self._list(
            request,
            "agenda",
            meeting,
            form,
            title=_("Ordre du jour"),
            items=items,
            can_clone=not items and rules.can_prepare(meeting),
            last=selectors.last_meeting(meeting) if not items else None,
            pending=selectors.open_actions(meeting.season).count() if not items else 0,
        )

    def agenda_clone(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        self.act(
            request,
            lambda: services.clone_agenda(by=person(request), meeting=meeting),
            _("L'ordre du jour est repris : corrigez-le, ordonnez-le."),
        )
        return self.back(meeting, "agenda")

    def item_page(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.items, item)
        form = ItemForm(request.POST) if request.method == "POST" else ItemForm.of(row)
        if request.method == "POST" and self.sent(
            form, lambda: services.change_item(by=person(request), item=row, **form.cleaned_data)
        ):
            return self.back(meeting, "agenda")
        title, button = _("Corriger un point"), _("Enregistrer le point")
        return self.form_page(request, meeting, title=title, tab="agenda", button=button, form=form)

    def item_move(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        """One step up or down, without a script."""
        meeting = self.meeting(request, key)
        row = self.own(meeting.items, item)
        up = request.POST.get("sens") != "bas"
        self.act(request, lambda: services.move_item(by=person(request), item=row, up=up))
        return self.back(meeting, "agenda", f"#point-{row.uuid}")

    def item_remove(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.items, item)
        done = _("Le point « %(title)s » est retiré.") % {"title": row.title}
        self.act(request, lambda: services.remove_item(by=person(request), item=row), done)
        return self.back(meeting, "agenda")

    # Participants --------------------------------------------------------------------------------

    def attendees_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who is asked to come, the territory's partners to tick, and one person more."""
        meeting = self.meeting(request, key)
        form = AttendeeForm(request.POST if request.method == "POST" else None, meeting=meeting)
        if request.method == "POST" and self.sent(
            form, lambda: services.save_attendee(by=person(request), meeting=meeting, **form.cleaned_data)
        ):
            return self.back(meeting, "attendees", "#ajouter")
        people = list(meeting.attendees.all())
        seated = {row.institution_id for row in people}
        partners = Institution.objects.filter(territory=meeting.territory)
        return self._list(
            request,
            "attendees",
            meeting,
            form,
            title=_("Participants"),
            people=people,
            silent=sum(not row.email for row in people),
            partners=[row for row in partners if row.pk not in seated],
            last=selectors.last_meeting(meeting),
        )

    def attendees_partners(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        chosen = list(
            Institution.objects.filter(
                territory=meeting.territory, uuid__in=uuids(request.POST.getlist("institutions"))
            )
        )
        self._added(
            request, lambda: services.add_institutions(by=person(request), meeting=meeting, institutions=chosen)
        )
        return self.back(meeting, "attendees")

    def attendees_copy(self, request: HttpRequest, key: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        self._added(request, lambda: services.copy_attendees(by=person(request), meeting=meeting))
        return self.back(meeting, "attendees")

    def _added(self, request: HttpRequest, act: Any) -> None:
        counted: list[int] = []
        if self.act(request, lambda: counted.append(act())):
            n = counted[0]
            words = ngettext("%(n)d participant est ajouté.", "%(n)d participants sont ajoutés.", n) % {"n": n}
            messages.success(request, words if n else _("Tous étaient déjà dans la liste."))

    def attendee_page(self, request: HttpRequest, key: UUID, attendee: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.attendees.select_related("institution"), attendee)
        form = AttendeeForm(request.POST if request.method == "POST" else None, meeting=meeting, attendee=row)
        if request.method == "POST" and self.sent(
            form, lambda: services.save_attendee(by=person(request), meeting=meeting, attendee=row, **form.cleaned_data)
        ):
            return self.back(meeting, "attendees")
        title, button = _("Corriger un participant"), _("Enregistrer le participant")
        return self.form_page(request, meeting, title=title, tab="attendees", button=button, form=form)

    def attendee_remove(self, request: HttpRequest, key: UUID, attendee: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.attendees, attendee)
        done = _("%(name)s n'est plus dans la liste.") % {"name": row.name}
        self.act(request, lambda: services.remove_attendee(by=person(request), attendee=row), done)
        return self.back(meeting, "attendees")

    # Papers --------------------------------------------------------------------------------------

    def papers_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The PDFs, public or not, and one more."""
        meeting = self.meeting(request, key)
        form = PaperForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if request.method == "POST" and self.sent(
            form, lambda: services.add_paper(by=person(request), meeting=meeting, **form.cleaned_data)
        ):
            messages.success(request, _("Le document est joint."))
            return self.back(meeting, "papers")
        return self._list(
            request,
            "papers",
            meeting,
            form,
            title=_("Documents"),
            papers=list(meeting.papers.select_related("stored_file")),
            max_bytes=services.MAX_BYTES,
            max_pages=services.MAX_PAGES,
        )

    def paper_public(self, request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
        meeting = self.meeting(request, key)
        row = self.own(meeting.papers, paper)
        public = request.POST.get("public") == "1"
        done = (
            _("« %(title)s » est publié avec le compte rendu.") if public else _("« %(title)s » n'est plus publié.")
        ) % {"title": row.title}
        self.act(request, lambda: services.set_paper_public(by=person(request), paper=row, is_public=public), done)
        return self.back(meeting, "papers")

    def paper_remove(self, request: HttpRequest, key: UUID, paper: UUID) -> HttpResponse:
        """Ask, then erase."""
        meeting = self.meeting(request, key)
        row = self.own(meeting.papers, paper)
        if request.method == "POST":
            done = _("Le document est retiré.")
            self.act(request, lambda: services.remove_paper(by=person(request), paper=row), done)
            return self.back(meeting, "papers")
        lines = [_("« %(title)s » est effacé. Cela ne se défait pas.") % {"title": row.title}]
        title, button = _("Retirer ce document ?"), _("Retirer le document")
        return self.form_page(request, meeting, title=title, tab="papers", button=button, lines=lines)

    def _list(
        self, request: HttpRequest, tab: str, meeting: Meeting, form: Any, *, title: str, **context: Any
    ) -> HttpResponse:
        response = self.meeting_page(
            request,
            f"admin/residencies/meeting/{tab}.html",
            meeting=meeting,
            title=title,
            tab=tab,
            form=form,
            can_prepare=rules.can_prepare(meeting),
            **context,
        )
        response.status_code = 422 if form.is_bound else 200
        return response
