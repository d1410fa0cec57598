"""Limits: counted once for all, said with the time to wait, and wide enough for a school."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from clea.ui import limits
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.structures import CoordinatorFactory

PAGE = Path(settings.BASE_DIR) / "docs" / "production.md"
TEST = limits.Limit("tests", "act", "3/h/ip,2/h/key", "")


def test_the_table_of_the_docs_says_every_limit() -> None:
    assert get_resolver().url_patterns
    own = {(limit.what, limit.rates) for limit in limits.every() if limit.app != "tests"}
    said = re.findall(r"^\| ([^|]+) \| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert own <= set(said)
    assert set(settings.ACCOUNT_RATE_LIMITS.values()) <= {rates for _what, rates in said}
    assert len(said) == len(own) + len(settings.ACCOUNT_RATE_LIMITS)


@pytest.mark.django_db
def test_a_limit_counts_what_passes_and_says_how_long_to_wait(rf: RequestFactory) -> None:
    with time_machine.travel("2026-11-22 10:00+01:00", tick=False) as clock:
        ask = rf.get("/", REMOTE_ADDR="192.0.2.7")  # a GET counts too
        assert [limits.wait(ask, TEST, key=key) for key in "aaab"] == [0, 0, 3600, 0]
        clock.shift(600)
        # Refused for its key, it did not count for its machine; the fourth of the machine waits.
        assert limits.wait(ask, TEST, key="c") == 3000
        assert limits.wait(rf.post("/", REMOTE_ADDR="192.0.2.8"), TEST, key="c") == 0
        clock.shift(3000)
        assert limits.wait(ask, TEST, key="a") == 0
    assert (limits.later(3000), limits.later(61), limits.later(7201)) == (
        "dans 50 minutes",
        "dans 2 minutes",
        "dans 3 heures",
    )


@pytest.mark.django_db
def test_a_forged_forwarded_address_changes_nothing_and_a_proxy_s_own_word_counts(
    rf: RequestFactory, settings: Any
) -> None:
    def waits(forwarded: str) -> bool:
        headers = {"x-forwarded-for": forwarded} if forwarded else {}
        return bool(limits.wait(rf.get("/", REMOTE_ADDR="192.0.2.9", headers=headers), TEST, key=str(next(keys))))

    keys = iter(range(100))
    assert [waits(f"198.51.100.{n}") for n in range(4)] == [False, False, False, True]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    # The proxy adds what it saw at the end: what the visitor wrote before it is ignored.
    assert [waits(f"198.51.100.{n}, 203.0.113.5") for n in range(4)] == [False, False, False, True]
    assert not waits("203.0.113.6")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert not waits("203.0.113.6")  # past one proxy of two: no 500
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    rate = limits.Limit("tests", "socket", "1/h/ip", "")
    assert [bool(limits.wait(rf.get("/", REMOTE_ADDR=""), rate)) for _n in range(2)] == [False, True]


@pytest.mark.django_db
def test_too_many_codes_for_an_address_get_our_page_and_a_class_of_thirty_signs_in() -> None:
    user = UserFactory()
    answers = [Client().post(reverse("account_login"), {"login": user.email}) for _n in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Trop d&#x27;essais" in answers[-1].content.decode()
    assert len(mail.outbox) == 3
    pupils = [Client().post(reverse("account_login"), {"login": f"eleve{n}@exemple.test"}) for n in range(30)]
    assert {answer.status_code for answer in pupils} == {302}


@pytest.mark.django_db
def test_passwords_are_not_guessed(client: Client) -> None:
    user = UserFactory()
    wrong = [client.post(reverse("account_login"), {"login": user.email, "password": f"faux-{n}"}) for n in range(5)]
    assert {answer.status_code for answer in wrong} == {200}
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    assert (answer.status_code, user.email in answer.content.decode()) == (429, True)
    # Who owns the address comes in by a code meanwhile: nobody can shut them out.
    assert client.post(reverse("account_login"), {"login": user.email}).status_code == 302


@pytest.mark.django_db
def test_the_search_of_the_desk_and_wrong_calendars_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    from clea.ui import admin
    from residencies.views import feeds

    monkeypatch.setattr(admin, "SEARCHES", limits.Limit("tests", "search", "1/m/user", ""))
    monkeypatch.setattr(feeds, "WRONG", limits.Limit("tests", "feed", "1/h/ip", ""))
    desk = Client()
    desk.force_login(CoordinatorFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert [desk.get(reverse("admin:search"), {"q": "lens"}).status_code for _n in range(2)] == [200, 429]
    token = "A" * 43
    assert [Client().get(f"/calendriers/{token}.ics").status_code for _n in range(2)] == [404, 429]


@pytest.mark.django_db
def test_the_lock_of_a_killed_process_refuses_nobody(rf: RequestFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratelimit, "CACHE_LOCK_WAIT_TIMEOUT", 0)
    one = limits.Limit("tests", "killed", "2/h/ip", "")
    request = rf.post("/")
    rate = ratelimit.parse_rates(one.rates)[0]
    name = ratelimit.get_cache_key(request, app=one.app, action=one.action, rate=rate, key="", user=None)
    cache.add(f"{name}:lock", True, timeout=10)
    assert limits.wait(request, one) == 0
