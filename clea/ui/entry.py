"""The one door: people with and without an account come in through the same field."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from allauth.account import signals
from allauth.account.adapter import get_adapter
from allauth.account.fields import PasswordField
from allauth.account.forms import LoginForm
from allauth.account.utils import setup_user_email
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class EntryForm(LoginForm):
    """An e-mail address, and a password for those who chose one.

    Without a password a code is sent. allauth alone would answer an unknown address by "no account
    here, sign up", in a mail, and ask the person to start again; here the account is opened with the
    address unverified, and the same code verifies it. Nothing on the page or in the address bar tells
    a known address from an unknown one, so enumeration stays as closed as allauth keeps it.

    Take it up with ``ACCOUNT_FORMS = {"login": "clea.ui.entry.EntryForm"}``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Adresse électronique")
        self.fields["login"].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def _setup_password_field(self) -> None:
        self.fields["password"] = PasswordField(
            label=_("Mot de passe"), required=False, autocomplete="current-password"
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)

    def _login_by_code(
        self, request: HttpRequest, redirect_url: str | None, credentials: dict[str, Any]
    ) -> HttpResponse:
        if getattr(self, "user", None) is None:
            self.user = open_account(request, credentials["email"])
        return super()._login_by_code(request, redirect_url, credentials)


def open_account(request: HttpRequest, email: str) -> AbstractBaseUser | None:
    """Open an account for an address that has none. ``None`` when sign-up is closed or the address is
    held by a disabled account: the person then gets allauth's own letter. Race-safe: one account an address.
    """
    adapter = get_adapter(request)
    users = get_user_model()._default_manager
    if not adapter.is_open_for_signup(request) or users.filter(email__iexact=email).exists():
        return None
    try:
        with transaction.atomic():
            user = adapter.save_user(request, adapter.new_user(request), SimpleNamespace(cleaned_data={"email": email}))
            setup_user_email(request, user, [])
    except IntegrityError:
        return users.filter(email__iexact=email, is_active=True).first()
    signals.user_signed_up.send(sender=user.__class__, request=request, user=user)
    return user
