"""The journal: administrators read it, nobody writes in it."""

from __future__ import annotations

from tests.access.desk import NOBODY, administrators_only
from tests.access.world import World
from tests.factories.journal import EntryFactory


def build(world: World) -> None:
    world.entry = EntryFactory()


DESK = {
    "journal.entry": administrators_only(lambda w: w.entry, add=NOBODY, change=NOBODY, delete=NOBODY),
}
ROWS = []
