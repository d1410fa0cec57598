"""The periodic work of an installation: which command, how often, and whose turn it is.

``manage.py horloge`` runs it; cron may run each command instead. Several clocks may run on several machines: a work
is claimed by one conditional update of its row, so that each is done once.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from clea.processes import is_gone, this_process
from clea.upkeep.models import Passage

log = logging.getLogger(__name__)

#: A work of another machine that began so long ago and never ended died with its process: another may begin.
GIVEN_UP = timedelta(hours=6)
#: What its process did not end is tried again so long after: not tomorrow, nor in a loop if it is what kills it.
TRY_AGAIN = timedelta(hours=1)


@dataclass(frozen=True)
class Work:
    """A command and its rhythm: every so long, or once a day after an hour of Paris.

    ``given_up``: what may run twice at once needs not wait so long for a machine that was taken away.
    """

    command: str
    every: timedelta = timedelta(days=1)
    after: time | None = None
    given_up: timedelta = GIVEN_UP
    options: dict[str, object] = field(default_factory=dict)

    def is_due(self, last: datetime | None, now: datetime) -> bool:
        """Whether it is time, ``last`` being when it was begun for the last time (aware)."""
        if self.after is None:
            return last is None or now - last >= self.every
        local = timezone.localtime(now)
        turn = timezone.make_aware(datetime.combine(local.date(), self.after))
        if local < turn:
            turn = timezone.make_aware(datetime.combine(local.date() - timedelta(days=1), self.after))
        return last is None or last < turn


def works() -> list[Work]:
    """Everything that is done by the clock, in the order it is done when several are due."""
    found = [
        Work("deliver_mail", every=timedelta(minutes=2), given_up=timedelta(minutes=20)),
        Work("rappels", every=timedelta(hours=1)),
        Work("menage", after=time(2, 30)),
        Work("conservation", after=time(3, 0)),
        Work("clearsessions", after=time(3, 30)),
        Work("verify", after=time(4, 0), options={"quick": True}),
    ]
    if settings.BACKUP_DIR:
        # Before anything of the night is erased.
        options: dict[str, object] = {"to": settings.BACKUP_DIR, "keep": settings.BACKUP_KEEP}
        found.insert(2, Work("backup", after=time(2, 0), options=options))
    return found


def claim(work: Work, now: datetime) -> bool:
    """Take this work if it is due and nobody has it. Two queries."""
    passage = Passage.objects.filter(work=work.command).first()
    if passage is None:
        try:
            with transaction.atomic():
                Passage.objects.create(work=work.command, started_at=now, holder=this_process())
        except IntegrityError:  # another clock was quicker
            return False
        return True
    due, since = work.is_due(passage.started_at, now), now - passage.started_at
    if passage.ended_at is None:
        if since < work.given_up and not is_gone(passage.holder):
            return False
        due = due or since >= TRY_AGAIN
    if not due:
        return False
    taken = Passage.objects.filter(pk=passage.pk, started_at=passage.started_at, ended_at=passage.ended_at).update(
        started_at=now, ended_at=None, well=False, holder=this_process()
    )
    return bool(taken)


def end(work: Work, started: datetime, *, well: bool) -> None:
    """Write down how it went, unless another has taken it for dead and begun again. One query."""
    mine = Passage.objects.filter(work=work.command, started_at=started, holder=this_process())
    mine.update(ended_at=timezone.now(), well=well)


def run_due(now: datetime | None = None) -> list[tuple[str, bool]]:
    """Do all that is due, one work after the other; what each was, and whether it went well.

    A work that fails is logged, marked, and does not keep the next ones from being done.
    """
    done = []
    for work in works():
        started = now or timezone.now()
        if claim(work, started):
            well = _run(work)
            end(work, started, well=well)
            done.append((work.command, well))
    return done


def _run(work: Work) -> bool:
    try:
        call_command(work.command, **work.options)
    except SystemExit as error:
        log.error("%s ended with status %s", work.command, error.code)
        return not error.code
    except Exception:
        log.exception("%s failed", work.command)
        return False
    return True
