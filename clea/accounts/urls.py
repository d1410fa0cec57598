"""allauth's views under French addresses; the names stay allauth's own, which it reverses."""

from collections.abc import Callable
from importlib import import_module

from allauth.account import views as account
from allauth.mfa.recovery_codes import views as recovery
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import path

from clea.accounts import views


def second_factor(name: str) -> Callable[[HttpRequest], HttpResponseBase]:
    """allauth's page, loaded when somebody opens it: security keys come with it, and no page of ours uses them."""

    def page(request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase = getattr(import_module("allauth.mfa.base.views"), name)(request)
        return answer

    return page


urlpatterns = [
    path("connexion/", views.SignIn.as_view(), name="account_login"),
    path("connexion/code/", views.AskCode.as_view(), name="account_request_login_code"),
    path("connexion/code/confirmer/", account.confirm_login_code, name="account_confirm_login_code"),
    path("deconnexion/", account.logout, name="account_logout"),
    path("desactive/", account.account_inactive, name="account_inactive"),
    path("inscription/", account.signup, name="account_signup"),
    path("reauthentification/", account.reauthenticate, name="account_reauthenticate"),
    path("adresses/", account.email, name="account_email"),
    path("adresses/confirmer/", account.email_verification_sent, name="account_email_verification_sent"),
    path("mot-de-passe/changer/", account.password_change, name="account_change_password"),
    path("mot-de-passe/creer/", account.password_set, name="account_set_password"),
    path("mot-de-passe/oublie/", account.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe/oublie/code/",
        account.confirm_password_reset_code,
        name="account_confirm_password_reset_code",
    ),
    path("mot-de-passe/oublie/nouveau/", account.complete_password_reset, name="account_complete_password_reset"),
    path(
        "mot-de-passe/oublie/termine/",
        account.password_reset_from_key_done,
        name="account_password_reset_completed",
    ),
    path("sessions/", views.sessions, name="account_sessions"),
    path("double-authentification/", second_factor("index"), name="mfa_index"),
    path("double-authentification/code/", login_not_required(second_factor("authenticate")), name="mfa_authenticate"),
    path("double-authentification/reauthentification/", second_factor("reauthenticate"), name="mfa_reauthenticate"),
    path("double-authentification/activer/", views.Activate.as_view(), name="mfa_activate_totp"),
    path("double-authentification/desactiver/", views.Deactivate.as_view(), name="mfa_deactivate_totp"),
    path("double-authentification/secours/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "double-authentification/secours/nouveaux/",
        views.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "double-authentification/secours/telecharger/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
