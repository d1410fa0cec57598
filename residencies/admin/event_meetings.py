"""Who meets whom at an event: computed, set by hand, told, printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from candidatures.admin.common import person, refuse
from clea.documents import services as documents
from clea.errors import Refused, StaleWrite
from residencies.admin.base import TabbedPages
from residencies.forms.events import AwayForm, MeetingForm
from residencies.models import Event, MeetingSlot, Unavailability
from residencies.rules import events as rules
from residencies.selectors import events as selectors
from residencies.services import timetables

#: How the sheets are cut, and what the page says of it.
_SHEETS = {
    "artiste": gettext_lazy("Par artiste"),
    "structure": gettext_lazy("Par structure"),
    "salle": gettext_lazy("Par salle"),
}


class MeetingsMixin(TabbedPages):
    """Pages of one event. Templates extend ``admin/residencies/event/base.html``."""

    territory_path = "season__programme__territory"
    season_path = "season"
    prefix = "residencies_event"

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .select_related("season__programme__territory", "structure__commune", "commune")
        )

    def event(self, request: HttpRequest, key: UUID) -> Event:
        """The event behind an address, its territory with it. 404 outside the walls."""
        return self.found(request, key)

    def event_page(
        self, request: HttpRequest, template: str, *, event: Event, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        return self.tabbed(request, template, row=event, title=title, tab=tab, event=event, **context)

    def act(self, request: HttpRequest, act: Callable[[], object], done: str) -> bool:
        """Do it and say so, or say why not. Whether it was done."""
        try:
            act()
        except Refused as error:
            messages.error(request, str(error))
            return False
        messages.success(request, done)
        return True

    def confirm(
        self,
        request: HttpRequest,
        event: Event,
        title: str,
        lines: list[str],
        button: str,
        tab: str,
        *,
        form: Form | None = None,
    ) -> HttpResponse:
        """Asked before an act: what it does, and a way back."""
        back = next(self.tab_url(one, event) for one in self.tabs if one.name == tab)
        response = self.event_page(
            request,
            "admin/residencies/event/confirm.html",
            event=event,
            title=title,
            tab=tab,
            lines=lines,
            button=button,
            form=form,
            back=back,
        )
        if form is not None and form.is_bound and form.errors:
            response.status_code = 422
        return response

    def row_urls(self) -> list[URLPattern]:
        one = "rendez-vous/<uuid:meeting>/"
        return [
            self.address("rendez-vous/", require_safe(self.meetings_page), "meetings"),
            self.address("rendez-vous/calculer/", self.compute_page, "compute"),
            self.address("rendez-vous/ajouter/", self.meeting_page, "meeting_add"),
            self.address("rendez-vous/absence/", self.away_page, "away"),
            self.address("rendez-vous/annoncer/", self.tell_page, "tell"),
            self.address("rendez-vous/feuilles/", require_safe(self.sheets_page), "sheets"),
            self.address("rendez-vous/feuilles.pdf", require_safe(self.sheets_pdf), "sheets_pdf"),
            self.address(one, self.meeting_page, "meeting"),
            self.address(f"{one}fixer/", self.fix, "meeting_fix"),
            self.address(f"{one}supprimer/", self.remove_page, "meeting_remove"),
            *super().row_urls(),
        ]

    # The timetable -------------------------------------------------------------------------------

    def meetings_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The meetings as they stand. Twelve queries beside the frame's, whatever their number."""
        event = self.event(request, key)
        return self._meetings(request, event, AwayForm(event=event))

    def _meetings(self, request: HttpRequest, event: Event, away: AwayForm) -> HttpResponse:
        found = selectors.world(event)
        response = self.event_page(
            request,
            "admin/residencies/event/meetings.html",
            event=event,
            title=_("Rendez-vous"),
            tab="meetings",
            can_plan=rules.can_plan_meetings(event),
            slots=found.problem.slots,
            rooms=list(found.rooms.values()),
            rows=selectors.lines(event, found.standing),
            problems=timetables.problems(found),
            asking=sum(bool(artists) for artists in found.problem.wishes.values()),
            wished=sum(len(artists) for artists in found.problem.wishes.values()),
            untold=timetables.untold(event) if found.standing or event.told else 0,
            away=away,
            gone=Unavailability.objects.filter(event=event, residency__isnull=False).select_related("residency"),
            sheets=list(_SHEETS.items()),
        )
        if away.is_bound and away.errors:
            response.status_code = 422
        return response

    def compute_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """GET shows what would be; POST applies it, unless something changed in between."""
        event = self.event(request, key)
        if request.method == "POST":
            try:
                made = timetables.apply(by=person(request), event=event, seen=request.POST.get("vu", ""))
            except StaleWrite as error:
                messages.warning(request, str(error))
                return HttpResponseRedirect(request.path)
            except Refused as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(self._url(event))
            messages.success(
                request,
                ngettext("%(n)d rendez-vous placé.", "%(n)d rendez-vous placés.", len(made)) % {"n": len(made)}
                + " "
                + _("Personne n'est encore prévenu : relisez, puis annoncez."),
            )
            return HttpResponseRedirect(self._url(event))
        try:
            found = timetables.preview(event)
        except Refused as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self._url(event))
        return self.event_page(
            request,
            "admin/residencies/event/compute.html",
            event=event,
            title=_("Calculer les rendez-vous"),
            tab="meetings",
            back=self._url(event),
            seen=found.seen,
            **_in_words(found),
        )

    # One meeting ---------------------------------------------------------------------------------

    def meeting_page(self, request: HttpRequest, key: UUID, meeting: UUID | None = None) -> HttpResponse:
        """Put a meeting by hand, or move one. A collision is refused, and says with what."""
        event = self.event(request, key)
        row = self._meeting(event, meeting) if meeting is not None else None
        form = MeetingForm(request.POST if request.method == "POST" else None, event=event, meeting=row)
        if request.method == "POST" and form.is_valid():
            try:
                timetables.set_meeting(by=person(request), event=event, meeting=row, **form.values())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le rendez-vous est fixé : le prochain calcul le gardera."))
                return HttpResponseRedirect(self._url(event))
        response = self.event_page(
            request,
            "admin/residencies/event/form.html",
            event=event,
            title=_("Déplacer ce rendez-vous") if row else _("Ajouter un rendez-vous"),
            tab="meetings",
            form=form,
            button=_("Fixer ce rendez-vous"),
            back=self._url(event),
        )
        if form.is_bound and form.errors:
            response.status_code = 422
        return response

    def fix(self, request: HttpRequest, key: UUID, meeting: UUID) -> HttpResponse:
        """Keep a meeting at the next computation, or give it back."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        event = self.event(request, key)
        row = self._meeting(event, meeting)
        fixed = not row.fixed
        done = _("Ce rendez-vous est fixé.") if fixed else _("Ce rendez-vous peut de nouveau bouger au calcul.")
        self.act(request, lambda: timetables.fix(by=person(request), meeting=row, fixed=fixed), done)
        return HttpResponseRedirect(self._url(event))

    def remove_page(self, request: HttpRequest, key: UUID, meeting: UUID) -> HttpResponse:
        """Ask, then take a meeting off."""
        event = self.event(request, key)
        row = self._meeting(event, meeting)
        if request.method == "POST":
            done = _("Le rendez-vous est supprimé.")
            self.act(request, lambda: timetables.remove(by=person(request), meeting=row), done)
            return HttpResponseRedirect(self._url(event))
        lines = [
            f"{row.residency.artist_name} – {row.structure.name}",
            _("Le souhait de la structure reste : un nouveau calcul peut lui rendre ce rendez-vous."),
        ]
        return self.confirm(request, event, _("Supprimer ce rendez-vous ?"), lines, _("Supprimer"), "meetings")

    def away_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Note when an artist is not there."""
        event = self.event(request, key)
        if request.method != "POST":
            return HttpResponseRedirect(self._url(event))
        form = AwayForm(request.POST, event=event)
        if form.is_valid():
            try:
                timetables.set_artist_away(
                    by=person(request), event=event, residency=form.cleaned_data["residency"], spans=form.spans()
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("C'est noté : le prochain calcul en tient compte."))
                return HttpResponseRedirect(self._url(event))
        return self._meetings(request, event, form)

    def tell_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Ask, then write to each one their own timetable."""
        event = self.event(request, key)
        if request.method == "POST":
            try:
                told = timetables.tell(by=person(request), event=event)
            except Refused as error:
                messages.error(request, str(error))
            else:
                done = ngettext("%(n)d horaire envoyé.", "%(n)d horaires envoyés.", told) % {"n": told}
                messages.success(request, done)
            return HttpResponseRedirect(self._url(event))
        count = timetables.untold(event)
        lines = [
            ngettext(
                "%(n)d structure ou artiste reçoit son horaire.",
                "%(n)d structures et artistes reçoivent chacun leur horaire.",
                count,
            )
            % {"n": count},
            _("Qui a déjà reçu le sien, et dont rien n'a changé, ne reçoit rien."),
            _("L'horaire apparaît aussi dans leur espace."),
        ]
        return self.confirm(request, event, _("Annoncer les rendez-vous ?"), lines, _("Envoyer"), "meetings")

    # Sheets --------------------------------------------------------------------------------------

    def sheets_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The timetable to read or print, one sheet an artist, a structure or a room."""
        event = self.event(request, key)
        by, found = self._sheets(request, event)
        return self.event_page(
            request,
            "admin/residencies/event/sheets.html",
            event=event,
            title=f"{_('Rendez-vous')} – {str(_SHEETS[by]).lower()}",
            tab="meetings",
            by=by,
            found=found,
            sheets=list(_SHEETS.items()),
            back=self._url(event),
        )

    def sheets_pdf(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The same as a tagged PDF."""
        event = self.event(request, key)
        by, found = self._sheets(request, event)
        title = f"{event.title} – {str(_SHEETS[by]).lower()}"
        content = documents.render_pdf(
            "pdf/residencies/timetable.html", {"event": event, "by": by, "found": found}, title=title
        )
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'inline; filename="rendez-vous-{by}-{event.slug}.pdf"',
                "Cache-Control": "private, no-store",
            },
        )

    def _sheets(self, request: HttpRequest, event: Event) -> tuple[str, list[tuple[str, list[selectors.Line]]]]:
        by = request.GET.get("par", "artiste")
        if by not in _SHEETS:
            raise Http404
        rows = MeetingSlot.objects.filter(event=event).select_related("residency", "structure__commune", "room")
        return by, selectors.sheets(selectors.lines(event, rows), by)

    def _meeting(self, event: Event, uuid: UUID) -> MeetingSlot:
        row = (
            MeetingSlot.objects.filter(event=event, uuid=uuid).select_related("residency", "structure", "room").first()
        )
        if row is None:
            raise Http404
        row.event = event
        return row

    def _url(self, event: Event) -> str:
        return reverse("admin:residencies_event_meetings", args=[event.uuid])


def _in_words(found: timetables.Preview) -> dict[str, Any]:
    """A preview as the page shows it."""
    world, plan = found.world, found.plan
    first = sum(
        bool(artists) and any((one.structure, one.artist) == (structure, artists[0]) for one in plan.meetings)
        for structure, artists in world.problem.wishes.items()
    )
    return {
        "rows": selectors.lines_of_plan(world, plan),
        "asking": sum(bool(artists) for artists in world.problem.wishes.values()),
        "first": first,
        "without": [
            world.structures[structure].name
            for structure, artists in world.problem.wishes.items()
            if artists and not any(one.structure == structure for one in plan.meetings)
        ],
        "loads": [
            (row.artist_name, sum(one.artist == key for one in plan.meetings)) for key, row in world.artists.items()
        ],
        "unplaced": [
            (
                world.structures[one.structure].name,
                world.artists[one.artist].artist_name,
                one.rank,
                timetables.missing_in_words(one.code),
            )
            for one in plan.unplaced
        ],
    }
