"""Rounds of work, a kill in each, and what is found after."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from django.db import close_old_connections, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from proofs.faults import checks
from proofs.faults.people import Artist
from proofs.faults.postbox import Postbox
from proofs.faults.stand import Stand

VICTIMS = ("gunicorn worker", "gunicorn master", "task worker", "coordinator")
LONGEST_DELAY = 0.4


@dataclass
class Tally:
    """What the rounds did."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0

    def found(self, faults: list[str]) -> bool:
        self.faults += faults
        for fault in faults:
            print(f"  FAULT {fault}", flush=True)
        return bool(faults)


class Season:
    """A stand, its artists, its coordinator and its mail server."""

    def __init__(
        self, stand: Stand, people: tuple[list[Artist], str, str], postbox: Postbox, rng: random.Random
    ) -> None:
        self.stand = stand
        self.artists, self.coordinator, self.territory = people
        self.postbox, self.rng = postbox, rng
        self.told = stand.folder / "approved.txt"
        self.told.touch()
        self.tally = Tally()

    def play(self, rounds: int, *, at_once: int = 2, every: int = 20) -> Tally:
        began = time.monotonic()
        for number in range(1, rounds + 1):
            self.postbox.away = number % 25 in (10, 11)
            self.round(number, at_once)
            if number % every == 0:
                print(f"  {number} rounds, {time.monotonic() - began:.0f} s, {dict(self.tally.kills)}", flush=True)
                if self.tally.found(self.look()):
                    break
        self.postbox.away = False
        self.tally.seconds = time.monotonic() - began
        self.settle()
        return self.tally

    def round(self, number: int, at_once: int) -> None:
        """Some artists file, the coordinator approves; one process dies on the way, and is started again."""
        self.stand.start()
        self.stand.wait_for_web()
        acting = self.rng.sample(self.artists, min(at_once, len(self.artists)))
        failed: list[str] = []

        def turn(artist: Artist) -> None:
            try:
                artist.turn(number)
            except SystemExit as error:
                failed.append(str(error))

        threads = [threading.Thread(target=turn, args=[artist]) for artist in acting]
        drafts = self.drafts(number, 3)
        for thread in threads:
            thread.start()
        approving = self.stand.fork("approve", self.coordinator, str(self.told), *drafts)
        victim = VICTIMS[number % len(VICTIMS)]
        time.sleep(self.rng.uniform(0, LONGEST_DELAY))
        if self.kill(victim, approving):
            self.tally.kills[victim] += 1
        while any(thread.is_alive() for thread in threads):
            self.stand.start()
            time.sleep(0.05)
        self.tally.rounds += 1
        self.tally.found(failed)

    def kill(self, victim: str, approving: int) -> bool:
        from proofs.faults.stand import _kill

        return _kill(approving) if victim == "coordinator" else self.stand.kill(victim)

    def drafts(self, number: int, count: int) -> list[str]:
        from clea.mail import kinds

        variables = dict.fromkeys(kinds.get("application.withdrawn").variables, f"tour {number}")
        with transaction.atomic():
            rows = [
                mail.queue(
                    by=None,
                    kind="application.withdrawn",
                    to="artiste@exemple.test",
                    context=variables,
                    scope=self.territory,
                    approved=False,
                )
                for _each in range(count)
            ]
        return [str(row.uuid) for row in rows]

    def approved(self) -> list[str]:
        return self.told.read_text(encoding="ascii").split()

    def look(self) -> list[str]:
        """What must hold at any moment, servers at work or not."""
        close_old_connections()
        with transaction.atomic():
            return [*checks.acknowledged(self.artists), *checks.whole(), *checks.files(), *checks.chain()]

    def settle(self) -> None:
        """Kills are over: what was left is counted, menage passes, the workers finish, everything is looked at."""
        print("  settling", flush=True)
        self.postbox.quiet = True
        self.stand.stop()
        self.tally.left.update(checks.leftovers())
        self.stand.run("manage", "menage", "--hours", "0")
        self.stand.start()
        limit = time.monotonic() + 1800
        while time.monotonic() < limit:
            close_old_connections()
            OutgoingMail.objects.filter(state=MailState.APPROVED).update(next_attempt_at=timezone.now())
            self.stand.run("manage", "deliver_mail")
            DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(run_after=timezone.now())
            waiting = DBTaskResult.objects.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
            if not waiting.exists() and not OutgoingMail.objects.filter(state=MailState.APPROVED).exists():
                break
            time.sleep(0.2)
        self.stand.stop()
        self.stand.run("manage", "menage", "--hours", "0")
        close_old_connections()
        self.tally.found([*self.look(), *checks.settled(), *checks.mails(self.postbox, self.approved())])


def tell_log(folder: Path) -> int:
    """Breakdowns that the servers logged as our own faults (status 500)."""
    path = folder / "servers.log"
    return path.read_text(encoding="utf-8", errors="replace").count('"status": 500') if path.exists() else 0
