"""The optimisers: how long the worst of many demands takes, and what proves that its answer is the best one.

Alone: ``PYTHONPATH=scripts .venv/bin/python -m bench.solvers``, which prints each demand. Time is that of the
processor, in this process: the demands are those of :mod:`bench.solver_cases`, the clicks those of
:mod:`bench.solver_pages`, on a database of its own that is thrown away.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure

if TYPE_CHECKING:
    from bench import solver_cases
    from bench.site import Bench
    from candidatures.methods import assignment, sets
    from residencies.methods import timetable
    from residencies.methods.coverage import Place
    from residencies.methods.where_next import Board, Suggestion

PART = "solvers"
#: Seconds of the issue.
LIMITS = {"assignment 500 × 15": 2.0, "meetings 6 × 120": 2.0, "where next": 1.0, "sets of 6 among 30": 2.0}
ROUNDS = 3


@dataclass(frozen=True)
class Solved:
    """One demand: the median of its times, and what is known of its answer."""

    family: str
    name: str
    seconds: float
    said: str
    #: The answer is the best there is, or the demand is proved impossible.
    proved: bool


def run(bench: Bench | None) -> list[Figure]:
    quick = bench is not None and bench.quick
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as folder:
        ready(Path(folder))
        from bench import solver_pages

        found = [row for family in FAMILIES for row in family(1 if quick else ROUNDS)]
        clicks = [*solver_pages.clicks(1 if quick else ROUNDS)]
    return [*figures(found), *clicks]


def ready(folder: Path) -> None:
    """Django in this process, on an empty database of this part."""
    import django

    root = Path(__file__).resolve().parent.parent.parent
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "clea.settings", "DEBUG": "true", "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/solvers.sqlite3",
    }  # fmt: skip
    django.setup()


def figures(found: Iterable[Solved]) -> Iterator[Figure]:
    """The worst time of each family, and how many of its answers are proved."""
    rows = list(found)
    for family, limit in LIMITS.items():
        mine = [row for row in rows if row.family == family]
        worst = max(mine, key=lambda row: row.seconds)
        proved = sum(row.proved for row in mine)
        note = f"processor, the slowest of {len(mine)} demands: {worst.name} ({worst.said})"
        yield Figure(PART, family, round(worst.seconds, 2), "s", limit, note=note)
        note = "the best answer, or impossible, by a bound found another way"
        yield Figure(PART, f"{family}: demands proved, of {len(mine)}", proved, "", len(mine), at_least=True, note=note)


def timed(rounds: int, act: Callable[[], Any]) -> tuple[float, Any]:
    times, answer = [], None
    for _round in range(rounds):
        began = time.process_time()
        answer = act()
        times.append(time.process_time() - began)
    return statistics.median(times), answer


# Who reads what -----------------------------------------------------------------------------------


def solve_assignments(rounds: int) -> Iterator[Solved]:
    from bench import solver_cases
    from candidatures.methods.assignment import Impossible, Problem, Solution, solve

    def answer(asked: Problem) -> Solution | Impossible:
        try:
            return solve(asked)
        except Impossible as impossible:
            return impossible

    for name, asked in solver_cases.assignments():
        seconds, found = timed(rounds, partial(answer, asked))
        if isinstance(found, Impossible):
            said, proved = f"impossible: {found.missing} of {found.asked} readings find nobody", bool(found.blockages)
        else:
            proved = balanced(asked, found)
            said = f"loads from {min(found.after.values())} to {found.worst}"
        yield Solved("assignment 500 × 15", name, seconds, said, proved)


def balanced(asked: assignment.Problem, found: assignment.Solution) -> bool:
    """No chain of exchanges takes a reading from somebody and gives it to somebody with two less.

    Institutions are forgotten: a demand without them has no better answer, hence neither has this one.
    """
    given: dict[int, set[int]] = {row.key: set() for row in asked.dossiers}
    gained: Counter[int] = Counter()
    for reader, dossier in found.pairs:
        given[dossier].add(reader)
        gained[reader] += 1
    able = {row.key for row in asked.readers if row.available and row.ceiling != 0}
    onward: dict[int, set[int]] = {key: set() for key in able}
    for row in asked.dossiers:
        free = able - given[row.key] - row.readers - row.barred
        for reader in given[row.key]:
            onward[reader] |= free
    for start in able:
        if not gained[start]:
            continue
        reached, waiting = {start}, [start]
        while waiting:
            for key in onward[waiting.pop()] - reached:
                reached.add(key)
                waiting.append(key)
        for end in reached:
            ceiling = asked.by_key[end].ceiling
            has_room = ceiling is None or found.after[end] < ceiling
            if has_room and found.after[start] - found.after[end] >= 2:
                return False
    return True


# Who meets whom -----------------------------------------------------------------------------------


def solve_meetings(rounds: int) -> Iterator[Solved]:
    from bench import solver_cases
    from residencies.methods.timetable import Missing, arrange

    for name, asked in solver_cases.meetings():
        seconds, plan = timed(rounds, partial(arrange, asked))
        met = {(one.structure, one.artist) for one in plan.meetings}
        first = sum((key, wanted[0]) in met for key, wanted in asked.wishes.items() if wanted)
        bound = first_wishes(asked)
        ended = sum(one.code == Missing.SEARCH_ENDED for one in plan.unplaced)
        said = f"{len(met)} meetings, {first} first wishes of {bound} at most"
        if ended:
            said += f", {ended} wishes refused without a proof"
        yield Solved("meetings 6 × 120", name, seconds, said, first == bound and clear(asked, plan))


def first_wishes(asked: timetable.Problem) -> int:
    """How many first wishes any timetable could meet at most: a flow, by another program than ours."""
    import networkx as nx

    graph: nx.DiGraph[Any] = nx.DiGraph()
    graph.add_nodes_from(["start", "end"])
    absent = {party.key: party.away for party in (*asked.structures, *asked.artists)}
    for key, wanted in asked.wishes.items():
        if not wanted:
            continue
        graph.add_edge("start", key, capacity=1)
        for number, slot in enumerate(asked.slots):
            if any(slot.overlaps(gone) for gone in (*absent[key], *absent[wanted[0]])):
                continue
            graph.add_edge(key, (wanted[0], number), capacity=1)
            graph.add_edge((wanted[0], number), number, capacity=1)
            graph.add_edge(number, "end", capacity=len(asked.rooms))
    return int(nx.maximum_flow_value(graph, "start", "end"))


def clear(asked: timetable.Problem, plan: timetable.Plan) -> bool:
    """Nobody and no table is taken twice at once."""
    people = {party.key: party.people for party in (*asked.structures, *asked.artists)}
    seen: set[tuple[Any, str]] = set()
    for one in plan.meetings:
        taken = {one.structure, one.artist, one.room, *people[one.structure], *people[one.artist]}
        marks = {(one.start, who) for who in taken}
        if marks & seen:
            return False
        seen |= marks
    return True


# Where next ---------------------------------------------------------------------------------------


def solve_weeks(rounds: int) -> Iterator[Solved]:
    """One residency's suggestions, as its page asks for them: the slowest of the six."""
    from bench import solver_cases
    from residencies.methods.travel import Figures
    from residencies.methods.where_next import Board, distances, suggest
    from residencies.selectors.pairings import partners_for

    for name, asked in solver_cases.weeks():

        def one(residency: int, asked: solver_cases.Territory = asked) -> tuple[list[Suggestion], Board, Any]:
            km = distances(asked.world.communes, Figures(1.3, 40, 10, 2.0, 218))
            planned = asked.world.reached(residency)[1]
            places = [place for place in asked.world.venues.values() if place.pk not in planned]
            partners = partners_for(asked.world, km, residency)
            board = Board.of(asked.world, residency, team_size=2, partners=partners)
            return suggest(board, places, asked.days[residency], km, shut=asked.shut), board, places

        answers = [timed(rounds, partial(one, key)) for key in range(asked.residencies)]
        seconds = max(spent for spent, _answer in answers)
        count = sum(len(answer[0]) for _spent, answer in answers)
        chosen, used, places = answers[0][1]
        board = Board.of(asked.world, 0, team_size=2, partners=used.partners)
        proved = asked.shut != {} or best_each_time(chosen, board, places, asked)
        yield Solved("where next", name, seconds, f"{count} suggestions for {asked.residencies} residencies", proved)


