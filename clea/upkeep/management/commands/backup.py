"""``manage.py backup``: everything in one archive, while the site runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.errors import Refused
from clea.upkeep import backup, secrets


class Command(BaseCommand):
    help = "Sauvegarde la base et les fichiers dans une archive, pendant que le site fonctionne."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            metavar="CHEMIN",
            help="dossier, ou fichier .tar ou .age ; « - » : la sortie (BACKUP_DIR, sinon backups/ dans VAR_DIR)",
        )
        parser.add_argument("--encrypt", action="store_true", help="chiffrer par une phrase secrète (format age)")
        parser.add_argument("--passphrase-file", metavar="FICHIER", help="où lire la phrase secrète")
        parser.add_argument("--keep", type=int, metavar="N", help="ne garder que les N dernières archives du dossier")

    def handle(self, *args: Any, to: str | None, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            raise CommandError("--keep attend un nombre d'au moins 1.")
        try:
            made = self._make(to, options)
            backup.note(made)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"La sauvegarde n'a pas pu être écrite ({error}) : rien n'en reste.") from error
        self.stderr.write(
            f"Sauvegarde{f' {made.path}' if made.path else ''} : {made.rows} ligne(s), {made.files} fichier(s), "
            f"{made.size / 1e6:.1f} Mo en {made.seconds:.1f} s."
        )
        if not made.sound:
            for name in made.missing:
                self.stderr.write(f"  absent : {name}")
            for name in made.damaged:
                self.stderr.write(f"  abîmé : {name}")
            raise CommandError(
                "La sauvegarde est faite, mais l'installation a des fichiers absents ou abîmés (manage.py verify). "
                "Les archives plus anciennes sont gardées : elles les ont peut-être."
            )
        if keep is not None and made.path is not None:
            for path in backup.prune(made.path.parent, keep=keep):
                self.stderr.write(f"  supprimée : {path.name}")

    def _make(self, to: str | None, options: dict[str, Any]) -> backup.Made:
        passphrase = None
        if options["encrypt"] or options["passphrase_file"] or settings.BACKUP_PASSPHRASE:
            passphrase = secrets.passphrase(options["passphrase_file"], twice=True)
        if to == "-":
            return backup.write(sys.stdout.buffer, passphrase=passphrase)
        target = Path(to or settings.BACKUP_DIR or settings.VAR_DIR / "backups")
        if target.suffix not in (".tar", ".age"):
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return backup.to_path(target, passphrase=passphrase)
