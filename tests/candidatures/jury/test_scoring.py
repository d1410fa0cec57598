"""The total out of 20: weights, scales, what is missing, and the hundredth."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candidatures.methods import scoring


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([(1, 5, 5)], "20.00"),
        ([(1, 5, 0)], "0.00"),
        # A weight of three counts three times: (3 × 4/5 + 1 × 1/5) / 4 × 20.
        ([(3, 5, 4), (1, 5, 1)], "13.00"),
        # Scales differ: 7 of 10 and 2 of 4 with the same weight.
        ([(1, 10, 7), (1, 4, 2)], "12.00"),
        # 20/3 = 6.666…
        ([(1, 3, 1)], "6.67"),
        # 20 × 1/32 = 0.625: the half goes up, where a float would go to the even.
        ([(1, 32, 1)], "0.63"),
    ],
)
def test_the_total_is_the_weighted_mean_of_the_notes_out_of_twenty(scores, expected):
    assert scoring.total(scores) == Decimal(expected)


def test_a_missing_note_leaves_no_total_and_a_partial_one():
    scores = [(3, 5, 4), (1, 5, None)]
    assert scoring.total(scores) is None
    assert scoring.partial(scores) == scoring.Partial(Decimal("16.00"), 1, 2)


def test_nothing_noted_or_nothing_to_note_has_no_figure():
    assert scoring.partial([(1, 5, None)]) == scoring.Partial(None, 0, 1)
    assert scoring.total([]) is None


criterion = st.integers(1, 20).flatmap(
    lambda maximum: st.tuples(st.integers(1, 9), st.just(maximum), st.integers(0, maximum))
)


@given(st.lists(criterion, min_size=1, max_size=12))
def test_the_total_stays_within_a_half_hundredth_of_the_exact_mean(scores):
    weights = sum(weight for weight, _maximum, _value in scores)
    exact = sum(Fraction(weight * value, maximum) for weight, maximum, value in scores) * 20 / weights
    found = scoring.total(scores)
    assert found is not None
    assert abs(Fraction(found) - exact) <= Fraction(1, 200)
    assert 0 <= found <= 20
