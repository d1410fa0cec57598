"""Budgets and payments. Amounts are those of the real call: 12 000 net, 24 000 at most.

``funded(residency)`` gives it a call with its rules and a budget that holds; ``PaymentFactory(residency=…)`` is a
planned instalment; ``many_payments(residency, n)`` makes ``n`` in bulk for query counts.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from residencies.enums.money import PaymentKind, PaymentState
from residencies.models import Payment, Residency, ResidencyBudget
from tests.factories.candidatures import CallFactory
from tests.factories.residencies import ResidencyFactory


def funded(residency: Residency | None = None, **budget: Any) -> Residency:
    """A residency whose season has the call's rules, with a budget: 12 000 net, 15 600 gross, 22 400 in all."""
    found: Residency = residency or ResidencyFactory()
    CallFactory(season=found.season, complete=True)
    figures: dict[str, Any] = {
        "net": Decimal(12000),
        "gross": Decimal(15600),
        "charges": Decimal(6800),
        "total": Decimal(22400),
        "ceiling": Decimal(24000),
        "lump_sum": Decimal(500),
        "trips": 3,
    } | budget
    ResidencyBudget.objects.create(residency=found, **figures)
    return found


class PaymentFactory(DjangoModelFactory[Payment]):
    """``state=…`` sets where it stands, past the acts that lead there."""

    class Meta:
        model = Payment

    residency = factory.SubFactory(ResidencyFactory)
    season = factory.LazyAttribute(lambda o: o.residency.season)
    kind = PaymentKind.ALLOWANCE
    label = factory.Sequence(lambda n: f"Allocation, échéance {n}")
    payee = "Compagnie des Trois Puits"
    amount = Decimal(3000)
    cost = Decimal(5600)
    due_on = date(2027, 2, 28)
    paid_on = factory.LazyAttribute(lambda o: date(2026, 11, 2) if o.state == PaymentState.PAID else None)
    state = PaymentState.PLANNED


def many_payments(residency: Residency, count: int) -> list[Payment]:
    """Instalments of odd cents, a day apart. One query."""
    return Payment.objects.bulk_create(
        Payment(
            season=residency.season,
            residency=residency,
            kind=PaymentKind.ALLOWANCE,
            label=f"Échéance {n}",
            payee="Compagnie",
            amount=Decimal("33.33") + n,
            cost=Decimal("66.67") + n,
            due_on=date(2027, 1, 1) + timedelta(days=n),
            state=list(PaymentState)[n % 4],
        )
        for n in range(count)
    )
