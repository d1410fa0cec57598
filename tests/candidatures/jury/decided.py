"""A jury that has decided, and letters that leave: what the tests after the decision share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from candidatures.enums import ApplicationState, Outcome, SessionState
from candidatures.models import Application, Decision, Jury, JurySession, Letter, Offer
from candidatures.services.jury import letters
from clea.accounts.models import User
from clea.mail import services as mail
from clea.mail.models import OutgoingMail
from tests.factories.jury import JuryFactory, eligible
from tests.factories.structures import CoordinatorFactory
from tests.ui import html as page

STATES = {
    Outcome.SELECTED: ApplicationState.SELECTED,
    Outcome.RESERVE: ApplicationState.RESERVE,
    Outcome.DECLINED: ApplicationState.DECLINED,
}


class Decided:
    """A settled session: ``selected``, ``reserve`` and ``declined`` are dossiers in their order."""

    def __init__(
        self,
        *,
        selected: int = 1,
        reserve: int = 2,
        declined: int = 1,
        places: int | None = None,
        held_on: date | None = None,
        jury: Jury | None = None,
        rules: bool = True,
    ) -> None:
        self.jury: Jury = jury or JuryFactory()
        self.call = self.jury.call
        self.desk: User = CoordinatorFactory(territory=self.jury.territory)
        position = self.call.positions.get()
        position.count = selected if places is None else places
        position.save()
        self.position = position
        if rules:
            letters.seed_rules(by=self.desk, jury=self.jury)
        self.session = JurySession.objects.create(
            jury=self.jury,
            held_on=held_on or timezone.localdate() - timedelta(days=2),
            state=SessionState.SETTLED,
            settled_at=timezone.now() - timedelta(days=2),
        )
        rows = eligible(self.call, selected + reserve + declined)
        self.selected = [self.decide(row, Outcome.SELECTED) for row in rows[:selected]]
        self.reserve = [
            self.decide(row, Outcome.RESERVE, reserve_rank=rank)
            for rank, row in enumerate(rows[selected : selected + reserve], start=1)
        ]
        self.declined = [self.decide(row, Outcome.DECLINED) for row in rows[selected + reserve :]]

    def decide(self, application: Application, outcome: Outcome, **values: Any) -> Application:
        position = self.position if outcome == Outcome.SELECTED else None
        Decision.objects.create(
            session=self.session,
            application=application,
            outcome=outcome,
            before="eligible",
            position=position,
            **values,
        )
        return place(application, STATES[outcome])

    def draft(self, *applications: Application, **kwargs: Any) -> list[Letter]:
        return letters.draft(by=self.desk, jury=self.jury, applications=applications, **kwargs)

    def offer(self, application: Application, *, sent: bool = True, **kwargs: Any) -> Offer:
        """Draft a selected dossier's letter, let it leave, and return its offer."""
        (letter,) = self.draft(application, **kwargs)
        if sent:
            send(self.desk, letter.mail)
        return Offer.objects.get(letter=letter)


def place(application: Application, state: str) -> Application:
    Application.objects.filter(pk=application.pk).update(state=state)
    return fresh(application)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def send(by: User, *mails: OutgoingMail) -> None:
    """Approve and deliver, as the outbox does."""
    for row in mail.approve(by=by, mails=mails):
        mail.deliver(row.pk)


def faults(html: str) -> list[str]:
    """What a validator would say of the page, but for the drawing of Django's own theme button."""
    return [fault for fault in page.read(html).faults if fault != "<use/> closes itself"]


def texts(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))
