"""allauth's views under French addresses; the names stay allauth's own, which it reverses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from django.urls import path

from clea.accounts import views

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
    path("double-authentification/", mfa.index, name="mfa_index"),
    path("double-authentification/code/", mfa.authenticate, name="mfa_authenticate"),
    path("double-authentification/reauthentification/", mfa.reauthenticate, name="mfa_reauthenticate"),
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
