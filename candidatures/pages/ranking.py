"""The ranking in words and as a drawing, for the coordination and for the members of the jury."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import Advice
from clea.ui import svg
from clea.ui.dates import number

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from candidatures.methods.intervals import Interval
    from candidatures.selectors.ranking import Line, Ranking

#: Dossiers in the drawing; the table has them all, on its pages.
DRAWN = 40
#: Dossiers a page of the table.
PER_PAGE = 100


def advice_words(advices: Mapping[str, int]) -> str:
    """``3 favorables, 1 réservé``; abstentions are said apart."""
    said = (
        (Advice.FAVOURABLE, ngettext("%(n)d favorable", "%(n)d favorables", advices.get(Advice.FAVOURABLE, 0))),
        (Advice.RESERVED, ngettext("%(n)d réservé", "%(n)d réservés", advices.get(Advice.RESERVED, 0))),
        (Advice.UNFAVOURABLE, ngettext("%(n)d défavorable", "%(n)d défavorables", advices.get(Advice.UNFAVOURABLE, 0))),
    )
    return ", ".join(words % {"n": advices[advice]} for advice, words in said if advices.get(advice))


def rank_words(interval: Interval | None) -> str:
    """``2 à 9``; ``3`` when there is no doubt."""
    if interval is None:
        return ""
    if interval.best == interval.worst:
        return str(interval.best)
    return _("%(best)d à %(worst)d") % {"best": interval.best, "worst": interval.worst}


def plot(ranking: Ranking, label: Callable[[Line], str], *, id_prefix: str = "rangs") -> SafeString:
    """The interval of each rank, the best-ranked first, and where the positions end."""
    lines = [line for line in ranking.scored if line.interval is not None][:DRAWN]
    rows = [
        svg.Span(
            label=label(line),
            low=line.interval.best,
            high=line.interval.worst,
            value=line.rank or 0,
            note=rank_words(line.interval),
        )
        for line in lines
        if line.interval is not None
    ]
    cut = ranking.positions
    sure = sum(line.interval is not None and line.interval.worst <= cut for line in lines)
    possible = sum(line.interval is not None and line.interval.best <= cut for line in lines)
    description = _(
        "Un trait par dossier, du meilleur au moins bon rang que donnent neuf tirages sur dix ; le point est le rang "
        "observé. Résidences à pourvoir : %(cut)d. Dossiers dont tout l'intervalle tient dans ces places : %(sure)d. "
        "Dossiers dont l'intervalle les touche : %(possible)d."
    ) % {"cut": cut, "sure": sure, "possible": possible}
    return svg.spans(
        rows,
        title=_("Rang de chaque dossier et son intervalle"),
        description=description,
        id_prefix=id_prefix,
        cut=cut + 0.5 if cut else None,
        cut_label=ngettext("%(n)d résidence", "%(n)d résidences", cut) % {"n": cut},
    )


def leanings(ranking: Ranking, names: Mapping[int, str]) -> list[dict[str, object]]:
    """Each reader's leaning, the most severe first: ``names`` by juror's key."""
    rows = sorted(ranking.correction.effects.items(), key=lambda row: (row[1], str(row[0])))
    return [
        {
            "name": names.get(int(str(key)), ""),
            "n": ranking.correction.loads[key],
            "effect": signed(effect),
        }
        for key, effect in rows
    ]


def signed(value: float, places: int = 2) -> str:
    """``+0,42``, ``−1,30``, ``0,00``."""
    text, shown = number(abs(value), places), round(value, places)
    return f"+{text}" if shown > 0 else f"\N{MINUS SIGN}{text}" if shown < 0 else text
