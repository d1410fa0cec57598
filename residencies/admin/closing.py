"""The end of a season."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from candidatures.admin.common import person, refuse
from candidatures.models import Season
from clea.errors import Refused
from clea.jobs.models import Job
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies import jobs
from residencies.admin.base import SeasonPages
from residencies.admin.waits import by_season
from residencies.forms.closing import ClosingForm, ReopeningForm
from residencies.models import Residency
from residencies.selectors import closing as selectors
from residencies.services import closing


class SeasonClosingMixin(SeasonPages):
    """What is not finished, then what will happen, then the archive."""

    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("cloture/", self.closing_page, "closing"),
            self.season_address("cloture/rouvrir/", self.reopening_page, "reopening"),
            *super().season_urls(),
        ]

    def closing_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Some thirty queries, whatever is left to finish."""
        season = self.season(request, key)
        archive = selectors.archive_of(season)
        if season.closed_at is not None:
            if request.method == "POST":
                messages.error(request, _("Cette saison est déjà close."))
                return self._to_closing(season)
            return self._closing(request, season, "closed", archive=archive, may_reopen=person(request).is_superuser)
        found = selectors.unfinished(season)
        hard = [one for one in found if not one.can_be_left]
        following = selectors.following(season)
        # A season closed before has made its next call already.
        wanted = selectors.calls_of(season) if following.is_possible and not (archive and archive.next_call_id) else []
        form = ClosingForm(
            request.POST if request.method == "POST" else None,
            left=[one for one in found if one.can_be_left],
            calls=wanted,
        )
        status = 200
        if request.method == "POST":
            job = self._closing_begins(request, season, form) if form.is_valid() else None
            if job is not None:
                return HttpResponseRedirect(job.get_absolute_url())
            status = 422
        return self._closing(
            request, season, "open", status, form=form, hard=hard, following=following, archive=archive
        )

    def _closing_begins(self, request: HttpRequest, season: Season, form: ClosingForm) -> Job | None:
        """Have it closed in the background; what is refused at once goes beside what it is about."""
        try:
            closing.check(by=person(request), season=season, reasons=form.reasons())
        except closing.NotFinished as error:
            beside = {code: words for code, words in error.errors.items() if f"reason-{code}" in form.fields}
            for code, words in beside.items():
                form.add_error(f"reason-{code}", words)
            if len(beside) < len(error.errors):
                form.add_error(None, str(error))
        except (Refused, ValidationError) as error:
            refuse(form, error)
        else:
            return jobs.start_closing(
                by=person(request),
                season=season,
                reasons=form.reasons(),
                next_calls=form.next_calls(),
                back_url=reverse("admin:residencies_season_closing", args=[season.uuid]),
            )
        return None

    def reopening_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Administrators only."""
        season = self.season(request, key)
        if not person(request).is_superuser:
            raise PermissionDenied
        form = ReopeningForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                closing.reopen(by=person(request), season=season, reason=form.cleaned_data["reason"])
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("La saison %(season)s est rouverte.") % {"season": season.name})
                return self._to_closing(season)
        return self._closing(
            request,
            season,
            "reopen",
            422 if form.errors else 200,
            form=form,
            back=reverse("admin:residencies_season_closing", args=[season.uuid]),
        )

    def _closing(
        self, request: HttpRequest, season: Season, part: str, status: int = 200, **context: object
    ) -> HttpResponse:
        titles = {"open": _("Clore la saison"), "closed": _("Saison close"), "reopen": _("Rouvrir la saison")}
        response = self.season_page(
            request,
            f"admin/residencies/season/closing_{part}.html",
            season=season,
            title=titles[part],
            tab="closing",
            **context,
        )
        response.status_code = status
        return response

    def _to_closing(self, season: Season) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:residencies_season_closing", args=[season.uuid]))


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    lived = Exists(Residency.objects.filter(season=OuterRef("pk")))
    yield by_season(request, "closing.over", Season.objects.filter(lived, ends_on__lt=timezone.localdate()), "")


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Seasons that are over and still open."""
    return [
        DeskItem(
            ngettext_lazy("saison finie, à clore", "saisons finies, à clore"),
            1,
            reverse("admin:residencies_season_closing", args=[season.key]),
            "info",
            season.name,
        )
        for season in found.of("closing.over")
    ]


desk_items = Subject(_rows, _lines)
