"""``manage.py load_territory``: a thin door to :func:`structures.services.loading.load_territory`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from structures.services.loading import DEFAULT_FOLDER, load_territory
from structures.services.tables import LoadRefused


class Command(BaseCommand):
    help = "Charge ou rafraîchit un territoire (communes, circonscriptions, quartiers, structures, partenaires)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dir",
            type=Path,
            default=DEFAULT_FOLDER,
            dest="folder",
            help="dossier des fichiers du territoire (voir structures/data/SOURCES.md) ; Lens-Liévin par défaut",
        )
        parser.add_argument(
            "--territory",
            type=Path,
            default=None,
            dest="territory_file",
            help="fichier du territoire, CSV ou JSON, à la place de territory.csv du dossier",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_territory(by=None, folder=options["folder"], territory_file=options["territory_file"])
        except LoadRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{report.territory} ({report.territory.slug})")
        for label in sorted({*report.created, *report.updated, *report.unchanged}):
            name = apps.get_model("structures", label)._meta.verbose_name_plural
            self.stdout.write(
                f"  {name} – créations : {report.created[label]}, mises à jour : {report.updated[label]}, "
                f"inchangés : {report.unchanged[label]}"
            )
