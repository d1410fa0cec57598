"""No rounding loses or makes a cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from residencies.methods.cents import CENT, as_cents, from_cents, split, total

AMOUNTS = st.integers(0, 10**9).map(from_cents)
WEIGHTS = st.lists(
    st.one_of(st.integers(0, 1000), st.decimals(0, 1000, places=2, allow_nan=False)), min_size=1, max_size=40
).filter(any)


@given(AMOUNTS, WEIGHTS)
@settings(max_examples=50)
def test_the_parts_are_the_whole_each_within_a_cent_of_its_share(amount: Decimal, weights: list[Decimal | int]) -> None:
    parts = split(amount, weights)
    assert total(parts) == amount
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    for part, weight in zip(parts, weights, strict=True):
        assert part == part.quantize(CENT) >= 0
        assert abs(Fraction(part) - Fraction(amount) * Fraction(weight) / whole) < Fraction(1, 100)


@given(AMOUNTS, AMOUNTS, st.integers(1, 60))
@settings(max_examples=50)
def test_the_cost_of_an_instalment_always_holds_its_net(one: Decimal, other: Decimal, count: int) -> None:
    net, cost = sorted((one, other))
    assert all(a <= b for a, b in zip(split(net, [1] * count), split(cost, [1] * count), strict=True))


@given(AMOUNTS, st.integers(1, 60))
@settings(max_examples=30)
def test_equal_parts_differ_by_a_cent_at_most_the_first_ones_above(amount: Decimal, count: int) -> None:
    parts = split(amount, [1] * count)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= CENT


def test_the_call_s_own_figures() -> None:
    assert split(Decimal(12000), [1, 1, 1, 1]) == [Decimal("3000.00")] * 4
    assert split(Decimal(100), [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    # Thirds of a weight that no decimal holds; a funder with nothing gets nothing.
    assert split(Decimal("0.05"), [Decimal("0.10"), 0, Decimal("0.20")]) == [
        Decimal("0.02"),
        Decimal("0.00"),
        Decimal("0.03"),
    ]


def test_what_cannot_be_shared_is_an_error() -> None:
    assert split(Decimal(0), [0, 0]) == [Decimal("0.00")] * 2
    assert split(Decimal(0), []) == []
    for amount, weights in (
        (Decimal(1), []),
        (Decimal(1), [0]),
        (Decimal("0.005"), [1]),
        (Decimal(-1), [1]),
        (Decimal(1), [2, -1]),
    ):
        with pytest.raises(ValueError):
            split(amount, weights)
    assert as_cents(Decimal("12.30")) == 1230
