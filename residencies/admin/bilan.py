"""The bilan of a season among the desk's pages: its figures, what is behind them, older reports typed by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.admin.common import person, refuse
from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem
from residencies.admin.base import SeasonPages
from residencies.forms import bilan as forms
from residencies.forms.welcome import look_again
from residencies.methods import hand_reports
from residencies.models import HandEntry
from residencies.pages import bilan_desk as pages
from residencies.selectors.bilan import bilan_of
from residencies.selectors.bilan_trace import trace
from residencies.services import hand_entries

_read_or_send = require_http_methods(["GET", "HEAD", "POST"])


class SeasonBilanMixin(SeasonPages):
    """The figures of a season, and the hand entries that are counted in them."""

    def season_urls(self) -> list[URLPattern]:
        one = "bilan/saisie/<uuid:entry>/"
        return [
            self.season_address("bilan/", require_safe(self.bilan_page), "bilan"),
            self.season_address("bilan/seances/", require_safe(self.bilan_trace_page), "bilan_trace"),
            self.season_address("bilan/saisie/", _read_or_send(self.hand_add_page), "hand_add"),
            self.season_address("bilan/saisie/fichier/", _read_or_send(self.hand_load_page), "hand_load"),
            self.season_address(one, _read_or_send(self.hand_change_page), "hand_change"),
            self.season_address(f"{one}retirer/", _read_or_send(self.hand_remove_page), "hand_remove"),
            *super().season_urls(),
        ]

    def bilan_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The figures as they stand, and what was typed. Fifteen queries or so, whatever took place."""
        season = self.season(request, key)
        figures = bilan_of(season)
        return self.season_page(
            request,
            "admin/residencies/season/bilan.html",
            season=season,
            title=_("Bilan"),
            tab="bilan",
            figures=figures,
            tables=pages.tables(figures),
            totals=pages.totals(figures),
            entries=list(season.hand_entries.order_by("position", "pk")),
        )

    def bilan_trace_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The sessions behind a figure, published or not. Twelve queries or so."""
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/bilan_trace.html",
            season=season,
            title=_("Les séances derrière les chiffres"),
            tab="bilan",
            trace=trace(season, request.GET.dict()),
        )

    # Hand entries -------------------------------------------------------------------------------

    def _entry(self, season: Season, key: UUID) -> HandEntry:
        entry = HandEntry.objects.filter(season=season, uuid=key).first()
        if entry is None:
            raise Http404
        entry.season = season
        return entry

    def _to_bilan(self, season: Season) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:residencies_season_bilan", args=[season.uuid]) + "#saisie")

    def hand_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return self._hand_form(request, self.season(request, key), None)

    def hand_change_page(self, request: HttpRequest, key: UUID, entry: UUID) -> HttpResponse:
        season = self.season(request, key)
        return self._hand_form(request, season, self._entry(season, entry))

    def _hand_form(self, request: HttpRequest, season: Season, entry: HandEntry | None) -> HttpResponse:
        """A residency of an older report, its public and what was made, written together."""
        data = request.POST if request.method == "POST" else None
        form = forms.HandEntryForm(data, territory=season.programme.territory, entry=entry)
        counts, made = forms.count_formset(data, entry), forms.made_formset(data, entry)
        if data is not None and all([form.is_valid(), counts.is_valid(), made.is_valid()]):
            try:
                _write(request, season, entry, form, counts, made)
            except StaleWrite as error:
                refuse(form, error)
                if entry is not None:
                    entry.refresh_from_db()
                    look_again(form, seen=entry.version)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("C'est enregistré : ces chiffres sont dans le bilan."))
                return self._to_bilan(season)
        response = self.season_page(
            request,
            "admin/residencies/season/hand_form.html",
            season=season,
            title=entry.title if entry else _("Saisir une résidence d'un rapport"),
            tab="bilan",
            form=form,
            counts=counts,
            made=made,
            entry=entry,
            wrong=bool(form.errors or counts.total_error_count() or made.total_error_count()) if data else False,
        )
        response.status_code = 422 if data is not None else 200
        return response

    def hand_remove_page(self, request: HttpRequest, key: UUID, entry: UUID) -> HttpResponse:
        """Asked first: its figures, its public and its productions go."""
        season = self.season(request, key)
        row = self._entry(season, entry)
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            try:
                hand_entries.remove(by=person(request), entry=row, seen=int(seen) if seen.isdecimal() else -1)
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("La ligne est retirée : ses chiffres ne sont plus dans le bilan."))
            return self._to_bilan(season)
        return self.season_page(
            request,
            "admin/residencies/season/hand_remove.html",
            season=season,
            title=_("Retirer cette ligne"),
            tab="bilan",
            entry=row,
            productions=row.productions.count(),
        )

    def hand_load_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """A whole report: read and shown first, then written if one says so."""
        season = self.season(request, key)
        form, report, text = forms.ReportForm(), None, ""
        if request.method == "POST" and "text" in request.POST:
            confirmed = forms.ConfirmReportForm(request.POST)
            text = confirmed.cleaned_data["text"] if confirmed.is_valid() else ""
            try:
                entries = hand_entries.load(by=person(request), season=season, data=forms.data_of(text))
            except Refused as error:
                form = forms.ReportForm({})
                form.errors["upload"] = form.error_class([str(error)])
            else:
                loaded = ngettext("%(n)d résidence est saisie.", "%(n)d résidences sont saisies.", len(entries))
                messages.success(request, loaded % {"n": len(entries)})
                return self._to_bilan(season)
        elif request.method == "POST":
            form = forms.ReportForm(request.POST, request.FILES)
            report, text = _preview(season, form)
        response = self.season_page(
            request,
            "admin/residencies/season/hand_load.html",
            season=season,
            title=_("Charger un rapport"),
            tab="bilan",
            form=form,
            report=report,
            rows=pages.report_lines(report),
            confirm=forms.ConfirmReportForm(initial={"text": text}),
        )
        response.status_code = 422 if form.errors else 200
        return response


def _write(
    request: HttpRequest, season: Season, entry: HandEntry | None, form: forms.HandEntryForm, counts: Any, made: Any
) -> HandEntry:
    said = {"counts": counts.counts(), "made": forms.made_of(made), **form.values()}
    if entry is None:
        return hand_entries.add(by=person(request), season=season, **said)
    seen = form.cleaned_data["seen"]
    return hand_entries.change(by=person(request), entry=entry, seen=-1 if seen is None else seen, **said)


# What the pages show ---------------------------------------------------------------------------


def _preview(season: Season, form: forms.ReportForm) -> tuple[hand_reports.Report | None, str]:
    """What a file says, if it may be written; its problems are on the form otherwise."""
    if not form.is_valid():
        return None, ""
    text = form.cleaned_data["upload"]
    try:
        report = forms.report_of(text)
        hand_entries.require_new(season, report.drafts)
    except Refused as error:
        form.add_error("upload", str(error))
        return None, ""
    for problem in report.problems:
        form.add_error("upload", problem)
    return (None, "") if report.problems else (report, text)


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Nothing of its own: publishing a bilan is asked by the page that publishes it."""
    return []
