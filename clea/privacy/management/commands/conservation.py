"""``manage.py conservation``: who is warned and what is listed by the clock. Nothing is erased by it."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from clea.privacy import services


class Command(BaseCommand):
    help = (
        "Prévient les personnes dont les données arrivent au terme de leur conservation, et prépare les bordereaux "
        "d'élimination que la coordination relira et approuvera. N'efface rien. Peut être relancée sans risque."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--a-blanc", action="store_true", help="Dit ce qui est échu ou le sera, sans rien écrire.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["a_blanc"]:
            self.stdout.write(f"{services.run()} acte(s) de conservation.")
            return
        counts: Counter[tuple[str, str]] = Counter()
        for found in services.overview():
            counts[found.scope or "installation", str(found.holding.label)] += 1
        for (scope, label), n in sorted(counts.items()):
            self.stdout.write(f"{scope} : {label} : {n}")
        self.stdout.write(f"{sum(counts.values())} objet(s) échu(s), ou échu(s) dans les 30 jours. Rien n'est écrit.")
