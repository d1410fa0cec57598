"""The computed assignment: the true optimum, nothing taken back, and what makes it impossible."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from candidatures.methods.assignment import (
    Dossier,
    FewInstitutions,
    FewReaders,
    Impossible,
    LowCeilings,
    Problem,
    Reader,
    Solution,
    diagnose,
    missing,
    needs,
    solve,
)


def problem(readers: int = 6, dossiers: int = 8, *, houses: int = 3, wanted: int = 2, institutions: int = 2) -> Problem:
    return Problem(
        readers=tuple(Reader(key=n, institution=n % houses) for n in range(readers)),
        dossiers=tuple(Dossier(key=100 + n) for n in range(dossiers)),
        wanted=wanted,
        institutions=institutions,
    )


def small(seed: int) -> Problem:
    """A demand of any kind, small enough to try everything."""
    chance = random.Random(seed)
    people = chance.randint(2, 5)
    houses = chance.randint(1, 4)
    readers = []
    dossiers = []
    for n in range(chance.randint(1, 4)):
        barred = frozenset(key for key in range(people) if chance.random() < 0.25)
        free = [key for key in range(people) if key not in barred]
        kept = frozenset(chance.sample(free, chance.randint(0, min(2, len(free)))) if chance.random() < 0.4 else [])
        dossiers.append(Dossier(key=10 + n, readers=kept, barred=barred))
    for key in range(people):
        load = sum(key in dossier.readers for dossier in dossiers) + chance.choice([0, 0, 0, 1, 3])
        ceiling = chance.choice([None, None, load, load + 1, load + 2])
        readers.append(Reader(key, chance.randrange(houses), load, ceiling, available=chance.random() < 0.9))
    wanted = chance.randint(1, 3)
    return Problem(tuple(readers), tuple(dossiers), wanted, chance.randint(1, min(3, wanted)))


def house(asked: Problem, keys: frozenset[int]) -> set[int]:
    return {asked.by_key[key].institution for key in keys}


def ways(asked: Problem, dossier: Dossier) -> list[frozenset[int]]:
    """Every set of readers that gives this dossier what the demand wants, and no reader more."""
    free = [r.key for r in asked.readers if r.available and r.key not in dossier.readers | dossier.barred]
    present = house(asked, dossier.readers)
    count = max(0, asked.wanted - len(dossier.readers), asked.institutions - len(present))
    return [
        frozenset(chosen)
        for chosen in combinations(free, count)
        if len(house(asked, dossier.readers | set(chosen))) >= asked.institutions or not count
    ]


def by_trying_all(asked: Problem) -> tuple[int, int] | None:
    """Smallest sum of squares, then most institutions, or nothing: from every assignment there is."""
    reached: dict[tuple[int, ...], int] = {tuple(r.load for r in asked.readers): 0}
    for dossier in asked.dossiers:
        following: dict[tuple[int, ...], int] = {}
        for loads, houses in reached.items():
            for chosen in ways(asked, dossier):
                after = tuple(load + (r.key in chosen) for r, load in zip(asked.readers, loads, strict=True))
                if any(
                    r.ceiling is not None and r.key in chosen and load > r.ceiling
                    for r, load in zip(asked.readers, after, strict=True)
                ):
                    continue
                count = houses + len(house(asked, dossier.readers | chosen))
                following[after] = max(following.get(after, -1), count)
        reached = following
    if not reached:
        return None
    able = [n for n, r in enumerate(asked.readers) if r.available]
    squares, houses = min((sum(loads[n] ** 2 for n in able), -count) for loads, count in reached.items())
    return squares, -houses


def institutions_of(asked: Problem, solution: Solution) -> int:
    readers = {dossier.key: set(dossier.readers) for dossier in asked.dossiers}
    for reader, dossier in solution.pairs:
        readers[dossier].add(reader)
    return sum(len(house(asked, frozenset(keys))) for keys in readers.values())


def check(asked: Problem, solution: Solution) -> None:
    """What any answer must hold, whatever its quality."""
    assert len(set(solution.pairs)) == len(solution.pairs)
    added: dict[int, set[int]] = {dossier.key: set() for dossier in asked.dossiers}
    for key, given in solution.pairs:
        added[given].add(key)
    for dossier in asked.dossiers:
        new = added[dossier.key]
        assert not new & dossier.barred
        assert not new & dossier.readers
        assert all(asked.by_key[key].available for key in new)
        assert frozenset(new) in ways(asked, dossier)
    for reader in asked.readers:
        if reader.available:
            gained = sum(key == reader.key for key, _ in solution.pairs)
            assert solution.after[reader.key] == reader.load + gained
            assert reader.ceiling is None or not gained or solution.after[reader.key] <= reader.ceiling


@pytest.mark.parametrize("block", range(12))
def test_the_answer_is_the_best_of_all_assignments(block):
    """Six hundred small demands, each compared with every assignment that exists."""
    possible = 0
    for seed in range(block * 50, block * 50 + 50):
        asked = small(seed)
        best = by_trying_all(asked)
        if best is None:
            with pytest.raises(Impossible) as impossible:
                solve(asked)
            assert impossible.value.missing > 0, seed
            assert impossible.value.blockages, seed
            continue
        possible += 1
        solution = solve(asked)
        check(asked, solution)
        assert (solution.squares, institutions_of(asked, solution)) == best, seed
        assert missing(asked) == (0, len(solution.pairs)), seed
    assert possible >= 10


def test_loads_are_never_more_than_one_apart_when_nothing_forbids_it():
    for readers in range(3, 12):
        for dossiers in range(1, 25):
            for houses in (2, 3, readers):
                solution = solve(problem(readers, dossiers, houses=houses))
                if readers % houses == 0:
                    assert solution.spread <= 1, (readers, dossiers, houses)


def test_work_done_counts_in_the_balance():
    asked = problem(4, 9, houses=4)
    asked = replace(asked, readers=(replace(asked.readers[0], load=4), *asked.readers[1:]))
    solution = solve(asked)
    assert sorted(solution.after.values()) == [5, 5, 6, 6]
    assert solution.before[0] == 4
    assert solution.after[0] in {5, 6}


def test_a_heavy_reader_gets_nothing_more_and_the_others_share():
    asked = problem(4, 6, houses=2)
    asked = replace(asked, readers=(replace(asked.readers[0], load=40), *asked.readers[1:]))
    solution = solve(asked)
    # Readers 0 and 2 are the only ones of their institution: each dossier needs one of the two.
    assert solution.after == {0: 40, 1: 3, 2: 6, 3: 3}


def test_topping_up_takes_nothing_back_and_fills_the_holes():
    asked = problem(6, 10, wanted=3)
    first = solve(asked)
    given = {dossier.key: {r for r, d in first.pairs if d == dossier.key} for dossier in asked.dossiers}
    # Reader 0 steps aside from everything: their dossiers have one reader less.
    after = Problem(
        readers=tuple(replace(r, load=first.after[r.key] if r.key else 0) for r in asked.readers),
        dossiers=tuple(
            Dossier(d.key, readers=frozenset(given[d.key] - {0}), barred=frozenset({0})) for d in asked.dossiers
        ),
        wanted=3,
        institutions=2,
    )
    solution = solve(after)
    check(after, solution)
    assert {dossier for _, dossier in solution.pairs} == {key for key, readers in given.items() if 0 in readers}
    assert 0 not in {reader for reader, _ in solution.pairs}


def test_a_complete_demand_asks_for_nothing():
    asked = problem(4, 3, houses=2)
    dossiers = tuple(replace(d, readers=frozenset({0, 1})) for d in asked.dossiers)
    assert solve(replace(asked, dossiers=dossiers)).pairs == ()
    assert solve(replace(asked, dossiers=())).pairs == ()


def test_a_missing_institution_adds_a_reader_to_a_dossier_that_has_enough():
    asked = problem(4, 1, houses=2)
    asked = replace(asked, dossiers=(Dossier(100, readers=frozenset({0, 2})),))
    [need] = needs(asked)
    assert (need.readers, need.institutions) == (1, 1)
    solution = solve(asked)
    assert {reader for reader, _ in solution.pairs} < {1, 3}
    check(asked, solution)


def test_the_readings_of_somebody_who_left_count_but_they_get_no_more():
    asked = problem(3, 2, houses=3)
    readers = (replace(asked.readers[0], available=False, load=1), *asked.readers[1:])
    dossiers = (Dossier(100, readers=frozenset({0})), Dossier(101))
    solution = solve(replace(asked, readers=readers, dossiers=dossiers))
    assert len(solution.pairs) == 3
    assert set(solution.after) == {1, 2}


def test_institutions_are_spread_beyond_what_is_asked():
    asked = problem(9, 12, houses=3, wanted=3, institutions=1)
    assert institutions_of(asked, solve(asked)) == 36


def test_like_dossiers_share_a_tight_jury_and_each_has_its_institutions():
    """Every ceiling is used to the last reading: three of the five institutions cover a part of the dossiers only."""
    ceilings = {0: (1,), 1: (3, 3), 2: (2,), 3: (5, 4), 4: (2,)}
    readers = [Reader(10 * n + m, n, 0, top) for n, tops in ceilings.items() for m, top in enumerate(tops)]
    asked = Problem(tuple(readers), tuple(Dossier(100 + n) for n in range(5)), wanted=4, institutions=3)
    solution = solve(asked)
    check(asked, solution)
    assert solution.after == {reader.key: reader.ceiling for reader in readers}


def test_the_same_demand_has_the_same_answer_in_any_order():
    asked = problem(8, 30, wanted=3)
    shuffled = Problem(tuple(reversed(asked.readers)), tuple(reversed(asked.dossiers)), 3, 2)
    assert solve(asked).pairs == solve(asked).pairs == solve(shuffled).pairs
    assert asked.digest() == shuffled.digest()


@pytest.mark.parametrize(
    "change",
    [
        lambda p: replace(p, wanted=3),
        lambda p: replace(p, institutions=1),
        lambda p: replace(p, dossiers=p.dossiers[1:]),
        lambda p: replace(p, dossiers=(replace(p.dossiers[0], barred=frozenset({1})), *p.dossiers[1:])),
        lambda p: replace(p, dossiers=(replace(p.dossiers[0], readers=frozenset({1})), *p.dossiers[1:])),
        lambda p: replace(p, readers=(replace(p.readers[0], ceiling=3), *p.readers[1:])),
        lambda p: replace(p, readers=(replace(p.readers[0], available=False), *p.readers[1:])),
    ],
)
def test_any_change_of_the_demand_changes_its_digest(change):
    assert change(problem()).digest() != problem().digest()


def test_readers_are_mixed_so_that_all_can_be_compared():
    """Fifteen people of five institutions: no trio that only meets itself."""
    asked = problem(15, 60, houses=5, wanted=3)
    met: dict[int, set[int]] = {reader.key: set() for reader in asked.readers}
    for dossier in asked.dossiers:
        group = {r for r, d in solve(asked).pairs if d == dossier.key}
        for key in group:
            met[key] |= group - {key}
    assert min(len(others) for others in met.values()) >= 8


def test_five_hundred_dossiers_and_fifteen_readers():
    chance = random.Random(3)
    asked = problem(15, 500, houses=5, wanted=3)
    barred = (frozenset(key for key in range(15) if chance.random() < 0.03) for _ in asked.dossiers)
    asked = replace(
        asked, dossiers=tuple(replace(d, barred=out) for d, out in zip(asked.dossiers, barred, strict=True))
    )
    solution = solve(asked)
    check(asked, solution)
    assert len(solution.pairs) == 1500
    assert set(solution.after.values()) == {100}


# Impossible --------------------------------------------------------------------------------------


def blocked(asked: Problem, **options: bool) -> Impossible:
    with pytest.raises(Impossible) as caught:
        solve(asked, **options)
    return caught.value


def test_a_dossier_with_too_few_readers_says_how_many_it_has():
    asked = problem(4, 3, houses=2, wanted=3)
    dossiers = (replace(asked.dossiers[0], barred=frozenset({0, 1, 2})), *asked.dossiers[1:])
    error = blocked(replace(asked, dossiers=dossiers))
    # One person is left: two readers and one institution are missing.
    assert error.blockages == (FewReaders(100, 1, 3, barred=3), FewInstitutions(100, 1, 2))
    assert (error.missing, error.asked) == (2, 9)


def test_a_dossier_of_one_institution_says_so():
    asked = problem(4, 3, houses=2)
    dossiers = (replace(asked.dossiers[0], barred=frozenset({1, 3})), *asked.dossiers[1:])
    error = blocked(replace(asked, dossiers=dossiers))
    assert error.blockages == (FewInstitutions(100, possible=1, wanted=2),)
    assert (error.missing, error.asked) == (1, 6)


def test_ceilings_say_what_they_leave_and_what_is_needed():
    asked = problem(5, 15, houses=5, wanted=3)
    asked = replace(asked, readers=tuple(replace(r, ceiling=8) for r in asked.readers))
    error = blocked(asked)
    [ceilings] = error.blockages
    assert isinstance(ceilings, LowCeilings)
    assert (ceilings.left, ceilings.needed, ceilings.everyone) == (40, 45, True)
    assert (error.missing, error.asked) == (5, 45)


def test_ceilings_of_a_few_name_them_and_their_dossiers():
    asked = problem(6, 4, houses=3)
    # Dossiers 100 to 102 may go to readers 0 and 1 only.
    narrow = tuple(replace(d, barred=frozenset({2, 3, 4, 5})) for d in asked.dossiers[:3])
    readers = (replace(asked.readers[0], ceiling=2), *asked.readers[1:])
    error = blocked(replace(asked, readers=readers, dossiers=(*narrow, asked.dossiers[3])))
    [ceilings] = error.blockages
    assert isinstance(ceilings, LowCeilings)
    assert ceilings.readers == (0,)
    assert (ceilings.left, ceilings.needed, ceilings.everyone) == (2, 3, False)
    assert ceilings.dossiers == (100, 101, 102)


def test_as_far_as_possible_serves_the_others_and_gives_what_there_is():
    asked = problem(4, 3, houses=2, wanted=3)
    dossiers = (replace(asked.dossiers[0], barred=frozenset({0, 1, 2})), *asked.dossiers[1:])
    solution = solve(replace(asked, dossiers=dossiers), as_far_as_possible=True)
    count = {key: sum(d == key for _, d in solution.pairs) for key in (100, 101, 102)}
    assert count == {100: 1, 101: 3, 102: 3}


def test_as_far_as_possible_does_not_pass_a_ceiling():
    asked = problem(5, 15, houses=5, wanted=3)
    asked = replace(asked, readers=tuple(replace(r, ceiling=8) for r in asked.readers))
    error = blocked(asked, as_far_as_possible=True)
    assert [type(blockage) for blockage in error.blockages] == [LowCeilings]


def test_what_is_missing_is_what_the_best_effort_leaves():
    """The number told is exact: the largest number of readings that every rule allows, by trying all."""
    seen = 0
    for seed in range(300):
        asked = small(seed)
        if by_trying_all(asked) is not None:
            continue
        seen += 1
        error = diagnose(asked)
        lacking = [b for b in error.blockages if isinstance(b, FewReaders | FewInstitutions)]
        ceilings = [b for b in error.blockages if isinstance(b, LowCeilings)]
        assert error.missing >= sum(b.needed - b.left for b in ceilings)
        for blockage in lacking:
            dossier = next(d for d in asked.dossiers if d.key == blockage.dossier)
            assert blockage.possible < blockage.wanted
            assert not ways(replace(asked, readers=tuple(r for r in asked.readers if r.ceiling != 0)), dossier) or any(
                r.ceiling == 0 for r in asked.readers
            )
        if not lacking:
            assert error.missing == sum(b.needed - b.left for b in ceilings)
            # Without ceilings, the same demand goes through.
            solve(replace(asked, readers=tuple(replace(r, ceiling=None) for r in asked.readers)))
    assert seen >= 50
