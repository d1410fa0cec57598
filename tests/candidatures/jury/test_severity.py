"""Readers' leanings taken off: closer to the truth than raw means, and equal to them among equals."""

from __future__ import annotations

from statistics import mean

import numpy as np
import pytest

from candidatures.methods.severity import Observation, correct


def simulated(seed, *, dossiers=40, readers=8, each=3, leaning=1.5, noise=1.5):
    """Scores of a jury whose truth is known: the dossiers' worth, and the scores."""
    chance = np.random.default_rng(seed)
    worth = 12 + 2 * chance.standard_normal(dossiers)
    effects = leaning * chance.standard_normal(readers)
    scores = [
        Observation(i, f"lecteur-{j}", float(worth[i] + effects[j] + noise * chance.standard_normal()))
        for i in range(dossiers)
        for j in chance.choice(readers, each, replace=False)
    ]
    return worth, effects, scores


def error(worth, found):
    """Root of the mean square of what differs, the common level apart."""
    apart = np.array([found[i] for i in range(len(worth))]) - worth
    return float(np.sqrt(np.mean((apart - apart.mean()) ** 2)))


def agreement(worth, found):
    """Kendall's tau with the true order."""
    values = np.array([found[i] for i in range(len(worth))])
    same = np.sign(values[:, None] - values[None, :]) * np.sign(worth[:, None] - worth[None, :])
    return float(same.sum() / (len(worth) * (len(worth) - 1)))


def compared(**design):
    """Means over sixty juries: error and agreement, raw then corrected, and how often corrected wins."""
    raw, freed, raw_order, freed_order, wins = [], [], [], [], 0
    for seed in range(60):
        worth, _effects, scores = simulated(seed, **design)
        found = correct(scores)
        raw.append(error(worth, found.raw))
        freed.append(error(worth, found.corrected))
        raw_order.append(agreement(worth, found.raw))
        freed_order.append(agreement(worth, found.corrected))
        wins += freed[-1] < raw[-1]
    return mean(raw), mean(freed), mean(raw_order), mean(freed_order), wins


def test_with_unequal_readers_the_corrected_scores_are_clearly_closer_to_the_truth():
    raw, freed, raw_order, freed_order, wins = compared(leaning=1.5)
    assert freed < raw * 0.85
    assert freed_order > raw_order + 0.04
    assert wins >= 55


def test_the_more_readers_differ_the_more_is_gained():
    gains = [raw - freed for raw, freed, *_rest in (compared(leaning=leaning) for leaning in (0.5, 1.5, 2.5))]
    assert gains[0] > 0
    assert gains == sorted(gains)


def test_with_equal_readers_next_to_nothing_is_lost():
    raw, freed, raw_order, freed_order, _wins = compared(leaning=0)
    assert freed < raw * 1.02
    assert freed_order > raw_order - 0.01


def test_readers_who_agree_on_every_dossier_change_nothing_at_all():
    scores = [
        Observation(i, j, 7.35 + i * 0.13) for i in range(30) for j in range(7) if (i + j) % 3 and (i * j) % 4 != 1
    ]
    found = correct(scores)
    assert found.corrected == found.raw
    assert set(found.effects.values()) == {0.0}
    assert not found.applied


def test_when_the_scores_do_not_tell_readers_apart_corrected_is_raw_to_the_last_digit():
    # Each reader is once above and once below the other: the variance between them is cut at zero.
    found = correct([Observation(1, "a", 12), Observation(1, "b", 10), Observation(2, "a", 9), Observation(2, "b", 11)])
    assert found.reader_variance == 0
    assert found.noise_variance == pytest.approx(2)
    assert found.corrected == found.raw


def test_the_leanings_found_are_those_that_were_put_in():
    _worth, effects, scores = simulated(3, dossiers=200, each=5, leaning=2)
    found = correct(scores)
    guessed = np.array([found.effects[f"lecteur-{j}"] for j in range(len(effects))])
    assert np.corrcoef(guessed, effects)[0, 1] > 0.99
    assert found.reader_variance == pytest.approx(effects.var(ddof=1), rel=0.25)
    assert found.noise_variance == pytest.approx(1.5**2, rel=0.15)


