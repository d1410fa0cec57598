"""``manage.py verify_journal``: read the whole chain and say whether it holds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.journal import services


class Command(BaseCommand):
    help = "Vérifie le journal de bout en bout. Sort en erreur et nomme la première ligne rompue."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="NUMÉRO:EMPREINTE",
            help="empreinte relevée lors d'une vérification passée ; peut être répété",
        )

    def handle(self, *args: Any, anchor: list[str], **options: Any) -> None:
        result = services.verify(anchors=dict(read_anchor(text) for text in anchor))
        if not result.ok:
            raise CommandError(f"Journal rompu à la ligne {result.broken_seq} : {result.reason}.")
        if missing := services.missing_guards():
            raise CommandError(f"Le journal tient, mais la base n'a plus ses verrous : {', '.join(missing)}.")
        self.stdout.write(f"Journal intact : {result.count} ligne(s).")
        if result.count:
            self.stdout.write(f"À conserver ailleurs : --anchor {result.last_seq}:{result.last_hash}")


def read_anchor(text: str) -> tuple[int, str]:
    seq, _colon, digest = text.partition(":")
    if not seq.isdecimal() or len(digest) != 64:
        raise CommandError(f"« {text} » : une ancre s'écrit NUMÉRO:EMPREINTE.")
    return int(seq), digest.lower()
