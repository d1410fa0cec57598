"""What trips are worth: the kilometres of the year, and what of each line is covered.

A claim begins where the kilometres of the claims before it end. So when one of them is withdrawn, changed or
refused, those that nobody checked yet are counted again; what was checked stays as somebody answered for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clea.errors import Refused
from clea.journal import services as journal
from clea.ui.dates import day as said_day
from residencies.enums.money import PaymentState, TravelMode
from residencies.methods import mileage
from residencies.models import ExpenseLine, Payment, Residency, TripClaim
from residencies.selectors import scales as scale_selectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clea.accounts.models import User


@dataclass(frozen=True)
class Worth:
    """A claim's kilometres, line by line, and the scale they were counted with."""

    scale: str
    lines: list[mileage.Line]

    @property
    def amount(self) -> Decimal:
        return mileage.total(self.lines)

    @property
    def kept(self) -> list[mileage.Kept]:
        return [line.kept() for line in self.lines]


def legs_of(claim: TripClaim) -> list[mileage.Leg]:
    """The two ways of a claim by car; none by train."""
    if claim.mode != TravelMode.CAR:
        return []
    assert claim.km_out is not None
    assert claim.km_back is not None
    assert claim.fiscal_power is not None
    return [
        mileage.Leg("out", claim.out_on, claim.km_out, claim.fiscal_power, claim.electric),
        mileage.Leg("back", claim.back_on, claim.km_back, claim.fiscal_power, claim.electric),
    ]


def standing(residency: Residency) -> list[TripClaim]:
    """The claims of a residency that stand, in the order they were made. One query."""
    return list(
        TripClaim.objects.filter(payment__residency=residency, payment__in=Payment.objects.live())
        .select_related("payment", "period")
        .order_by("pk")
    )


def driven(claims: Iterable[TripClaim]) -> Counter[int]:
    """The kilometres of each year in these claims."""
    years: Counter[int] = Counter()
    for claim in claims:
        for leg in legs_of(claim):
            years[leg.day.year] += leg.km
    return years


def count(
    residency: Residency,
    claim: TripClaim,
    before: Iterable[TripClaim],
    scales: Sequence[mileage.Scale] | None = None,
) -> Worth:
    """The kilometres of a claim by the territory's scale, after those of the claims ``before``. Two queries.

    ``Refused``, with the day, when no version of the scale applies.
    """
    if claim.mode != TravelMode.CAR:
        return Worth("", [])
    kind = residency.territory.mileage_scale
    versions = scale_selectors.versions(kind) if scales is None else scales
    try:
        return Worth(kind, mileage.compute(legs_of(claim), versions, driven(before)))
    except mileage.NoScale as missing:
        raise Refused(
            _(
                "Aucun barème kilométrique n'est enregistré pour le %(day)s et cette puissance : vérifiez le jour, "
                "puis écrivez à la coordination, qui l'ajoutera."
            )
            % {"day": said_day(missing.day)},
            code="no_scale",
            field="out_on",
        ) from None


def amount_of(worth: Worth, lines: Iterable[ExpenseLine]) -> Decimal:
    """What the artist receives: the kilometres and what is covered of the lines."""
    return worth.amount + sum((line.covered for line in lines), mileage.ZERO)


def recount(residency: Residency, *, by: User | None) -> list[Payment]:
    """Count again the claims by car that nobody checked, after another one changed. In a transaction, locked.

    Returns those whose amount moved. Three queries, and four more for each of them.
    """
    claims = [claim for claim in standing(residency) if claim.mode == TravelMode.CAR]
    settled = [claim for claim in claims if claim.payment.state != PaymentState.CLAIMED]
    versions = scale_selectors.versions(residency.territory.mileage_scale)
    moved = []
    for claim in claims:
        if claim.payment.state != PaymentState.CLAIMED:
            continue
        worth = count(residency, claim, settled, versions)
        settled.append(claim)
        if worth.kept == claim.calculation:
            continue
        claim.scale, claim.calculation = worth.scale, worth.kept
        claim.save(update_fields=["scale", "calculation"])
        payment = claim.payment
        before, payment.amount = payment.amount, amount_of(worth, claim.lines.all())
        payment.cost = payment.amount
        payment.version += 1
        payment.full_clean()
        payment.save()
        moved.append(payment)
        journal.record(
            by=by,
            verb="trip.recounted",
            target=residency,
            data={"payment": str(payment.uuid), "from": str(before), "amount": str(payment.amount)},
        )
    return moved
