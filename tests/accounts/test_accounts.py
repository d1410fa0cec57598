"""Accounts: signing up, the second factor of the coordination, one's language.

The one entry page is tested in tests/ui/test_entry.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from clea.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

DESK = "/coordination/"


def code_in(message: Any) -> str:
    found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", message.body, re.MULTILINE)
    assert found, message.body
    return found.group(1)


def test_a_newcomer_signs_up_with_an_address_and_a_code(client: Client) -> None:
    response = client.post(reverse("account_signup"), {"email": "nouvelle@exemple.test"}, follow=True)
    assert not response.wsgi_request.user.is_authenticated
    [message] = mail.outbox
    client.post(reverse("account_email_verification_sent"), {"code": code_in(message)})
    user = User.objects.get(email="nouvelle@exemple.test")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert EmailAddress.objects.get(user=user).verified
    assert not user.has_usable_password()


def test_a_password_still_works_for_who_chose_one(client: Client) -> None:
    user = UserFactory()
    response = client.post(reverse("account_login"), {"login": user.email.upper(), "password": PASSWORD})
    assert response.headers["Location"] == reverse("applications:list")


def test_an_address_known_or_not_gets_the_same_answer(client: Client) -> None:
    known = UserFactory()
    answers = [
        client.post(reverse("account_request_login_code"), {"email": address})
        for address in (known.email, "personne@exemple.test")
    ]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    signups = [
        Client().post(reverse("account_signup"), {"email": address}) for address in (known.email, "autre@exemple.test")
    ]
    assert signups[0].status_code == signups[1].status_code
    assert signups[0].headers.get("Location") == signups[1].headers.get("Location")


def test_an_account_remembers_the_language_it_was_opened_in(client: Client) -> None:
    client.cookies["django_language"] = "en"
    client.post(reverse("account_signup"), {"email": "reader@exemple.test"})
    assert User.objects.get(email="reader@exemple.test").language == "en"


def test_switching_language_changes_the_pages_and_the_letters(client: Client) -> None:
    user = UserFactory()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    user.refresh_from_db()
    assert user.language == "en"
    assert 'lang="en"' in client.get("/").content.decode()
    client.post(reverse("set_language"), {"language": "xx", "next": "/"})
    user.refresh_from_db()
    assert user.language == "en"


def test_one_address_makes_one_account_whatever_its_case() -> None:
    UserFactory(email="ada@exemple.test")
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email="ADA@exemple.test").save()


def test_the_coordination_lands_on_its_desk(client: Client) -> None:
    coordinator = CoordinatorFactory()
    response = client.post(reverse("account_login"), {"login": coordinator.email, "password": PASSWORD})
    assert response.headers["Location"] == DESK


def test_the_coordination_without_a_second_factor_is_led_to_its_set_up(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(CoordinatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    for address in (DESK, f"{DESK}candidatures/call/"):
        assert client.get(address).headers["Location"] == reverse("mfa_activate_totp")
        assert client.post(address).headers["Location"] == reverse("mfa_activate_totp")
    # Their powers reach further than the desk: files, previews, exports. The pages of the house stay open.
    assert client.get(reverse("home")).headers["Location"] == reverse("mfa_activate_totp")
    answer = client.post("/candidatures/", headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, "double authentification" in answer.json()["message"]) == (403, True)
    assert client.get(reverse("legal")).status_code == 200


def test_a_second_factor_is_asked_at_sign_in_before_the_desk_opens(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    coordinator = CoordinatorFactory()
    TOTP.activate(coordinator, generate_totp_secret())
    codes = RecoveryCodes.activate(coordinator).get_unused_codes()
    response = client.post(reverse("account_login"), {"login": coordinator.email, "password": PASSWORD})
    assert response.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert client.get(DESK).status_code == 200
    assert Authenticator.objects.filter(user=coordinator).count() == 2


def test_the_demonstration_may_do_without(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client.force_login(CoordinatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(DESK).status_code == 200


def test_an_applicant_does_not_open_the_desk(client: Client) -> None:
    client.force_login(UserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(DESK).status_code in (302, 403)
