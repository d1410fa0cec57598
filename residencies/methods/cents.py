"""Sharing a sum to the cent: the parts always add up to the whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def split(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """``total`` euros shared by weight, by the largest remainder: no cent is lost, none is made.

    Each part is within a cent of its exact share. The cents that are left go to the largest remainders,
    the first ones when equal. ``ValueError`` for a total below the cent or below zero, a weight below
    zero, or nothing to share it by.
    """
    cents = as_cents(total)
    shares = [Fraction(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if cents < 0 or any(share < 0 for share in shares):
        raise ValueError("a sum is shared above zero")
    if not whole:
        if cents:
            raise ValueError("nothing to share by")
        return [ZERO for _ in shares]
    exact = [cents * share / whole for share in shares]
    parts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda n: parts[n] - exact[n])
    for n in by_remainder[: cents - sum(parts)]:
        parts[n] += 1
    return [from_cents(part) for part in parts]


def as_cents(amount: Decimal) -> int:
    """``12.34`` → 1234. ``ValueError`` for half a cent."""
    cents = Fraction(amount) * 100
    if cents.denominator != 1:
        raise ValueError(f"{amount} has parts of a cent")
    return cents.numerator


def from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2).quantize(CENT)


def nearest(amount: Decimal | None) -> Decimal:
    """What a database added up, to the nearest cent: SQLite adds floating numbers. Nothing: zero."""
    return ZERO if amount is None else amount.quantize(CENT, ROUND_HALF_UP)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum, with its two places even of nothing."""
    return sum(amounts, ZERO)
