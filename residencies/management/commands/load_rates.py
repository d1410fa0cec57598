"""``manage.py load_rates``: the kilometre scales, each with its source."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clea.errors import Refused
from residencies.services import scales


class Command(BaseCommand):
    help = "Load the kilometre scales (idempotent): those of the program, or those of FILE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default=str(scales.FILE), help="a JSON file of scales")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = scales.load(options["file"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        if options["verbosity"] < 1:
            return
        for version in loaded.written:
            self.stdout.write(_("%(scale)s : chargé.") % {"scale": version})
        for version in loaded.same:
            self.stdout.write(_("%(scale)s : déjà là.") % {"scale": version})
        for version in loaded.different:
            self.stdout.write(_("%(scale)s : déjà là, corrigé depuis ; laissé tel quel.") % {"scale": version})
