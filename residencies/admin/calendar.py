"""Calendar: the desk's pages. One residency and its presence; a whole season; the desk's private address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person
from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.base import ResidencyPages, SeasonPages
from residencies.admin.waits import by_residency
from residencies.enums import LIVE_RESIDENCIES
from residencies.forms.presence import asked_week, week_page
from residencies.models import PresenceDay, Residency
from residencies.selectors.calendar import Entry, Kind, Scope
from residencies.selectors.calendar_pages import Asked, sheet
from residencies.selectors.presence import ledger_of
from residencies.services import presence as services
from residencies.views.feed_acts import act, feed_card

if TYPE_CHECKING:
    from residencies.selectors.calendar_pages import Sheet


def _link(entry: Entry) -> str:
    """Where the desk reads more of it."""
    if entry.kind == Kind.SESSION:
        return reverse("admin:residencies_activity_sessions", args=[entry.activity])
    if entry.kind == Kind.EVENT:
        return reverse("admin:residencies_event_change", args=[entry.uuid])
    return ""


class CalendarMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("calendrier/", self.calendar_page, "calendar"),
            self.address("calendrier/presence/", self.presence_page, "presence"),
            self.address("calendrier/presence/comme-prevu/", self.as_planned_act, "presence_as_planned"),
            self.address("calendrier/presence/verifier/", self.check_act, "presence_check"),
            *super().row_urls(),
        ]

    @method_decorator(require_safe)
    def calendar_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Twelve queries."""
        residency = self.residency(request, key)
        season = (residency.season.starts_on, residency.season.ends_on)
        asked = Asked.of(request.GET, season)
        return self.residency_page(
            request,
            "admin/residencies/residency/calendar.html",
            residency=residency,
            title=gettext("Calendrier"),
            tab="calendar",
            sheet=sheet(Scope.of_residency(residency, asked.kinds), asked, _link, season),
            ledger=ledger_of(residency),
        )

    def presence_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A week of presence: corrected, it is verified."""
        residency = self.residency(request, key)
        if request.method != "POST":
            return self._presence_week(
                request, residency, week_page(residency, request.GET.get("semaine", ""), desk=True)
            )
        page = week_page(residency, request.POST.get("semaine", ""), desk=True, data=request.POST)
        week = page["week"]
        if not week.is_valid():
            return self._presence_week(request, residency, page, status=422)
        try:
            rows = services.note(
                by=person(request), residency=residency, notes=week.notes(), seen=request.POST.get("vu", "")
            )
        except services.DaysRefused as error:
            week.refuse(error)
            return self._presence_week(request, residency, page, status=422)
        except StaleWrite as error:
            return self._presence_week(request, residency, page, conflict=str(error), status=409)
        _say(request, len(rows))
        return _to_presence(residency, week.monday.isoformat())

    @method_decorator(require_POST)
    def as_planned_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """« La semaine s'est passée comme prévu »."""
        residency = self.residency(request, key)
        week = asked_week(request.POST.get("semaine", ""))
        if week is not None:
            try:
                _say(request, len(services.as_planned(by=person(request), residency=residency, week=week)))
            except Refused as error:
                messages.warning(request, str(error))
        return _to_presence(residency, week.isoformat() if week else "")

    @method_decorator(require_POST)
    def check_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Verify what was noted, of a week or of all; or give a week back to be corrected."""
        residency = self.residency(request, key)
        week = asked_week(request.POST.get("semaine", ""))
        page = week_page(residency, week.isoformat() if week else "", desk=True)
        checked = request.POST.get("acte") != "rendre"
        days = page["week"].to_check if checked else page["week"].checked
        if request.POST.get("acte") == "tout":
            days = [line.day for line in page["ledger"].to_check()]
        count = services.check(by=person(request), residency=residency, days=days, checked=checked)
        _say(request, count)
        return _to_presence(residency, week.isoformat() if week and request.POST.get("acte") != "tout" else "")

    def _presence_week(
        self, request: HttpRequest, residency: Residency, page: dict[str, Any], **context: Any
    ) -> HttpResponse:
        status = context.pop("status", 200)
        response = self.residency_page(
            request,
            "admin/residencies/residency/calendar_presence.html",
            residency=residency,
            title=gettext("Présence"),
            tab="calendar",
            **page,
            **context,
        )
        response.status_code = status
        return response


def _say(request: HttpRequest, count: int) -> None:
    if count:
        text = ngettext("%(count)d jour est enregistré.", "%(count)d jours sont enregistrés.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, gettext("Rien n'a changé."))


def _to_presence(residency: Residency, week: str) -> HttpResponseRedirect:
    query = f"?{urlencode({'semaine': week})}" if week else ""
    return HttpResponseRedirect(reverse("admin:residencies_residency_presence", args=[residency.uuid]) + query)


class SeasonCalendarMixin(SeasonPages):
    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("calendrier/", self.season_calendar_page, "calendar"),
            self.season_address("calendrier/abonnement/", self.season_feed_act, "calendar_feed"),
            *super().season_urls(),
        ]

    @method_decorator(require_safe)
    def season_calendar_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """All residencies side by side. Twelve queries at most, session and sign-in included."""
        season = self.season(request, key)
        shown, residencies = _season_sheet(request, season)
        action = reverse("admin:residencies_season_calendar_feed", args=[season.uuid])
        return self.season_page(
            request,
            "admin/residencies/season/calendar.html",
            season=season,
            title=gettext("Calendrier de la saison"),
            tab="calendar",
            sheet=shown,
            residencies=residencies,
            **feed_card(request, action, territory=season.programme.territory),
        )

    @method_decorator(require_POST)
    def season_feed_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Open, change or revoke the desk's private address."""
        season = self.season(request, key)
        try:
            act(request, territory=season.programme.territory)
        except Refused as error:
            messages.warning(request, str(error))
        return HttpResponseRedirect(f"{reverse('admin:residencies_season_calendar', args=[season.uuid])}#abonnement")


def _season_sheet(request: HttpRequest, season: Season) -> tuple[Sheet, list[Residency]]:
    """The page of a season, of one residency of it when the address says so."""
    days = (season.starts_on, season.ends_on)
    asked = Asked.of(request.GET, days)
    residencies = list(Residency.objects.filter(season=season).order_by("artist_name", "pk"))
    kept = [one.pk for one in residencies if str(one.uuid) == asked.residency] or None
    scope = Scope.of_season(season, asked.kinds, kept)
    return sheet(scope, asked, _link, days, residencies), residencies


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    noted = PresenceDay.objects.filter(residency__state__in=LIVE_RESIDENCIES, checked_at__isnull=True).exclude(done="")
    yield by_residency(request, "calendar.noted", noted, since=Min("day"))


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Days noted by artists that nobody read yet: one line a residency."""
    return [
        DeskItem(
            label=ngettext_lazy("jour de présence à vérifier", "jours de présence à vérifier"),
            count=one.n,
            url=reverse("admin:residencies_residency_presence", args=[one.key]),
            detail=one.name,
            since=one.since,
        )
        for one in found.of("calendar.noted")
    ]


desk_items = Subject(_rows, _lines)
