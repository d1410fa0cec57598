"""What a person does with a message before it leaves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from clea.errors import Forbidden, Refused, StaleWrite
from clea.journal.models import Entry
from clea.journal.selectors import entries_for
from clea.mail import rules, scopes
from clea.mail import services as mail
from clea.mail.enums import TRANSITIONS, MailState
from clea.mail.models import OutgoingMail
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db


def test_an_approved_draft_leaves_and_the_journal_says_who_let_it_go(coordinator, django_capture_on_commit_callbacks):
    drafts = OutgoingMailFactory.create_batch(2, scope="lens")
    with django_capture_on_commit_callbacks(execute=True):
        mail.approve(by=coordinator, mails=drafts)
        assert django_mail.outbox == []

    assert sorted(message.to[0] for message in django_mail.outbox) == sorted(draft.to for draft in drafts)
    for draft in drafts:
        draft.refresh_from_db()
        assert (draft.state, draft.approved_by) == (MailState.SENT, coordinator)
        sent, approved = entries_for(draft)
        assert (approved.verb, str(approved.actor), approved.data["from"]) == (
            "mail.approved",
            "Cyr Coron",
            "draft",
        )
        assert (sent.verb, str(sent.actor)) == ("mail.sent", "système")


def test_a_failed_message_is_tried_again_from_the_start(coordinator, django_capture_on_commit_callbacks):
    failed = OutgoingMailFactory(scope="lens", failed=True)
    with django_capture_on_commit_callbacks(execute=True):
        mail.approve(by=coordinator, mails=[failed])

    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (MailState.SENT, 1)


@pytest.mark.parametrize("state", ["approved", "sent", "cancelled"])
def test_only_drafts_and_failures_are_approved(coordinator, state):
    draft, other = OutgoingMailFactory(scope="lens"), OutgoingMailFactory(scope="lens", **{state: True})

    with pytest.raises(Refused) as refusal:
        mail.approve(by=coordinator, mails=[draft, other])

    assert refusal.value.code == "wrong_state"
    draft.refresh_from_db()
    assert draft.state == MailState.DRAFT, "all of them or none"
    assert Entry.objects.count() == 0


@pytest.mark.parametrize("state", ["draft", "approved", "failed"])
def test_a_cancelled_message_never_leaves(coordinator, state):
    row = OutgoingMailFactory(scope="lens", **({state: True} if state != "draft" else {}))
    mail.cancel(by=coordinator, mails=[row])

    assert mail.deliver(row.pk) is None
    row.refresh_from_db()
    assert row.state == MailState.CANCELLED
    entry = entries_for(row).get()
    assert (entry.verb, entry.data["from"]) == ("mail.cancelled", state)


def test_what_left_cannot_be_cancelled(coordinator):
    with pytest.raises(Refused, match="envoyé"):
        mail.cancel(by=coordinator, mails=[OutgoingMailFactory(scope="lens", sent=True)])


def test_what_is_leaving_cannot_be_cancelled_until_its_worker_is_done(coordinator):
    row = OutgoingMailFactory(scope="lens", approved=True)
    OutgoingMail.objects.filter(pk=row.pk).update(claimed_until=timezone.now() + dt.timedelta(minutes=4))

    with pytest.raises(Refused) as refusal:
        mail.cancel(by=coordinator, mails=[row])
    assert refusal.value.code == "being_sent"

    OutgoingMail.objects.filter(pk=row.pk).update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    mail.cancel(by=coordinator, mails=[row])


def test_a_draft_is_edited_and_the_journal_keeps_no_word_of_it(coordinator):
    draft = OutgoingMailFactory(scope="lens")
    edited = mail.edit(
        by=coordinator, mail=draft, subject="Nouvel objet", body="Un\r\n\r\n\r\n\r\ntexte  \n", version=1,
        to="autre@exemple.test", reply_to="service@exemple.test",
    )  # fmt: skip

    draft.refresh_from_db()
    assert (draft.subject, draft.body) == ("Nouvel objet", "Un\n\ntexte")
    assert (draft.to, draft.reply_to, draft.version) == ("autre@exemple.test", "service@exemple.test", 2)
    assert edited == draft
    entry = entries_for(draft).get()
    assert (entry.verb, entry.data["version"]) == ("mail.edited", 2)
    assert "objet" not in str(entry.data)


def test_two_people_do_not_overwrite_each_other(coordinator, administrator):
    draft = OutgoingMailFactory(scope="lens")
    mail.edit(by=administrator, mail=draft, subject="Première", body="x", version=1)

    with pytest.raises(StaleWrite):
        mail.edit(by=coordinator, mail=draft, subject="Seconde", body="x", version=1)
    draft.refresh_from_db()
    assert draft.subject == "Première"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": "un\nBcc: x@y.test"}, "bad_subject"),
        ({"subject": "  "}, "empty"),
        ({"body": " \n "}, "empty"),
        ({"to": "a@b.test, c@d.test"}, "bad_address"),
        ({"reply_to": "a@b.test\nBcc: c@d.test"}, "bad_address"),
    ],
)
def test_an_edit_that_would_not_leave_is_refused(coordinator, change, code):
    draft = OutgoingMailFactory(scope="lens")

    with pytest.raises(Refused) as refusal:
        mail.edit(by=coordinator, mail=draft, **{"subject": "objet", "body": "texte"} | change)

    assert (refusal.value.code, refusal.value.field) == (code, next(iter(change)))


@pytest.mark.parametrize("state", ["approved", "sent", "failed", "cancelled"])
def test_only_a_draft_is_edited(coordinator, state):
    with pytest.raises(Refused) as refusal:
        mail.edit(by=coordinator, mail=OutgoingMailFactory(scope="lens", **{state: True}), subject="x", body="x")

    assert refusal.value.code == "not_a_draft"


@pytest.mark.parametrize("scope", ["bethune", ""])
def test_a_coordinator_touches_no_other_territory_s_messages(coordinator, scope):
    row = OutgoingMailFactory(scope=scope)

    for act in (
        lambda: mail.approve(by=coordinator, mails=[row]),
        lambda: mail.cancel(by=coordinator, mails=[row]),
        lambda: mail.edit(by=coordinator, mail=row, subject="x", body="x"),
    ):
        with pytest.raises(Forbidden):
            act()
    row.refresh_from_db()
    assert row.state == MailState.DRAFT


def test_a_message_that_is_gone_is_said_to_be(coordinator):
    row = OutgoingMailFactory(scope="lens")
    OutgoingMail.objects.filter(pk=row.pk).delete()

    with pytest.raises(Refused) as refusal:
        mail.cancel(by=coordinator, mails=[row])
    assert refusal.value.code == "gone"


@pytest.mark.parametrize(
    "broken",
    [{"state": "approved"}, {"state": "sent"}, {"state": "failed"}, {"state": "posted"}],
)
def test_the_database_holds_the_states_together(broken):
    row = OutgoingMailFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=row.pk).update(**broken)


def test_the_table_of_states_is_the_whole_truth():
    now = timezone.now()
    for state in MailState:
        row = OutgoingMailFactory.build(state=state)
        reached = {target for target in MailState if rules.can_become(row, target, now)}
        assert reached == TRANSITIONS[state]


def test_nobody_handles_anything_until_someone_says_who_does(monkeypatch):
    monkeypatch.setattr(scopes, "_HOLDERS", [])
    staff, administrator = UserFactory(is_staff=True), AdministratorFactory()

    assert scopes.held_by(staff) == set()
    assert scopes.held_by(administrator) is None


@pytest.mark.parametrize("change", [{"is_staff": False}, {"is_active": False}])
def test_a_scope_is_held_by_active_staff_only(territories, change):
    user = UserFactory(**{"is_staff": True} | change)
    territories[user.email] = {"lens"}

    assert scopes.held_by(user) == set()


def test_what_several_sources_grant_adds_up_and_never_the_common_scope(monkeypatch):
    user = UserFactory(is_staff=True)
    monkeypatch.setattr(scopes, "_HOLDERS", [])
    scopes.register(lambda user: {"lens", ""})
    scopes.register(lambda user: {"bethune"})
    assert scopes.held_by(user) == {"lens", "bethune"}

    scopes.register(lambda user: None)
    assert scopes.held_by(user) is None
