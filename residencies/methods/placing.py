"""Put meetings in slots so that nothing is taken twice. Pure: numbers in, numbers out.

Used by :mod:`residencies.methods.timetable`, which says what a resource is and why a wish matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

#: A structure, an artist, or a person of several groups: in one place at a time.
Resource: TypeAlias = tuple[str, int]
#: Structure and artist.
Pair: TypeAlias = tuple[int, int]

#: Steps of the search by ejection for one meeting, in each of its three depths.
BUDGET = 3000
_DEPTHS = (3, 6, 1000)


class _Spent(Exception):
    """The search has used its budget."""


class Board:
    """Meetings granted so far and where they are. ``rooms``: how many each slot has."""

    def __init__(
        self,
        *,
        resources: Mapping[Pair, tuple[Resource, ...]],
        allowed: Mapping[Pair, tuple[int, ...]],
        rooms: Sequence[int],
        told: Mapping[Pair, int],
    ) -> None:
        self.resources, self.allowed, self.rooms, self.told = resources, allowed, rooms, told
        self.slot: dict[Pair, int] = {}
        #: The slots of each structure's meetings.
        self.slots_of: defaultdict[int, list[int]] = defaultdict(list)
        self.taken: list[dict[Resource, Pair]] = [{} for _ in rooms]
        self.count = [0] * len(rooms)
        self._steps = 0

    def at(self, slot: int) -> list[Pair]:
        """The meetings of a slot, in a stable order."""
        return sorted(set(self.taken[slot].values()))

    def grant(self, pair: Pair) -> str | None:
        """Place a meeting, moving others if need be and dropping none. Else, what is missing."""
        if not self.allowed[pair]:
            return "never_together"
        if self._directly(pair):
            return None
        lacking = self._lacking(pair)
        if lacking is not None:
            return lacking
        flow = _flow(pair, self.slot, self.allowed, self.rooms)
        if flow is None:
            return "rooms_full"
        if self._by_exchange(pair):
            return None
        if self._simple(pair):
            # One meeting a structure and nobody shared: that flow is the whole question.
            self._move({one: flow[one] for one in (*self.slot, pair)})
            return None
        return self._by_ejection(pair)

    # A free slot ---------------------------------------------------------------------------------

    def _directly(self, pair: Pair) -> bool:
        for slot in self._in_order(pair):
            if self.count[slot] < self.rooms[slot] and not self._against(pair, slot):
                self._put(pair, slot)
                return True
        return False

    def _in_order(self, pair: Pair) -> list[int]:
        """Where it was told, then near the structure's other meetings, then the earliest."""
        near = self.slots_of[pair[0]]
        told = self.told.get(pair)
        if told is None and not near:
            return sorted(self.allowed[pair])

        def key(slot: int) -> tuple[bool, int, int]:
            return (slot != told, min([abs(slot - other) for other in near], default=0), slot)

        return sorted(self.allowed[pair], key=key)

    def _against(self, pair: Pair, slot: int) -> list[Pair]:
        """The meetings of this slot that need a resource of this one, each once."""
        taken = self.taken[slot]
        return list(dict.fromkeys(taken[one] for one in self.resources[pair] if one in taken))

    def _put(self, pair: Pair, slot: int) -> None:
        self.slot[pair] = slot
        self.slots_of[pair[0]].append(slot)
        self.count[slot] += 1
        for one in self.resources[pair]:
            self.taken[slot][one] = pair

    def _lift(self, pair: Pair) -> int:
        slot = self.slot.pop(pair)
        self.slots_of[pair[0]].remove(slot)
        self.count[slot] -= 1
        for one in self.resources[pair]:
            del self.taken[slot][one]
        return slot

    # An exchange of two slots --------------------------------------------------------------------

    def _by_exchange(self, pair: Pair) -> bool:
        """Put it in a slot, and send whatever is in the way to one other slot, and back, to the end of the chain."""
        for here in self._in_order(pair):
            for there in range(len(self.rooms)):
                if there != here and self._exchange(pair, here, there):
                    return True
        return False

    def _exchange(self, pair: Pair, here: int, there: int) -> bool:
        goes = {pair: here}
        queue = [pair]
        while queue:
            one = queue.pop()
            for other in self._against(one, goes[one]):
                if other in goes:
                    continue
                target = there if goes[one] == here else here
                if target not in self.allowed[other]:
                    return False
                goes[other] = target
                queue.append(other)
        load = {here: self.count[here], there: self.count[there]}
        seen: dict[int, set[Resource]] = {here: set(), there: set()}
        for one, target in goes.items():
            if one in self.slot:
                load[self.slot[one]] -= 1
            load[target] += 1
            for need in self.resources[one]:
                if need in seen[target]:
                    return False
                seen[target].add(need)
        if any(load[slot] > self.rooms[slot] for slot in load):
            return False
        self._move(goes)
        return True

    def _move(self, goes: Mapping[Pair, int]) -> None:
        for one in goes:
            if one in self.slot:
                self._lift(one)
        for one, slot in goes.items():
            self._put(one, slot)

    # What no arrangement can give ----------------------------------------------------------------

    def _lacking(self, pair: Pair) -> str | None:
        """A resource with fewer slots than meetings: no arrangement exists. Else, nothing."""
        names = {"s": "structure_full", "a": "artist_full", "p": "person_full"}
        for one in self.resources[pair]:
            group = [other for other in self.slot if one in self.resources[other]]
            if _matching([*group, pair], self.allowed) is None:
                return names[one[0]]
        return None

    def _simple(self, pair: Pair) -> bool:
        """Whether artists and rooms are all that meetings share."""
        seen: set[Resource] = set()
        for one in (*self.slot, pair):
            own = {need for need in self.resources[one] if need[0] != "a"}
            if seen & own:
                return False
            seen |= own
        return True

    # Every arrangement ---------------------------------------------------------------------------

    def _by_ejection(self, pair: Pair) -> str | None:
        proved = False
        for depth in _DEPTHS:
            self._steps = 0
            try:
                if self._place([pair], {}, depth):
                    return None
                proved = depth == _DEPTHS[-1]
            except _Spent:
                proved = False
        return "no_arrangement" if proved else "search_ended"

    def _place(self, pending: list[Pair], settled: dict[Pair, int], depth: int) -> bool:
        """Settle every pending meeting, each in turn in each slot, sending away what is in the way.

        What is settled stays: an arrangement, if there is one, is reached by settling each meeting where
        that arrangement has it. Leaves the board as it was when it fails.
        """
        if not pending:
            return True
        if len(settled) >= depth:
            return False
        pair, rest = pending[0], pending[1:]
        for slot in self._in_order(pair):
            for leaving in self._ways(pair, slot, settled):
                self._steps += 1
                if self._steps > BUDGET:
                    raise _Spent
                for other in leaving:
                    self._lift(other)
                self._put(pair, slot)
                settled[pair] = slot
                try:
                    if self._place([*rest, *leaving], settled, depth):
                        return True
                except _Spent:
                    self._undo(pair, slot, leaving, settled)
                    raise
                self._undo(pair, slot, leaving, settled)
        return False

    def _undo(self, pair: Pair, slot: int, leaving: Iterable[Pair], settled: dict[Pair, int]) -> None:
        del settled[pair]
        self._lift(pair)
        for other in leaving:
            self._put(other, slot)

    def _ways(self, pair: Pair, slot: int, settled: Mapping[Pair, int]) -> Iterator[list[Pair]]:
        """Which meetings leave the slot: those in the way, and one more when no room is left."""
        taken = self.taken[slot]
        against: list[Pair] = []
        for one in self.resources[pair]:
            other = taken.get(one)
            if other is None or other in against:
                continue
            if other in settled:
                return
            against.append(other)
        if self.count[slot] - len(against) < self.rooms[slot]:
            yield against
            return
        for other in self.at(slot):
            if other not in settled and other not in against:
                yield [*against, other]


