"""Sets of artists: exactly the best ones, compared with a search that shares no line with it."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest

from candidatures.methods import sets
from candidatures.methods.sets import WANTS, Candidate, Care, TooFew, TooMany, Wants, choose

AXES, STAGES = frozenset("12345"), frozenset("vwxyz")


def crowd(seed, count):
    """Candidates in the order of the ranking."""
    chance = random.Random(seed)
    rows = [
        Candidate(
            key=key,
            score=Decimal(chance.randint(800, 1900)) / 100,
            disciplines=frozenset(chance.sample("abcdef", chance.randint(0, 2))),
            axes=frozenset(chance.sample("12345", chance.randint(0, 3))),
            stages=frozenset(chance.sample("vwxyz", chance.randint(0, 3))),
            origin=chance.choice(["59", "62", "75", "Belgique", ""]),
            cost=Decimal(chance.randint(1800000, 2400000)) / 100,
        )
        for key in range(count)
    ]
    return sorted(rows, key=lambda row: -row.score)


def worth(members, crowd, wants):
    """The value of a set, written again from its definition, in fractions."""
    size = len(members)
    scores = sorted((Fraction(row.score) for row in crowd), reverse=True)
    top, bottom = sum(scores[:size]) / size, sum(scores[-size:]) / size
    mean = sum(Fraction(row.score) for row in members) / size
    pairs = list(combinations(members, 2))
    known = [(a, b) for a, b in pairs if a.disciplines and b.disciplines]
    placed = [(a, b) for a, b in pairs if a.origin and b.origin]
    parts = {
        "scores": (mean - bottom) / (top - bottom) if top > bottom else Fraction(1),
        "disciplines": Fraction(sum(not (a.disciplines & b.disciplines) for a, b in known), len(pairs)) if pairs else 1,
        "origins": Fraction(sum(a.origin != b.origin for a, b in placed), len(pairs)) if pairs else Fraction(1),
        "axes": Fraction(len({axis for row in members for axis in row.axes}), len(AXES)),
        "stages": Fraction(len({stage for row in members for stage in row.stages}), len(STAGES)),
    }
    if any(parts[name] < 1 for name in wants.required):
        return None
    if wants.budget is not None and sum(row.cost for row in members) > wants.budget:
        return None
    counts = {0: 0, 1: 1, 2: 2, 3: 4, 4: 0}
    weights = {name: counts[getattr(wants, name)] for name in parts}
    return sum(weight * parts[name] for name, weight in weights.items()) / (sum(weights.values()) or 1)


def some_wants(chance, size, rows):
    cares = {name: Care(chance.choice([0, 1, 2, 3, 3, 4] if name in ("axes", "origins") else [0, 1, 2, 3])) for name
             in WANTS}  # fmt: skip
    return Wants(
        size=size,
        scores=Care(chance.randint(0, 3)),
        budget=Decimal(size * 21500) if chance.random() < 0.5 else None,
        kept=frozenset(row.key for row in rows if chance.random() < 0.1),
        left_out=frozenset(row.key for row in rows if chance.random() < 0.1),
        **cares,
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_best_sets_are_those_of_an_exhaustive_search(seed):
    chance = random.Random(1000 + seed)
    rows, size = crowd(seed, chance.randint(5, 9)), chance.randint(1, 4)
    wants = some_wants(chance, size, rows)
    kept = wants.kept - wants.left_out
    expected = {}
    for members in combinations(rows, size):
        keys = {row.key for row in members}
        if kept <= keys and not keys & wants.left_out:
            value = worth(members, rows, wants)
            if value is not None:
                expected[frozenset(keys)] = value
    if len(kept) > size or len([row for row in rows if row.key not in wants.left_out]) < size:
        with pytest.raises(TooFew):
            choose(rows, wants, axes=AXES, stages=STAGES)
        return
    found = choose(rows, wants, axes=AXES, stages=STAGES)
    assert found.meeting == len(expected)
    assert len(found.best) == min(10, len(expected))
    best = sorted(expected.values(), reverse=True)[: len(found.best)]
    assert [row.value for row in found.best] == pytest.approx([float(value) for value in best])
    for proposal in found.best:
        assert proposal.value == pytest.approx(float(expected[proposal.keys]))
        assert proposal.cost == sum(row.cost for row in proposal.members)


def test_without_wants_the_best_set_is_the_top_of_the_ranking():
    rows = crowd(1, 12)
    wants = Wants(5, disciplines=Care.NONE, axes=Care.NONE, stages=Care.NONE, origins=Care.NONE)
    found = choose(rows, wants, axes=AXES, stages=STAGES)
    assert found.best[0] == found.plain
    assert [row.key for row in found.plain.members] == [row.key for row in rows[:5]]
    assert found.considered == 792


def test_money_is_a_condition_and_the_plain_ranking_may_fail_it():
    rows = [Candidate(n, Decimal(18 - n), cost=Decimal(24000 - 3000 * n)) for n in range(5)]
    found = choose(rows, Wants(2, budget=Decimal(40000)), axes=frozenset(), stages=frozenset())
    assert found.plain.cost == 45000
    assert {row.key for row in found.best[0].members} == {0, 3}
    assert all(row.cost <= 40000 for row in found.best)
    exact = choose(rows, Wants(2, budget=Decimal(39000)), axes=frozenset(), stages=frozenset())
    assert exact.best[0].cost == 39000


def test_when_nothing_fits_each_condition_says_what_it_costs():
    rows = [Candidate(n, Decimal(15), frozenset({"danse"}), origin="59" if n else "62", cost=Decimal(20000))
            for n in range(4)]  # fmt: skip
    wants = Wants(2, disciplines=Care.REQUIRED, origins=Care.REQUIRED, budget=Decimal(50000))
    found = choose(rows, wants, axes=frozenset(), stages=frozenset())
    assert found.best == []
    assert found.blocking == {"disciplines": (3, 0), "origins": (0, 3), "budget": (0, 6)}


def test_what_is_unknown_is_not_counted_as_different():
    rows = [Candidate(n, Decimal(15)) for n in range(3)]
    wants = Wants(2, disciplines=Care.REQUIRED)
    assert choose(rows, wants, axes=frozenset(), stages=frozenset()).best == []


def test_sets_that_are_shown_differ_as_much_as_asked():
    found = choose(crowd(3, 14), Wants(5, apart=2), axes=AXES, stages=STAGES)
    assert len(found.best) == 10
    assert all(len(one.keys & other.keys) <= 3 for one, other in combinations(found.best, 2))
    closer = choose(crowd(3, 14), Wants(5, apart=1), axes=AXES, stages=STAGES)
    assert closer.best[0] == found.best[0]
    assert closer.best[-1].value > found.best[-1].value


def test_equal_sets_are_told_apart_by_mean_then_by_cost_then_by_rank():
    rows = [Candidate(n, Decimal(15), cost=Decimal(20000 - 1000 * (n == 2))) for n in range(4)]
    found = choose(rows, Wants(1), axes=frozenset(), stages=frozenset())
    assert [row.members[0].key for row in found.best] == [2, 0, 1, 3]


def test_too_many_sets_are_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(sets, "LIMIT", 1000)
    with pytest.raises(TooMany) as refused:
        choose(crowd(1, 20), Wants(5), axes=AXES, stages=STAGES)
    assert refused.value.count == 15504
    assert refused.value.largest == 12  # 792 sets; 13 would make 1 287
    kept = frozenset({0, 1})
    assert choose(crowd(1, 20), Wants(5, kept=kept), axes=AXES, stages=STAGES).considered == 816


def test_too_few_candidates_are_refused():
    with pytest.raises(TooFew):
        choose(crowd(1, 4), Wants(5), axes=AXES, stages=STAGES)
    with pytest.raises(TooFew):
        choose(crowd(1, 8), Wants(2, kept=frozenset({0, 1, 2})), axes=AXES, stages=STAGES)


def test_the_limit_takes_about_a_second():
    found = choose(crowd(1, 43), Wants(5, budget=Decimal(110000), apart=2), axes=AXES, stages=STAGES)
    assert found.considered == 962598
    assert len(found.best) == 10
