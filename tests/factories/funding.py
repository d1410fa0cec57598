"""Money of a season: funders, their shares, payments put straight in their state. Every name is invented."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from residencies.enums.money import PaymentKind, PaymentState
from residencies.models import Funder, FundingShare, Payment, Residency


class FunderFactory(DjangoModelFactory[Funder]):
    class Meta:
        model = Funder

    name = factory.Sequence(lambda n: f"Financeur {n}")
    position = factory.Sequence(lambda n: n)


class ShareFactory(DjangoModelFactory[FundingShare]):
    """``planned`` euros of a funder to a ``residency``, or to its ``season``."""

    class Meta:
        model = FundingShare

    season = factory.SelfAttribute("residency.season")
    planned = Decimal("3000.00")
    reference = "Convention 12"


def payment(of: Residency, cost: str, state: PaymentState = PaymentState.PLANNED, **more: Any) -> Payment:
    """A payment of this cost, past the services. ``paid_on`` is filled for one that was paid."""
    if state == PaymentState.PAID:
        more.setdefault("paid_on", date(2027, 3, 1))
    return Payment.objects.create(
        **{
            "season": of.season,
            "residency": of,
            "kind": PaymentKind.ALLOWANCE,
            "label": "Échéance",
            "payee": "Compagnie Terril",
            "amount": Decimal(cost),
            "cost": Decimal(cost),
            "state": state,
        }
        | more
    )
