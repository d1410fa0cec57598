"""Remove stored files that no row names."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.documents import services as documents


class Command(BaseCommand):
    help = "Supprime les fichiers enregistrés que rien ne désigne (transaction annulée, arrêt brutal)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, default=24, help="âge minimal des fichiers, en heures (24)")
        parser.add_argument("--dry-run", action="store_true", help="compter sans supprimer")

    def handle(self, *args: Any, hours: float, dry_run: bool, **options: Any) -> None:
        if hours < 0:
            raise CommandError("--hours attend un nombre positif.")
        removed = documents.remove_unowned_files(older_than=timedelta(hours=hours), dry_run=dry_run)
        if options["verbosity"] > 1:
            for name in removed:
                self.stdout.write(name)
        self.stdout.write(f"{len(removed)} fichier(s) {'à supprimer' if dry_run else 'supprimé(s)'}.")
