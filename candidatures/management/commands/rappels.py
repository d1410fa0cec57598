"""``manage.py rappels``: what is told to people by the clock, each thing once. For cron, every hour or so."""

from typing import Any

from django.core.management.base import BaseCommand

from candidatures.services import assembly, reminders
from candidatures.services.jury import blind, interview_reminders, minutes, offers
from candidatures.services.jury import reminders as jury_reminders
from clea import rounds


class Command(BaseCommand):
    help = (
        "Prévient, 48 h avant la clôture, qui n'a pas déposé son dossier ; relance les membres du jury qui ont des "
        "lectures à déposer ou une invitation sans réponse, et les artistes avant leur entretien ; fait les tournées "
        "des résidences. "
        "Peut être relancée sans risque."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sent = reminders.warn_unfiled()
        sent += jury_reminders.remind_readers()
        sent += jury_reminders.remind_invited()
        sent += interview_reminders.remind_artists()
        sent += offers.remind_waiting()
        others = sum(rounds.run().values())
        made = assembly.pending()
        copies = blind.pending()
        papers = minutes.pending()
        self.stdout.write(
            f"{sent} rappel(s) mis en file, {made} dossier(s) assemblé(s), {copies} copie(s) anonyme(s) faite(s), "
            f"{papers} procès-verbal(aux) établi(s), {others} suite(s) des résidences."
        )
