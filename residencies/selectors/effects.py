"""What meeting a structure would do for the coverage, said beside each wish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from candidatures.models import Season
from residencies.methods.coverage import Place
from residencies.methods.travel import Figures
from residencies.methods.where_next import Board, distances
from residencies.models import Residency
from residencies.rules.coverage import words
from residencies.selectors.coverage import world
from residencies.selectors.pairings import partners_for
from residencies.selectors.planning_rules import planning_rules
from structures.models import Structure


@dataclass(frozen=True)
class Effect:
    """``score``: points of the reasons (see methods.where_next.Weights), rounded. Reasons, the strongest first."""

    score: int
    reasons: list[str] = field(default_factory=list)


def effects(
    pairs: Iterable[tuple[Structure, Residency | None]], season: Season | None = None
) -> dict[tuple[int, int | None], Effect]:
    """The effect of each structure on the coverage of each residency. Thirteen queries, whatever their number.

    Residencies are of one season, which comes with its territory; give ``season`` when a pair has no residency (a
    wish for an axis). A structure already planned or met by the residency brings no « new »; the wish itself is
    no reason here, since it is beside it that this is read.
    """
    wanted = list(pairs)
    of = season or next((residency.season for _place, residency in wanted if residency is not None), None)
    if of is None:
        return {}
    facts, rules = world(of, counted=False), planning_rules(of.programme.territory)
    km = distances(facts.communes, Figures.of(rules))
    boards: dict[int | None, Board] = {}
    found: dict[tuple[int, int | None], Effect] = {}
    for structure, residency in wanted:
        key = residency.pk if residency is not None else None
        if key not in boards:
            boards[key] = Board.of(facts, key, team_size=rules.team_size, partners=partners_for(facts, km, key))
        found[structure.pk, key] = _effect(boards[key], facts.places.get(structure.pk), facts.reached(key)[1])
    return found


def _effect(board: Board, place: Place | None, planned: set[int]) -> Effect:
    if place is None:
        return Effect(0)
    if place.is_category:
        return Effect(0, [_("catégorie : elle ne compte pas parmi les structures rencontrées")])
    reasons = board.reasons(place)
    said = [words(reason, board.communes) for reason in reasons]
    if place.pk in planned:
        said.insert(0, _("déjà prévue ou rencontrée : ne change pas la jauge"))
    elif not any(reason.code == "never_structure" for reason in reasons):
        said.insert(0, _("nouvelle structure pour cette résidence"))
    return Effect(round(sum(reason.points for reason in reasons)), said)
