"""The provisional budget against the call's rules. Pure arithmetic on ``Decimal`` euros.

No social charge is computed (rules.md 10): the artist gives net, gross, charges and total; the
sums are checked to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from candidatures.enums import BudgetNature
from clea.ui.dates import euros

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class Line(Protocol):
    nature: str
    label: str
    net: Decimal
    gross: Decimal
    employer_charges: Decimal
    total: Decimal


class Rules(Protocol):
    net_allowance: Decimal | None
    employer_ceiling: Decimal | None
    cachet_max_percent: Decimal | None
    author_max_percent: Decimal | None
    budget_required: bool


@dataclass(frozen=True)
class Finding:
    """Something to say about the budget. A blocking one prevents filing."""

    code: str
    message: str
    blocking: bool
    line: int | None = None


@dataclass(frozen=True)
class Sums:
    net: Decimal = ZERO
    gross: Decimal = ZERO
    employer_charges: Decimal = ZERO
    total: Decimal = ZERO


@dataclass(frozen=True)
class BudgetSummary:
    """Totals, the share of each regulated nature, and what is wrong or worth knowing."""

    sums: Sums
    by_nature: dict[str, Sums]
    cachet_percent: Decimal | None
    author_percent: Decimal | None
    over_ceiling_by: Decimal
    room_left: Decimal | None
    findings: list[Finding] = field(default_factory=list)

    @property
    def blocking(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.blocking]


def _add(lines: Iterable[Line]) -> Sums:
    lines = list(lines)
    return Sums(
        net=sum((line.net for line in lines), ZERO),
        gross=sum((line.gross for line in lines), ZERO),
        employer_charges=sum((line.employer_charges for line in lines), ZERO),
        total=sum((line.total for line in lines), ZERO),
    )


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """``part`` of ``whole`` in percent, to the hundredth for display; ``None`` of nothing."""
    if not whole:
        return None
    return (part * 100 / whole).quantize(CENT, ROUND_HALF_UP)


def summarise(lines: Iterable[Line], rules: Rules | None) -> BudgetSummary:
    """Sum the lines and hold them against the call's rules (rules.md 9-10).

    Blocking: a line whose total is not gross plus charges, a net above the gross, an empty or
    missing budget, a total above the employer ceiling, *cachets* above their share of the total
    remuneration, *droits d'auteur* above their share of the gross. Shares are compared on exact
    products, never on rounded percentages. Both natures together: a warning, since their bases
    differ.
    """
    lines = list(lines)
    sums = _add(lines)
    by_nature = {
        str(nature): _add(line for line in lines if line.nature == nature)
        for nature in BudgetNature
        if any(line.nature == nature for line in lines)
    }
    findings: list[Finding] = []
    for index, line in enumerate(lines):
        if line.gross + line.employer_charges != line.total:
            findings.append(
                Finding(
                    "line_sum",
                    _(
                        "« %(label)s » : brut %(gross)s + charges %(charges)s font %(sum)s, "
                        "et non %(total)s. Corrigez l'un des trois montants."
                    )
                    % {
                        "label": line.label,
                        "gross": euros(line.gross),
                        "charges": euros(line.employer_charges),
                        "sum": euros(line.gross + line.employer_charges),
                        "total": euros(line.total),
                    },
                    True,
                    index,
                )
            )
        if line.net > line.gross:
            findings.append(
                Finding(
                    "net_above_gross",
                    _("« %(label)s » : le net (%(net)s) dépasse le brut (%(gross)s).")
                    % {"label": line.label, "net": euros(line.net), "gross": euros(line.gross)},
                    True,
                    index,
                )
            )
    cachets = by_nature.get(BudgetNature.CACHET, Sums())
    authors = by_nature.get(BudgetNature.AUTHOR, Sums())
    over = ZERO
    room: Decimal | None = None
    if rules is not None:
        if rules.budget_required and (not lines or not sums.total):
            findings.append(
                Finding("empty", _("Le budget est vide : ajoutez au moins une ligne avec son coût total."), True)
            )
        if rules.employer_ceiling is not None:
            room = rules.employer_ceiling - sums.total
            if room < 0:
                over, room = -room, ZERO
                findings.append(
                    Finding(
                        "over_ceiling",
                        _(
                            "Le coût total employeur est de %(total)s : il dépasse de %(over)s le maximum de "
                            "%(ceiling)s. Le dossier ne peut pas être déposé tant que le total n'est pas ramené "
                            "à %(ceiling)s ou moins."
                        )
                        % {
                            "total": euros(sums.total),
                            "over": euros(over),
                            "ceiling": euros(rules.employer_ceiling),
                        },
                        True,
                    )
                )
        if rules.cachet_max_percent is not None and cachets.total * 100 > sums.total * rules.cachet_max_percent:
            # Rounded down: a cent above the share would be refused in its turn.
            allowed = (sums.total * rules.cachet_max_percent / 100).quantize(CENT, ROUND_DOWN)
            findings.append(
                Finding(
                    "cachet_share",
                    _(
                        "Les cachets font %(part)s sur une rémunération totale de %(whole)s : au plus %(percent)s %% "
                        "sont possibles, soit %(allowed)s, et pour la diffusion seulement."
                    )
                    % {
                        "part": euros(cachets.total),
                        "whole": euros(sums.total),
                        "percent": _percent(rules.cachet_max_percent),
                        "allowed": euros(allowed),
                    },
                    True,
                )
            )
        if rules.author_max_percent is not None and authors.gross * 100 > sums.gross * rules.author_max_percent:
            allowed = (sums.gross * rules.author_max_percent / 100).quantize(CENT, ROUND_DOWN)
            findings.append(
                Finding(
                    "author_share",
                    _(
                        "Les droits d'auteur font %(part)s sur un brut total de %(whole)s : au plus %(percent)s %% "
                        "sont possibles, soit %(allowed)s."
                    )
                    % {
                        "part": euros(authors.gross),
                        "whole": euros(sums.gross),
                        "percent": _percent(rules.author_max_percent),
                        "allowed": euros(allowed),
                    },
                    True,
                )
            )
        if rules.net_allowance is not None and lines and sums.net != rules.net_allowance:
            findings.append(
                Finding(
                    "net_differs",
                    _("Le net total est de %(net)s ; l'allocation de l'appel est de %(allowance)s net.")
                    % {"net": euros(sums.net), "allowance": euros(rules.net_allowance)},
                    False,
                )
            )
    if cachets.total and authors.gross:
        findings.append(
            Finding(
                "cachet_and_author",
                _(
                    "Vous prévoyez à la fois des cachets et des droits d'auteur : leurs plafonds se calculent sur des "
                    "bases différentes (rémunération totale et montant brut). Vérifiez chacun."
                ),
                False,
            )
        )
    return BudgetSummary(
        sums=sums,
        by_nature=by_nature,
        cachet_percent=percent(cachets.total, sums.total),
        author_percent=percent(authors.gross, sums.gross),
        over_ceiling_by=over,
        room_left=room,
        findings=findings,
    )


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