def best_each_time(chosen: list[Suggestion], board: Board, places: list[Place], asked: solver_cases.Territory) -> bool:
    """Whether each was the best when it was chosen: every place's reasons, journey and repeats added up again."""
    from residencies.methods.travel import Figures
    from residencies.methods.where_next import distances, journey

    km = distances(asked.world.communes, Figures(1.3, 40, 10, 2.0, 218))
    free = [day for day in asked.days[0] if day.has_room]
    detour = {
        key: min((way.km for day in free if (way := journey(key, day, km)).km is not None), default=0.0)
        for key in asked.world.communes
    }
    repeats: Counter[int | None] = Counter()
    left = {place.pk: place for place in places}

    def worth(place: Place) -> float:
        assert place.commune is not None
        reasons = sum(reason.points for reason in board.reasons(place))
        far, again = board.weights.km * detour[place.commune], board.weights.repeat * repeats[place.commune]
        return reasons + far + again

    for one in chosen:
        if worth(one.place) < max(map(worth, left.values())) - 1e-9:
            return False
        board.add(one.place)
        repeats[one.place.commune] += 1
        del left[one.place.pk]
    return len(chosen) == min(10, len(places))


# Which set ----------------------------------------------------------------------------------------


def solve_sets(rounds: int) -> Iterator[Solved]:
    from math import comb

    from bench import solver_cases
    from candidatures.methods.sets import choose

    for name, rows, wants in solver_cases.choices():

        def one(rows: list[sets.Candidate] = rows, wants: sets.Wants = wants) -> sets.Choice:
            return choose(rows, wants, axes=solver_cases.AXES, stages=solver_cases.STAGES)

        seconds, found = timed(rounds, one)
        kept = len(wants.kept)
        every = found.considered == comb(len(rows) - kept, wants.size - kept)
        told = bool(found.best) or bool(found.blocking)
        said = f"{found.considered} sets looked at, {found.meeting} meet the conditions"
        yield Solved("sets of 6 among 30", name, seconds, said, every and told)


FAMILIES: tuple[Callable[[int], Iterator[Solved]], ...] = (
    solve_assignments, solve_meetings, solve_weeks, solve_sets
)  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="clea-bench-") as folder:
        ready(Path(folder))
        from bench import solver_pages

        for family in FAMILIES:
            for row in family(1 if "--quick" in sys.argv else ROUNDS):
                print(
                    f"{row.seconds:6.2f} s  {row.family}, {row.name}: {row.said}{'' if row.proved else ' (no proof)'}"
                )
        for figure in solver_pages.clicks(1 if "--quick" in sys.argv else ROUNDS):
            print(f"{figure.value:6.2f} {figure.unit}  {figure.what}: {figure.note}")


if __name__ == "__main__":
    main()
