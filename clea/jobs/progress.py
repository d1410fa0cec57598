"""What a handler holds: what was asked, how far it is, and whether to go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connection, transaction
from django.utils import timezone

from clea.jobs.ending import finish
from clea.jobs.enums import JobState
from clea.jobs.kinds import Outcome
from clea.jobs.models import Job

if TYPE_CHECKING:
    from clea.accounts.models import User

Item = TypeVar("Item")
#: Where ``each`` stands, in the memory of the job.
_AT = "at"
#: Seconds between two writes of how far it is.
RHYTHM = 0.4


class Stopped(Exception):
    """Somebody stopped the job, or it was taken for dead: the handler ends here. Never to be caught by it."""


class Progress:
    """Given to a handler.

    ``by`` asked for it; ``params`` is what was asked; ``memory`` what an earlier run remembered (kinds
    that resume). The writes of the handler go through services, each in its own transaction: what has
    been done when somebody stops the job stays done.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.by: User = job.owner
        self.params: dict[str, Any] = job.params
        self.memory: dict[str, Any] = dict(job.memory)
        self.done, self.total = job.done, job.total
        self._written = time.monotonic()

    def expect(self, total: int, *, done: int = 0) -> None:
        """Say how much there is to do, and how much was done by an earlier run. One write."""
        self.total, self.done = total, min(done, total)
        self._write()

    def advance(self, step: int = 1, **memory: Any) -> None:
        """So much more is done. ``memory`` is kept with it, in the caller's transaction if there is one.

        One write at most every 0.4 s, but at once with ``memory`` or inside a transaction. Raises
        :class:`Stopped` when the job is no longer this run's: inside a transaction, nothing of it stays.
        """
        self.done += step
        self.total = None if self.total is None else max(self.total, self.done)
        self.memory.update(memory)
        if memory or connection.in_atomic_block or time.monotonic() - self._written >= RHYTHM:
            self._write()

    def each(self, items: Sequence[Item], act: Callable[[Item], object]) -> None:
        """Do one thing to each item, in a transaction of its own: done once each, however often the job is run.

        The kind must resume, and give the same items in the same order each time. Raises what ``act`` raises.
        """
        self.expect(len(items), done=self.memory.get(_AT, 0))
        for at in range(self.done, len(items)):
            with transaction.atomic():
                act(items[at])
                self.advance(**{_AT: at + 1})

    def say(self, message: str) -> None:
        """What is being done now, in words. One write."""
        self.job.message = message
        self._write()

    def end(self, outcome: Outcome) -> None:
        """End the job in the transaction of its last act: either both stand, or neither. The handler returns then.

        Raises :class:`Stopped` when the job is no longer this run's.
        """
        if not finish(self.job, JobState.DONE, outcome):
            raise Stopped

    def _write(self) -> None:
        self._written = time.monotonic()
        held = Job.objects.filter(pk=self.job.pk, claim=self.job.claim, state=JobState.RUNNING).update(
            done=self.done,
            total=self.total,
            memory=self.memory,
            message=self.job.message,
            beat_at=timezone.now(),
        )
        if not held:
            raise Stopped
