"""Two days before the close, who has something unfiled is told; once, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
import time_machine
from django.core.management import call_command
from django.db.models import F

from candidatures.enums import ApplicationState
from candidatures.models import Application, Call
from candidatures.services import notices
from candidatures.services.reminders import NOTICE, warn_unfiled
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.candidatures import ApplicationFactory, CallFactory, ExtensionFactory

pytestmark = pytest.mark.django_db


def reminded():
    return list(OutgoingMail.objects.filter(kind="application.reminder").order_by("pk").values_list("to", flat=True))


@pytest.fixture
def call():
    return CallFactory(complete=True)


def hours_before(call, hours):
    return call.closes_at - timedelta(hours=hours)


def test_a_draft_is_warned_about_two_days_before_and_once(call):
    draft = ApplicationFactory(call=call)
    assert warn_unfiled(now=hours_before(call, 49)) == 0
    assert warn_unfiled(now=hours_before(call, 48)) == 1
    assert warn_unfiled(now=hours_before(call, 47)) == 0
    assert warn_unfiled(now=hours_before(call, 1)) == 0
    assert reminded() == [draft.owner.email]
    assert Entry.objects.filter(verb="application.reminded").count() == 1


def test_a_filed_dossier_is_left_in_peace_until_it_is_changed(call):
    filed = ApplicationFactory(call=call, submitted=True)
    assert warn_unfiled(now=hours_before(call, 40)) == 0
    Application.objects.filter(pk=filed.pk).update(content_version=F("content_version") + 1)
    assert warn_unfiled(now=hours_before(call, 39)) == 1
    assert reminded() == [filed.owner.email]


@pytest.mark.parametrize("state", [ApplicationState.WITHDRAWN, ApplicationState.SHORTLISTED])
def test_what_can_no_longer_be_filed_is_not_warned_about(call, state):
    ApplicationFactory(call=call, state=state)
    assert warn_unfiled(now=hours_before(call, 40)) == 0


@pytest.mark.parametrize("state", [ApplicationState.WITHDRAWN, ApplicationState.SHORTLISTED])
def test_what_changes_while_the_list_is_read_is_seen_under_the_lock(call, state):
    draft = ApplicationFactory(call=call)
    now = hours_before(call, 40)

    def late(self):
        Application.objects.filter(pk=draft.pk).update(state=state)
        return iter([draft])

    with patch("candidatures.models.application.ApplicationQuerySet.iterator", late):
        assert warn_unfiled(now=now) == 0
    assert reminded() == []


def test_one_that_fails_keeps_nobody_else_from_being_warned(call):
    ApplicationFactory(call=call, owner__email="premier@exemple.test")
    second = ApplicationFactory(call=call)
    queue = notices.closing_soon

    def breaks_for_the_first(*, application, until):
        if application.owner.email == "premier@exemple.test":
            raise RuntimeError("on purpose")
        queue(application=application, until=until)

    with patch.object(notices, "closing_soon", breaks_for_the_first):
        assert warn_unfiled(now=hours_before(call, 40)) == 1
    assert reminded() == [second.owner.email]
    assert warn_unfiled(now=hours_before(call, 39)) == 1


def test_a_call_that_is_not_online_warns_nobody():
    call = CallFactory(complete=True, draft=True)
    ApplicationFactory(call=call)
    assert warn_unfiled(now=hours_before(call, 40)) == 0


def test_after_the_close_it_is_too_late_to_warn(call):
    ApplicationFactory(call=call)
    assert warn_unfiled(now=call.closes_at) == 0


def test_a_close_that_moves_warns_again(call):
    ApplicationFactory(call=call)
    assert warn_unfiled(now=hours_before(call, 40)) == 1
    Call.objects.filter(pk=call.pk).update(closes_at=call.closes_at + timedelta(days=7))
    assert warn_unfiled(now=hours_before(call, 39)) == 0
    assert warn_unfiled(now=call.closes_at + timedelta(days=7) - NOTICE) == 1
    assert len(reminded()) == 2


def test_who_has_more_time_is_warned_before_their_own_close(call):
    hurried, patient = ApplicationFactory(call=call), ApplicationFactory(call=call)
    extension = ExtensionFactory(call=call, user=patient.owner, until=call.closes_at + timedelta(days=5))
    assert warn_unfiled(now=hours_before(call, 40)) == 1
    assert reminded() == [hurried.owner.email]
    assert warn_unfiled(now=extension.until - timedelta(hours=40)) == 1
    assert reminded() == [hurried.owner.email, patient.owner.email]


def test_somebody_else_s_extension_warns_nobody(call):
    ApplicationFactory(call=call)
    extension = ExtensionFactory(call=call, user=UserFactory(), until=call.closes_at + timedelta(days=5))
    assert warn_unfiled(now=extension.until - timedelta(hours=40)) == 0


def test_the_letter_says_the_person_s_own_deadline_in_their_language(call):
    ApplicationFactory(call=call, owner=UserFactory(language="en"))
    with time_machine.travel(hours_before(call, 40), tick=False):
        call_command("rappels")
    letter = OutgoingMail.objects.get(kind="application.reminder")
    assert letter.subject.startswith("Your application is not filed yet")
    assert "11:59" in letter.body
