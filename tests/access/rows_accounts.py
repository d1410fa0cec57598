"""Signing in, one's own account, and the accounts as administrators see them."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django_tasks_db.models import DBTaskResult

from tests.access.desk import NOBODY, administrators_only
from tests.access.matrix import ADMINISTRATOR, ANONYMOUS, EVERYONE, SIGNED_IN, Role, Row
from tests.access.world import World


def build(world: World) -> None:
    world.authenticator = Authenticator.objects.create(
        user=world.people[Role.STRANGER], type=Authenticator.Type.TOTP, data={"secret": "secret"}
    )
    world.task = DBTaskResult.objects.create(
        task_path="clea.mail.tasks.deliver_mail", args_kwargs={"args": [], "kwargs": {}}, backend_name="default"
    )


DESK = {
    "accounts.user": administrators_only(lambda w: w.people[Role.OWNER], delete=NOBODY),
    "account.emailaddress": administrators_only(
        lambda w: EmailAddress.objects.get(user=w.people[Role.OWNER], primary=True), add=NOBODY
    ),
    "mfa.authenticator": administrators_only(lambda w: w.authenticator, add=NOBODY, change=NOBODY, delete=NOBODY),
    "django_tasks_database.dbtaskresult": administrators_only(
        lambda w: w.task, add=NOBODY, change=NOBODY, delete=NOBODY
    ),
}

# The pages of a sign-in under way send back to its first page when there is none.
OWN = (200, 302, 404)
FIRST_STEP = {ANONYMOUS: "/compte/connexion/", SIGNED_IN: "/"}

ROWS = [
    # One who is signed in has nothing to do there and goes home.
    Row("account_login", get={ANONYMOUS: 200, SIGNED_IN: "/"}, post={ANONYMOUS: 200, SIGNED_IN: "/"}),
    Row("account_signup", get={ANONYMOUS: 200, SIGNED_IN: "/"}, post={ANONYMOUS: 200, SIGNED_IN: "/"}),
    Row("account_request_login_code", get={ANONYMOUS: 200, SIGNED_IN: "/"}, post={ANONYMOUS: 200, SIGNED_IN: "/"}),
    Row("account_confirm_login_code", get=FIRST_STEP, post=FIRST_STEP),
    Row("account_logout", get={SIGNED_IN: 200, ANONYMOUS: "/"}, post={SIGNED_IN: "/", ANONYMOUS: "/"}),
    Row("account_inactive", get={EVERYONE: 200}),
    Row("account_reauthenticate", get={SIGNED_IN: 200}, post={SIGNED_IN: 200}),
    Row("account_email", get={SIGNED_IN: 200}, post={SIGNED_IN: (200, 302)}),
    Row(
        "account_email_verification_sent",
        get={ANONYMOUS: "/compte/", SIGNED_IN: "/compte/"},
        post={ANONYMOUS: "/compte/", SIGNED_IN: "/compte/"},
    ),
    Row("account_change_password", get={SIGNED_IN: 200}, post={SIGNED_IN: 200}),
    Row("account_set_password", get={SIGNED_IN: "/compte/"}, post={SIGNED_IN: "/compte/"}),
    Row("account_reset_password", get={EVERYONE: 200}, post={EVERYONE: 200}),
    Row(
        "account_confirm_password_reset_code",
        get={EVERYONE: "/compte/"},
        post={EVERYONE: "/compte/"},
    ),
    Row("account_complete_password_reset", get={EVERYONE: "/compte/"}, post={EVERYONE: "/compte/"}),
    Row("account_password_reset_completed", get={EVERYONE: 200}),
    Row("account_sessions", get={SIGNED_IN: 200}, post={SIGNED_IN: "/compte/sessions/"}),
    Row(
        "admin:accounts_user_reset_factor",
        kwargs=lambda w: {"key": w.people[Role.STRANGER].uuid},
        get={ADMINISTRATOR: 200},
        post={ADMINISTRATOR: 422},
    ),
    Row("mfa_index", get={SIGNED_IN: 200}),
    Row("mfa_authenticate", get=FIRST_STEP, post=FIRST_STEP),
    # Each of these asks for a fresh sign-in first, or has nothing to show without a second factor.
    Row("mfa_reauthenticate", get={SIGNED_IN: OWN}, post={SIGNED_IN: OWN}),
    Row("mfa_activate_totp", get={SIGNED_IN: OWN}, post={SIGNED_IN: OWN}),
    Row("mfa_deactivate_totp", get={SIGNED_IN: OWN}, post={SIGNED_IN: OWN}),
    Row("mfa_view_recovery_codes", get={SIGNED_IN: OWN}),
    Row("mfa_generate_recovery_codes", get={SIGNED_IN: OWN}, post={SIGNED_IN: OWN}),
    Row("mfa_download_recovery_codes", get={SIGNED_IN: OWN}),
    Row(
        "admin:auth_user_password_change",
        kwargs=lambda w: {"id": w.people[Role.OWNER].pk},
        get={ADMINISTRATOR: 200},
        post={ADMINISTRATOR: 200},
    ),
]
