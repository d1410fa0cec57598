"""``manage.py menage``: put right what a crash or time left behind. For the clock, every night."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.upkeep import sweeps


class Command(BaseCommand):
    help = (
        "Remet en ordre ce qu'un arrêt brutal ou le temps a laissé : envois et tâches interrompus, travaux arrêtés, "
        "PDF à faire, fichiers que rien ne retient, restes temporaires, sessions terminées. "
        "Peut être relancée sans risque."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--hours",
            type=float,
            default=24,
            help="âge minimal des fichiers, en heures (24) ; 0 seulement quand le programme est arrêté",
        )
        parser.add_argument("--dry-run", action="store_true", help="compter sans rien changer")

    def handle(self, *args: Any, hours: float, dry_run: bool, **options: Any) -> None:
        if hours < 0:
            raise CommandError("--hours attend un nombre positif.")
        done = sweeps.run(sweeps.Plan(timedelta(hours=hours), dry_run))
        for one in done.values():
            self.stdout.write(f"{'échec' if one.count is None else one.count} : {one.words}")
        if any(one.count is None for one in done.values()):
            raise CommandError("Une tournée du ménage a échoué : le journal du programme dit laquelle et pourquoi.")
