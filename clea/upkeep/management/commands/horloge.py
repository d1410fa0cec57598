"""``manage.py horloge``: the periodic work of the installation, in one process, instead of a table of cron."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, close_old_connections

from clea.upkeep import clock

PAUSE = 30  # seconds


class Command(BaseCommand):
    help = (
        "Fait à son heure le travail périodique : courrier en attente, rappels, ménage, conservation, vérification, "
        "sauvegarde. Peut tourner sur plusieurs machines : chaque travail n'est fait qu'une fois."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="faire ce qui est dû, puis s'arrêter")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        stopped = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:
            stopped.set()

        if not once:
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)
        while True:
            # A connection kept too long, or one whose server restarted, is opened again.
            close_old_connections()
            try:
                for work, well in clock.run_due():
                    self.stdout.write(f"{work} : {'fait' if well else 'échec'}")
            except (DatabaseError, InterfaceError) as error:
                if once:
                    raise
                # The database comes back, or the supervisor is told by the probes: the clock only waits.
                self.stderr.write(f"La base ne répond pas ({type(error).__name__}) : nouvel essai dans {PAUSE} s.")
            if once or stopped.wait(PAUSE):
                return
