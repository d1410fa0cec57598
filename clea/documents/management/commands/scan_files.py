"""Have the antivirus read the files it has not read yet; or do without it, when it is gone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.documents import scanner
from clea.documents.enums import ScanState
from clea.documents.models import StoredFile
from clea.documents.services import scanning
from clea.errors import Refused


class Command(BaseCommand):
    help = (
        "Fait lire par l'antivirus les fichiers qui ne l'ont pas été (reçus avant son installation, ou pendant une "
        "panne). --again : les fichiers sains aussi, avec les signatures d'aujourd'hui. --release MOTIF : libère ceux "
        "qui attendent depuis trop longtemps un antivirus disparu."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="relire aussi les fichiers sains")
        parser.add_argument("--release", default="", metavar="MOTIF", help="libérer ce qui attend, pour ce motif")

    def handle(self, *args: Any, again: bool, release: str, **options: Any) -> None:
        if release:
            return self._release(release)
        if not scanner.enabled():
            raise CommandError("Aucun antivirus : donnez son adresse dans CLAMD_URL.")
        try:
            read, held = scanning.scan_all(again=again)
        except scanner.ScannerUnavailable as error:
            raise CommandError(f"L'antivirus ne répond pas : {error}") from None
        self.stdout.write(f"{read} fichier(s) lu(s), {held} retenu(s).")

    def _release(self, reason: str) -> None:
        count = kept = 0
        for stored in StoredFile.objects.filter(scan=ScanState.WAITING, copy_of=None).order_by("pk"):
            try:
                scanning.release(by=None, stored=stored, reason=reason)
                count += 1
            except Refused as refusal:
                if refusal.code == "reason":
                    raise CommandError(str(refusal)) from None
                kept += 1
        self.stdout.write(f"{count} fichier(s) libéré(s), {kept} encore trop récent(s).")
