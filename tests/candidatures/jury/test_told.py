"""What an artist was told: the letter that speaks of where the dossier stands, and no former one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from candidatures.enums import ApplicationState, CheckResult, LetterOutcome, Outcome
from candidatures.models import Application, Letter
from candidatures.selectors import own_applications
from candidatures.services import desk
from candidatures.services.jury import choosing, interview_booking, outside
from clea.mail.enums import MailState
from tests.candidatures.jury.decided import Decided, fresh, place, send
from tests.candidatures.jury.interviews import invited, open_slots
from tests.factories.jury import JuryFactory, eligible

pytestmark = pytest.mark.django_db
S = ApplicationState


def told(decided: Decided, application: Application) -> Letter:
    """Draft the letter that is due, and let it leave."""
    (letter,) = decided.draft(application)
    send(decided.desk, letter.mail)
    return letter


def page(application: Application, below: str = "") -> str:
    """What the dossier's owner reads, but for the token of the form that signs out."""
    client = Client()
    client.force_login(application.owner)
    html = client.get(f"{application.get_absolute_url()}{below}").content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def under_study(application: Application) -> bool:
    """Nothing says more than « à l'étude », the list of dossiers and the way out included."""
    listed = Application.objects.with_told().get(pk=application.pk)
    row = fresh(application)
    return (
        {str(row.applicant_state_label), str(listed.applicant_state_label)} == {"à l'étude"}
        and row.applicant_tone == "open"
        and not row.was_told
        and "Retirer ce dossier" in page(application)
    )


@pytest.mark.parametrize("outcome", Outcome.values)
def test_a_former_letter_of_inadmissibility_does_not_tell_that_the_jury_decided(outcome: str) -> None:
    decided = Decided()
    (application,) = eligible(decided.call, 1, state=S.INELIGIBLE)
    told(decided, application)
    assert str(fresh(application).applicant_state_label) == "non recevable"
    # Checked again after the artist's letter: admissible after all, then decided and not announced.
    assert under_study(place(application, S.ELIGIBLE))
    decided.decide(application, Outcome(outcome))
    assert under_study(application)
    assert told(decided, application).outcome == outcome
    assert str(fresh(application).applicant_state_label) != "à l'étude"


def test_a_dossier_back_from_another_territory_tells_no_decision() -> None:
    decided = Decided()
    (application,) = eligible(decided.call, 1)
    day = decided.session.held_on - timedelta(days=1)
    row = outside.record(by=decided.desk, application=application, territory="Voisin", jury_on=day)
    outside.elsewhere(by=decided.desk, decision=row)
    assert told(decided, fresh(application)).outcome == LetterOutcome.ELSEWHERE
    assert str(fresh(application).applicant_state_label) == "retenue par un autre territoire"
    outside.back(by=decided.desk, application=application)
    assert under_study(application)
    decided.decide(application, Outcome.DECLINED)
    assert under_study(application)


def test_back_from_another_territory_what_was_told_before_stands_again() -> None:
    decided = Decided(reserve=1)
    application = decided.reserve[0]
    told(decided, application)
    day = decided.session.held_on - timedelta(days=1)
    row = outside.record(by=decided.desk, application=application, territory="Voisin", jury_on=day)
    outside.elsewhere(by=decided.desk, decision=row)
    told(decided, fresh(application))
    outside.back(by=decided.desk, application=application)
    assert str(fresh(application).applicant_state_label) == "en liste complémentaire"
    assert "en liste complémentaire" in page(application)
    assert Letter.objects.filter(application=application, mail__state=MailState.SENT).count() == 2


def test_an_interview_nobody_booked_reads_the_same_once_the_jury_has_decided() -> None:
    decided = Decided(selected=0, reserve=0, declined=0)
    (application,) = eligible(decided.call, 1, state=S.SHORTLISTED)
    open_slots(decided.jury, 2)
    invitation = invited(application)
    with time_machine.travel(invitation.book_by + timedelta(hours=1)):
        before = page(application, "entretien/")
        assert "Décliner" in before
        decided.decide(application, Outcome.DECLINED)
        assert page(application, "entretien/") == before
        told(decided, fresh(application))
        assert "Décliner" not in page(application, "entretien/")


def test_declining_an_interview_after_the_decision_tells_nothing_and_changes_nothing() -> None:
    decided = Decided(selected=0, reserve=0, declined=0)
    (application,) = eligible(decided.call, 1, state=S.SHORTLISTED)
    invited(application)
    decided.decide(application, Outcome.SELECTED)
    interview_booking.decline(by=application.owner, application=application, words="Je ne peux pas.")
    assert under_study(application)
    assert fresh(application).state == S.SELECTED


@pytest.mark.parametrize("act", ["checked", "shortlisted", "decided"])
def test_the_order_of_one_s_dossiers_tells_nothing_of_the_study(act: str) -> None:
    decided = Decided(selected=0, reserve=0, declined=0)
    (first,) = eligible(decided.call, 1, state=S.SUBMITTED if act == "checked" else S.ELIGIBLE)
    (second,) = eligible(JuryFactory().call, 1)
    Application.objects.filter(pk=second.pk).update(owner=first.owner)
    before = [row.pk for row in own_applications(first.owner)]
    if act == "checked":
        met = {criterion.pk: (CheckResult.MET, "") for criterion in decided.call.criteria.all()}
        desk.check_eligibility(by=decided.desk, application=first, results=met)
    elif act == "shortlisted":
        choosing.shortlist(by=decided.desk, jury=decided.jury, applications=[first])
    else:
        decided.decide(first, Outcome.DECLINED)
        Application.objects.filter(pk=first.pk).update(updated_at=timezone.now())
    assert [row.pk for row in own_applications(first.owner)] == before == [second.pk, first.pk]
