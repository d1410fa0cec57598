"""What the coordination does to a dossier: eligibility, missing pieces, more time, a word to write."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from candidatures.enums import ApplicationState, CheckResult
from candidatures.models import EligibilityCheck, Extension, PieceRequest
from candidatures.selectors import personal_deadline
from candidatures.services import desk
from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    PieceRequestFactory,
    file_again,
    midnight,
)
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

MET, NOT_MET, TO_VERIFY = CheckResult.MET, CheckResult.NOT_MET, CheckResult.TO_VERIFY


@pytest.fixture
def application():
    return ApplicationFactory(submitted=True)


@pytest.fixture
def coordinator(application):
    return CoordinatorFactory(territory=application.call.territory)


def findings(application, *results):
    return dict(zip([criterion.pk for criterion in application.call.criteria.all()], results, strict=True))


# Eligibility ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([(MET, ""), (MET, "")], ApplicationState.ELIGIBLE),
        ([(MET, ""), (NOT_MET, "Pas de permis.")], ApplicationState.INELIGIBLE),
        ([(MET, ""), (TO_VERIFY, "")], ApplicationState.SUBMITTED),
        ([(TO_VERIFY, ""), (NOT_MET, "Pas de permis.")], ApplicationState.INELIGIBLE),
    ],
)
def test_the_findings_give_the_state(application, coordinator, results, state):
    desk.check_eligibility(by=coordinator, application=application, results=findings(application, *results))
    application.refresh_from_db()
    assert application.state == state
    assert list(application.checks.order_by("criterion__order").values_list("result", "reason")) == results
    entry = Entry.objects.filter(verb="eligibility.checked").get()
    assert entry.data["from"] == "submitted"
    assert entry.data["to"] == state


def test_a_finding_may_change_later(application, coordinator):
    for results in ([(MET, ""), (MET, "")], [(NOT_MET, "Finalement non."), (MET, "")], [(TO_VERIFY, ""), (MET, "")]):
        desk.check_eligibility(by=coordinator, application=application, results=findings(application, *results))
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert application.checks.count() == 2


def test_a_condition_not_met_needs_a_reason_and_nothing_is_written_without_it(application, coordinator):
    with pytest.raises(Refused) as refused:
        desk.check_eligibility(
            by=coordinator, application=application, results=findings(application, (MET, ""), (NOT_MET, "  "))
        )
    last = application.call.criteria.last()
    assert refused.value.field == f"reason_{last.pk}"
    assert not EligibilityCheck.objects.exists()


def test_a_dossier_past_the_first_sorting_keeps_its_state(application, coordinator):
    type(application).objects.filter(pk=application.pk).update(state=ApplicationState.SHORTLISTED)
    desk.check_eligibility(
        by=coordinator, application=application, results=findings(application, (MET, ""), (NOT_MET, "Plus de permis."))
    )
    application.refresh_from_db()
    assert application.state == ApplicationState.SHORTLISTED
    assert application.checks.filter(result=NOT_MET).exists()


@pytest.mark.parametrize("state", ["withdrawn", "selected", "declined", "reserve"])
def test_what_is_over_is_not_checked(application, coordinator, state):
    type(application).objects.filter(pk=application.pk).update(state=state)
    with pytest.raises(Refused):
        desk.check_eligibility(
            by=coordinator, application=application, results=findings(application, (MET, ""), (MET, ""))
        )


def test_a_draft_is_not_checked():
    draft = ApplicationFactory(complete=True)
    coordinator = CoordinatorFactory(territory=draft.call.territory)
    with pytest.raises(Refused) as refused:
        desk.check_eligibility(by=coordinator, application=draft, results={})
    assert refused.value.code == "not_filed"


def test_a_deposit_that_came_since_the_page_was_read_stops_the_check(application, coordinator):
    seen = desk.seen_mark(application)
    file_again(application)
    with pytest.raises(StaleWrite):
        desk.check_eligibility(
            by=coordinator, application=application, results=findings(application, (MET, ""), (MET, "")), seen=seen
        )
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED
    assert not application.checks.exists()


def test_a_colleague_s_finding_is_not_written_over_unread(application, coordinator):
    seen = desk.seen_mark(application)
    desk.check_eligibility(
        by=coordinator,
        application=application,
        results=findings(application, (NOT_MET, "Vu au téléphone."), (MET, "")),
        seen=seen,
    )
    with pytest.raises(StaleWrite):
        desk.check_eligibility(
            by=coordinator, application=application, results=findings(application, (MET, ""), (MET, "")), seen=seen
        )
    assert application.checks.filter(result=NOT_MET, reason="Vu au téléphone.").exists()


# A missing piece --------------------------------------------------------------------------------


def ask(application, by, **changes):
    values = {
        "piece": application.call.pieces.get(code="cv"),
        "message": "Le CV est illisible.",
        "due_at": midnight(7),
    }
    return desk.request_piece(by=by, application=application, **(values | changes))


def test_a_request_is_a_draft_letter_that_says_which_piece_and_by_when(application, coordinator):
    request = ask(application, coordinator)
    letter = OutgoingMail.objects.get(kind="piece.request")
    assert letter.state == MailState.DRAFT
    assert letter.to == application.owner.email
    assert "CV" in letter.body
    assert "Le CV est illisible." in letter.body
    assert "inclus (jusqu'à 23" in letter.body
    assert str(request.uuid) in letter.body
    assert Entry.objects.filter(verb="piece.requested").exists()


def test_a_piece_is_asked_for_once_at_a_time(application, coordinator):
    request = ask(application, coordinator)
    with pytest.raises(Refused) as refused:
        ask(application, coordinator)
    assert refused.value.code == "already_asked"
    desk.cancel_request(by=coordinator, request=request)
    ask(application, coordinator)
    assert PieceRequest.objects.waiting().count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_at": timezone.now() - timedelta(seconds=1)}, "past"),
        ({"message": "   "}, "message_needed"),
    ],
)
def test_a_request_says_what_and_leaves_time(application, coordinator, changes, code):
    with pytest.raises(Refused) as refused:
        ask(application, coordinator, **changes)
    assert refused.value.code == code
    assert not OutgoingMail.objects.filter(kind="piece.request").exists()


def test_the_piece_of_another_call_is_not_asked_for(application, coordinator):
    foreign = CallFactory(complete=True, territory=application.call.territory).pieces.get(code="cv")
    with pytest.raises(Refused) as refused:
        ask(application, coordinator, piece=foreign)
    assert refused.value.code == "unknown_piece"


def test_a_cancelled_request_takes_its_unsent_letter_back(application, coordinator):
    request = ask(application, coordinator)
    desk.cancel_request(by=coordinator, request=request)
    assert OutgoingMail.objects.get(kind="piece.request").state == MailState.CANCELLED
    request.refresh_from_db()
    assert request.cancelled_at is not None


def test_a_letter_already_sent_does_not_hold_the_request(application, coordinator):
    request = ask(application, coordinator)
    now = timezone.now()
    OutgoingMail.objects.filter(kind="piece.request").update(state=MailState.SENT, sent_at=now, approved_at=now)
    desk.cancel_request(by=coordinator, request=request)
    assert OutgoingMail.objects.get(kind="piece.request").state == MailState.SENT


def test_an_answered_request_cannot_be_cancelled():
    request = PieceRequestFactory(answered_at=timezone.now())
    with pytest.raises(Refused) as refused:
        desk.cancel_request(by=request.asked_by, request=request)
    assert refused.value.code == "not_waiting"


# More time --------------------------------------------------------------------------------------


def test_more_time_is_one_person_s_and_told_to_them():
    call = CallFactory(closed=True, complete=True)
    coordinator, artist, other = CoordinatorFactory(territory=call.territory), UserFactory(), UserFactory()
    until = midnight(5)
    desk.grant_extension(by=coordinator, call=call, user=artist, until=until, reason="Hospitalisation.")
    assert personal_deadline(call, artist.pk) == until
    assert personal_deadline(call, other.pk) == call.closes_at
    assert OutgoingMail.objects.get(kind="extension.granted").to == artist.email
    entry = Entry.objects.get(verb="extension.granted")
    assert entry.data["user"] == str(artist.uuid)
    assert "Hospitalisation" not in str(entry.data)


@pytest.mark.parametrize(
    ("until", "reason", "field"),
    [(5, "  ", "reason"), (-10, "Motif.", "until"), (-5, "Motif.", "until")],
)
def test_more_time_is_reasoned_later_than_the_close_and_ahead(until, reason, field):
    call = CallFactory(closed=True, complete=True)  # closed ten days ago
    with pytest.raises(Refused) as refused:
        desk.grant_extension(
            by=CoordinatorFactory(territory=call.territory),
            call=call,
            user=UserFactory(),
            until=midnight(until),
            reason=reason,
        )
    assert refused.value.field == field
    assert not Extension.objects.exists()


# Walls ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "owner", "neighbour"])
def test_nobody_else_holds_this_desk(application, who):
    by = {"stranger": UserFactory, "owner": lambda: application.owner, "neighbour": CoordinatorFactory}[who]()
    with pytest.raises(Forbidden):
        desk.check_eligibility(by=by, application=application, results=findings(application, (MET, ""), (MET, "")))
    with pytest.raises(Forbidden):
        ask(application, by)
    with pytest.raises(Forbidden):
        desk.cancel_request(by=by, request=PieceRequestFactory(application=application))
    with pytest.raises(Forbidden):
        desk.grant_extension(by=by, call=application.call, user=by, until=midnight(60), reason="Pour moi.")
    application.refresh_from_db()
    assert application.state == ApplicationState.SUBMITTED


def test_an_administrator_holds_every_desk(application):
    desk.check_eligibility(
        by=AdministratorFactory(), application=application, results=findings(application, (MET, ""), (MET, ""))
    )
    application.refresh_from_db()
    assert application.state == ApplicationState.ELIGIBLE
