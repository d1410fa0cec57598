"""Putting a message in the outbox."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail as django_mail
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from clea.errors import Refused
from clea.mail import kinds
from clea.mail import services as mail
from clea.mail.enums import MailState
from clea.mail.models import OutgoingMail
from clea.mail.selectors import mails_about
from tests.factories.accounts import UserFactory
from tests.factories.mail import KIND, MailTemplateFactory

pytestmark = pytest.mark.django_db


def _queue(values, **changes):
    return mail.queue(**{"by": None, "kind": KIND, "to": "ada@exemple.test", "context": values} | changes)


def test_the_text_is_settled_when_the_message_is_queued(values):
    about, author = UserFactory(), UserFactory()
    queued = _queue(values, by=author, about=about, scope="lens", reply_to="service@exemple.test", approved=False)
    MailTemplateFactory(subject="Un autre objet")

    queued = OutgoingMail.objects.get(pk=queued.pk)
    assert queued.subject == "Dépôt CLEA-2026-0042"
    assert queued.body == "Bonjour Ada Terril,\n\nvotre dépôt **CLEA-2026-0042** est reçu."
    assert (queued.to, queued.reply_to, queued.scope) == ("ada@exemple.test", "service@exemple.test", "lens")
    assert (queued.state, queued.approved_at, queued.created_by_uuid) == (MailState.DRAFT, None, author.uuid)
    assert (queued.about_type, queued.about_id) == ("accounts.user", str(about.uuid))


def test_an_english_reader_gets_english_and_a_german_one_french(values):
    english, german = _queue(values, language="en"), _queue(values, language="de")

    assert (english.subject, english.language) == ("Filing CLEA-2026-0042", "en")
    assert (german.subject, german.language) == ("Dépôt CLEA-2026-0042", "fr")


def test_an_approved_message_leaves_when_the_transaction_commits(values, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queued = _queue(values)
        assert django_mail.outbox == []

    assert [message.to for message in django_mail.outbox] == [["ada@exemple.test"]]
    queued.refresh_from_db()
    assert queued.state == MailState.SENT


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_when_what_it_tells_did_not_happen(values):
    with transaction.atomic():
        _queue(values)
        transaction.set_rollback(True)

    assert django_mail.outbox == []
    assert OutgoingMail.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_message_belongs_in_a_transaction(values):
    with pytest.raises(TransactionManagementError):
        _queue(values)


def test_a_draft_never_leaves_by_itself(values, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        draft = _queue(values, approved=False)

    assert mail.deliver(draft.pk) is None
    assert mail.deliver_pending().sent == 0
    assert django_mail.outbox == []
    draft.refresh_from_db()
    assert (draft.state, draft.attempts) == (MailState.DRAFT, 0)


def test_the_same_key_queues_once_and_sends_once(values, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = _queue(values, dedupe_key="rappel:42")
        again = _queue(values | {"nom": "Autre"}, dedupe_key="rappel:42", to="autre@exemple.test")
        other = _queue(values, dedupe_key="rappel:43")

    assert again == first
    assert other != first
    assert len(django_mail.outbox) == 2
    assert _queue(values) != _queue(values), "no key, no comparison"


@pytest.mark.django_db(transaction=True)
def test_two_transactions_with_the_same_key_make_one_message(values):
    """The second finds nothing when it looks, and the row when it writes."""
    with transaction.atomic():
        first = _queue(values, dedupe_key="rappel:42", approved=False)
    real = OutgoingMail.objects.filter

    class Blind:
        """The moment before the other transaction commits."""

        def first(self):
            return None

    def looks_too_early(**lookup):
        return Blind() if set(lookup) == {"dedupe_key"} else real(**lookup)

    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(OutgoingMail.objects, "filter", looks_too_early)
        second = _queue(values, dedupe_key="rappel:42", approved=False)
        assert connection.is_usable()

    assert second == first
    assert OutgoingMail.objects.count() == 1


def test_a_variable_left_out_is_the_programmer_s_error():
    with pytest.raises(kinds.MissingVariable, match="nom"):
        _queue({"numero": "42"})
    with pytest.raises(kinds.UnknownKind, match=r"test\.gone"):
        _queue({}, kind="test.gone")

    assert OutgoingMail.objects.count() == 0


def test_a_value_that_is_not_known_leaves_a_blank(values):
    assert _queue(values | {"numero": None}).subject == "Dépôt"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "pas une adresse",
        "ada@exemple.test, autre@exemple.test",
        "ada@exemple.test\nBcc: victime@exemple.test",
        "ada@exemple.test\r\nSubject: faux",
        "ada@exemple.test\n",
        "Ada <ada@exemple.test>",
    ],
)
@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_an_address_is_one_address_and_no_header(values, field, address):
    if field == "reply_to" and not address:
        assert _queue(values, reply_to="").reply_to == ""
        return
    with pytest.raises(Refused) as refusal:
        _queue(values, **{field: address})

    assert refusal.value.code == "bad_address"
    assert OutgoingMail.objects.count() == 0


def test_a_line_break_in_a_value_never_reaches_the_headers(values, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queued = _queue(values | {"numero": "42\r\nBcc: victime@exemple.test"})

    assert queued.subject == "Dépôt 42 Bcc: victime@exemple.test"
    sent = django_mail.outbox[0].message()
    assert sent["Bcc"] is None
    assert sent["To"] == "ada@exemple.test"


def test_a_subject_without_end_is_cut(values):
    subject = _queue(values | {"numero": "9" * 400}).subject

    assert len(subject) == 300
    assert subject.endswith("…")


def test_files_go_with_the_message_up_to_a_weight(values):
    half = mail.MAX_ATTACHED // 2
    queued = _queue(
        values, attachments=[("accusé.pdf", b"a" * half, "application/pdf"), ("b.txt", b"b" * half, "text/plain")]
    )
    assert [(file.name, file.size) for file in queued.attachments.all()] == [("accusé.pdf", half), ("b.txt", half)]

    with pytest.raises(Refused) as refusal:
        _queue(values, attachments=[("a.pdf", b"a" * (mail.MAX_ATTACHED + 1), "application/pdf")])
    assert refusal.value.code == "too_heavy"
    assert "8\xa0Mo" in str(refusal.value)


def test_a_content_type_is_one(values):
    with pytest.raises(ValueError, match="content type"):
        _queue(values, attachments=[("a.pdf", b"a", "application/pdf\r\nX: y")])


def test_messages_about_a_row_are_found_newest_first(values):
    about, other = UserFactory(), UserFactory()
    first, second = _queue(values, about=about), _queue(values, about=about)
    _queue(values, about=other)

    assert list(mails_about(about)) == [second, first]
    assert list(mails_about()) == []


def test_queueing_costs_two_queries_and_one_more_with_a_key(values, assert_max_queries):
    with transaction.atomic():
        assert_max_queries(2, lambda: _queue(values))
        # Looked up, a savepoint, written, the savepoint released.
        assert_max_queries(5, lambda: _queue(values, dedupe_key=str(uuid.uuid4())))
