"""What the dossier says in a few words, beside its PDF: from the frozen deposit, masked when it must be."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from candidatures.methods import scoring
from candidatures.methods.anonymity import mask
from candidatures.selectors import anonymity
from clea.ui.dates import number

if TYPE_CHECKING:
    from candidatures.models import Deposit, Jury


@dataclass(frozen=True)
class Fact:
    """One answer: words, a list of short ones, or an amount."""

    label: str
    text: str = ""
    items: list[str] = field(default_factory=list)
    amount: Decimal | None = None
    href: str = ""


def facts(jury: Jury, deposit: Deposit) -> list[Fact]:
    """Practice, articulation and budget, as filed. No query; one when identities are withheld.

    Names, contacts and the website are then masked in what is typed, or left out.
    """
    data: dict[str, Any] = deposit.data
    seen: Callable[[str], str] = _masked(jury, data) if jury.is_blind else str
    practice, link, budget = data["practice"], data["articulation"], data["budget"]
    found = [
        Fact(_("Disciplines"), items=list(practice["disciplines"])),
        Fact(_("Pratique"), text=seen(practice["practice"])),
        Fact(_("Axes explorés"), items=list(link["axes"])),
        Fact(_("Articulation avec le territoire"), text=seen(link["territory_link"])),
        Fact(_("Transitions"), text=seen(link["transitions_link"])),
        Fact(_("Publics et temps de vie"), items=list(link["life_stages"])),
        Fact(_("Coût total employeur"), amount=Decimal(budget["total"]) if budget["lines"] else None),
        Fact(_("Rémunération nette"), amount=Decimal(budget["net"]) if budget["lines"] else None),
        Fact(_("Précisions sur le budget"), text=seen(budget["comment"])),
    ]
    if not jury.is_blind and practice["website"]:
        found.insert(2, Fact(_("Site internet"), text=practice["website"], href=practice["website"]))
    return [fact for fact in found if fact.text or fact.items or fact.amount is not None]


def _masked(jury: Jury, data: dict[str, Any]) -> Callable[[str], str]:
    identity = anonymity.identity(jury.call, data)
    return lambda text: mask(text, identity)


def working(scores: Iterable[scoring.Scored]) -> str:
    """The total's own sum, as one would write it: ``20 × (3 × 4/5 + 1 × 2/5) ÷ 4 = 14,00``.

    Empty before the first note. ``static/js/review.js`` writes the same line.
    """
    noted = [(weight, maximum, value) for weight, maximum, value in scores if value is not None]
    found = scoring.partial(noted)
    if found.value is None:
        return ""
    terms = " + ".join(f"{weight} × {value}/{maximum}" for weight, maximum, value in noted)
    weights = sum(weight for weight, _maximum, _value in noted)
    return f"{scoring.OUT_OF} × ({terms}) ÷ {weights} = {number(found.value, 2)}"
