"""Who reads what: the best assignment, exactly, or what makes it impossible and by how much. Pure.

Each dossier gets ``wanted`` readers from at least ``institutions`` institutions. Readings that exist are
kept and count; nobody is given a dossier they are barred from, nor more than their ceiling. Among all the
ways to do it, in this order:

1. the smallest sum of the squares of the final loads. Load vectors of such a network form an M-convex set
   (Murota, *Discrete Convex Analysis*, 2003), so that this one choice also has the smallest worst load
   and the smallest spread: never more than one apart when nothing forbids it;
2. the most different institutions, over all dossiers;
3. readers mixed: the same people do not always read together, so that their notes can be compared.

1 and 2 are one min-cost flow, solved exactly by network simplex. Three things keep it small:

- dossiers that may go to the same people and lack the same things are one node. A flow of ``k`` of them
  always splits into ``k`` dossiers: see :func:`_split`;
- "at least M institutions" needs no test: M of a dossier's units are "first of an institution" and take an
  arc of capacity one for each institution, the others go anywhere. These may also become "first", for a
  gain of one that any difference of load outweighs: that is rule 2;
- the square of a load is a chain of unit arcs only around the expected load, longer chords elsewhere. The
  answer is exact as soon as every load has unit arcs on both sides, since no residual cycle moves a load
  by more than one; otherwise the arcs are laid again around the answer.

3 exchanges readers of two dossiers where that changes neither loads nor institutions
(:mod:`candidatures.methods.mixing`). Nothing here is random: the same demand gets the same answer.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from candidatures.methods.mixing import mix

# networkx is imported by what computes: it would take 12 MB of every process that serves pages.
if TYPE_CHECKING:
    import networkx as nx

#: Unit arcs on each side of the load that is expected.
_WINDOW = 3


@dataclass(frozen=True)
class Reader:
    """Someone of the jury. ``load``: readings they have; ``ceiling``: readings in all, at most."""

    key: int
    institution: int
    load: int = 0
    ceiling: int | None = None
    #: May be given dossiers. Otherwise only what they read already counts.
    available: bool = True


@dataclass(frozen=True)
class Dossier:
    """A dossier, who reads it already (kept), and who may not."""

    key: int
    readers: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
    """The demand. Keys are unique; every key that a dossier names is a reader's."""

    readers: tuple[Reader, ...]
    dossiers: tuple[Dossier, ...]
    wanted: int
    institutions: int

    @cached_property
    def by_key(self) -> dict[int, Reader]:
        return {reader.key: reader for reader in self.readers}

    def digest(self) -> str:
        """Two problems with the same digest are the same, whatever the order they were read in."""
        people = sorted((r.key, r.institution, r.load, r.ceiling, r.available) for r in self.readers)
        files = sorted((d.key, sorted(d.readers), sorted(d.barred)) for d in self.dossiers)
        return hashlib.sha256(repr((people, files, self.wanted, self.institutions)).encode()).hexdigest()


@dataclass(frozen=True)
class Need:
    """What one dossier lacks, and who could give it."""

    dossier: Dossier
    #: Readers to add. May exceed ``wanted`` less the kept ones: a missing institution adds a reader.
    readers: int
    #: Institutions to add, none of which reads it already.
    institutions: int
    candidates: tuple[int, ...]
    present: frozenset[int]  # institutions that read it already
    reachable: int  # institutions of the candidates, beyond those

    @property
    def lacks_readers(self) -> int:
        return max(0, self.readers - len(self.candidates))

    @property
    def lacks_institutions(self) -> int:
        return max(0, self.institutions - self.reachable)

    def cut(self, *, strict: bool) -> Need:
        """The most this dossier can get, were nobody else to read.

        ``strict``: a reader in the place of a missing institution is no part of the demand, and is
        left out; otherwise they are better than nobody.
        """
        institutions = min(self.institutions, self.reachable)
        others = self.readers - (self.institutions if strict else institutions)
        return replace(
            self, institutions=institutions, readers=institutions + min(others, len(self.candidates) - institutions)
        )


@dataclass(frozen=True)
class FewReaders:
    """A dossier that too few people may read: ``possible`` of ``wanted``, the kept ones included."""

    dossier: int
    possible: int
    wanted: int
    barred: int  # people who could, were they not barred