def _matching(pairs: Sequence[Pair], allowed: Mapping[Pair, tuple[int, ...]]) -> dict[int, Pair] | None:
    """A different slot for each of ``pairs``, or nothing when there is none (Kuhn)."""
    held: dict[int, Pair] = {}

    def seat(pair: Pair, seen: set[int]) -> bool:
        for slot in allowed[pair]:
            if slot in seen:
                continue
            seen.add(slot)
            if slot not in held or seat(held[slot], seen):
                held[slot] = pair
                return True
        return False

    return held if all(seat(pair, set()) for pair in pairs) else None


def _flow(
    pair: Pair, placed: Mapping[Pair, int], allowed: Mapping[Pair, tuple[int, ...]], rooms: Sequence[int]
) -> dict[Pair, int] | None:
    """A slot for one more and for each: an artist once a slot, no slot over its rooms. Nothing when there is none.

    One augmenting path, from the meetings as they stand, in a flow from meetings to (artist, slot), of capacity
    one, to slots, of their rooms.
    """
    where = dict(placed)
    held = {(other[1], slot): other for other, slot in placed.items()}
    count = [0] * len(rooms)
    for slot in placed.values():
        count[slot] += 1

    def seat(pair: Pair, seen: set[tuple[int, int]], full: set[int]) -> bool:
        for slot in allowed[pair]:
            node = (pair[1], slot)
            if node in seen:
                continue
            seen.add(node)
            if node in held:
                # The artist's meeting of that slot goes elsewhere; its room stays reserved for this one.
                other = held.pop(node)
                if not seat(other, seen, full):
                    held[node] = other
                    continue
            elif count[slot] < rooms[slot] or free(slot, seen, full):
                count[slot] += 1
            else:
                continue
            held[node], where[pair] = pair, slot
            return True
        return False

    def free(slot: int, seen: set[tuple[int, int]], full: set[int]) -> bool:
        """Send one meeting of a full slot elsewhere."""
        if slot in full:
            return False
        full.add(slot)
        for node in sorted(node for node in held if node[1] == slot and node not in seen):
            seen.add(node)
            other = held.pop(node)
            if seat(other, seen, full):
                count[slot] -= 1
                return True
            held[node] = other
        return False

    return where if seat(pair, set(), set()) else None
