"""Close the site for a while, and open it again, on every machine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clea.ui import unavailable


class Command(BaseCommand):
    help = "Ferme le site au public avec une phrase, ou l'ouvre (--open). Sans rien, dit ce qu'il en est."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="?", default=None, help="ce que lit le public (Le site rouvre à 14 h.)")
        parser.add_argument("--open", action="store_true", help="ouvrir le site")

    def handle(self, *args: Any, words: str | None, open: bool, **options: Any) -> None:
        if open:
            unavailable.open_site()
        elif words is not None:
            unavailable.close_site(words.strip())
        said = unavailable.notice()
        self.stdout.write("Le site est ouvert." if said is None else f"Le site est fermé. {said}".strip())
