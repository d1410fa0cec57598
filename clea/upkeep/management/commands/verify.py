"""``manage.py verify``: whether everything that the database says still holds."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.journal.management.commands.verify_journal import read_anchor
from clea.upkeep import checks

SHOWN = 20


class Command(BaseCommand):
    help = "Vérifie le journal, les fichiers, les dépôts, les liens. Sort en erreur s'il y a un défaut."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="comparer la taille des fichiers, sans les relire")
        parser.add_argument("--json", action="store_true", help="répondre en JSON")
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="NUMÉRO:EMPREINTE",
            help="ligne relevée ailleurs",
        )

    def handle(self, *args: Any, quick: bool, anchor: list[str], **options: Any) -> None:
        results = []
        for result in checks.run(checks.Options(quick=quick, anchors=dict(map(read_anchor, anchor)))):
            results.append(result)
            if not options["json"]:
                self._tell(result)
        faults = sum(len(result.faults) for result in results)
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": not faults, "checks": [result.as_json() for result in results]}, ensure_ascii=False)
            )
        if faults:
            raise CommandError(f"{faults} défaut(s).")

    def _tell(self, result: checks.Result) -> None:
        word = "rien à signaler" if not result.findings else f"{len(result.findings)} à signaler"
        self.stdout.write(f"{result.label} : {result.seen} vu(s), {word}.")
        for finding in result.findings[:SHOWN]:
            self.stdout.write(f"  {finding.sentence} : {finding.what}")
        if len(result.findings) > SHOWN:
            self.stdout.write(f"  et {len(result.findings) - SHOWN} autre(s).")
