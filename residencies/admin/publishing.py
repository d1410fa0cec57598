"""The bilan among the desk's pages: its words, its publication, what it will look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from candidatures.admin.common import person, refuse
from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies import jobs
from residencies.admin.base import SeasonPages
from residencies.admin.waits import by_season
from residencies.enums import SessionState
from residencies.enums.bilan import BilanState
from residencies.forms.publishing import BilanForm
from residencies.forms.welcome import look_again
from residencies.models import Bilan, Session
from residencies.pages import bilan as pages
from residencies.rules import publishing as rules
from residencies.selectors import bilan_pages as selectors
from residencies.services import bilans

_read_or_send = require_http_methods(["GET", "HEAD", "POST"])


class SeasonPublishingMixin(SeasonPages):
    """The words of a bilan, written, read as they will be, published or taken back."""

    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("bilan/texte/", _read_or_send(self.bilan_words_page), "bilan_words"),
            self.season_address("bilan/apercu/", require_safe(self.bilan_preview), "bilan_preview"),
            self.season_address("bilan/apercu-pdf/", require_POST(self.bilan_preview_pdf), "bilan_preview_pdf"),
            self.season_address("bilan/publication/", require_safe(self.bilan_publishing_page), "bilan_publishing"),
            self.season_address("bilan/publier/", require_POST(self.bilan_publish), "bilan_publish"),
            self.season_address("bilan/retirer/", require_POST(self.bilan_take_back), "bilan_take_back"),
            *super().season_urls(),
        ]

    def season_page(
        self, request: HttpRequest, template: str, *, season: Season, title: str, tab: str, **context: Any
    ) -> HttpResponse:
        """The page of the figures shows where the publication stands: one query more."""
        if tab == "bilan" and "figures" in context:
            bilan = selectors.of_season(season)
            context |= {"bilan": bilan, "claim": _claim(bilan, context["figures"])}
        return super().season_page(request, template, season=season, title=title, tab=tab, **context)

    def bilan_words_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Title, introduction, what counted, what comes next, « plus de N »."""
        season = self.season(request, key)
        bilan = selectors.of_season(season)
        start = {"seen": bilan.version if bilan else None, "title": _("Bilan %(season)s") % {"season": season.name}}
        form = BilanForm(
            request.POST or None, instance=bilan, initial=start if bilan is None else {"seen": bilan.version}
        )
        if request.method == "POST" and form.is_valid():
            try:
                bilans.write(by=person(request), season=season, seen=form.cleaned_data["seen"], **form.values())
            except StaleWrite as error:
                refuse(form, error)
                held = selectors.of_season(season)
                look_again(form, seen=held.version if held else "")
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le bilan est enregistré."))
                return self._to_figures(season)
        response = self.season_page(
            request,
            "admin/residencies/season/publishing_words.html",
            season=season,
            title=_("Texte du bilan"),
            tab="bilan",
            form=form,
            bilan=bilan,
        )
        response.status_code = 422 if request.method == "POST" else 200
        return response

    def bilan_preview(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The page as anyone would read it."""
        bilan = self._bilan(self.season(request, key))
        page = selectors.dated(selectors.page(bilan))
        draft = bilan.state != BilanState.PUBLISHED
        return render(request, "residencies/public/bilan.html", pages.context(page, draft=draft))

    def bilan_preview_pdf(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The document as it would be made now. Some seconds: a job makes it."""
        bilan = self._bilan(self.season(request, key))
        return HttpResponseRedirect(
            jobs.start_bilan_preview(
                by=person(request), bilan=bilan, back_url=self._figures(bilan.season)
            ).get_absolute_url()
        )

    def bilan_publishing_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Asked before it is published, or taken back."""
        season = self.season(request, key)
        bilan = self._bilan(season)
        page = selectors.page(bilan)
        published = bilan.state == BilanState.PUBLISHED
        verdict = rules.can_take_back(bilan) if published else rules.can_publish(bilan, page.figures)
        return self.season_page(
            request,
            "admin/residencies/season/publishing.html",
            season=season,
            title=_("Retirer le bilan du site") if published else _("Publier le bilan"),
            tab="bilan",
            bilan=bilan,
            page=page,
            published=published,
            verdict=verdict,
            claim=_claim(bilan, page.figures),
            unannounced=[part.figures for part in page.parts if not page.says(part.figures)],
        )

    def bilan_publish(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        try:
            bilan = bilans.publish(by=person(request), season=season, seen=_seen(request), with_files=False)
        except Refused as error:
            messages.error(request, str(error))
        else:
            jobs.start_bilan_files(by=person(request), bilan=bilan, back_url=self._figures(season))
            messages.success(
                request,
                _("Le bilan est publié. Son PDF et son tableur se préparent : suivez-les dans « Travaux »."),
            )
        return self._to_figures(season)

    def bilan_take_back(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        try:
            bilans.unpublish(by=person(request), season=season, seen=_seen(request))
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Le bilan n'est plus sur le site. Son texte est gardé."))
        return self._to_figures(season)

    def _bilan(self, season: Season) -> Bilan:
        bilan = selectors.of_season(season)
        if bilan is None:
            raise Http404
        bilan.season = season
        return bilan

    def _to_figures(self, season: Season) -> HttpResponseRedirect:
        return HttpResponseRedirect(self._figures(season))

    @staticmethod
    def _figures(season: Season) -> str:
        return reverse("admin:residencies_season_bilan", args=[season.uuid]) + "#publication"


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdecimal() else -1


def _claim(bilan: Bilan | None, figures: Any) -> Any:
    """The verdict on « plus de N »; nothing when nothing is claimed."""
    return rules.claim_holds(bilan.claimed_people, figures) if bilan and bilan.claimed_people else None


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    held = Session.objects.filter(activity__season=OuterRef("pk"), state=SessionState.HELD)
    late = Season.objects.filter(Exists(held), ends_on__lt=timezone.localdate())
    yield by_season(request, "publishing.late", late.exclude(bilan__state=BilanState.PUBLISHED), "")


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Seasons that are over, with sessions held and no published bilan."""
    late = found.of("publishing.late")
    if not late:
        return []
    return [
        DeskItem(
            gettext_lazy("Saisons finies dont le bilan n'est pas publié"),
            len(late),
            reverse("admin:residencies_season_bilan", args=[late[0].key]),
            "soon",
            ", ".join(season.name for season in late),
        )
    ]


desk_items = Subject(_rows, _lines)