@dataclass(frozen=True)
class FewInstitutions:
    """A dossier that too few institutions may read, those that read it already included."""

    dossier: int
    possible: int
    wanted: int


@dataclass(frozen=True)
class LowCeilings:
    """``readers`` may take ``left`` readings more, and ``needed`` can go to nobody else."""

    readers: tuple[int, ...]
    left: int
    needed: int
    dossiers: tuple[int, ...]
    everyone: bool  # these are all the people who may read something


Blockage = FewReaders | FewInstitutions | LowCeilings


class Impossible(Exception):
    """The demand cannot be met. ``blockages`` say what blocks; ``missing``: readings that find nobody."""

    def __init__(self, missing: int, asked: int, blockages: tuple[Blockage, ...]) -> None:
        super().__init__(f"{missing} of {asked} readings")
        self.missing, self.asked, self.blockages = missing, asked, blockages


@dataclass(frozen=True)
class Solution:
    """New readings as (reader, dossier), sorted, and every available reader's load before and after."""

    pairs: tuple[tuple[int, int], ...]
    before: Mapping[int, int]
    after: Mapping[int, int]

    @property
    def worst(self) -> int:
        """The heaviest load among those who may read."""
        return max(self.after.values(), default=0)

    @property
    def spread(self) -> int:
        return max(self.after.values()) - min(self.after.values()) if self.after else 0

    @property
    def squares(self) -> int:
        return sum(load * load for load in self.after.values())


def needs(problem: Problem) -> list[Need]:
    """What each dossier lacks, dossiers that lack nothing left out."""
    people = problem.by_key
    able = [r for r in sorted(problem.readers, key=lambda r: r.key) if r.available and r.ceiling != 0]
    found = []
    for dossier in sorted(problem.dossiers, key=lambda d: d.key):
        present = frozenset(people[key].institution for key in dossier.readers)
        institutions = max(0, problem.institutions - len(present))
        readers = max(0, problem.wanted - len(dossier.readers), institutions)
        if not readers:
            continue
        candidates = [r for r in able if r.key not in dossier.readers and r.key not in dossier.barred]
        reachable = {r.institution for r in candidates} - present
        keys = tuple(r.key for r in candidates)
        found.append(Need(dossier, readers, institutions, keys, present, len(reachable)))
    return found


def solve(problem: Problem, *, as_far_as_possible: bool = False) -> Solution:
    """The best assignment. Raises :class:`Impossible`.

    ``as_far_as_possible``: a dossier that lacks people or institutions gets those there are. Ceilings
    still hold, and are then the only thing that can make it impossible.
    """
    wanted = needs(problem)
    if as_far_as_possible:
        wanted = [need.cut(strict=False) for need in wanted]
    elif any(need.lacks_readers or need.lacks_institutions for need in wanted):
        raise diagnose(problem)
    import networkx as nx

    network = _Network(problem, wanted)
    try:
        flows = network.solved()
    except nx.NetworkXUnfeasible:
        raise diagnose(problem, as_far_as_possible=as_far_as_possible) from None
    added: dict[int, set[int]] = {}
    for group, flow in zip(network.groups, flows, strict=True):
        added |= _split(problem, group, flow)
    mix(problem, added)
    pairs = tuple(sorted((reader, dossier) for dossier, readers in added.items() for reader in readers))
    before = {r.key: r.load for r in problem.readers if r.available}
    gained = Counter(reader for reader, _ in pairs)
    return Solution(pairs, before, {key: load + gained[key] for key, load in before.items()})


def missing(problem: Problem) -> tuple[int, int]:
    """Readings that find nobody, of those to add: ``(0, n)`` when the demand can be met."""
    wanted = needs(problem)
    asked = sum(need.readers for need in wanted)
    cut = [need.cut(strict=True) for need in wanted]
    routed, _ = _Network(problem, cut).most()
    return asked - routed, asked


