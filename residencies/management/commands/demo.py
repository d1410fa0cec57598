"""``manage.py demo``: a thin door to :func:`residencies.demo.build.build`."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings
from django.urls import reverse

from candidatures.models import Call
from clea.accounts.models import User


class Command(BaseCommand):
    help = "Remplit une base vide avec la démonstration : des personnes inventées autour de l'appel 2026-2027."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty",
            action="store_true",
            help="ne fait rien, sans erreur, si la base contient déjà un appel",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "La démonstration crée des comptes dont le mot de passe est public : elle est refusée hors du mode "
                "DEBUG. Rien n'a été changé."
            )
        if Call.objects.exists():
            if options["if_empty"]:
                self.stdout.write("La base contient déjà un appel : la démonstration n'est pas rejouée.")
                return
            raise CommandError(
                "La base contient déjà un appel : la démonstration ne s'ajoute pas à de vraies données. Rien n'a été "
                "changé. Pour la rejouer, arrêtez le serveur, supprimez le dossier var/, puis relancez."
            )
        if User.objects.filter(email__endswith="@demo.test").exists():
            raise CommandError(
                "Des comptes @demo.test existent déjà sans leurs appels. Rien n'a été changé : partez d'une base vide."
            )
        # Late: the story loads WeasyPrint and friends, which a refusal does not need.
        from candidatures.demo.build import PASSWORD
        from residencies.demo.build import build

        self.stdout.write("La démonstration se prépare, une minute environ…")
        started = time.monotonic()
        # Nobody empties the queue meanwhile, and the demonstration is whole when it is said to be ready.
        with override_settings(TASKS=settings.TASKS_AT_ONCE):
            built = build()
        site = settings.SITE_URL
        lines = [
            "",
            f"Démonstration prête en {time.monotonic() - started:.0f} s : {built.applications} candidatures, "
            f"{built.deposits} dépôts, {len(built.calls)} appels. Personne n'y existe.",
            "",
            *(f"  {call.title} : {site}{call.get_absolute_url()}" for call in built.calls),
            "",
            f"Appel ouvert aujourd'hui : {built.open_call.title}.",
            f"Bureau de la coordination : {site}{reverse('admin:index')}",
            f"Messages à relire avant l'envoi : {built.drafts_to_approve}",
            "",
            f"Comptes (mot de passe : {PASSWORD})",
            "  coordination@demo.test                     la coordination du territoire",
            "  admin@demo.test                            l'administration du site",
            "  artiste1@demo.test … artiste5@demo.test    des artistes, du brouillon au dossier déposé",
            "  jure1@demo.test … jure8@demo.test          le comité de sélection",
            "  structure1@demo.test                       une structure partenaire",
        ]
        self.stdout.write("\n".join(lines))
