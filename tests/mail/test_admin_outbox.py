"""The outbox at the desk."""

from __future__ import annotations

import html as html_module
import re

import pytest
from django.core import mail as django_mail
from django.urls import reverse

from clea.mail import services as mail
from clea.mail.enums import AttemptOutcome, MailState
from clea.mail.models import MailAttachment, OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db
LIST = "/coordination/mail/outgoingmail/"


def _page(row):
    return reverse("admin:mail_outgoingmail_change", args=[row.pk])


def _text(response):
    return html_module.unescape(response.content.decode())


def _hidden(response):
    """The hidden fields of the confirmation, as a browser would post them."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode()):
        fields.setdefault(name, []).append(value)
    return fields


@pytest.fixture
def desk(client, coordinator):
    client.force_login(coordinator)
    return client


def test_a_coordinator_sees_the_messages_of_the_own_territory_and_no_other(desk):
    mine = OutgoingMailFactory(scope="lens", subject="le mien")
    others = [OutgoingMailFactory(scope=scope, subject="pas le mien") for scope in ("bethune", "")]

    listed = _text(desk.get(LIST))
    assert "le mien" in listed
    assert "pas le mien" not in listed
    # One territory alone: neither a column nor a filter names it.
    assert "Lens-Liévin" not in listed
    assert desk.get(_page(mine)).status_code == 200
    for other in others:
        assert desk.get(_page(other)).status_code == 302, "the admin sends back to its first page"
        assert desk.get(reverse("admin:mail_outgoingmail_preview", args=[other.uuid])).status_code == 404


def test_an_administrator_sees_them_all(client, administrator):
    client.force_login(administrator)
    for scope in ("lens", "bethune", ""):
        OutgoingMailFactory(scope=scope, subject=f"message de {scope or 'personne'}")

    listed = _text(client.get(LIST))
    assert all(f"message de {name}" in listed for name in ("lens", "bethune", "personne"))


def test_staff_without_a_territory_have_no_outbox(client):
    row = OutgoingMailFactory()
    client.force_login(UserFactory(is_staff=True))

    assert client.get(LIST).status_code == 403
    assert client.get(reverse("admin:mail_outgoingmail_preview", args=[row.uuid])).status_code == 403
    assert LIST not in _text(client.get(reverse("admin:index")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "resume ELOISE"}, True),
        ({"q": "eloise@exemple.test"}, True),
        ({"q": "basile"}, False),
        ({"state__exact": "draft"}, True),
        ({"state__exact": "sent"}, False),
        ({"kind": "test.notice"}, True),
        ({"kind": "mail.other"}, False),
        ({"scope": "lens"}, True),
    ],
)
def test_messages_are_searched_without_accents_and_filtered(desk, query, found):
    OutgoingMailFactory(scope="lens", subject="Résumé d'Éloïse", to="eloise@exemple.test")

    assert ("Résumé d'Éloïse" in _text(desk.get(LIST, query))) is found


def test_the_list_costs_the_same_at_one_message_and_at_thirty(desk, assert_num_queries_constant):
    OutgoingMailFactory(scope="lens")

    assert_num_queries_constant(
        lambda: desk.get(LIST), lambda: OutgoingMailFactory.create_batch(29, scope="lens"), at_most=12
    )


def test_a_message_is_shown_as_it_will_be_received(desk):
    row = OutgoingMailFactory(scope="lens", subject="Objet", body="Bonjour **Ada**,\n\n<b>merci</b>", language="en")
    preview = reverse("admin:mail_outgoingmail_preview", args=[row.uuid])

    page = desk.get(_page(row))
    assert f'<iframe src="{preview}"' in page.content.decode()
    assert "Bonjour **Ada**," in _text(page), "the plain text too"
    shown = desk.get(preview)
    assert "<strong>Ada</strong>" in shown.content.decode()
    assert "&lt;b&gt;merci&lt;/b&gt;" in shown.content.decode()
    assert '<html lang="en">' in shown.content.decode()
    policy = shown["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"(^|; )sandbox *(;|$)", policy), policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


def test_the_desk_s_own_pages_keep_the_strict_policy(desk):
    page = desk.get(_page(OutgoingMailFactory(scope="lens")))

    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "style=" not in page.content.decode()


def test_attached_files_are_listed_and_downloaded_by_whoever_sees_the_message(desk, client):
    row, other = OutgoingMailFactory(scope="lens"), OutgoingMailFactory(scope="bethune")
    for mail_row in (row, other):
        MailAttachment.objects.create(
            mail=mail_row, name="accusé.html", content_type="text/html", content=b"<script>", size=8
        )
    address = reverse("admin:mail_outgoingmail_attachment", args=[row.uuid, 1])

    assert address in desk.get(_page(row)).content.decode()
    got = desk.get(address)
    assert got.content == b"<script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment; filename*=utf-8''accus%C3%A9.html")
    assert desk.get(reverse("admin:mail_outgoingmail_attachment", args=[row.uuid, 2])).status_code == 404
    assert desk.get(reverse("admin:mail_outgoingmail_attachment", args=[other.uuid, 1])).status_code == 404


def test_a_draft_is_edited_from_its_page(desk):
    row = OutgoingMailFactory(scope="lens")
    values = {
        "to": "autre@exemple.test",
        "reply_to": "",
        "subject": "Corrigé",
        "body": "Mieux dit.",
        "seen_version": "1",
    }
    empty = {"deliveries-TOTAL_FORMS": "0", "deliveries-INITIAL_FORMS": "0"}

    assert desk.post(_page(row), values | empty).status_code == 302
    row.refresh_from_db()
    assert (row.subject, row.body, row.to, row.version) == ("Corrigé", "Mieux dit.", "autre@exemple.test", 2)
    assert "Cyr Coron" in _text(desk.get(_page(row))), "the journal, at the foot of the page"

    late = desk.post(_page(row), values | empty | {"subject": "Trop tard"})
    assert late.status_code == 200
    assert "a modifié ce message entre-temps" in _text(late)
    assert 'value="Trop tard"' in late.content.decode(), "what was typed is still there"
    row.refresh_from_db()
    assert row.subject == "Corrigé"


def test_a_race_lost_between_the_form_and_the_service_is_told(desk, monkeypatch):
    row = OutgoingMailFactory(scope="lens")
    real = mail.edit

    def somebody_else_first(**values):
        OutgoingMail.objects.filter(pk=row.pk).update(version=5)
        return real(**values)

    monkeypatch.setattr(mail, "edit", somebody_else_first)
    values = {"to": row.to, "reply_to": "", "subject": "Trop tard", "body": "x", "seen_version": "1"}
    answer = desk.post(
        _page(row), values | {"deliveries-TOTAL_FORMS": "0", "deliveries-INITIAL_FORMS": "0"}, follow=True
    )

    assert "Quelqu'un a modifié ce message" in _text(answer)
    row.refresh_from_db()
    assert row.subject != "Trop tard"


@pytest.mark.parametrize("state", ["approved", "sent", "failed", "cancelled"])
def test_what_is_no_longer_a_draft_is_read_only(desk, state):
    row = OutgoingMailFactory(scope="lens", **{state: True})

    assert 'name="subject"' not in desk.get(_page(row)).content.decode()
    assert desk.post(_page(row), {"subject": "x", "seen_version": "1"}).status_code == 403


def test_messages_are_neither_added_nor_deleted_by_hand(desk):
    row = OutgoingMailFactory(scope="lens")

    assert desk.get(reverse("admin:mail_outgoingmail_add")).status_code == 403
    assert desk.post(reverse("admin:mail_outgoingmail_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_approving_asks_first_says_how_many_and_then_they_leave(desk, django_capture_on_commit_callbacks):
    drafts = OutgoingMailFactory.create_batch(2, scope="lens")
    sent = OutgoingMailFactory(scope="lens", sent=True)
    chosen = {"action": "approve_selected", "_selected_action": [row.pk for row in [*drafts, sent]]}

    asked = desk.post(LIST, chosen)
    assert "2 messages partiront" in _text(asked)
    assert "1 message choisi est laissé de côté" in _text(asked)
    assert all(draft.to in _text(asked) for draft in drafts)
    assert sent.to not in _text(asked)
    assert OutgoingMail.objects.drafts().count() == 2, "nothing left yet"

    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(LIST, _hidden(asked), follow=True)
    assert "2 messages approuvés." in _text(answer)
    assert sorted(message.to[0] for message in django_mail.outbox) == sorted(draft.to for draft in drafts)


def test_a_list_that_changed_meanwhile_is_shown_again(desk, administrator, django_capture_on_commit_callbacks):
    seen, edited = OutgoingMailFactory.create_batch(2, scope="lens")
    asked = desk.post(LIST, {"action": "approve_selected", "_selected_action": [seen.pk, edited.pk]})
    mail.edit(by=administrator, mail=edited, subject="Tout autre chose", body="x")

    with django_capture_on_commit_callbacks(execute=True):
        again = desk.post(LIST, _hidden(asked))
    assert "La liste a changé depuis que vous l'avez vue" in _text(again)
    assert "Tout autre chose" in _text(again)
    assert django_mail.outbox == []

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(LIST, _hidden(again))
    assert len(django_mail.outbox) == 2


def test_everything_that_matches_may_be_approved_at_once(desk, administrator, django_capture_on_commit_callbacks):
    OutgoingMailFactory.create_batch(60, scope="lens")
    OutgoingMailFactory(scope="bethune")
    first = OutgoingMail.objects.filter(scope="lens").earliest("pk")
    query = f"{LIST}?state__exact=draft"

    asked = desk.post(query, {"action": "approve_selected", "_selected_action": [first.pk], "select_across": "1"})
    assert "60 messages partiront" in _text(asked)
    assert "et 10 autres messages." in _text(asked)
    assert "vous en suivez l'avancement" in _text(asked)
    # So many leave one by one, in a job; one that somebody changes meanwhile stays.
    with django_capture_on_commit_callbacks() as waiting:
        answer = desk.post(query, _hidden(asked), follow=True)
    assert "en attente" in _text(answer)
    mail.edit(by=administrator, mail=first, subject="Tout autre chose", body="x")
    with django_capture_on_commit_callbacks(execute=True):
        waiting[0]()
    done = _text(desk.get(answer.redirect_chain[-1][0]))
    assert "59 messages approuvés : ils partent." in done
    assert f"{first.to} : il a été modifié" in done
    assert len(django_mail.outbox) == 59
    assert set(OutgoingMail.objects.drafts().values_list("scope", "subject")) == {
        ("lens", "Tout autre chose"), ("bethune", OutgoingMail.objects.get(scope="bethune").subject)
    }  # fmt: skip


def test_cancelling_asks_first_too(desk):
    row = OutgoingMailFactory(scope="lens")
    asked = desk.post(LIST, {"action": "cancel_selected", "_selected_action": [row.pk]})
    assert "1 message ne partira jamais" in _text(asked)

    desk.post(LIST, _hidden(asked))
    row.refresh_from_db()
    assert row.state == MailState.CANCELLED


def test_nothing_to_approve_is_said_in_words(desk):
    row = OutgoingMailFactory(scope="lens", sent=True)
    answer = desk.post(LIST, {"action": "approve_selected", "_selected_action": [row.pk]}, follow=True)

    assert "Aucun des messages choisis n'attend d'approbation." in _text(answer)


def test_another_territory_s_message_slipped_into_the_selection_is_ignored(desk, django_capture_on_commit_callbacks):
    mine, other = OutgoingMailFactory(scope="lens"), OutgoingMailFactory(scope="bethune")
    asked = desk.post(LIST, {"action": "approve_selected", "_selected_action": [mine.pk, other.pk]})

    assert "1 message partira" in _text(asked)
    assert other.to not in _text(asked)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(LIST, _hidden(asked))
    other.refresh_from_db()
    assert other.state == MailState.DRAFT


@pytest.mark.parametrize(
    ("state", "approve", "cancel"),
    [
        ("draft", "Approuver et envoyer", True),
        ("failed", "Essayer à nouveau", True),
        ("approved", None, True),
        ("sent", None, False),
        ("cancelled", None, False),
    ],
)
def test_a_message_s_page_offers_what_its_state_allows(desk, state, approve, cancel):
    row = OutgoingMailFactory(scope="lens", **({state: True} if state != "draft" else {}))
    page = _text(desk.get(_page(row)))

    assert ('value="approve_selected"' in page) is (approve is not None)
    assert approve is None or approve in page
    assert ('value="cancel_selected"' in page) is cancel


def test_the_delivery_log_is_on_the_message_s_page_and_read_only(desk):
    row = OutgoingMailFactory(scope="lens", failed=True)
    row.deliveries.create(
        number=1, started_at=row.created_at, finished_at=row.created_at, outcome=AttemptOutcome.FAILED, smtp_code=550,
        detail="SMTPRecipientsRefused: 5.1.1 No such user",
    )  # fmt: skip
    page = _text(desk.get(_page(row)))

    assert "5.1.1 No such user" in page
    assert "refus définitif" in page
    assert 'name="deliveries-0-detail"' not in page


def test_the_desk_s_first_page_counts_what_waits(desk):
    OutgoingMailFactory.create_batch(2, scope="lens")
    OutgoingMailFactory(scope="lens", failed=True)
    OutgoingMailFactory.create_batch(4, scope="bethune")

    items = [(str(item.label), item.count, item.urgency) for item in desk.get("/coordination/").context["desk_items"]]

    assert ("messages en échec", 1, "now") in items
    assert ("messages à approuver", 2, "soon") in items
    link = next(item.url for item in desk.get("/coordination/").context["desk_items"] if item.urgency == "now")
    assert "1 message" in _text(desk.get(link))


def test_a_quiet_outbox_says_nothing_on_the_first_page(desk):
    OutgoingMailFactory(scope="lens", sent=True)

    labels = [str(item.label) for item in desk.get("/coordination/").context["desk_items"]]
    assert not [label for label in labels if label.startswith("messages")]
