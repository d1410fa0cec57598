"""Works proposed for diffusion: the catalogue, and the requests of structures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.admin.common import DeskAdmin, person, refuse
from clea.errors import Refused
from clea.journal.selectors import entries_for
from clea.ui.lists import PeriodFilter
from clea.ui.templatetags.clea import state_tag
from residencies.admin.recipients import of_structures_of
from residencies.enums import BookingState
from residencies.forms.works import AnswerForm
from residencies.models import Work, WorkBooking
from residencies.rules import events as rules
from residencies.services import works as services
from structures.admin.letters import WritingMixin
from structures.admin.scope import ScopedRelatedFilter
from structures.letters import Mailing

_TONES = {
    BookingState.ASKED: "attention",
    BookingState.ACCEPTED: "done",
    BookingState.REFUSED: "stop",
    BookingState.CANCELLED: "idle",
}


class _Readings(DeskAdmin):
    """Rows that others write: read here, answered through services."""

    can_add = can_delete = False

    class Media:
        css = {"all": ["css/coordination.css", "css/residencies-desk.css"]}


@admin.register(Work)
class WorkAdmin(_Readings):
    """What artists propose; the coordination puts it in the catalogue."""

    territory_path = "residency__season__programme__territory"
    season_path = "residency__season"
    list_display = ("title", "residency", "form", "is_published", "requests")
    list_filter = (("residency__season", ScopedRelatedFilter), ("residency", ScopedRelatedFilter), "is_published")
    empty_text = gettext_lazy("Les artistes proposent leurs œuvres depuis leur espace ; vous les mettez au catalogue.")
    search_fields = ("title", "residency__artist_name")
    list_select_related = ("residency",)
    ordering = ("residency__artist_name", "title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super()
            .get_queryset(request)
            .select_related("residency__season__programme__territory")
            .annotate(n_asked=Count("bookings", filter=Q(bookings__state=BookingState.ASKED)))
        )

    @admin.display(description=gettext_lazy("demandes sans réponse"))
    def requests(self, row: Any) -> int:
        return row.n_asked

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.publish)
        return [path("<uuid:key>/catalogue/", view, name="residencies_work_publish"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The work, whether it is in the catalogue, who asked for it."""
        work = self.get_object(request, object_id)
        if work is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        return self.page(
            request,
            "admin/residencies/event_works/work.html",
            title=work.title,
            obj=work,
            work=work,
            bookings=work.bookings.select_related("structure__commune"),
            entries=entries_for(work)[:20],
        )

    def publish(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Put the work in the catalogue, or take it off."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        work = self.found(request, key)
        published = not work.is_published
        try:
            services.publish(by=person(request), work=work, published=published)
        except Refused as error:
            messages.error(request, str(error))
        else:
            done = _("L'œuvre est au catalogue.") if published else _("L'œuvre n'est plus au catalogue.")
            messages.success(request, done)
        return HttpResponseRedirect(reverse("admin:residencies_work_change", args=[work.uuid]))


@admin.register(WorkBooking)
class WorkBookingAdmin(WritingMixin, _Readings):
    """Structures that ask for a work: yes makes an activity, no has its words."""

    territory_path = "work__residency__season__programme__territory"
    season_path = "work__residency__season"
    list_display = ("work", "artist", "structure", "people", "state_word", "made_at")
    list_filter = (
        "state",
        ("work__residency__season", ScopedRelatedFilter),
        ("work__residency", ScopedRelatedFilter),
        ("structure__commune", ScopedRelatedFilter),
        ("made_at", PeriodFilter),
    )
    search_fields = ("work__title", "structure__name", "work__residency__artist_name")
    actions = ("write_to_people",)
    empty_text = gettext_lazy("Les structures demandent une œuvre du catalogue depuis leur espace.")
    list_select_related = ("work__residency", "structure")
    ordering = ("-made_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.select_related(
            "work__residency__season__programme__territory", "structure__commune", "activity", "made_by"
        )

    @admin.display(description=gettext_lazy("artiste"))
    def artist(self, row: WorkBooking) -> str:
        return row.work.residency.artist_name

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def state_word(self, row: WorkBooking) -> str:
        return state_tag(row.state, row.get_state_display(), _TONES[BookingState(row.state)])

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[WorkBooking]) -> Mailing:
        return of_structures_of(queryset)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The request; the POST accepts it or refuses it."""
        booking = self.get_object(request, object_id)
        if booking is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            yes = "accepter" in request.POST
            act = services.accept if yes else services.refuse
            try:
                act(by=person(request), booking=booking, answer=form.cleaned_data["answer"])
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                done = _("C'est accepté : une activité de diffusion est créée, il reste à fixer sa date.")
                messages.success(request, done if yes else _("La demande est refusée ; la structure lit vos mots."))
                return HttpResponseRedirect(request.path)
        response = self.page(
            request,
            "admin/residencies/event_works/booking.html",
            title=f"{booking.work.title} – {booking.structure.name}",
            obj=booking,
            booking=booking,
            form=form,
            can_answer=rules.can_answer(booking),
            entries=entries_for(booking)[:20],
        )
        if form.is_bound and form.errors:
            response.status_code = 422
        return response
