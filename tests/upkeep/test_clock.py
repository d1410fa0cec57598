"""The clock does each work at its time, once, whatever happened to the one before."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import get_commands

from clea.processes import this_process
from clea.upkeep import clock
from clea.upkeep.clock import Work
from clea.upkeep.models import Passage

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 3, 29, 12, tzinfo=PARIS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("work", "last", "now", "due"),
    [
        (Work("x", every=timedelta(minutes=2)), None, "2026-03-01 12:00", True),
        (Work("x", every=timedelta(minutes=2)), "2026-03-01 11:58:01", "2026-03-01 12:00", False),
        (Work("x", every=timedelta(minutes=2)), "2026-03-01 11:58:00", "2026-03-01 12:00", True),
        # Once a day, after its hour; missed in the night, it is done in the morning.
        (Work("x", after=time(3)), "2026-03-01 03:00:10", "2026-03-02 02:59:59", False),
        (Work("x", after=time(3)), "2026-03-01 03:00:10", "2026-03-02 03:00:00", True),
        (Work("x", after=time(3)), "2026-03-01 03:00:10", "2026-03-02 11:00:00", True),
        # The night when 02:30 does not exist, and the one when it comes twice.
        (Work("x", after=time(2, 30)), "2026-03-28 02:30:05", "2026-03-29 04:00:00", True),
        (Work("x", after=time(2, 30)), "2026-10-25 02:30:05", "2026-10-25 12:00:00", False),
    ],
)
def test_when_a_work_is_due(work: Work, last: str | None, now: str, due: bool) -> None:
    assert work.is_due(at(last) if last else None, at(now)) is due


def test_every_work_is_a_command_of_the_project(settings: Any) -> None:
    settings.BACKUP_DIR = "/somewhere"
    assert {work.command for work in clock.works()} <= set(get_commands())


@pytest.mark.django_db
def test_a_failure_is_marked_and_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def call(command: str, **options: Any) -> None:
        if command == "breaks":
            raise RuntimeError("no luck")
        done.append(command)

    monkeypatch.setattr(clock, "call_command", call)
    monkeypatch.setattr(clock, "works", lambda: [Work("breaks"), Work("holds")])
    assert clock.run_due(NOON) == [("breaks", False), ("holds", True)]
    assert done == ["holds"]
    assert not Passage.objects.get(work="breaks").well
    # Not again before its time; again the next day.
    assert clock.run_due(NOON + timedelta(hours=1)) == []
    assert clock.run_due(NOON + timedelta(days=1)) == [("breaks", False), ("holds", True)]


@pytest.mark.django_db
def test_two_clocks_share_the_work_and_one_that_died_is_replaced() -> None:
    work = Work("x", every=timedelta(minutes=2))
    assert clock.claim(work, NOON)
    assert not clock.claim(work, NOON + timedelta(minutes=10)), "the first clock is still at it"
    assert clock.claim(work, NOON + clock.GIVEN_UP), "the first clock died"


@pytest.mark.django_db
def test_what_a_killed_clock_left_is_done_soon_and_a_slow_one_ends_only_its_own() -> None:
    """Known to be dead, nobody waits six hours for it; nor until tomorrow, for what is done once a night."""
    machine = this_process().partition(":")[0]
    nightly, often = Work("nightly", after=time(2)), Work("often", every=timedelta(minutes=2))
    for work in (nightly, often):
        assert clock.claim(work, NOON)
        Passage.objects.filter(work=work.command).update(holder=f"{machine}:1:never")
    assert clock.claim(often, NOON + timedelta(minutes=3))
    assert not clock.claim(nightly, NOON + timedelta(minutes=3)), "never in a loop"
    assert clock.claim(nightly, NOON + clock.TRY_AGAIN)
    clock.end(nightly, NOON, well=True)
    assert Passage.objects.get(work="nightly").ended_at is None, "another has it since"
    clock.end(nightly, NOON + clock.TRY_AGAIN, well=True)
    assert Passage.objects.get(work="nightly").ended_at
