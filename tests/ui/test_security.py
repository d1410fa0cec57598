"""What the web asks of every answer: headers, hosts, redirections, and logs that keep no secret."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.accounts.test_accounts import code_in
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.structures import CoordinatorFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"
ELSEWHERE = (
    "https://ailleurs.test/",
    "//ailleurs.test/",
    "/\\ailleurs.test",
    "https:ailleurs.test",
    "javascript:alert(1)",
)
SECRET = "0123456789-abcdefghijklmnopqrstuvwxyz-" * 2

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["/", "/compte/connexion/", "/nulle-part/", "/sante/", "/static/css/clea.css", "/coordination/"]
)
def test_every_answer_bears_the_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    if not address.startswith("/static/"):
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"]
        for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert "unsafe" not in policy


def test_a_page_read_signed_in_is_kept_nowhere_and_a_public_one_may_be() -> None:
    client = Client()
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    client.force_login(CoordinatorFactory(), backend=BACKEND)
    for address in ("/", "/candidatures/", "/coordination/", reverse("account_sessions")):
        assert "no-store" in client.get(address).headers["Cache-Control"]


def test_an_unknown_host_gets_our_page_and_no_link_is_made_from_it(client: Client) -> None:
    answer = client.get("/", headers={"host": "ailleurs.test"})
    assert answer.status_code == 400
    assert "ailleurs.test" not in answer.content.decode()
    answer = client.get("/", headers={"x-forwarded-host": "ailleurs.test"})
    assert answer.status_code == 200
    assert "ailleurs.test" not in answer.content.decode()


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_redirection_leads_elsewhere(client: Client, target: str) -> None:
    user = UserFactory()
    answers = [
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD, "next": target}),
        client.get(reverse("account_login"), {"next": target}),
        client.get(reverse("account_reauthenticate"), {"next": target}),
        client.post(reverse("set_language"), {"language": "fr", "next": target}),
        client.get(reverse("admin:login"), {"next": target}),
        client.post(reverse("account_logout"), {"next": target}),
    ]
    # The last of several is the one that counts: the first must not slip through.
    doubled = f"{reverse('account_login')}?next=/&next={target}"
    answers.append(Client().post(doubled, {"login": user.email, "password": PASSWORD}))
    for answer in answers:
        location = answer.headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert f'href="{target}' not in answer.content.decode()


def test_nothing_tells_an_address_that_is_known_from_one_that_is_not() -> None:
    """The same page, the same way, one letter each: what the letter says only its owner reads."""
    known, disabled = UserFactory(), UserFactory(is_active=False)
    addresses = (known.email, disabled.email, "personne@exemple.test")
    for name, field in (
        ("account_login", "login"),
        ("account_signup", "email"),
        ("account_request_login_code", "email"),
        ("account_reset_password", "email"),
    ):
        seen = set()
        for number, address in enumerate(addresses):
            client = Client()
            mail.outbox.clear()
            one = f"{number}{name}@exemple.test" if address == addresses[-1] else address
            answer = client.post(reverse(name), {field: one})
            page = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
            text = page.content.decode().partition("<main")[2].replace(one, "…")
            text = text.partition("csrfmiddlewaretoken")[0]
            seen.add((answer.status_code, answer.headers.get("Location"), page.status_code, text, len(mail.outbox)))
        assert len(seen) == 1, (name, [one[:3] + one[4:] for one in seen])
    wrong = {
        (answer.status_code, "Mot de passe" in answer.content.decode())
        for answer in (
            Client().post(reverse("account_login"), {"login": address, "password": "faux-mot-de-passe"})
            for address in addresses
        )
    }
    assert len(wrong) == 1


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ailleurs.test"}])
def test_a_form_without_a_token_is_not_sent_from_another_site(headers: dict[str, str]) -> None:
    """They set no cookie, so they hold no token: the scanner's list of false findings relies on this."""
    client = Client(enforce_csrf_checks=True)
    address = reverse("residencies:news_subscribe")
    assert client.post(address, {"email": "x@exemple.test"}, headers=headers).status_code == 403
    assert not mail.outbox


def test_logs_keep_no_secret(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    user = UserFactory()
    token = "Jeton-très-secret-0123456789"
    with caplog.at_level(logging.DEBUG):
        client.post(reverse("account_login"), {"login": user.email})
        code = code_in(mail.outbox[-1])
        client.post(reverse("account_confirm_login_code"), {"code": "AAA-AAA"})
        client.post(reverse("account_confirm_login_code"), {"code": code})
        session = client.session.session_key
        Client().post(reverse("account_login"), {"login": user.email, "password": "faux-mot-de-passe"})
        for address in (f"/calendriers/{token}.ics", f"/actualites/confirmer/{token}/", f"/nulle-part/?jeton={token}"):
            Client().get(address)
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    for secret in (code, "faux-mot-de-passe", session, settings.SECRET_KEY, token, user.email):
        assert str(secret) not in said


def test_production_refuses_nothing_and_check_deploy_is_silent(tmp_path: Path) -> None:
    legal = '{"director": "a", "host_name": "b", "host_address": "c", "host_phone": "d", "dpo_email": "e@exemple.test"}'
    environment = {
        "PATH": os.environ["PATH"], "DEBUG": "false", "VAR_DIR": str(tmp_path), "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "clea.exemple.test", "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "LEGAL_NOTICE": legal,
    }  # fmt: skip
    ask = (
        "import django;django.setup();from django.conf import settings as s;"
        "from django.core.management import call_command as c;c('check',deploy=True,fail_level='WARNING');"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY)"
    )
    run = subprocess.run(
        [sys.executable, "-c", ask], env=environment | {"DJANGO_SETTINGS_MODULE": "clea.settings"},
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "__Host-session __Host-csrf True True"
    assert "WARNINGS" not in run.stderr
