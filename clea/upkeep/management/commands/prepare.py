"""``manage.py prepare``: what a new version needs before it serves: tables, cache, static files."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Met à jour les tables, crée celle du cache et rassemble les fichiers statiques. Peut être relancée."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-static", action="store_true", help="laisser les fichiers statiques")

    def handle(self, *args: Any, no_static: bool, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if not (no_static or settings.DEBUG):
            call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("Tables, cache et fichiers statiques sont prêts.")