def diagnose(problem: Problem, *, as_far_as_possible: bool = False) -> Impossible:
    """What blocks, and by how much. To ask when :func:`solve` cannot: it says nothing otherwise."""
    wanted = needs(problem)
    cut = [need.cut(strict=not as_far_as_possible) for need in wanted]
    asked = sum(need.readers for need in (cut if as_far_as_possible else wanted))
    blockages: list[Blockage] = []
    if not as_far_as_possible:
        able = {r.key for r in problem.readers if r.available and r.ceiling != 0}
        for need in wanted:
            kept = len(need.dossier.readers)
            if need.lacks_readers:
                barred = len(need.dossier.barred & able)
                blockages.append(FewReaders(need.dossier.key, kept + len(need.candidates), kept + need.readers, barred))
            if need.lacks_institutions:
                blockages.append(
                    FewInstitutions(
                        need.dossier.key, len(need.present) + need.reachable, len(need.present) + need.institutions
                    )
                )
    network = _Network(problem, cut)
    routed, cut_side = network.most()
    if routed < network.total:
        blockages.append(network.ceilings(cut_side, routed))
    return Impossible(asked - routed, asked, tuple(blockages))


@dataclass(frozen=True)
class _Group:
    """Dossiers that nothing tells apart: each lacks the same, from the same people."""

    needs: tuple[Need, ...]

    @property
    def size(self) -> int:
        return len(self.needs)

    @property
    def one(self) -> Need:
        return self.needs[0]


@dataclass
class _Network:
    """The flow network of a demand that each dossier, alone, could get."""

    problem: Problem
    wanted: Sequence[Need]
    groups: list[_Group] = field(init=False)
    total: int = field(init=False)
    room: dict[int, int] = field(init=False)
    #: Somebody has less room than the dossiers they could read.
    tight: bool = field(init=False)

    def __post_init__(self) -> None:
        found: dict[Any, list[Need]] = defaultdict(list)
        for need in self.wanted:
            if need.readers:
                found[need.candidates, need.readers, need.institutions, tuple(sorted(need.present))].append(need)
        self.groups = [_Group(tuple(found[key])) for key in sorted(found)]
        self.total = sum(group.size * group.one.readers for group in self.groups)
        could = Counter(key for group in self.groups for need in group.needs for key in need.candidates)
        self.room = {}
        for key in sorted(could):
            reader = self.problem.by_key[key]
            left = could[key] if reader.ceiling is None else max(0, reader.ceiling - reader.load)
            self.room[key] = min(could[key], left)
        self.tight = self.room != could

    def _frame(self) -> nx.MultiDiGraph[Any]:
        """From each group to the readers, with the gain of a new institution as a cost of −1."""
        import networkx as nx

        people = self.problem.by_key
        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        graph.add_node("end", demand=self.total)
        for key in self.room:
            graph.add_node(("reader", key))
        for n, group in enumerate(self.groups):
            need, size = group.one, group.size
            first, other = ("first", n), ("other", n)
            graph.add_node(first, demand=-size * need.institutions)
            graph.add_node(other, demand=-size * (need.readers - need.institutions))
            graph.add_edge(other, first, weight=0)
            colleagues: dict[int, list[int]] = defaultdict(list)
            for key in need.candidates:
                colleagues[people[key].institution].append(key)
            for institution, keys in colleagues.items():
                new = institution not in need.present
                if len(keys) == 1:
                    start, cost = (first, -1) if new else (other, 0)
                    graph.add_edge(start, ("reader", keys[0]), capacity=size, weight=cost)
                    continue
                through = ("institution", n, institution)
                if new:
                    graph.add_edge(first, through, capacity=size, weight=-1)
                graph.add_edge(other, through, weight=0)
                for key in keys:
                    graph.add_edge(through, ("reader", key), capacity=size, weight=0)
        return graph

    def solved(self) -> list[dict[int, int]]:
        """For each group, how many of its dossiers each reader takes. Raises ``NetworkXUnfeasible``."""
        if not self.total:
            return [{} for _ in self.groups]
        import networkx as nx

        frame = self._frame()
        marks = self._marks()
        # Any difference of load outweighs all the gains together.
        heavy = self.total + 1
        while True:
            graph = frame.copy()
            for key, points in marks.items():
                load = self.problem.by_key[key].load
                for low, high in pairwise(points):
                    # The slope of the square between two loads, a whole number.
                    slope = 2 * load + low + high
                    graph.add_edge(("reader", key), "end", capacity=high - low, weight=heavy * slope)
            _cost, flow = nx.network_simplex(graph)
            taken = {key: sum(flow[("reader", key)].get("end", {}).values()) for key in self.room}
            coarse = [key for key, added in taken.items() if not _fine(marks[key], added)]
            if not coarse:
                return self._read(flow)
            for key in coarse:
                marks[key] = sorted({*marks[key], *_around(taken[key], self.room[key])})

    def _read(self, flow: Mapping[Any, Mapping[Any, Mapping[int, int]]]) -> list[dict[int, int]]:
        found: list[dict[int, int]] = [{} for _ in self.groups]
        for node, out in flow.items():
            if node[0] in {"first", "other", "institution"} and node != "end":
                for target, arcs in out.items():
                    if target[0] == "reader" and (units := sum(arcs.values())):
                        found[node[1]][target[1]] = found[node[1]].get(target[1], 0) + units
        return found

    def _marks(self) -> dict[int, list[int]]:
        """Readings added between which the cost is a straight line: fine around an even share."""
        loads = {key: self.problem.by_key[key].load for key in self.room}
        level, poured = min(loads.values(), default=0), 0
        while poured < self.total and any(level < loads[key] + self.room[key] for key in loads):
            level += 1
            poured = sum(min(max(level - load, 0), self.room[key]) for key, load in loads.items())
        even = {key: min(max(level - load, 0), self.room[key]) for key, load in loads.items()}
        return {key: sorted({0, self.room[key], *_around(even[key], self.room[key])}) for key in loads}

    def most(self) -> tuple[int, set[Any]]:
        """The most readings that find somebody, and the starting side of a smallest cut."""
        if not self.total or not self.room:
            return 0, set()
        if not self.tight:
            # Each dossier could get it alone, and nobody is in another's way.
            return self.total, set()
        import networkx as nx

        graph: nx.DiGraph[Any] = nx.DiGraph()
        for start, end, data in self._frame().edges(data=True):
            graph.add_edge(start, end, **({"capacity": data["capacity"]} if "capacity" in data else {}))
        for n, group in enumerate(self.groups):
            need, size = group.one, group.size
            graph.add_edge("start", ("first", n), capacity=size * need.institutions)
            graph.add_edge("start", ("other", n), capacity=size * (need.readers - need.institutions))
        for key, room in self.room.items():
            graph.add_edge(("reader", key), "end", capacity=room)
        routed, (side, _) = nx.minimum_cut(graph, "start", "end")
        return int(routed), set(side)

    def ceilings(self, side: set[Any], routed: int) -> LowCeilings:
        """What a smallest cut says: its readers are full, and its dossiers have nobody else."""
        full = tuple(key for key in self.room if ("reader", key) in side)
        short = [group for n, group in enumerate(self.groups) if ("first", n) in side or ("other", n) in side]
        left = sum(self.room[key] for key in full)
        return LowCeilings(
            readers=full,
            left=left,
            needed=left + self.total - routed,
            dossiers=tuple(sorted(need.dossier.key for group in short for need in group.needs)),
            everyone=set(full) == set(self.room),
        )


