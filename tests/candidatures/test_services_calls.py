"""A call is prepared, checked, put online, archived, and taken up again a year later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from candidatures.enums import CallPhase, CallStatus
from candidatures.models import Call, CallPiece, ContactMessage
from candidatures.services import calls
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    ContactMessageFactory,
    ExtensionFactory,
    SeasonFactory,
)
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")


def codes(call, *, blocking=None):
    call = Call.objects.get(pk=call.pk)
    return {issue.code for issue in calls.check(call) if blocking is None or issue.blocking == blocking}


@pytest.fixture
def call():
    return CallFactory(draft=True, complete=True)


@pytest.fixture
def coordinator(call):
    return CoordinatorFactory(territory=call.territory)


# Check ------------------------------------------------------------------------------------------


def test_a_piece_does_not_take_the_name_of_the_whole_dossier(call):
    with pytest.raises(ValidationError) as refused:
        CallPiece(call=call, code="dossier-unique", title="Dossier unique").full_clean()
    assert list(refused.value.message_dict) == ["code"]


def test_an_empty_call_says_all_it_lacks():
    assert codes(CallFactory(draft=True), blocking=True) == {"no_position", "no_piece", "no_section"}
    assert codes(CallFactory(draft=True), blocking=False) >= {"no_money", "no_criterion", "no_period"}


def test_a_whole_call_has_nothing_that_blocks(call):
    assert codes(call, blocking=True) == set()


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"interviews_from": -1}, "order"),
        ({"interviews_from": 10, "interviews_to": 12, "jury_on": 9}, "order"),
        ({"interviews_from": 10, "interviews_to": 12, "jury_on": 11}, "order"),
        ({"jury_on": 20, "results_on": 19}, "order"),
    ],
)
def test_dates_that_do_not_follow_block(call, dates, expected):
    for name, days in dates.items():
        setattr(call, name, timezone.localdate(call.last_day) + timedelta(days=days))
    call.save()
    assert expected in codes(call, blocking=True)


def test_dates_that_follow_do_not_block(call):
    last = timezone.localdate(call.last_day)
    call.interviews_from, call.interviews_to = last + timedelta(days=10), last + timedelta(days=14)
    call.jury_on, call.results_on = last + timedelta(days=14), last + timedelta(days=20)
    call.save()
    assert codes(call, blocking=True) == set()


def test_periods_that_overlap_or_begin_before_the_close_block(call):
    first, second = call.periods.order_by("starts_on")
    second.starts_on = first.ends_on
    second.save()
    assert "overlap" in codes(call, blocking=True)
    first.starts_on = timezone.localdate(call.last_day)
    first.save()
    assert "starts_early" in codes(call, blocking=True)


def test_a_period_on_a_public_holiday_or_in_school_holidays_is_worth_a_look(call):
    period = call.periods.order_by("starts_on").last()
    period.starts_on, period.ends_on = date(2027, 12, 25), date(2027, 12, 31)
    period.save()
    found = codes(call, blocking=False)
    assert {"day_off", "school_holiday"} <= found


def test_a_close_that_is_past_does_not_block_but_is_said():
    closed = CallFactory(draft=True, closed=True, complete=True)
    assert "closed" in codes(closed, blocking=False)


# Publish, take back, archive --------------------------------------------------------------------


def test_a_published_call_opens_and_closes_by_itself(call, coordinator):
    call = calls.publish(by=coordinator, call=call)
    assert call.status == CallStatus.PUBLISHED
    assert call.published_at is not None
    assert Entry.objects.filter(verb="call.published", target_id=str(call.uuid)).exists()
    for moment, phase in (
        (call.opens_at - timedelta(seconds=1), CallPhase.UPCOMING),
        (call.opens_at, CallPhase.OPEN),
        (call.closes_at - timedelta(microseconds=1), CallPhase.OPEN),
        (call.closes_at, CallPhase.CLOSED),
    ):
        with time_machine.travel(moment, tick=False):
            assert call.phase() == phase
            assert call.is_open() == (phase == CallPhase.OPEN)


def test_a_call_with_a_hole_is_not_published_and_says_which(call, coordinator):
    call.positions.all().delete()
    with pytest.raises(Refused) as refused:
        calls.publish(by=coordinator, call=call)
    assert "Aucune résidence" in str(refused.value)
    call.refresh_from_db()
    assert call.status == CallStatus.DRAFT


def test_a_call_is_published_once(call, coordinator):
    calls.publish(by=coordinator, call=call)
    with pytest.raises(Refused):
        calls.publish(by=coordinator, call=call)
    assert Entry.objects.filter(verb="call.published").count() == 1


def test_a_call_is_taken_back_while_nobody_has_begun(call, coordinator):
    call = calls.publish(by=coordinator, call=call)
    calls.unpublish(by=coordinator, call=call)
    call.refresh_from_db()
    assert call.status == CallStatus.DRAFT
    call = calls.publish(by=coordinator, call=call)
    ApplicationFactory(call=call)
    with pytest.raises(Refused) as refused:
        calls.unpublish(by=coordinator, call=call)
    assert refused.value.code == "has_applications"


def test_only_a_closed_call_is_archived_and_its_page_stays():
    running = CallFactory(complete=True)
    coordinator = CoordinatorFactory(territory=running.territory)
    with pytest.raises(Refused):
        calls.archive(by=coordinator, call=running)
    with time_machine.travel(running.closes_at, tick=False):
        archived = calls.archive(by=coordinator, call=running)
    assert archived.status == CallStatus.ARCHIVED
    assert archived in Call.objects.public()


def test_what_changed_in_a_published_call_is_told_by_name_only(call, coordinator):
    calls.changed(by=coordinator, call=call, fields=["closes_at"])
    assert not Entry.objects.filter(verb="call.changed").exists()  # still in preparation
    call = calls.publish(by=coordinator, call=call)
    calls.changed(by=coordinator, call=call, fields=[])
    calls.changed(by=coordinator, call=call, fields=["summary", "closes_at", "summary"])
    assert Entry.objects.get(verb="call.changed").data == {"fields": ["closes_at", "summary"]}


# Clone ------------------------------------------------------------------------------------------


def test_last_year_s_call_comes_back_whole_a_year_later(call, coordinator):
    ContactMessageFactory(call=call)
    ExtensionFactory(call=call)
    last = timezone.localdate(call.last_day)
    call.interviews_from, call.interviews_to = last + timedelta(days=10), last + timedelta(days=12)
    call.jury_on, call.results_on = last + timedelta(days=14), last + timedelta(days=20)
    call.save()
    season = SeasonFactory(territory=call.territory)
    copy = calls.clone(by=coordinator, call=call, season=season, slug="suite", title="La suite", reference_year=2028)
    assert (copy.status, copy.published_at, copy.cloned_from) == (CallStatus.DRAFT, None, call)
    assert (copy.slug, copy.title, copy.reference_year, copy.season) == ("suite", "La suite", 2028, season)
    assert copy.uuid != call.uuid
    for relation in ("positions", "axes", "periods", "sections", "pieces", "criteria", "scoring", "questions"):
        assert getattr(copy, relation).count() == getattr(call, relation).count() > 0, relation
    assert copy.money.employer_ceiling == call.money.employer_ceiling
    assert not copy.messages.exists()
    assert not copy.extensions.exists()
    for name in ("interviews_from", "interviews_to", "jury_on", "results_on"):
        assert getattr(copy, name) - getattr(call, name) == timedelta(weeks=52), name
    for old, new in zip(call.periods.all(), copy.periods.all(), strict=True):
        assert new.starts_on - old.starts_on == timedelta(weeks=52)
        assert new.starts_on.weekday() == old.starts_on.weekday()
    call.refresh_from_db()
    assert call.status == CallStatus.DRAFT
    assert call.slug != "suite"
    assert Entry.objects.get(verb="call.cloned").data == {"from": str(call.uuid), "weeks": 52}


def test_the_hour_on_the_wall_stays_across_summer_time(call, coordinator):
    call.opens_at = datetime(2026, 1, 10, 9, 0, tzinfo=PARIS)
    call.closes_at = datetime(2026, 2, 16, 0, 0, tzinfo=PARIS)
    call.save()
    copy = calls.clone(
        by=coordinator, call=call, season=call.season, slug="ete", title="Été", reference_year=2026, weeks=20
    )
    assert timezone.localtime(copy.closes_at).isoformat() == "2026-07-06T00:00:00+02:00"
    assert timezone.localtime(copy.opens_at).hour == 9


def test_two_calls_do_not_share_an_address(call, coordinator):
    with pytest.raises(ValidationError) as invalid:
        calls.clone(by=coordinator, call=call, season=call.season, slug=call.slug, title="Encore", reference_year=2028)
    assert "slug" in invalid.value.message_dict
    assert Call.objects.count() == 1


def test_a_call_is_not_cloned_into_another_territory(call, coordinator):
    with pytest.raises(Forbidden):
        calls.clone(
            by=coordinator, call=call, season=SeasonFactory(), slug="ailleurs", title="Ailleurs", reference_year=2028
        )


@pytest.mark.parametrize("act", [calls.publish, calls.unpublish, calls.archive])
@pytest.mark.parametrize("who", [UserFactory, CoordinatorFactory])
def test_a_call_is_in_its_own_coordination_s_hands(call, act, who):
    with pytest.raises(Forbidden):
        act(by=who(), call=call)


# Questions --------------------------------------------------------------------------------------


def test_a_question_is_kept_and_carried_to_the_coordination(call):
    calls.ask(call=call, name="Gaspard", email="gaspard@exemple.test", text="Et la Belgique ?")
    assert ContactMessage.objects.get().text == "Et la Belgique ?"
    letter = OutgoingMail.objects.get(kind="call.question")
    assert (letter.to, letter.reply_to) == (call.contact_email, "gaspard@exemple.test")
    entry = Entry.objects.get(verb="call.question")
    assert "Gaspard" not in str(entry.data)


def test_a_question_without_an_address_is_not_kept(call):
    with pytest.raises(ValidationError):
        calls.ask(call=call, name="Gaspard", email="pas une adresse", text="Et la Belgique ?")
    assert not OutgoingMail.objects.exists()
