"""Sessions: seen by their owner, closed from another browser, ended by what makes them doubtful; and the factor."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clea.accounts import devices, services
from clea.accounts.models import OpenSession, User
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from tests.factories.accounts import PASSWORD, AdministratorFactory, UserFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def signed_in(user: User, agent: str = FIREFOX) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    return client


def is_open(client: Client) -> bool:
    return client.get(reverse("account_sessions")).status_code == 200


def otp_of(user: User) -> str:
    secret = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).wrap().instance.data["secret"]
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_person_sees_where_their_account_is_open_and_closes_it() -> None:
    user, stranger = UserFactory(), UserFactory()
    here, phone, other = signed_in(user), signed_in(user, PHONE), signed_in(stranger, PHONE)
    page = here.get(reverse("account_sessions")).content.decode()
    assert page.count('<section class="card"') == 2
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    theirs = OpenSession.objects.get(person=stranger)
    for which in (str(theirs.uuid), "n'importe quoi"):
        assert here.post(reverse("account_sessions"), {"session": which}).status_code == 302
    assert is_open(other)
    row = OpenSession.objects.filter(person=user).exclude(session_key=here.session.session_key).get()
    here.post(reverse("account_sessions"), {"session": str(row.uuid)})
    assert not is_open(phone)
    phone = signed_in(user, PHONE)
    here.post(reverse("account_sessions"))
    assert (is_open(here), is_open(phone), is_open(other)) == (True, False, True)


def test_the_list_of_sessions_costs_the_same_for_one_or_many(assert_num_queries_constant: Any) -> None:
    user = UserFactory()
    client = signed_in(user)
    assert_num_queries_constant(
        lambda: client.get(reverse("account_sessions")), lambda: Client().force_login(user, backend=BACKEND)
    )


def test_a_sign_in_gives_another_key_and_keeps_nothing_of_a_key_that_was_planted() -> None:
    user, client = UserFactory(), Client()
    client.cookies["sessionid"] = "a" * 32
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert OpenSession.objects.get(person=user).session_key not in ("a" * 32, "")
    before = client.session.session_key
    client.post(reverse("account_logout"))
    assert not OpenSession.objects.filter(session_key=before).exists()


def test_a_new_password_closes_the_other_sessions() -> None:
    user = UserFactory()
    here, other = signed_in(user), signed_in(user)
    new = "un-autre-mot-de-passe-long"
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert (is_open(here), is_open(other)) == (True, False)
    assert OpenSession.objects.filter(person=user).count() == 1


def test_an_account_that_is_switched_off_or_raised_starts_again() -> None:
    administrator, user = AdministratorFactory(), UserFactory()
    session = signed_in(user)
    desk = Client()
    desk.force_login(administrator, backend=BACKEND)
    form = {"email": user.email, "first_name": "Ada", "last_name": "B", "language": "fr"}
    address = reverse("admin:accounts_user_change", args=[user.uuid])
    desk.post(address, {**form, "is_active": "on"})
    assert is_open(session)
    desk.post(address, {**form, "is_active": "on", "is_staff": "on"})
    assert not is_open(session)
    again = signed_in(User.objects.get(pk=user.pk))
    desk.post(address, form)
    desk.post(address, {**form, "is_active": "on"})
    assert not is_open(again)
    lines = Entry.objects.filter(verb="account.rights_changed").order_by("seq")
    assert [line.data["is_active"] for line in lines] == [True, False, True]


def test_the_coordination_is_signed_out_when_it_does_nothing_and_after_a_week_whatever_it_does() -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        artist, coordinator = signed_in(UserFactory()), signed_in(CoordinatorFactory())
        clock.shift(timedelta(hours=11))
        assert is_open(coordinator)
        clock.shift(timedelta(hours=11))
        assert is_open(coordinator)
        clock.shift(timedelta(hours=12, minutes=1))
        assert not is_open(coordinator)
        assert is_open(artist)
        coordinator = signed_in(CoordinatorFactory())
        for _n in range(16):
            clock.shift(timedelta(hours=10))
            assert is_open(coordinator)
        clock.shift(timedelta(hours=9))
        assert not is_open(coordinator)


def test_a_session_that_is_used_is_written_once_in_a_while_only() -> None:
    client = signed_in(CoordinatorFactory())
    row = OpenSession.objects.get()
    client.get(reverse("account_sessions"))
    assert OpenSession.objects.get().seen_at == row.seen_at
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.get(reverse("account_sessions"))
    assert OpenSession.objects.get().seen_at > row.seen_at


@pytest.mark.parametrize("agent", ["", "\x00\ud800", "x" * 5000, "curl/8"])
def test_a_device_that_says_nothing_known_is_unknown(agent: str) -> None:
    assert devices.described(agent) == "appareil inconnu"


def test_a_device_s_word_may_be_anything() -> None:
    user = UserFactory()
    client = Client()
    client.post(
        reverse("account_login"),
        {"login": user.email, "password": PASSWORD},
        headers={"user-agent": "\x00<script>\x7f" + "é" * 400},
    )
    assert "<script>" not in client.get(reverse("account_sessions")).content.decode().partition("<main")[2]


# The second factor ---------------------------------------------------------------------------


@pytest.fixture
def enforced(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True


def test_setting_a_factor_up_opens_the_desk_here_and_closes_it_elsewhere(enforced: None) -> None:
    coordinator = CoordinatorFactory()
    here, other = signed_in(coordinator), signed_in(coordinator)
    for client in (here, other):
        assert client.get("/coordination/").headers["Location"] == reverse("mfa_activate_totp")
    here.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = here.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    here.post(reverse("mfa_activate_totp"), {"code": code})
    assert here.get("/coordination/").status_code == 200
    assert not is_open(other)


def test_a_session_that_has_not_seen_the_factor_is_asked_for_it(enforced: None) -> None:
    """As one that was open before the factor was set up, were it not closed."""
    coordinator = CoordinatorFactory()
    TOTP.activate(coordinator, generate_totp_secret())
    client = Client()
    client.force_login(coordinator, backend=BACKEND)
    answer = client.get("/coordination/candidatures/call/?q=x")
    assert answer.headers["Location"].startswith(f"{reverse('mfa_reauthenticate')}?next=%2Fcoordination%2Fcand")
    answer = client.post(answer.headers["Location"], {"code": otp_of(coordinator)})
    assert answer.headers["Location"] == "/coordination/candidatures/call/?q=x"
    assert client.get("/coordination/").status_code == 200


def test_neither_a_code_by_mail_nor_a_new_password_goes_round_the_factor(enforced: None, mailoutbox: Any) -> None:
    from tests.accounts.test_accounts import code_in

    coordinator = CoordinatorFactory()
    TOTP.activate(coordinator, generate_totp_secret())
    client = Client()
    client.post(reverse("account_login"), {"login": coordinator.email})
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[-1])})
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert "_auth_user_id" not in client.session
    client = Client()
    client.post(reverse("account_reset_password"), {"email": coordinator.email})
    client.post(reverse("account_confirm_password_reset_code"), {"code": code_in(mailoutbox[-1])})
    new = "un-autre-mot-de-passe-long"
    client.post(reverse("account_complete_password_reset"), {"password1": new, "password2": new})
    assert User.objects.get(pk=coordinator.pk).check_password(new)
    assert "_auth_user_id" not in client.session
    answer = client.post(reverse("account_login"), {"login": coordinator.email, "password": new})
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))


def test_the_coordination_does_not_take_its_own_factor_off(enforced: None) -> None:
    coordinator = CoordinatorFactory()
    TOTP.activate(coordinator, generate_totp_secret())
    client = Client()
    client.post(reverse("account_login"), {"login": coordinator.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": otp_of(coordinator)})
    assert client.post(reverse("mfa_deactivate_totp")).headers["Location"] == reverse("mfa_index")
    assert "demandez à l&#x27;administration" in client.get(reverse("mfa_index")).content.decode()
    assert Authenticator.objects.filter(user=coordinator).exists()


def test_a_lost_factor_is_taken_off_by_an_administrator_with_a_reason_and_the_journal_knows() -> None:
    administrator, coordinator = AdministratorFactory(), CoordinatorFactory()
    TOTP.activate(coordinator, generate_totp_secret())
    RecoveryCodes.activate(coordinator)
    TOTP.activate(administrator, generate_totp_secret())
    open_one = Client()
    open_one.force_login(coordinator, backend=BACKEND)
    reason = "Rappelée à son numéro connu."
    for by, person, error in ((coordinator, administrator, Forbidden), (administrator, administrator, Forbidden)):
        with pytest.raises(error):
            services.reset_factor(by=by, person=person, reason=reason)
    with pytest.raises(Refused, match="vérifié"):
        services.reset_factor(by=administrator, person=coordinator, reason=" oui ")
    desk = Client()
    desk.force_login(administrator, backend=BACKEND)
    address = reverse("admin:accounts_user_reset_factor", args=[coordinator.uuid])
    assert address in desk.get(reverse("admin:accounts_user_change", args=[coordinator.uuid])).content.decode()
    assert desk.post(address, {"reason": reason}).status_code == 302
    assert not Authenticator.objects.filter(user=coordinator).exists()
    assert not is_open(open_one)
    line = Entry.objects.get(verb="account.factor_reset")
    assert (line.actor.user_uuid, line.target_id) == (administrator.uuid, str(coordinator.uuid))
    assert reason not in str(line.data)
    assert desk.post(address, {"reason": reason}).status_code == 422
    call_command("reset_second_factor", administrator.email, reason=reason, stdout=StringIO())
    assert not Authenticator.objects.exists()
    with pytest.raises(CommandError, match="Aucun compte"):
        call_command("reset_second_factor", "personne@exemple.test", reason=reason)
