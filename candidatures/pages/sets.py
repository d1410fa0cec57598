"""A set in words and figures: who is in it, what it gains on the plain ranking, what it gives up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.methods.sets import LIMIT, CannotEnumerate, TooMany
from clea.ui.dates import euros, number

if TYPE_CHECKING:
    from candidatures.methods.sets import Candidate, Choice, Proposal
    from candidatures.selectors.pool import Member, Pool


@dataclass(frozen=True)
class Card:
    """One set. ``gains`` and ``gives``: sentences against the plain ranking; ``over``: money beyond the envelope."""

    proposal: Proposal
    members: list[Member]
    disciplines: list[str]
    axes: list[str]
    missing_axes: list[str]
    stages: list[str]
    missing_stages: list[str]
    origins: list[str]
    entering: list[Member] = field(default_factory=list)
    leaving: list[Member] = field(default_factory=list)
    gains: list[str] = field(default_factory=list)
    gives: list[str] = field(default_factory=list)
    over: Decimal | None = None

    @property
    def is_plain(self) -> bool:
        return not self.entering

    @property
    def share(self) -> int:
        """How well the wants are served, out of 100."""
        return round(self.proposal.value * 100)


def card(proposal: Proposal, plain: Proposal, pool: Pool, budget: Decimal | None) -> Card:
    """The set, beside the first of the ranking."""
    by_key = pool.by_key
    gains, gives = _compared(proposal, plain, pool, budget)
    return Card(
        proposal=proposal,
        members=[by_key[row.key] for row in proposal.members],
        disciplines=_titles(proposal.disciplines, pool.disciplines),
        axes=_titles(proposal.axes, pool.axes),
        missing_axes=_titles(pool.axes.keys() - proposal.axes, pool.axes),
        stages=_titles(proposal.stages, pool.stages),
        missing_stages=_titles(pool.stages.keys() - proposal.stages, pool.stages),
        origins=sorted(proposal.origins),
        entering=[by_key[row.key] for row in _without(proposal.members, plain)],
        leaving=[by_key[row.key] for row in _without(plain.members, proposal)],
        gains=gains,
        gives=gives,
        over=proposal.cost - budget if budget is not None and proposal.cost > budget else None,
    )


def _without(members: Iterable[Candidate], other: Proposal) -> list[Candidate]:
    return [row for row in members if row.key not in other.keys]


def _titles(keys: Iterable[str], titles: dict[str, str]) -> list[str]:
    """In the order of ``titles``; what has none stands for itself."""
    order = list(titles)
    return [titles.get(key, key) for key in sorted(keys, key=lambda key: order.index(key) if key in titles else 999)]


def _compared(mine: Proposal, plain: Proposal, pool: Pool, budget: Decimal | None) -> tuple[list[str], list[str]]:
    gains: list[str] = []
    gives: list[str] = []

    def said(better: Decimal | int, gain: str, give: str) -> None:
        if better > 0:
            gains.append(gain)
        elif better < 0:
            gives.append(give)

    change = {"n": number(mine.mean, 2), "was": number(plain.mean, 2), "gap": number(abs(mine.mean - plain.mean), 2)}
    said(
        mine.mean - plain.mean,
        _("moyenne plus haute de %(gap)s : %(n)s au lieu de %(was)s") % change,
        _("moyenne plus basse de %(gap)s : %(n)s au lieu de %(was)s") % change,
    )
    change = {"n": number(mine.lowest, 2), "was": number(plain.lowest, 2)}
    said(
        mine.lowest - plain.lowest,
        _("la note la plus basse monte : %(n)s au lieu de %(was)s") % change,
        _("la note la plus basse descend : %(n)s au lieu de %(was)s") % change,
    )
    shown = ngettext("%(n)d discipline au lieu de %(was)d", "%(n)d disciplines au lieu de %(was)d",
                     len(mine.disciplines)) % {"n": len(mine.disciplines), "was": len(plain.disciplines)}  # fmt: skip
    said(len(mine.disciplines) - len(plain.disciplines), shown, shown)
    shown = ngettext(
        "%(n)d paire d'artistes d'une même discipline au lieu de %(was)d",
        "%(n)d paires d'artistes d'une même discipline au lieu de %(was)d",
        mine.clashes,
    ) % {"n": mine.clashes, "was": plain.clashes}
    none = ngettext(
        "plus aucune paire d'artistes d'une même discipline, au lieu de %(n)d",
        "plus aucune paire d'artistes d'une même discipline, au lieu de %(n)d",
        plain.clashes,
    ) % {"n": plain.clashes}
    said(plain.clashes - mine.clashes, shown if mine.clashes else none, shown)
    for covered, was, titles, gain, give in (
        (mine.axes, plain.axes, pool.axes, _("couvre aussi : %(what)s"), _("ne couvre plus : %(what)s")),
        (mine.stages, plain.stages, pool.stages, _("touche aussi : %(what)s"), _("ne touche plus : %(what)s")),
    ):
        if covered - was:
            gains.append(gain % {"what": ", ".join(_titles(covered - was, titles))})
        if was - covered:
            gives.append(give % {"what": ", ".join(_titles(was - covered, titles))})
    shown = ngettext(
        "%(n)d département ou pays d'origine au lieu de %(was)d",
        "%(n)d départements ou pays d'origine au lieu de %(was)d",
        len(mine.origins),
    ) % {"n": len(mine.origins), "was": len(plain.origins)}
    said(len(mine.origins) - len(plain.origins), shown, shown)
    change = {"n": euros(mine.cost, 0), "gap": euros(abs(mine.cost - plain.cost), 0)}
    said(
        plain.cost - mine.cost,
        _("coûte %(gap)s de moins : %(n)s") % change,
        _("coûte %(gap)s de plus : %(n)s") % change,
    )
    if budget is not None and plain.cost > budget >= mine.cost:
        gains.append(_("tient dans l'enveloppe, que le classement seul dépasse de %(gap)s")
                     % {"gap": euros(plain.cost - budget, 0)})  # fmt: skip
    return gains, gives


def cannot(error: CannotEnumerate) -> str:
    """Why the sets cannot be looked at, and what to do."""
    if isinstance(error, TooMany):
        return _(
            "%(count)s ensembles sont possibles : c'est trop pour les regarder un par un (%(limit)s au plus). "
            "Gardez ou écartez d'office quelques dossiers, resserrez la présélection, ou cherchez parmi "
            "%(largest)d dossiers au plus."
        ) % {"count": number(error.count), "limit": number(LIMIT), "largest": error.largest}
    pool, size = getattr(error, "pool", 0), getattr(error, "size", 0)
    return ngettext(
        "Il faut au moins %(size)d dossier noté pour former un ensemble de %(size)d, sans en garder davantage "
        "d'office ; ici, %(pool)d. Présélectionnez d'autres dossiers, ou cherchez parmi les premiers du classement.",
        "Il faut au moins %(size)d dossiers notés pour former un ensemble de %(size)d, sans en garder davantage "
        "d'office ; ici, %(pool)d. Présélectionnez d'autres dossiers, ou cherchez parmi les premiers du classement.",
        size,
    ) % {"size": size, "pool": pool}


def blocking(choice: Choice) -> list[str]:
    """What to give up so that a set exists: for each condition, how many sets its absence frees."""
    names = {
        "disciplines": _("des disciplines toutes différentes"),
        "axes": _("tous les axes couverts"),
        "stages": _("tous les temps de vie couverts"),
        "origins": _("des départements d'origine tous différents"),
        "budget": _("un coût dans l'enveloppe"),
    }
    lines = []
    for name, (without, alone) in choice.blocking.items():
        if without:
            said = ngettext(
                "Sans exiger %(what)s : %(n)s ensemble.", "Sans exiger %(what)s : %(n)s ensembles.", without
            )
        elif not alone:
            said = _("Exiger %(what)s est impossible avec ces dossiers, même seul.")
        else:
            said = _("Renoncer seulement à exiger %(what)s ne suffit pas.")
        lines.append(said % {"what": names[name], "n": number(without)})
    return lines
