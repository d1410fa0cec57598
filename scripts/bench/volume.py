"""Data of a stated size in an empty, migrated database: ``python -m bench.volume S|M|L``.

| shape | dossiers | reviews | jurors | structures | seasons |
| --- | --- | --- | --- | --- | --- |
| S | 300 | 1 500 | 8 | 77 | 3 |
| M | 3 000 | 15 000 | 40 | 1 000 | 5 |
| L | 30 000 | 150 000 | 100 | 5 000 | 20 |

The last season's call is closed and its jury reads; beside it a call is open, with drafts. The season before is under
way, those before it are over, their bilan published. At S the 300 dossiers are those of the jury that reads, as in the
data our peers were measured with; each earlier call has the few it takes to open its residencies. Everybody is
invented but the territory's communes and structures. Files are few and shared: each row says the truth about its file,
but ``menage`` or a purge of a dossier would take the file of others away. Never on real data: the command refuses a
database that holds a call.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.volume_places import World
    from candidatures.enums import CallStatus

SEED = 8


@dataclass(frozen=True)
class Shape:
    name: str
    dossiers: int
    reviews: int
    jurors: int
    jury: int  # members of one jury
    structures: int
    seasons: int
    residencies: int  # of a season
    before: int = 0  # dossiers of each earlier call; 0: the dossiers are shared equally


SHAPES = {
    "tiny": Shape("tiny", 12, 24, 3, 3, 80, 3, 2, before=4),
    "S": Shape("S", 300, 1_500, 8, 8, 77, 3, 6, before=12),
    "M": Shape("M", 3_000, 15_000, 40, 16, 1_000, 5, 8),
    "L": Shape("L", 30_000, 150_000, 100, 40, 5_000, 20, 12),
}


def build(shape: Shape, tell: Callable[[str], None] = print) -> World:
    """Fill the database. One transaction a season, oldest first, in the memory of one season."""
    from django.conf import settings
    from django.db import transaction
    from django.test.utils import override_settings
    from django.utils import timezone, translation

    from bench import volume_calls, volume_juries, volume_places, volume_residencies
    from bench.volume_dossiers import Maker
    from bench.volume_rows import Journal, Rows
    from candidatures.demo import clock
    from candidatures.models import Call
    from structures.services.loading import load_territory

    if Call.objects.exists():
        raise SystemExit("This database holds a call already: the volume is made in an empty one.")
    now = timezone.now()
    running = now.year if now.month >= 9 else now.year - 1
    oldest = running + 2 - shape.seasons
    beginning = datetime(oldest - 1, 9, 1, 9, tzinfo=volume_calls.PARIS)
    rows = Rows(SEED)
    with translation.override("fr"), override_settings(TASKS=settings.TASKS_AT_ONCE), clock.at(beginning):
        with transaction.atomic():
            territory = load_territory(by=None).territory
            territory.contact_phone = territory.contact_phone or "03 53 01 27 00"
            territory.save()
            desk, password = volume_places.staff()
            world = volume_places.World(rows, Journal(rows, now), shape, now, territory, desk, password)
            volume_places.fill(world, beginning)
            volume_residencies.landscape(world, beginning)
            base = volume_calls.first(world, oldest)
        tell(f"{len(world.places)} places")
        maker = Maker(world)
        for turn, year in enumerate(range(oldest, running + 1)):
            with transaction.atomic():
                call = base
                if year > oldest:
                    call = volume_calls.copied(
                        world, base, year, slug=f"clea-{year}-{year + 1}", weeks=52 * (year - oldest),
                        status=_archived(),
                    )  # fmt: skip
                held = volume_calls.facts(call)
                count = shape.before or shape.dossiers // shape.seasons
                spread = volume_juries.states(world, count, shape.residencies, decided=True)
                dossiers = maker.make(held, spread, now)
                jury = volume_juries.convene(world, held, shape.jury, turn)
                reviews = 0 if shape.before else shape.reviews // shape.seasons
                volume_juries.read(world, jury, dossiers, reviews, under_way=False, now=now)
                chosen = volume_juries.decide(world, jury, dossiers)
                volume_residencies.season(world, call.season, chosen, over=year < running)
                rows.flush()
                # The next call opens in December; what is told later comes after it in the journal.
                world.journal.write(until=datetime(year, 8 if year == running else 11, 20, tzinfo=volume_calls.PARIS))
                maker.finish()
            tell(f"season {year}: {rows.count()} rows, {world.journal.written} lines")
        with transaction.atomic():
            _today(world, maker, base, running + 1, oldest)
            rows.flush()
            world.journal.write()
            maker.finish()
            rows.finish()
    _analyse()
    return world


def _archived() -> CallStatus:
    from candidatures.enums import CallStatus

    return CallStatus.ARCHIVED


def _today(world: World, maker: object, base: object, year: int, oldest: int) -> None:
    """What a jury reads now, closed twelve days ago, and what is open now."""
    from bench import volume_calls, volume_juries
    from bench.volume_dossiers import Maker
    from candidatures.enums import CallStatus
    from candidatures.models import Call

    assert isinstance(maker, Maker)
    assert isinstance(base, Call)
    shape, today = world.shape, world.now.astimezone(volume_calls.PARIS).date()
    weeks = 52 * (year - oldest)
    read = volume_calls.copied(
        world, base, year, slug=f"clea-{year}-{year + 1}", weeks=weeks, status=CallStatus.PUBLISHED
    )
    volume_calls.dated(
        read, opens=today - timedelta(days=75), closes=today - timedelta(days=12), interviews=_monday(today, 8)
    )
    held = volume_calls.facts(read)
    count = shape.dossiers if shape.before else shape.dossiers - shape.dossiers // shape.seasons * (shape.seasons - 1)
    dossiers = maker.make(held, volume_juries.states(world, count, shape.residencies, decided=False), world.now)
    jury = volume_juries.convene(world, held, shape.jury, shape.seasons - 1)
    reviews = shape.reviews if shape.before else shape.reviews - shape.reviews // shape.seasons * (shape.seasons - 1)
    volume_juries.read(world, jury, dossiers, reviews, under_way=True, now=world.now)
    wide = volume_calls.copied(
        world, base, year, slug=f"clea-{year}-{year + 1}-ouvert", weeks=weeks, status=CallStatus.PUBLISHED
    )
    wide.reference_prefix = "OUVERT"
    volume_calls.dated(
        wide, opens=today - timedelta(days=30), closes=today + timedelta(days=60), interviews=_monday(today, 70)
    )
    maker.make(volume_calls.facts(wide), volume_juries.open_states(max(count // 10, 4)), world.now)


def _monday(today: date, days: int) -> date:
    day = today + timedelta(days=days)
    return day + timedelta(days=(7 - day.weekday()) % 7)


def _analyse() -> None:
    """What a database in service knows of its tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fill an empty, migrated database with data of a stated size.")
    parser.add_argument("shape", choices=SHAPES)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    import django

    django.setup()
    began, spent = time.monotonic(), time.process_time()
    world = build(SHAPES[asked.shape], tell=lambda line: print(line, flush=True))
    print(
        f"{asked.shape}: {world.rows.count()} rows, {world.journal.written} lines of the journal, "
        f"{time.monotonic() - began:.0f} s, of which {time.process_time() - spent:.0f} s of our own.",
        file=sys.stdout,
    )


if __name__ == "__main__":
    main()
