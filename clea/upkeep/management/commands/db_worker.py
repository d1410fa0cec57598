"""``manage.py db_worker``: the queue's own worker, which says who it is and outlives a database that is away.

Its name says machine and process, so that what it held when it was killed is given to another at once; it begins
by doing so for the dead of its machine.
"""

from __future__ import annotations

import logging
import os
import time
from argparse import ArgumentParser
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections
from django_tasks_db.management.commands import db_worker

from clea.mail import services as mail
from clea.processes import this_process
from clea.upkeep import queue

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds
#: Nobody waits for a worker as one waits for a page: on a busy machine pages go first.
BEHIND_PAGES = 10


class Command(db_worker.Command):
    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(worker_id=None)

    def run_from_argv(self, argv: list[str]) -> None:
        """Started as a program: whoever calls the command from one of theirs keeps their own place."""
        if "--batch" not in argv:
            os.nice(BEHIND_PAGES)
        super().run_from_argv(argv)

    def handle(self, *, worker_id: str | None, **options: Any) -> None:
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            try:
                # Named here: with --reload, it is a child that works.
                name = worker_id or this_process()
                self._take_over(name)
                super().handle(worker_id=name, **options)
                return
            except (OperationalError, InterfaceError) as error:
                if options["batch"]:
                    raise
                if time.monotonic() - began > LONGEST_PAUSE:
                    pause = FIRST_PAUSE
                log.warning("the database does not answer (%s): again in %.0f s", type(error).__name__, pause)
                close_old_connections()
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _take_over(self, name: str) -> None:
        """What the dead of this machine were doing, this worker's own former turn included."""
        queue.requeue(own=name)
        mail.settle_the_dead()
