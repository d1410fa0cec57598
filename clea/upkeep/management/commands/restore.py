"""``manage.py restore``: an archive back into an empty installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.errors import Refused
from clea.upkeep import archive, restore, secrets


class Command(BaseCommand):
    help = "Restaure une sauvegarde dans une installation vide, sur SQLite ou PostgreSQL. Interrompue, elle se relance."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument("--passphrase-file", metavar="FICHIER", help="où lire la phrase secrète")
        parser.add_argument("--check", action="store_true", help="lire et vérifier l'archive entière, ne rien écrire")

    def handle(self, *args: Any, archive: Path, check: bool, passphrase_file: str | None, **options: Any) -> None:
        if not archive.is_file():
            raise CommandError(f"{archive} n'existe pas : donnez le chemin d'une archive.")
        try:
            passphrase = secrets.passphrase(passphrase_file) if _is_sealed(archive) else None
            if check:
                self._tell(restore.examine(archive, passphrase=passphrase))
                return
            done = restore.run(archive, passphrase=passphrase, say=self.stdout.write)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error}. Rien n'est perdu : remédiez-y, puis relancez la restauration.") from error
        self._tell(done.manifest)
        self.stdout.write(f"Restauré en {done.seconds:.0f} s ; {done.migrated} migration(s) depuis l'archive.")
        if done.waiting_mails:
            self.stdout.write(
                f"{done.waiting_mails} message(s) étaient à envoyer lors de la sauvegarde : ils partiront avec le "
                "premier « db_worker » ou « deliver_mail ». Pour un exercice, gardez EMAIL_URL=consolemail://."
            )
        if done.faults:
            raise CommandError("Restauré, mais tout ne tient pas :\n  " + "\n  ".join(done.faults))

    def _tell(self, manifest: dict[str, Any]) -> None:
        rows = sum(table["rows"] for table in manifest["tables"].values())
        files, head = manifest["files"], manifest["journal"]
        self.stdout.write(
            f"Archive du {manifest['made_at']} ({manifest['database']}) : {rows} ligne(s), "
            f"{files['count']} fichier(s), {files['bytes'] / 1e6:.1f} Mo. "
            f"Journal : --anchor {head['seq']}:{head['hash']}"
        )
        for name in files["missing"] + files["damaged"]:
            self.stdout.write(f"  absent ou abîmé dès la sauvegarde : {name}")


def _is_sealed(path: Path) -> bool:
    return archive.is_sealed(path)
