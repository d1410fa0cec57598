"""What a computation proposes to a jury, in words: its reasons, or what makes it impossible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import JurorRole
from candidatures.methods import assignment as method
from candidatures.models import Application, Juror, Jury
from candidatures.selectors.assignment_board import (
    Board,
    Pair,
    Wish,
    board,
    problem,
    short_of_readers,
    why_barred,
)
from clea.errors import StaleWrite

__all__ = [
    "Board",
    "DossierLine",
    "MemberLine",
    "Pair",
    "Plan",
    "Wish",
    "board",
    "preview",
    "problem",
    "short_of_readers",
    "unsign",
    "why_barred",
]

_SALT = "candidatures.assignment.plan"
#: Dossiers that a sentence names before it only counts them.
_NAMED = 3


@dataclass(frozen=True)
class MemberLine:
    """A member in a plan."""

    juror: Juror
    before: int
    added: int
    #: Why the computation gives them nothing, when it was not asked to.
    out: str = ""

    @property
    def after(self) -> int:
        return self.before + self.added


@dataclass(frozen=True)
class DossierLine:
    """A dossier in a plan: who reads it already, who will."""

    dossier: Application
    kept: list[Juror]
    added: list[Juror]
    institutions: int
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """What a computation proposes, or why it cannot. Nothing is written.

    ``signed`` holds the plan itself and the digest of all it was drawn from: applying it does
    exactly what was shown, or says that something changed.
    """

    wish: Wish
    members: list[MemberLine]
    dossiers: list[DossierLine]
    reasons: list[str]
    #: Sentences: what blocks and by how much, then what would be without each constraint.
    blocked: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    missing: int = 0
    asked: int = 0
    worst: int = 0
    spread: int = 0
    added: int = 0
    signed: str = ""

    @property
    def possible(self) -> bool:
        return not self.blocked

    @property
    def served(self) -> int:
        """Members who get something."""
        return sum(bool(line.added) for line in self.members)


def preview(jury: Jury, wish: Wish, seen: Board | None = None) -> Plan:
    """Compute the best assignment under ``wish``. Six queries, none when the board is given."""
    seen = seen or board(jury)
    demand = problem(seen, wish)
    try:
        solution = method.solve(demand, as_far_as_possible=wish.as_far_as_possible)
    except method.Impossible as impossible:
        return _blocked(seen, wish, demand, impossible)
    gained: dict[int, list[Juror]] = defaultdict(list)
    share: dict[int, int] = dict.fromkeys(seen.people, 0)
    for reader, key in solution.pairs:
        gained[key].append(seen.people[reader])
        share[reader] += 1
    lines = []
    for dossier in seen.dossiers:
        kept = [seen.people[key] for key in seen.readings.get(dossier.pk, [])]
        readers = [*kept, *gained[dossier.pk]]
        institutions = seen.institutions(juror.pk for juror in readers)
        lines.append(
            DossierLine(dossier, kept, gained[dossier.pk], institutions, _note(wish, len(readers), institutions))
        )
    return Plan(
        wish=wish,
        members=[
            MemberLine(juror, seen.loads[juror.pk], share[juror.pk], _out(demand, juror)) for juror in seen.jurors
        ],
        dossiers=lines,
        reasons=_reasons(seen, wish, demand, solution),
        worst=solution.worst,
        spread=solution.spread,
        added=len(solution.pairs),
        asked=len(solution.pairs),
        signed=_sign(demand, wish, solution.pairs),
    )


def _sign(demand: method.Problem, wish: Wish, pairs: Iterable[Pair]) -> str:
    by_reader: dict[str, list[int]] = defaultdict(list)
    for reader, dossier in pairs:
        by_reader[str(reader)].append(dossier)
    said = [wish.readers, wish.institutions, wish.substitutes, wish.unjoined, wish.as_far_as_possible]
    return signing.dumps({"digest": demand.digest(), "wish": said, "pairs": by_reader}, salt=_SALT, compress=True)


def unsign(seen: Board, signed: str) -> list[Pair]:
    """The pairs of a signed plan, if all it was drawn from still holds on this board. No query.

    Raises ``StaleWrite`` when a recusal, an assignment, a member, a dossier or a ceiling changed,
    or when the plan is not one of ours.
    """
    try:
        plan = signing.loads(signed, salt=_SALT)
    except signing.BadSignature:
        raise StaleWrite(_("Cette proposition n'est plus lisible. En voici une nouvelle."), code="unreadable") from None
    if problem(seen, Wish(*plan["wish"])).digest() != plan["digest"]:
        raise StaleWrite(
            _(
                "Un déport, une attribution, un membre ou un dossier a changé depuis cette proposition. "
                "Rien n'est attribué : en voici une nouvelle, à relire."
            ),
            code="stale",
        )
    return [(int(reader), dossier) for reader, dossiers in plan["pairs"].items() for dossier in dossiers]


# Said in words -----------------------------------------------------------------------------------


def _out(demand: method.Problem, juror: Juror) -> str:
    if demand.by_key[juror.pk].available:
        return ""
    if juror.joined_at is None:
        return _("engagement pas encore accepté")
    return _("suppléance : sollicitée en remplacement")


def _note(wish: Wish, readers: int, institutions: int) -> str:
    if readers < wish.readers:
        lacking = wish.readers - readers
        return ngettext("manque %(n)d lecture", "manque %(n)d lectures", lacking) % {"n": lacking}
    if institutions < wish.institutions:
        return ngettext("une seule institution", "%(n)d institutions", institutions) % {"n": institutions}
    if readers > wish.readers:
        return _("%(n)d lectures au lieu de %(wanted)d") % {"n": readers, "wanted": wish.readers}
    return ""


def _reasons(seen: Board, wish: Wish, demand: method.Problem, solution: method.Solution) -> list[str]:
    kept = sum(len(dossier.readers) for dossier in demand.dossiers)
    able = {reader.key for reader in demand.readers if reader.available}
    barred = sum(juror in able and dossier in seen.files for juror, dossier in seen.barred)
    lines = [
        _("%(readers)s par dossier, de %(institutions)s.")
        % {
            "readers": ngettext("%(n)d lecture", "%(n)d lectures", wish.readers) % {"n": wish.readers},
            "institutions": ngettext(
                "%(n)d institution au moins", "%(n)d institutions différentes au moins", wish.institutions
            )
            % {"n": wish.institutions},
        }
    ]
    if kept:
        lines.append(
            ngettext(
                "%(n)d lecture déjà attribuée est gardée, et compte dans la charge.",
                "%(n)d lectures déjà attribuées sont gardées, et comptent dans la charge.",
                kept,
            )
            % {"n": kept}
        )
    if barred:
        lines.append(
            ngettext(
                "%(n)d lecture est exclue par un déport ou parce que le dossier est celui du membre.",
                "%(n)d lectures sont exclues par un déport ou parce que le dossier est celui du membre.",
                barred,
            )
            % {"n": barred}
        )
    full = sorted(
        str(seen.people[reader.key])
        for reader in demand.readers
        if reader.available and reader.ceiling is not None and solution.after[reader.key] >= reader.ceiling
    )
    if full:
        lines.append(_("Plafond atteint : %(names)s.") % {"names": ", ".join(full)})
    above = sum(
        max(0, len(dossier.readers) + count - wish.readers) for dossier, count in _added(demand, solution) if count
    )
    if above:
        lines.append(
            ngettext(
                "%(n)d lecture de plus que demandé, pour réunir les institutions sans rien retirer.",
                "%(n)d lectures de plus que demandé, pour réunir les institutions sans rien retirer.",
                above,
            )
            % {"n": above}
        )
    if solution.spread > 1:
        lines.append(
            _(
                "Les charges s'écartent de %(n)d lectures : les lectures déjà attribuées, les plafonds, les déports "
                "ou les institutions ne permettent pas de les rapprocher."
            )
            % {"n": solution.spread}
        )
    lines.append(_("Aucune autre répartition n'a une plus petite charge maximale ni des charges plus égales."))
    return lines


def _added(demand: method.Problem, solution: method.Solution) -> list[tuple[method.Dossier, int]]:
    count: dict[int, int] = defaultdict(int)
    for _reader, dossier in solution.pairs:
        count[dossier] += 1
    return [(dossier, count[dossier.key]) for dossier in demand.dossiers]


def _blocked(seen: Board, wish: Wish, demand: method.Problem, impossible: method.Impossible) -> Plan:
    return Plan(
        wish=wish,
        members=[MemberLine(juror, seen.loads[juror.pk], 0, _out(demand, juror)) for juror in seen.jurors],
        dossiers=[],
        reasons=[],
        blocked=_sentences(seen, impossible.blockages),
        without=_without(seen, wish, demand, impossible.missing),
        missing=impossible.missing,
        asked=impossible.asked,
    )


def _sentences(seen: Board, blockages: tuple[method.Blockage, ...]) -> list[str]:
    """What blocks. Dossiers that lack the very same thing are told together, the first ones by name."""
    alike: dict[tuple[str, int, int, int], list[int]] = defaultdict(list)
    for blockage in blockages:
        if isinstance(blockage, method.FewReaders):
            alike["readers", blockage.possible, blockage.wanted, blockage.barred].append(blockage.dossier)
        elif isinstance(blockage, method.FewInstitutions):
            alike["institutions", blockage.possible, blockage.wanted, 0].append(blockage.dossier)
    lines = [_lack(seen, dossiers, *what) for what, dossiers in alike.items()]
    return lines + [_ceilings(seen, row) for row in blockages if isinstance(row, method.LowCeilings)]


def _named(seen: Board, dossiers: list[int]) -> str:
    if len(dossiers) == 1:
        dossier = seen.files[dossiers[0]]
        return f"{dossier.last_deposit} – {dossier.display_name}"
    numbers = ", ".join(str(seen.files[key].last_deposit) for key in dossiers[:_NAMED])
    if len(dossiers) > _NAMED:
        numbers += "…"
    return _("%(n)d dossiers (%(numbers)s)") % {"n": len(dossiers), "numbers": numbers}


def _lack(seen: Board, dossiers: list[int], what: str, possible: int, wanted: int, barred: int) -> str:
    said = {"dossier": _named(seen, dossiers), "wanted": wanted}
    if what == "institutions":
        said["possible"] = ngettext("%(n)d institution possible", "%(n)d institutions possibles", possible) % {
            "n": possible
        }
        return _("%(dossier)s : %(possible)s sur %(wanted)d demandées.") % said
    said["possible"] = ngettext("%(n)d lecteur possible", "%(n)d lecteurs possibles", possible) % {"n": possible}
    line = _("%(dossier)s : %(possible)s sur %(wanted)d demandés.") % said
    if barred:
        line += " " + ngettext(
            "%(n)d membre ne peut pas le lire (déport ou dossier personnel).",
            "%(n)d membres ne peuvent pas le lire (déport ou dossier personnel).",
            barred,
        ) % {"n": barred}
    return line


def _ceilings(seen: Board, blockage: method.LowCeilings) -> str:
    if not blockage.readers:
        return _("Aucun membre ne peut lire : invitez des membres, ou cochez ceux que le calcul laisse de côté.")
    left = ngettext("%(n)d lecture", "%(n)d lectures", blockage.left) % {"n": blockage.left}
    if blockage.everyone:
        return _("Les plafonds de charge laissent %(left)s pour %(needed)d demandées.") % {
            "left": left,
            "needed": blockage.needed,
        }
    names = ", ".join(sorted(str(seen.people[key]) for key in blockage.readers))
    return _(
        "Les plafonds de charge laissent %(left)s à %(names)s, pour %(needed)d que personne d'autre ne peut faire "
        "(%(dossiers)s)."
    ) % {
        "left": left,
        "names": names,
        "needed": blockage.needed,
        "dossiers": ngettext("%(n)d dossier", "%(n)d dossiers", len(blockage.dossiers)) % {"n": len(blockage.dossiers)},
    }


def _without(seen: Board, wish: Wish, demand: method.Problem, missing: int) -> list[str]:
    """What would be missing without each constraint, those that change nothing left out."""
    people = {juror.pk: juror for juror in seen.jurors}
    tries: list[tuple[str, method.Problem]] = [
        (
            _("sans plafond de charge"),
            replace(demand, readers=tuple(replace(reader, ceiling=None) for reader in demand.readers)),
        ),
        (_("sans exiger plusieurs institutions"), replace(demand, institutions=1)),
        (
            _("sans les déports ni les dossiers personnels"),
            replace(demand, dossiers=tuple(replace(dossier, barred=frozenset()) for dossier in demand.dossiers)),
        ),
    ]
    if not wish.substitutes and any(juror.role == JurorRole.SUBSTITUTE for juror in people.values()):
        tries.append((_("avec les membres suppléants"), problem(seen, replace(wish, substitutes=True))))
    if not wish.unjoined and any(juror.joined_at is None for juror in people.values()):
        tries.append((_("avec les membres qui n'ont pas encore accepté"), problem(seen, replace(wish, unjoined=True))))
    if wish.readers > wish.institutions:
        tries.append((_("avec une lecture de moins par dossier"), replace(demand, wanted=wish.readers - 1)))
    lines = []
    for label, relaxed in tries:
        still, _asked = method.missing(relaxed)
        if not still:
            lines.append(_("%(without)s : possible.") % {"without": label.capitalize()})
        elif still < missing:
            lines.append(
                _("%(without)s : %(missing)s encore.")
                % {
                    "without": label.capitalize(),
                    "missing": ngettext("il manquerait %(n)d lecture", "il manquerait %(n)d lectures", still)
                    % {"n": still},
                }
            )
    return lines
