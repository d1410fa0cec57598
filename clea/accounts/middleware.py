"""Whose session this is, and the coordination's second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from clea.accounts import factor, sessions

Next = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware(AuthenticationMiddleware):
    """``request.user``, read with the session's row: one query for both."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]


def _person(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):  # where Django keeps it
        request._cached_user = sessions.person_of(request)
    return request._cached_user


class OpenSessionMiddleware:
    """Tell the session which browser it is in, and note now and then that it is still used."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        store: Any = request.session
        ip = get_adapter().get_client_ip(request)
        # A device's own word: what no text of the database may hold is left out.
        words = "".join(letter for letter in request.headers.get("User-Agent", "")[:200] if letter.isprintable())
        store.browser = sessions.Browser(ip or None, words)
        response = self.get_response(request)
        if store.row is not None and response.status_code < 500 and request.user.is_authenticated:
            sessions.seen(store, request.user)
        return response


class StaffSecondFactorMiddleware:
    """A member of the coordination passes the second factor before anything else opens.

    Their powers reach further than the desk: files, previews, exports, other people's pages. Until this very
    session has seen the factor, nothing opens but their own account and the pages of the house. No query once
    it has.
    """

    #: By the names of their addresses: a new page is closed until it is written here.
    OPEN = frozenset(
        {
            "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
            "account_set_password", "account_email", "account_email_verification_sent", "account_sessions",
            "mfa_index", "mfa_reauthenticate", "mfa_authenticate", "mfa_activate_totp",
            "mfa_view_recovery_codes", "mfa_download_recovery_codes", "admin:logout", "set_language", "health",
            "health_ready", "accessibility", "legal", "privacy", "cookies", "ecodesign", "site_map", "robots",
            "sitemap", "manifest", "favicon", "security",
        }
    )  # fmt: skip

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in self.OPEN or not factor.is_due(request):
            return None
        enrolled = is_mfa_enabled(request.user)
        if request.headers.get("x-requested-with") == "fetch":
            text = _("Votre compte de coordination demande une double authentification : rechargez la page.")
            return JsonResponse({"message": text}, status=403)
        if enrolled:
            back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("admin:index")
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
        messages.warning(
            request,
            _("L'espace de coordination demande une double authentification : activez-la pour continuer."),
        )
        return redirect("mfa_activate_totp")
