"""Reading trips: what is left to claim, a claim with its lines and its calculation. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Prefetch

from candidatures.enums import PeriodKind
from clea.documents.access import Grant
from clea.documents.models import EXTENSIONS, StoredFile
from clea.text import normalise
from residencies.enums.money import LIVE_PAYMENTS, PaymentState, TravelMode
from residencies.methods.mileage import ZERO
from residencies.models import ExpenseLine, Payment, Period, Residency, ResidencyBudget, SentReceipt, TripClaim
from residencies.selectors.paper_facts import money_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


@dataclass(frozen=True)
class Step:
    """Kilometres at one rate."""

    km: int
    rate: Decimal
    fixed: Decimal
    worth: Decimal


@dataclass(frozen=True)
class Way:
    """One way by car, with its sum, as it was kept with the claim."""

    way: str
    day: date
    km: int
    km_before: int
    km_after: int
    steps: tuple[Step, ...]
    multiplier: Decimal | None
    worth_after: Decimal
    worth_before: Decimal
    amount: Decimal
    source: str
    applies_from: date
    power: int


@dataclass(frozen=True)
class Told:
    """A claim as a page shows it."""

    claim: TripClaim
    lines: Sequence[ExpenseLine]
    ways: list[Way]
    amount: Decimal

    @property
    def payment(self) -> Payment:
        return self.claim.payment

    @property
    def by_car(self) -> bool:
        return self.claim.mode == TravelMode.CAR

    @property
    def kilometres(self) -> Decimal:
        """What the scale gives."""
        return sum((way.amount for way in self.ways), ZERO)

    @property
    def asked(self) -> Decimal:
        """What the lines ask, covered or not."""
        return sum((line.amount for line in self.lines), ZERO)

    @property
    def covered(self) -> Decimal:
        return sum((line.covered for line in self.lines), ZERO)

    @property
    def sources(self) -> list[tuple[str, date]]:
        """The versions of the scale that were applied, each once."""
        return list(dict.fromkeys((way.source, way.applies_from) for way in self.ways))


@dataclass
class Slot:
    """A period of presence, and the trip that was claimed for it."""

    period: Period
    payment: Payment | None = None


@dataclass
class Trips:
    """The trips of a residency: what its budget allows, what was claimed, what is left."""

    most: int
    #: The season is not closed.
    open: bool = True
    slots: list[Slot] = field(default_factory=list)
    #: Every claim, those refused or withdrawn too, the latest first.
    payments: list[Payment] = field(default_factory=list)

    @property
    def live(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.state in LIVE_PAYMENTS]

    @property
    def left(self) -> int:
        return max(self.most - len(self.live), 0)

    @property
    def amount(self) -> Decimal:
        return sum((payment.amount for payment in self.live), ZERO)

    @property
    def open_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.payment is None]

    @property
    def can_claim(self) -> bool:
        return bool(self.open and self.left and self.open_slots)


def budget_trips(residency: Residency) -> int:
    """How many trips are covered: by its budget, or by the call before anything needed a budget. Three queries."""
    held = ResidencyBudget.objects.filter(residency=residency).values_list("trips", flat=True).first()
    if held is not None:
        return held
    call = money_of(residency)
    return call.return_trips if call is not None else ResidencyBudget(residency=residency).trips


def periods_of(residency: Residency) -> list[Period]:
    """Immersion and phases, to which one travels. One query."""
    return list(residency.periods.exclude(kind=PeriodKind.EVENT).order_by("starts_on", "pk"))


def trips_of(residency: Residency) -> Trips:
    """Everything about a residency's trips, for a list. Five queries, whatever their number."""
    payments = list(
        Payment.objects.filter(residency=residency, trip__isnull=False)
        .select_related("trip__period")
        .order_by("-claimed_at", "-pk")
    )
    taken = {row.trip.period_id: row for row in payments if row.state in LIVE_PAYMENTS}
    return Trips(
        most=budget_trips(residency),
        open=residency.season.closed_at is None,
        slots=[Slot(period, taken.get(period.pk)) for period in periods_of(residency)],
        payments=payments,
    )


def find(residency: Residency, key: UUID) -> TripClaim | None:
    """A claim of this residency by its payment's key, its lines and receipts with it. Two queries."""
    found = (
        TripClaim.objects.filter(payment__residency=residency, payment__uuid=key)
        .select_related("payment__season__programme__territory", "payment__checked_by", "period")
        .prefetch_related(Prefetch("lines", ExpenseLine.objects.select_related("receipt")))
        .first()
    )
    if found is not None:
        found.payment.residency = residency
    return found


def told(claim: TripClaim) -> Told:
    """A claim to be shown. No query after :func:`find`."""
    return Told(claim, list(claim.lines.all()), ways(claim.calculation), claim.payment.amount)


def ways(calculation: list[dict[str, Any]]) -> list[Way]:
    """The lines of the scale as they were kept."""
    return [
        Way(
            way=row["way"],
            day=date.fromisoformat(row["day"]),
            km=int(row["km"]),
            km_before=int(row["km_before"]),
            km_after=int(row["km_after"]),
            steps=tuple(
                Step(int(one["km"]), _plain(one["rate"]), Decimal(one["fixed"]), Decimal(one["worth"]))
                for one in row["steps"]
            ),
            multiplier=_plain(row["multiplier"]) if row["multiplier"] else None,
            worth_after=Decimal(row["worth_after"]),
            worth_before=Decimal(row["worth_before"]),
            amount=Decimal(row["amount"]),
            source=row["source"],
            applies_from=date.fromisoformat(row["applies_from"]),
            power=int(row["power"]),
        )
        for row in calculation
    ]


def _plain(text: str) -> Decimal:
    """A rate as people write it: ``0.6360`` is 0.636, ``0.4000`` is 0.40."""
    rate = Decimal(text).normalize()
    return rate if -int(rate.as_tuple().exponent) > 2 else rate.quantize(Decimal("0.01"))


def receipts_at_hand(residency: Residency, claim: TripClaim | None) -> dict[UUID, StoredFile]:
    """The files a claim may take: those that wait, and those it has already. Two queries."""
    found = {row.stored_file.uuid: row.stored_file for row in residency.sent_receipts.select_related("stored_file")}
    if claim is not None:
        for line in claim.lines.select_related("receipt"):
            if line.receipt is not None:
                found[line.receipt.uuid] = line.receipt
    return found


def to_check(user: User | AnonymousUser) -> list[Payment]:
    """The trips that wait for somebody to check them, the oldest first. One query."""
    return list(
        Payment.objects.coordinated_by(user)
        .filter(trip__isnull=False, state=PaymentState.CLAIMED)
        .select_related("residency")
        .order_by("claimed_at", "pk")
    )


def receipt(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """Who may read a receipt: the artists of the residency, and its coordination. Four queries at most."""
    line = stored_file.expense_lines.select_related("claim__payment__residency").first()
    if line is not None:
        owner = line.claim.payment.residency
    else:
        waiting = SentReceipt.objects.filter(stored_file=stored_file).select_related("residency").first()
        owner = waiting.residency if waiting is not None else None
    if owner is None:
        return None
    theirs = Residency.objects.filter(pk=owner.pk)
    if not (theirs.of(user).exists() or theirs.coordinated_by(user).exists()):
        return None
    words = normalise(line.label if line is not None else "justificatif")
    name = f"{normalise(owner.artist_name)} {words}".replace(" ", "-")
    return Grant(filename=name + EXTENSIONS.get(stored_file.content_type, ""), journal_target=owner)
