"""One door: the same field lets in those who have an account and those who do not."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db.models import QuerySet
from django.test import Client, RequestFactory
from django.urls import reverse

from clea.accounts.models import User
from clea.ui import entry
from tests.factories.accounts import PASSWORD, UserFactory
from tests.ui.html import read

pytestmark = pytest.mark.django_db
LOGIN = "/compte/connexion/"
CONFIRM = "/compte/connexion/code/confirmer/"


@pytest.fixture(autouse=True)
def one_door(settings):
    settings.ACCOUNT_FORMS = {"login": "clea.ui.entry.EntryForm"}
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "entry"}}
    cache.clear()


def ask(client: Client, email: str, **extra: str):
    return client.post(LOGIN, {"login": email, "password": "", **extra})


def code_in(message) -> str:
    found = re.search(r"^ {4}(\S+)$", message.body, re.MULTILINE)
    assert found is not None, message.body
    return found[1]


def test_the_page_asks_for_one_thing_and_says_a_code_will_come(client):
    html = client.get(LOGIN).content.decode()
    assert read(html).faults == []
    assert "nous vous envoyons un code" in html
    assert html.index('name="login"') < html.index("<details>") < html.index('name="password"')


def test_someone_known_enters_with_the_code_they_receive(client):
    user = UserFactory()
    assert ask(client, user.email)["Location"] == CONFIRM
    page = client.get(CONFIRM).content.decode()
    assert read(page).faults == []
    assert user.email in page
    assert mail.outbox[0].to == [user.email]
    assert code_in(mail.outbox[0]) in mail.outbox[0].subject
    client.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_someone_new_enters_the_same_way_and_their_address_is_verified_by_the_code(client):
    assert ask(client, "Nouvelle@Exemple.test")["Location"] == CONFIRM
    user = User.objects.get(email="nouvelle@exemple.test")
    assert not user.has_usable_password()
    assert not EmailAddress.objects.get(user=user).verified
    client.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get(user=user, primary=True).verified


def test_someone_new_who_lost_the_page_asks_again_and_gets_one_account(client):
    ask(client, "nouvelle@exemple.test")
    other = Client()
    ask(other, "NOUVELLE@exemple.test")
    other.post(CONFIRM, {"code": code_in(mail.outbox[1])})
    assert User.objects.count() == 1
    assert "_auth_user_id" in other.session


def test_nothing_tells_a_known_address_from_an_unknown_one():
    user = UserFactory()
    known, unknown = Client(), Client()
    first, second = ask(known, user.email), ask(unknown, "inconnue@exemple.test")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    pages = [client.get(CONFIRM).content.decode() for client in (known, unknown)]
    pages[0] = pages[0].replace(user.email, "X")
    pages[1] = pages[1].replace("inconnue@exemple.test", "X")
    plain = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]
    assert plain[0] == plain[1]
    assert len({message.subject.split(" ", 1)[1] for message in mail.outbox}) == 1


def test_a_wrong_code_lets_nobody_in_and_says_so(client):
    ask(client, UserFactory().email)
    answer = client.post(CONFIRM, {"code": "AAAA-AAAA"})
    assert "_auth_user_id" not in client.session
    assert "Code incorrect" in answer.content.decode()
    assert "data-error-summary" in answer.content.decode()


def test_the_code_may_be_copied_without_its_dash_and_in_small_letters(client):
    ask(client, UserFactory().email)
    client.post(CONFIRM, {"code": code_in(mail.outbox[0]).replace("-", "").lower()})
    assert "_auth_user_id" in client.session


def test_those_who_chose_a_password_use_it_on_the_same_page(client):
    user = UserFactory()
    answer = ask(client, user.email, password=PASSWORD)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    assert mail.outbox == []


def test_a_wrong_password_opens_the_field_again_and_creates_nobody(client):
    answer = ask(client, "inconnue@exemple.test", password="mauvais-mot-de-passe")
    html = answer.content.decode()
    assert "<details open>" in html
    assert "data-error-summary" in html
    assert not User.objects.exists()


def test_a_disabled_account_is_not_opened_again(client):
    user = UserFactory(is_active=False)
    assert ask(client, user.email)["Location"] == CONFIRM
    assert User.objects.count() == 1
    assert not re.search(r"^ {4}\S+-\S+$", str(mail.outbox[0].body), re.MULTILINE)


def test_no_account_is_opened_while_sign_up_is_closed(client, monkeypatch):
    from clea.accounts.adapter import AccountAdapter

    monkeypatch.setattr(AccountAdapter, "is_open_for_signup", lambda self, request: False)
    ask(client, "nouvelle@exemple.test")
    assert not User.objects.exists()


def test_two_requests_at_once_make_one_account(monkeypatch):
    first = UserFactory(email="deux@exemple.test")
    # The other request commits between our look and our write.
    monkeypatch.setattr(QuerySet, "exists", lambda self: False)
    assert entry.open_account(RequestFactory().get("/"), "deux@exemple.test") == first
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_request_login_code", "account_reset_password", "account_inactive"],
)
def test_the_other_doors_are_valid_pages(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert read(answer.content.decode()).faults == []


@pytest.mark.parametrize(
    "name", ["account_email", "account_set_password", "mfa_index", "mfa_activate_totp", "account_logout"]
)
def test_the_pages_of_one_s_account_are_valid(client, name):
    ask(client, "nouvelle@exemple.test")
    client.post(CONFIRM, {"code": code_in(mail.outbox[0])})
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert read(html).faults == []
    assert html.count("<h1") == 1


def test_a_second_factor_is_set_up_used_and_has_spare_codes(client):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    user = UserFactory()
    ask(client, user.email, password=PASSWORD)
    asked = client.get(reverse("mfa_activate_totp"), follow=True)
    assert read(asked.content.decode()).faults == []
    again = {"password": PASSWORD, "next": reverse("mfa_activate_totp")}
    page = client.post(reverse("account_reauthenticate"), again, follow=True)
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post(reverse("mfa_activate_totp"), {"code": format_hotp_value(hotp_value(secret, counter))})
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        answer = client.get(reverse(name))
        assert answer.status_code == 200, name
        assert read(answer.content.decode()).faults == []
    spare = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]

    other = Client()
    mail.outbox.clear()
    ask(other, user.email)
    answer = other.post(CONFIRM, {"code": code_in(mail.outbox[0])}, follow=True)
    assert "_auth_user_id" not in other.session
    assert read(answer.content.decode()).faults == []
    other.post(reverse("mfa_authenticate"), {"code": spare})
    assert other.session["_auth_user_id"] == str(user.pk)


def test_the_letters_are_in_the_reader_s_language_and_name_no_machine(client):
    ask(client, "nouvelle@exemple.test")
    assert "Voici votre code" in mail.outbox[0].body
    assert "example.com" not in mail.outbox[0].body
