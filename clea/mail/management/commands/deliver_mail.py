"""``manage.py deliver_mail``: send what is due. For cron, every few minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clea.mail.services import deliver_pending


class Command(BaseCommand):
    help = "Envoie les messages approuvés dont l'heure est venue, nouvelles tentatives comprises."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=None, help="nombre de messages au plus")

    def handle(self, *args: Any, limit: int | None, **options: Any) -> None:
        report = deliver_pending(limit=limit)
        self.stdout.write(f"{report.sent} envoyé(s), {report.delayed} remis à plus tard, {report.failed} en échec")