def _around(added: int, room: int) -> range:
    return range(max(0, added - _WINDOW), min(room, added + _WINDOW) + 1)


def _fine(points: Sequence[int], added: int) -> bool:
    """Whether the cost is exact one reading less and one more."""
    known = set(points)
    return all(step in known for step in (added - 1, added, added + 1) if 0 <= step <= points[-1])


def _split(problem: Problem, group: _Group, flow: Mapping[int, int]) -> dict[int, set[int]]:
    """Give each dossier of a group its readers, from how many of them each reader takes.

    Readers are laid one after the other round the dossiers, each on as many as they take. Nobody takes more
    than there are dossiers, so nobody comes twice on one. Laid by institution, an institution covers
    as many dossiers as it can. Those new to the group that do not cover it whole come first: being laid
    end to end, they differ by one at most from a dossier to another, so that each dossier has its
    number of institutions as soon as the group has.
    """
    people = problem.by_key
    size = group.size
    of: Counter[int] = Counter()
    for key, units in flow.items():
        of[people[key].institution] += units

    def order(key: int) -> tuple[bool, int, int]:
        institution = people[key].institution
        partial = of[institution] < size and institution not in group.one.present
        return not partial, institution, key

    found: dict[int, set[int]] = {need.dossier.key: set() for need in group.needs}
    place = 0
    for key in sorted(flow, key=order):
        for _ in range(flow[key]):
            found[group.needs[place % size].dossier.key].add(key)
            place += 1
    return found
