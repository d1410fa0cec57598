"""A letter of inadmissibility that has not left does not outlive what it announces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from candidatures.enums import ApplicationState, CheckResult
from candidatures.models import Application, Extension, Letter
from candidatures.services import applications, deposits, desk
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, fresh, send
from tests.factories.candidatures import ApplicationFactory

pytestmark = pytest.mark.django_db
S = ApplicationState


def inadmissible(decided: Decided) -> tuple[Application, Letter]:
    application = ApplicationFactory(call=decided.call, complete=True, submitted=True, state=S.INELIGIBLE)
    (letter,) = decided.draft(application)
    return application, letter


def found_admissible(decided: Decided, application: Application) -> None:
    met = {criterion.pk: (CheckResult.MET, "") for criterion in decided.call.criteria.all()}
    desk.check_eligibility(by=decided.desk, application=application, results=met)


def filed_again(decided: Decided, application: Application) -> None:
    until = timezone.now() + timedelta(days=1)
    Extension.objects.create(call=decided.call, user=application.owner, until=until, reason="Panne.")
    Application.objects.filter(pk=application.pk).update(content_version=application.content_version + 1)
    deposits.file(by=application.owner, application=application)


def withdrawn(decided: Decided, application: Application) -> None:
    applications.withdraw(by=application.owner, application=application)


@pytest.mark.parametrize(
    ("act", "state"), [(found_admissible, S.ELIGIBLE), (filed_again, S.SUBMITTED), (withdrawn, S.WITHDRAWN)]
)
def test_it_is_cancelled_in_the_outbox(act: Callable[[Decided, Application], None], state: str) -> None:
    decided = Decided()
    application, letter = inadmissible(decided)
    act(decided, application)
    letter.mail.refresh_from_db()
    assert (fresh(application).state, letter.mail.state) == (state, MailState.CANCELLED)


def test_found_inadmissible_again_it_is_kept() -> None:
    decided = Decided()
    application, letter = inadmissible(decided)
    criterion = decided.call.criteria.first()
    assert criterion is not None
    unmet = {criterion.pk: (CheckResult.NOT_MET, "Véhicule non déclaré.")}
    desk.check_eligibility(by=decided.desk, application=application, results=unmet)
    letter.mail.refresh_from_db()
    assert letter.mail.state == MailState.DRAFT
    send(decided.desk, letter.mail)
    assert str(fresh(application).applicant_state_label) == "non recevable"