def test_a_reader_of_few_dossiers_is_corrected_less():
    """The same distance to the others' scores, seen thirty times and seen twice."""
    chance = np.random.default_rng(11)
    scores = [Observation(i, name, 12 + chance.normal()) for i in range(40) for name in ("un", "deux", "trois")]
    level = {i: mean(row.score for row in scores if row.dossier == i) for i in range(40)}
    often = [Observation(i, "souvent", level[i] + 3) for i in range(30)]
    seldom = [Observation(i, "rare", level[i] + 3) for i in range(30, 32)]
    found = correct([*scores, *often, *seldom])
    assert 0.5 < found.effects["rare"] < found.effects["souvent"]
    assert (found.loads["rare"], found.loads["souvent"]) == (2, 30)


def test_the_leanings_sum_to_nothing():
    _worth, _effects, scores = simulated(5)
    assert sum(correct(scores).effects.values()) == pytest.approx(0, abs=1e-9)


def test_a_shift_of_every_score_shifts_every_result_and_no_leaning():
    _worth, _effects, scores = simulated(8)
    first = correct(scores)
    second = correct([row._replace(score=row.score + 3) for row in scores])
    for key in first.corrected:
        assert second.corrected[key] == pytest.approx(first.corrected[key] + 3)
    for key in first.effects:
        assert second.effects[key] == pytest.approx(first.effects[key], abs=1e-7)


def test_the_order_of_the_scores_counts_for_nothing():
    _worth, _effects, scores = simulated(2)
    assert correct(scores) == correct(scores[::-1])


def test_a_severe_reader_s_dossier_is_raised_above_an_equal_one():
    common = [Observation(i, name, 12 + i % 4 + shift) for i in range(12)
              for name, shift in (("juste", 0.1 * (i % 2)), ("moyen", 0.0), ("sévère", -4.0))]  # fmt: skip
    found = correct([*common, Observation("x", "sévère", 10), Observation("x", "juste", 14),
                     Observation("y", "moyen", 12), Observation("y", "juste", 12)])  # fmt: skip
    assert found.raw["x"] == found.raw["y"] == 12
    assert found.corrected["x"] > found.corrected["y"] + 1
    assert found.effects["sévère"] < -2


def test_groups_without_a_common_dossier_keep_their_own_level():
    """Nothing in the scores says whether the second group is better or kinder: it is not invented."""
    one = [Observation(f"a{i}", name, 10 + i + shift) for i in range(6) for name, shift in (("p", 1.0), ("q", -1.0))]
    two = [Observation(f"b{i}", name, 15 + i + shift) for i in range(6) for name, shift in (("r", 1.0), ("s", -1.0))]
    found = correct(one + two)
    assert found.groups == 2
    assert found.effects["p"] + found.effects["q"] == pytest.approx(0, abs=1e-9)
    assert found.effects["r"] + found.effects["s"] == pytest.approx(0, abs=1e-9)
    assert mean(found.corrected[f"b{i}"] for i in range(6)) == pytest.approx(17.5)
    assert correct(one).groups == 1


@pytest.mark.parametrize(
    "scores",
    [
        [Observation(1, "seul", 12.5)],
        [Observation(i, "seul", 10 + i) for i in range(5)],
        [Observation("un", f"lecteur-{j}", 10 + j) for j in range(5)],
        [Observation(i, f"lecteur-{i}", 10 + i) for i in range(5)],
    ],
    ids=["one score", "one reader", "one dossier", "nothing in common"],
)
def test_what_cannot_be_told_is_not_corrected(scores):
    found = correct(scores)
    assert found.corrected == found.raw
    assert not found.applied


def test_nothing_gives_nothing():
    found = correct([])
    assert (found.corrected, found.effects, found.groups) == ({}, {}, 0)


def test_one_reader_scores_a_dossier_once():
    with pytest.raises(ValueError, match="two scores"):
        correct([Observation(1, "a", 12), Observation(1, "a", 13)])


def test_readers_who_differ_by_a_constant_and_nothing_else_are_corrected_in_full():
    found = correct([Observation(i, j, 8 + i * 0.5 + 2.0 * j) for i in range(10) for j in range(3) if (i + j) % 4])
    assert all(found.corrected[i] == pytest.approx(10 + i * 0.5, abs=0.01) for i in range(10))


def test_corrected_scores_are_not_cut_at_twenty():
    """A cut would make equals of dossiers that are not."""
    scores = [Observation(i, name, score) for i in range(8)
              for name, score in (("dur", 14 + 0.1 * i), ("doux", 19 + 0.1 * i))]  # fmt: skip
    found = correct([*scores, Observation("x", "dur", 19.5), Observation("y", "dur", 19.8)])
    assert 20 < found.corrected["x"] < found.corrected["y"]
