"""The committees of a season."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from candidatures.models import Season
from clea.errors import Refused
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin import steering_meeting
from residencies.admin.base import SeasonPages
from residencies.admin.waits import by_season
from residencies.enums.steering import MeetingKind, MeetingState
from residencies.forms.steering import MeetingForm, RhythmForm, days_of
from residencies.models import Action, Meeting, SteeringRhythm
from residencies.rules import steering as rules
from residencies.selectors import steering as selectors
from residencies.services import meetings, rhythms

__all__ = ["SeasonSteeringMixin", "desk_items", "steering_meeting"]

#: The committees that have a rhythm.
RHYTHMED = (MeetingKind.TECHNICAL, MeetingKind.STEERING)


class SeasonSteeringMixin(SeasonPages):
    """The committees of a season: their rhythm, the days it proposes, the meetings, the open actions."""

    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("pilotage/", require_safe(self.steering_page), "steering"),
            self.season_address("pilotage/ajouter/", self.steering_add, "steering_add"),
            self.season_address("pilotage/rythme/<slug:kind>/", self.steering_rhythm, "steering_rhythm"),
            self.season_address(
                "pilotage/rythme/<slug:kind>/retirer/", require_POST(self.steering_rhythm_remove), "steering_unrhythm"
            ),
            self.season_address(
                "pilotage/rythme/<slug:kind>/dates/", require_POST(self.steering_dates), "steering_dates"
            ),
            *super().season_urls(),
        ]

    def steering_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What comes, what is proposed, what is to be done, what took place. Six queries beside the frame's."""
        season = self.season(request, key)
        today = timezone.localdate()
        rows = list(selectors.meetings(season))
        # What is not held yet stays above, until somebody says that it was.
        coming = sorted((row for row in rows if row.state == MeetingState.PLANNED), key=lambda row: row.starts_at)
        found = {row.rhythm.kind: row for row in selectors.rhythms(season, today)} if season.closed_at is None else {}
        return self.season_page(
            request,
            "admin/residencies/season/steering.html",
            season=season,
            title=_("Pilotage"),
            tab="steering",
            today=today,
            now=timezone.now(),
            coming=coming,
            past=[row for row in rows if row.state in (MeetingState.HELD, MeetingState.SETTLED)],
            cancelled=[row for row in rows if row.state == MeetingState.CANCELLED],
            rhythms=[(kind, found.get(kind)) for kind in RHYTHMED] if season.closed_at is None else [],
            actions=[(row, rules.is_late(row, today)) for row in selectors.open_actions(season)],
            tones=steering_meeting.TONES,
        )

    def steering_add(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A meeting on its own, beside the rhythm."""
        season = self.season(request, key)
        form = MeetingForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                kind = MeetingKind(form.cleaned_data["kind"])
                made = meetings.plan(by=person(request), season=season, kind=kind, facts=form.facts())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("La réunion est prévue. Écrivez son ordre du jour, puis convoquez."))
                return HttpResponseRedirect(reverse("admin:residencies_meeting_change", args=[made.uuid]))
        return self.steering_form(request, season, form, _("Prévoir une réunion"), _("Prévoir la réunion"))

    def steering_rhythm(self, request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
        season, chosen = self.season(request, key), self.steering_kind(kind)
        row = SteeringRhythm.objects.filter(season=season, kind=chosen).first()
        form = RhythmForm(request.POST if request.method == "POST" else None, rhythm=row, kind=chosen)
        if request.method == "POST" and form.is_valid():
            try:
                rhythms.set_rhythm(by=person(request), season=season, kind=chosen, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le rythme est fixé : cochez parmi les dates proposées."))
                return self.steering_back(season, f"#rythme-{chosen}")
        title = _("Rythme : %(kind)s") % {"kind": chosen.label}
        remove = reverse("admin:residencies_season_steering_unrhythm", args=[season.uuid, chosen]) if row else ""
        return self.steering_form(request, season, form, title, _("Fixer le rythme"), remove_url=remove)

    def steering_rhythm_remove(self, request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
        season, chosen = self.season(request, key), self.steering_kind(kind)
        try:
            rhythms.remove(by=person(request), season=season, kind=chosen)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Ce comité n'a plus de rythme. Ses réunions restent."))
        return self.steering_back(season)

    def steering_dates(self, request: HttpRequest, key: UUID, kind: str) -> HttpResponse:
        """A meeting on each day that was ticked."""
        season, chosen = self.season(request, key), self.steering_kind(kind)
        try:
            made = rhythms.create_dates(
                by=person(request), season=season, kind=chosen, days=days_of(request.POST.getlist("days"))
            )
        except (Refused, ValidationError) as error:
            words = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.error(request, " ".join(words))
        else:
            n = len(made)
            words_done = ngettext("%(n)d réunion est prévue.", "%(n)d réunions sont prévues.", n) % {"n": n}
            messages.success(request, words_done)
        return self.steering_back(season, f"#rythme-{chosen}")

    @staticmethod
    def steering_kind(text: str) -> MeetingKind:
        if text not in RHYTHMED:
            raise Http404
        return MeetingKind(text)

    @staticmethod
    def steering_back(season: Season, anchor: str = "") -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:residencies_season_steering", args=[season.uuid]) + anchor)

    def steering_form(
        self, request: HttpRequest, season: Season, form: Any, title: str, button: str, **context: Any
    ) -> HttpResponse:
        response = self.season_page(
            request,
            "admin/residencies/season/steering_form.html",
            season=season,
            title=title,
            tab="steering",
            form=form,
            button=button,
            back=reverse("admin:residencies_season_steering", args=[season.uuid]),
            **context,
        )
        response.status_code = 422 if form.is_bound else 200
        return response


# The desk's first page -----------------------------------------------------------------------


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    now, today = timezone.now(), timezone.localdate()
    meeting = Meeting.objects.all()
    near = meeting.filter(state=MeetingState.PLANNED, starts_at__gt=now, starts_at__lte=now + meetings.SOON)
    bare = near.filter(Q(invited_at__isnull=True) | Q(items__isnull=True))
    unwritten = meeting.filter(state__in=[MeetingState.PLANNED, MeetingState.HELD], ends_at__lte=now)
    late = Action.objects.pending().filter(due_on__lt=today).exclude(meeting__state=MeetingState.CANCELLED)
    yield by_season(request, "steering.bare", bare, n=Count("pk", distinct=True))
    yield by_season(request, "steering.unwritten", unwritten)
    yield by_season(request, "steering.late", late, "meeting__season__")


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Meetings near and not ready, held and not written down, actions late."""
    lines = []
    for key, here in found.places("steering.bare", "steering.unwritten", "steering.late").items():
        page = reverse("admin:residencies_season_steering", args=[key])
        if one := here.get("steering.bare"):
            words = ngettext_lazy("réunion dans la semaine, à convoquer", "réunions dans la semaine, à convoquer")
            lines.append(DeskItem(words, one.n, page, "now", one.name))
        if one := here.get("steering.unwritten"):
            words = ngettext_lazy("réunion passée sans compte rendu", "réunions passées sans compte rendu")
            lines.append(DeskItem(words, one.n, f"{page}#passees", "soon", one.name))
        if one := here.get("steering.late"):
            words = ngettext_lazy("action de comité en retard", "actions de comités en retard")
            lines.append(DeskItem(words, one.n, f"{page}#actions", "soon", one.name))
    return lines


desk_items = Subject(_rows, _lines)
