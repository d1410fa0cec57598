"""``manage.py reset_second_factor ADDRESS --reason …``: for the only administrator, who has nobody to ask."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clea.accounts import services
from clea.accounts.models import User
from clea.errors import Refused


class Command(BaseCommand):
    help = "Retire d'un compte une double authentification perdue. Le journal l'écrit au nom du serveur."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="adresse électronique du compte")
        parser.add_argument("--reason", required=True, help="comment la demande a été vérifiée")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email__iexact=options["email"]).first()
        if person is None:
            raise CommandError(f"Aucun compte n'a l'adresse {options['email']}.")
        try:
            services.reset_factor(by=None, person=person, reason=options["reason"])
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write("La double authentification est retirée et les sessions de ce compte sont fermées.")
