"""``manage.py rappels``: warn who has not filed, two days before the close. For cron."""

from typing import Any

from django.core.management.base import BaseCommand

from candidatures.services import assembly, reminders


class Command(BaseCommand):
    help = "Prévient, 48 h avant la clôture, qui n'a pas déposé son dossier. Peut être relancée sans risque."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = reminders.warn_unfiled()
        made = assembly.pending()
        self.stdout.write(f"{sent} rappel(s) mis en file, {made} dossier(s) assemblé(s).")
