"""The ranking, raw and corrected, how sure it is, the shortlist, and what leaves in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, uuids
from candidatures.admin.jury.base import JuryPages
from candidatures.enums import DELIBERATED_STATES, ApplicationState
from candidatures.models import Application, Juror, Jury
from candidatures.pages import ranking as words
from candidatures.reports import archive, spreadsheets
from candidatures.reports import jury as files
from candidatures.selectors import ranking as rankings
from candidatures.services.jury import choosing
from clea.errors import Refused
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    from candidatures.selectors.ranking import Line, Ranking

    _Base = JuryPages
else:
    _Base = object

S = ApplicationState


class RankingMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("classement/", self.ranking_page, "ranking"),
            self.address("classement/preselection/", self.shortlist_act, "shortlist"),
            self.address("classement/export/", self.export_act, "export"),
            *super().jury_urls(),
        ]

    # The page ------------------------------------------------------------------------------

    @method_decorator(require_safe)
    def ranking_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Every dossier before the jury, in the order asked, a page of them. Same queries whatever their number."""
        jury = self.jury(request, key)
        corrected = request.GET.get("corrige") == "1"
        order = request.GET.get("ordre", rankings.RANK)
        ranking = rankings.table(jury, corrected=corrected, with_intervals=True, order=order)
        names: dict[int, str] = {
            juror.pk: str(juror.user) for juror in Juror.objects.filter(jury=jury).select_related("user")
        }
        page = Paginator(ranking.lines, words.PER_PAGE).get_page(request.GET.get("page"))
        rows = [_row(line, ranking) for line in page]
        return self.jury_page(
            request,
            "admin/candidatures/jury/ranking.html",
            jury=jury,
            title=_("Classement"),
            tab="ranking",
            ranking=ranking,
            page=page,
            rows=rows,
            choosable=any(row["choosable"] for row in rows),
            orders=_orders(ranking, order, corrected),
            order=order,
            drawing=words.plot(ranking, lambda line: f"{line.rank}. {line.application.display_name}"),
            drawn=words.DRAWN,
            leanings=words.leanings(ranking, names),
            shortlisted=sum(row.application.state in (S.SHORTLISTED, S.INTERVIEWED) for row in ranking.lines),
            here=request.get_full_path(),
        )

    # Acts ----------------------------------------------------------------------------------

    @method_decorator(require_POST)
    def shortlist_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Into the shortlist, or out of it: what is ticked, all or none."""
        jury = self.jury(request, key)
        chosen = list(
            Application.objects.filter(call=jury.call_id, uuid__in=uuids(request.POST.getlist("dossier"))).for_jury()
        )
        out = request.POST.get("acte") == "retirer"
        if not chosen:
            messages.warning(request, _("Cochez d'abord un dossier ou plusieurs."))
        else:
            act = choosing.unshortlist if out else choosing.shortlist
            try:
                moved = len(act(by=person(request), jury=jury, applications=chosen))
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _moved(moved, out=out))
        return redirect(self._back(request, jury))

    @method_decorator(require_POST)
    def export_act(self, request: HttpRequest, key: UUID) -> Any:
        """A file, journaled before it leaves."""
        form = request.POST.get("form", "")
        if form in ("classement.xlsx", "classement.csv", "lectures.csv"):
            return self._figures(request, key, form)
        jury = self.jury(request, key)
        if form == "dossiers.zip":
            return self._zip(request, jury)
        messages.warning(request, _("Choisissez le fichier à prendre."))
        return redirect(self._back(request, jury))

    @staticmethod
    def _figures(request: HttpRequest, key: UUID, form: str) -> Any:
        """The ranking and the readings. The scope of who asks is the door: one fetch, then the file."""
        try:
            taken = choosing.take_figures(by=person(request), key=key, form=form)
        except Jury.DoesNotExist:
            raise Http404 from None
        headers = _attached(form)
        if form == "classement.xlsx":
            sheets = files.workbook(taken.ranking, taken.readings)
            return FileResponse(sheets, content_type=spreadsheets.XLSX, headers=headers)
        lines = (
            files.ranking_csv(taken.ranking)
            if form == "classement.csv"
            else files.reviews_csv(taken.ranking, taken.readings)
        )
        return StreamingHttpResponse(lines, content_type=spreadsheets.CSV, headers=headers)

    def _zip(self, request: HttpRequest, jury: Jury) -> Any:
        """The dossiers of the shortlist, a folder each."""
        chosen = files.shortlisted(jury)
        if not chosen:
            messages.warning(request, _("La présélection est vide : il n'y a pas encore de dossier à prendre."))
            return redirect(self._back(request, jury))
        choosing.record_export(by=person(request), jury=jury, form="dossiers.zip", applications=chosen)
        return StreamingHttpResponse(
            archive.stream(chosen), content_type="application/zip", headers=_attached("dossiers.zip")
        )

    def _back(self, request: HttpRequest, jury: Jury) -> str:
        """The ranking, in the order that was on the page."""
        back = request.POST.get("retour", "")
        address = reverse("admin:candidatures_jury_ranking", args=[jury.uuid])
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.partition("?")[0] == address
        return back if safe else address


def _row(line: Line, ranking: Ranking) -> dict[str, Any]:
    """A line with its words."""
    return {
        "line": line,
        "application": line.application,
        "state": ApplicationState(line.application.state).label,
        "tone": _TONES.get(ApplicationState(line.application.state), "idle"),
        "advices": words.advice_words(line.advices),
        "interval": words.rank_words(line.interval),
        "within": round(line.interval.within * 100) if line.interval and ranking.positions else None,
        "choosable": line.application.state in DELIBERATED_STATES,
    }


#: The sign beside the state.
_TONES = {
    S.ELIGIBLE: "open",
    S.SHORTLISTED: "partial",
    S.INTERVIEWED: "partial",
    S.SELECTED: "done",
    S.RESERVE: "attention",
}


def _orders(ranking: Ranking, order: str, corrected: bool) -> dict[str, Any]:
    """The addresses of the other orders, and of the other score."""

    def query(**params: str) -> str:
        return "?" + urlencode({name: value for name, value in params.items() if value})

    freed = "1" if corrected else ""
    return {
        "rank": query(corrige=freed),
        "disagreement": query(ordre=rankings.DISAGREEMENT, corrige=freed),
        "criteria": [
            {"criterion": row, "url": query(ordre=str(row.pk), corrige=freed), "current": order == str(row.pk)}
            for row in ranking.criteria
        ],
        "raw": query(ordre="" if order == rankings.RANK else order),
        "corrected": query(ordre="" if order == rankings.RANK else order, corrige="1"),
    }


def _moved(count: int, *, out: bool) -> str:
    if not count:
        return _("Rien à changer : c'était déjà fait.")
    if out:
        words_ = ngettext(
            "%(n)d dossier a quitté la présélection.", "%(n)d dossiers ont quitté la présélection.", count
        )
    else:
        words_ = ngettext("%(n)d dossier est présélectionné.", "%(n)d dossiers sont présélectionnés.", count)
    return words_ % {"n": count}


def _attached(form: str) -> dict[str, str]:
    stem, _dot, extension = form.partition(".")
    name = f"jury-{stem}-{timezone.localdate().isoformat()}.{extension}"
    return {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Nothing: what is behind is said by the readings, what is next by the session."""
    return []
