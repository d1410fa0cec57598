"""How sure is a rank: intervals that hold what they promise, always the same."""

from __future__ import annotations

import time
from statistics import mean

import numpy as np
import pytest

from candidatures.methods.intervals import bootstrap
from candidatures.methods.severity import Observation
from tests.candidatures.jury.test_severity import simulated


def held(seed, *, corrected=False, **design):
    """Share of the dossiers whose true worth, and true rank, are in their interval."""
    worth, _effects, scores = simulated(seed, **design)
    found = bootstrap(scores, places=5, corrected=corrected)
    ranks = np.argsort(np.argsort(-worth)) + 1
    return (
        mean(float(found[i].low <= worth[i] <= found[i].high) for i in range(len(worth))),
        mean(float(found[i].best <= ranks[i] <= found[i].worst) for i in range(len(worth))),
    )


def test_nine_times_in_ten_the_interval_holds_the_truth():
    shares = [held(seed, leaning=0) for seed in range(40)]
    assert 0.87 < mean(score for score, _rank in shares) < 0.93
    assert 0.87 < mean(rank for _score, rank in shares) < 0.95


def test_with_unequal_readers_the_corrected_ranks_hold_too():
    assert mean(held(seed, corrected=True)[1] for seed in range(40)) > 0.87


def test_the_same_scores_always_give_the_same_intervals():
    _worth, _effects, scores = simulated(4)
    first = bootstrap(scores, places=5, corrected=True)
    assert bootstrap(scores[::-1], places=5, corrected=True) == first
    assert bootstrap(scores, places=5, corrected=True, seed=1) != first


def test_the_observed_rank_and_score_are_always_inside():
    _worth, _effects, scores = simulated(6)
    found = bootstrap(scores, places=5)
    means = {i: mean(row.score for row in scores if row.dossier == i) for i in found}
    for i, interval in found.items():
        rank = 1 + sum(round(other, 2) > round(means[i], 2) for other in means.values())
        assert interval.best <= rank <= interval.worst
        assert interval.low <= means[i] <= interval.high


def test_readers_who_agree_leave_no_doubt():
    found = bootstrap([Observation(i, j, 10.0 + i) for i in range(5) for j in range(3)], places=2)
    assert [(row.best, row.worst, row.within) for row in found.values()] == [
        (5, 5, 0), (4, 4, 0), (3, 3, 0), (2, 2, 1), (1, 1, 1)
    ]  # fmt: skip
    assert found[4].low == found[4].high == 14


def test_equal_dossiers_share_their_places():
    found = bootstrap([Observation(i, j, 12.0) for i in range(3) for j in range(3)], places=1)
    assert {(row.best, row.worst) for row in found.values()} == {(1, 3)}


def test_more_readings_make_a_narrower_interval():
    chance = np.random.default_rng(7)
    scores = [Observation(i, j, 12 + chance.standard_normal()) for i in range(20) for j in range(2 if i < 10 else 8)]
    found = bootstrap(scores, places=5)
    few = mean(found[i].high - found[i].low for i in range(10))
    many = mean(found[i].high - found[i].low for i in range(10, 20))
    assert many < few * 0.65


def test_a_single_reading_is_the_least_sure():
    chance = np.random.default_rng(7)
    scores = [Observation(i, j, 12 + chance.standard_normal()) for i in range(10) for j in range(3)]
    found = bootstrap([*scores, Observation("seul", 0, 12.0)], places=5)
    assert found["seul"].high - found["seul"].low > max(found[i].high - found[i].low for i in range(10))


def test_scores_stay_out_of_twenty():
    found = bootstrap([Observation(i, j, 20.0 if i else 4.0 * j) for i in range(4) for j in range(4)], places=1)
    assert all(0 <= row.low <= row.high <= 20 for row in found.values())


@pytest.mark.parametrize("scores", [[], [Observation(1, "a", 12)], [Observation(i, "a", 12 + i) for i in range(4)]])
def test_without_two_readings_of_one_dossier_nothing_is_said(scores):
    assert bootstrap(scores, places=1) == {}


def test_three_hundred_dossiers_of_five_readings_take_about_a_second_at_most():
    _worth, _effects, scores = simulated(1, dossiers=300, readers=15, each=5)
    start = time.perf_counter()
    assert len(bootstrap(scores, places=5, corrected=True)) == 300
    # Ten times what it takes on two old cores: a loop in Python would not pass.
    assert time.perf_counter() - start < 2.5
