"""Events: the desk's pages about one event, and its registrations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_safe

from candidatures.admin.common import person
from clea.errors import Refused
from clea.journal.selectors import entries_for
from clea.ui.desk import DeskItem
from clea.ui.lists import PeriodFilter
from clea.ui.templatetags.clea import state_tag
from clea.ui.waiting import Subject, Waits
from residencies.admin import works
from residencies.admin.base import Tab
from residencies.admin.event_meetings import MeetingsMixin
from residencies.admin.recipients import of_registrations
from residencies.admin.waits import by_territory
from residencies.enums import BookingState, EventState, RegistrationState
from residencies.forms.events import CancelForm, EventForm, TeamForm, territories_of
from residencies.models import Event, MeetingWish, Registration, WorkBooking
from residencies.rules import events as rules
from residencies.selectors import events as selectors
from residencies.services import events as services
from residencies.services import registrations
from structures.admin.letters import WritingMixin, chosen_keys
from structures.admin.scope import ScopedRelatedFilter
from structures.letters import Mailing
from structures.models import Structure

if TYPE_CHECKING:
    from django.forms import BaseForm

__all__ = ["EventAdmin", "desk_items", "works"]


def refuse(form: BaseForm, error: Refused | ValidationError) -> None:
    """Put what a service refused where the person typed it: some columns have two fields here."""
    shown = getattr(form, "shown", lambda name: name if name in form.fields else None)
    if isinstance(error, Refused):
        form.add_error(shown(error.field), str(error))
        return
    for name, texts in getattr(error, "message_dict", {"__all__": error.messages}).items():
        form.add_error(shown(name), texts)


_TONES = {EventState.DRAFT: "partial", EventState.PUBLISHED: "open", EventState.CANCELLED: "stop"}


@admin.register(Event)
class EventAdmin(WritingMixin, MeetingsMixin):
    """One event: its details, who is registered, who meets whom."""

    can_delete = False
    add_title = gettext_lazy("Préparer un évènement")
    tabs = (
        Tab("details", gettext_lazy("Fiche"), hub=True),
        Tab("registrations", gettext_lazy("Inscriptions")),
        Tab("meetings", gettext_lazy("Rendez-vous")),
    )
    list_display = ("title", "kind", "starts_at", "state_word", "registered", "waiting")
    list_filter = ("state", "kind", ("season", ScopedRelatedFilter), ("starts_at", PeriodFilter))
    actions = ("write_to_people",)
    empty_text = gettext_lazy("Préparez un évènement, puis annoncez-le : les inscriptions s'ouvrent.")
    search_fields = ("title", "place")
    ordering = ("-starts_at", "-pk")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is None or not (match.url_name or "").endswith("_changelist"):
            return rows
        return rows.annotate(
            n_confirmed=_people(RegistrationState.CONFIRMED), n_waiting=_people(RegistrationState.WAITING)
        )

    @admin.display(description=gettext_lazy("état"), ordering="state")
    def state_word(self, row: Event) -> str:
        return state_tag(row.state, row.get_state_display(), _TONES[EventState(row.state)])

    @admin.display(description=gettext_lazy("personnes inscrites"))
    def registered(self, row: Any) -> str:
        return f"{row.n_confirmed} / {row.capacity}" if row.capacity is not None else str(row.n_confirmed)

    @admin.display(description=gettext_lazy("en attente"))
    def waiting(self, row: Any) -> int:
        return row.n_waiting

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[Event]) -> Mailing:
        return of_registrations(Registration.objects.filter(event__in=queryset.values("pk")))

    def write_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Write to those registered: ticked, or all of them."""
        event = self.event(request, key)
        chosen = chosen_keys(request, "inscription")
        rows = Registration.objects.filter(event=event)
        return self.letter_flow(
            request,
            of_registrations(rows.filter(uuid__in=chosen) if chosen else rows),
            back=self.tab_url(self.tabs[1], event),
            row=event,
            hidden=[("inscription", str(one)) for one in chosen],
        )

    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("annoncer/", self.publish_page, "publish"),
            self.address("annuler/", self.cancel_page, "cancel"),
            self.address("supprimer/", self.discard_page, "discard"),
            self.address("inscriptions/", require_safe(self.registrations_page), "registrations"),
            self.address("inscriptions/ecrire/", self.write_page, "write"),
            self.address("inscriptions/structure/", self.register_page, "register"),
            self.address("inscriptions/<uuid:registration>/annuler/", self.unregister_page, "unregister"),
            *super().row_urls(),
        ]

    # Details -------------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A new event, seen by nobody else before it is announced."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EventForm(request.POST if request.method == "POST" else None, territories=territories_of(request.user))
        if request.method == "POST" and form.is_valid():
            try:
                made = services.create(by=person(request), season=form.cleaned_data["season"], **form.values())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'évènement est préparé. Relisez-le, puis annoncez-le."))
                return HttpResponseRedirect(self.tab_url(self.tabs[0], made))
        return self._status(
            self.page(request, "admin/residencies/event/add.html", title=str(self.add_title), form=form), form
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The event's details, and what may be done of it."""
        event = self.get_object(request, object_id)
        if event is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        form = EventForm(
            request.POST if request.method == "POST" else None, territories=territories_of(request.user), event=event
        )
        if request.method == "POST" and form.is_valid():
            try:
                services.change(
                    by=person(request), event=event, version=form.cleaned_data["version"] or 0, **form.values()
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'évènement est enregistré."))
                return HttpResponseRedirect(request.path)
        response = self.event_page(
            request,
            "admin/residencies/event/details.html",
            event=event,
            title=event.title,
            tab="details",
            form=form,
            places=selectors.places(event),
            entries=entries_for(event)[:20],
        )
        return self._status(response, form)

    @staticmethod
    def _status(response: HttpResponse, form: BaseForm) -> HttpResponse:
        if form.is_bound and form.errors:
            response.status_code = 422
        return response

    def publish_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask, then announce."""
        event = self.event(request, key)
        if request.method == "POST":
            self.act(request, lambda: services.publish(by=person(request), event=event), _("L'évènement est annoncé."))
            return HttpResponseRedirect(self.tab_url(self.tabs[0], event))
        who = (
            _("Les équipes des structures s'inscrivent depuis leur espace, et tout le monde sur la page publique.")
            if event.open_to_public
            else _("Les équipes des structures peuvent s'inscrire depuis leur espace.")
        )
        lines = [_("La page publique de l'évènement s'ouvre."), who]
        return self.confirm(request, event, _("Annoncer cet évènement ?"), lines, _("Annoncer"), "details")

    def cancel_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask why, then call it off: it cannot be undone."""
        event = self.event(request, key)
        form = CancelForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                services.cancel(by=person(request), event=event, why=form.cleaned_data["why"])
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'évènement est annulé. Les inscrits et les artistes sont prévenus."))
                return HttpResponseRedirect(self.tab_url(self.tabs[0], event))
        places = selectors.places(event)
        lines = [
            ngettext(
                "%(n)d personne inscrite ou en attente reçoit vos mots.",
                "%(n)d personnes inscrites ou en attente reçoivent vos mots.",
                places.taken + places.waiting,
            )
            % {"n": places.taken + places.waiting},
            _("La page publique reste, et dit que l'évènement est annulé. Cela ne se défait pas."),
        ]
        return self.confirm(
            request, event, _("Annuler cet évènement ?"), lines, _("Annuler l'évènement"), "details", form=form
        )

    def discard_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask, then throw away what nobody else has seen."""
        event = self.event(request, key)
        if request.method == "POST":
            done = _("L'évènement en préparation est supprimé.")
            if self.act(request, lambda: services.discard(by=person(request), event=event), done):
                return HttpResponseRedirect(reverse("admin:residencies_event_changelist"))
            return HttpResponseRedirect(self.tab_url(self.tabs[0], event))
        lines = [_("Il n'a pas été annoncé : personne d'autre ne l'a vu. Cela ne se défait pas.")]
        return self.confirm(
            request, event, _("Supprimer cet évènement ?"), lines, _("Supprimer l'évènement"), "details"
        )

    # Registrations -------------------------------------------------------------------------------

    def registrations_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Who comes, who waits, in order. Five queries beside the frame's."""
        event = self.event(request, key)
        rows = selectors.registrations(event)
        taken = {row.structure_id for row in (*rows["confirmed"], *rows["waiting"])}
        return self.event_page(
            request,
            "admin/residencies/event/registrations.html",
            event=event,
            title=_("Inscriptions"),
            tab="registrations",
            rows=rows,
            places=selectors.places(event),
            takes=rules.takes_registrations(event, timezone.now()),
            structures=Structure.objects.active()
            .filter(territory=event.territory, is_category=False)
            .exclude(pk__in=[pk for pk in taken if pk is not None])
            .only("uuid", "name"),
        )

    def register_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A structure's registration, written by the coordination (by telephone, say)."""
        event = self.event(request, key)
        try:
            asked = UUID(request.GET.get("structure", ""))
        except ValueError:
            raise Http404 from None
        structure = Structure.objects.filter(territory=event.territory, uuid=asked).first()
        if structure is None:
            raise Http404
        row = selectors.registration_of(event, structure)
        initial: dict[str, Any] = {"name": structure.name, "email": structure.email, "people": 2}
        if row is not None:
            initial = TeamForm.initial_of(
                row, selectors.wishes_of(event, structure), selectors.away_of(event, structure)
            )
        artists = list(event.residencies.order_by("artist_name"))
        form = TeamForm(
            request.POST if request.method == "POST" else None, event=event, artists=artists, initial=initial
        )
        if request.method == "POST" and form.is_valid():
            try:
                registrations.register_team(by=person(request), event=event, structure=structure, **form.values())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'inscription de « %(name)s » est enregistrée.") % {"name": structure})
                return HttpResponseRedirect(self._registrations(event))
        response = self.event_page(
            request,
            "admin/residencies/event/form.html",
            event=event,
            title=_("Inscrire « %(name)s »") % {"name": structure.name},
            tab="registrations",
            form=form,
            button=_("Enregistrer l'inscription"),
            back=self._registrations(event),
        )
        return self._status(response, form)

    def unregister_page(self, request: HttpRequest, key: UUID, registration: UUID) -> HttpResponse:
        """Ask, then give the places back."""
        event = self.event(request, key)
        row = Registration.objects.filter(event=event, uuid=registration).first()
        if row is None:
            raise Http404
        if request.method == "POST":
            self.act(
                request,
                lambda: registrations.cancel(by=person(request), registration=row),
                _("L'inscription est annulée ; la liste d'attente a pris les places si elle le pouvait."),
            )
            return HttpResponseRedirect(self._registrations(event))
        lines = [
            _("%(name)s perd sa place et reçoit un message.") % {"name": row.name},
            _("Ses rendez-vous et ses souhaits sont effacés."),
            _("La liste d'attente prend les places libérées, dans son ordre."),
        ]
        return self.confirm(
            request, event, _("Annuler cette inscription ?"), lines, _("Annuler l'inscription"), "registrations"
        )

    def _registrations(self, event: Event) -> str:
        return reverse("admin:residencies_event_registrations", args=[event.uuid])


def _people(state: RegistrationState) -> Coalesce:
    rows = Registration.objects.filter(event=OuterRef("pk"), state=state).order_by().values("event")
    return Coalesce(Subquery(rows.annotate(n=Sum("people")).values("n"), output_field=IntegerField()), 0)


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    coming = Event.objects.filter(state=EventState.PUBLISHED, starts_at__gte=timezone.now())
    wished = coming.filter(Exists(MeetingWish.objects.filter(event=OuterRef("pk"))), meetings_from__isnull=False)
    told = Q(timetable_told_at__isnull=True) | Q(timetable_told_at__lt=F("timetable_at"))
    asked = WorkBooking.objects.filter(state=BookingState.ASKED)
    yield by_territory(request, "events.asked", asked, "work__residency__season__")
    yield by_territory(request, "events.uncomputed", wished.filter(timetable_at__isnull=True))
    yield by_territory(request, "events.untold", wished.filter(told, timetable_at__isnull=False))


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Requests for works to answer, meetings to compute, meetings to tell."""
    events_url = reverse("admin:residencies_event_changelist") + "?state__exact=published"
    bookings_url = reverse("admin:residencies_workbooking_changelist") + "?state__exact=asked"
    lines = []
    for here in found.places("events.asked", "events.uncomputed", "events.untold").values():
        if one := here.get("events.asked"):
            label = ngettext_lazy("demande d'œuvre à répondre", "demandes d'œuvres à répondre")
            lines.append(DeskItem(label, one.n, bookings_url, "soon", one.name))
        if one := here.get("events.uncomputed"):
            label = ngettext_lazy("évènement aux rendez-vous à calculer", "évènements aux rendez-vous à calculer")
            lines.append(DeskItem(label, one.n, events_url, "soon", one.name))
        if one := here.get("events.untold"):
            label = ngettext_lazy("horaire de rendez-vous à annoncer", "horaires de rendez-vous à annoncer")
            lines.append(DeskItem(label, one.n, events_url, "soon", one.name))
    return lines


desk_items = Subject(_rows, _lines)
