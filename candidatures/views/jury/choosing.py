"""The ranking as a member may read it: the dossiers they may discuss, and nothing of the others."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from candidatures.models import Juror
from candidatures.pages import ranking as words
from candidatures.selectors import ranking as rankings
from candidatures.selectors.jury_face import face
from candidatures.views.jury.frame import frame, reads, says_why
from clea.rules import refuse


@require_GET
@reads
def ranking(request: HttpRequest, juror: Juror) -> HttpResponse:
    """Means, agreement and ranks among the dossiers this member may discuss. Eight queries, whatever their number."""
    jury = juror.jury
    if not jury.discussion_open:
        reason = _(
            "Le classement s'ouvre avec la discussion : d'ici là, chacun lit et note sans connaître les notes des "
            "autres. La coordination ouvre la discussion quand les lectures sont déposées."
        )
        return says_why(request, juror, refuse(reason, "discussion_closed"))
    corrected = request.GET.get("corrige") == "1"
    order = rankings.DISAGREEMENT if request.GET.get("ordre") == rankings.DISAGREEMENT else rankings.RANK
    table = rankings.table(jury, corrected=corrected, with_intervals=True, only=rankings.open_to(juror), order=order)
    page = Paginator(table.lines, words.PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "candidatures/jury/ranking.html",
        frame(juror)
        | {
            "ranking": table,
            "page": page,
            "rows": [
                {
                    "line": line,
                    "face": face(line.application, jury),
                    "uuid": line.application.uuid,
                    "advices": words.advice_words(line.advices),
                    "interval": words.rank_words(line.interval),
                }
                for line in page
            ],
            "order": order,
            "orders": {
                name: "?" + urlencode({key: value for key, value in given.items() if value})
                for name, given in {
                    "raw": {"ordre": _kept(order)},
                    "corrected": {"corrige": "1", "ordre": _kept(order)},
                    "rank": {"corrige": "1" if corrected else ""},
                    "disagreement": {"corrige": "1" if corrected else "", "ordre": rankings.DISAGREEMENT},
                }.items()
            },
        },
    )


def _kept(order: str) -> str:
    return "" if order == rankings.RANK else order
