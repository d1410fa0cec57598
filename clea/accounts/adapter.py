"""How allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from clea.accounts import landing, services


class AccountAdapter(DefaultAccountAdapter):
    """One account a person, in the language they read the site in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": _(
            "Trop d'essais pour cette adresse ou depuis votre connexion. Attendez quelques minutes, puis réessayez ; "
            "si c'est le mot de passe qui manque, laissez-le vide : un code vous sera envoyé."
        ),
        "rate_limited": _("Un peu trop de demandes d'affilée : attendez une minute, puis réessayez."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's address, for the limits. Never a refusal: who comes without one, by a socket or past a
        proxy that should have said it, counts with all others like them.
        """
        try:
            return get_client_ip(request) or ""
        except ImproperlyConfigured:
            return ""

    def set_password(self, user: Any, password: str) -> None:
        """A new password closes the sessions that the old one may have opened, but the one it is typed in."""
        super().set_password(user, password)
        request = context.request
        session = getattr(request, "session", None)
        services.end_sessions(person=user, keep=session.session_key if session is not None else None)

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> AbstractBaseUser:
        user.language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
        return super().save_user(request, user, form, commit=commit)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The coordination lands on its desk, who has a space of another kind in it, others in their own."""
        if request.user.is_authenticated and request.user.is_staff:
            return reverse("admin:index")
        spaces = landing.known(request)
        return spaces[0].url if spaces else reverse("applications:list")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Ask once, as the person comes in, what the header will offer them."""
        landing.remember(request)
        return super().post_login(request, user, **kwargs)
