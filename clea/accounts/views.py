"""What allauth has no page for, and what it must do more of: sessions, and the factor's coming and going."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.views import LoginView, RequestLoginCodeView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from clea.accounts import devices, factor, services
from clea.accounts.adapter import AccountAdapter
from clea.accounts.models import OpenSession
from clea.errors import Refused


class Paced:
    """The form of allauth, filled again with why; the answer says by its number that it was one time too many."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        # allauth gives it with a code or without one: by its words.
        wait = str(AccountAdapter.error_messages["too_many_login_attempts"])
        if any(wait in errors for errors in form.errors.values()):
            response.status_code = 429
            response["Retry-After"] = "60"
        return response


class SignIn(Paced, LoginView):
    pass


class AskCode(Paced, RequestLoginCodeView):
    pass


@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one's account is open, to be closed: one browser, or all the others. Two queries."""
    if request.method == "POST":
        return _closed(request)
    own = request.session.session_key
    rows = OpenSession.objects.filter(person=request.user, expire_date__gt=timezone.now()).order_by("-seen_at")  # type: ignore[misc]
    found = [
        {"row": row, "device": devices.described(row.device), "here": row.session_key == own}
        for row in rows.defer("session_data")
    ]
    found.sort(key=lambda one: not one["here"])
    return render(request, "account/sessions.html", {"sessions": found, "others": len(found) > 1})


def _closed(request: HttpRequest) -> HttpResponse:
    which = request.POST.get("session", "")
    if which:
        try:
            services.end_session(by=request.user, uuid=UUID(which))  # type: ignore[arg-type]
        except (Refused, ValueError):
            messages.info(request, _("Cette session était déjà fermée."))
        else:
            messages.success(request, _("La session est fermée."))
    else:
        count = services.end_sessions(person=request.user, keep=request.session.session_key)  # type: ignore[arg-type]
        text = ngettext("%(count)s autre session est fermée.", "%(count)s autres sessions sont fermées.", count)
        messages.success(request, text % {"count": count} if count else _("Aucune autre session n'était ouverte."))
    return redirect("account_sessions")


class Activate(ActivateTOTPView):
    """Another session that was open before has not seen the factor: it is closed."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        factor.vouch(self.request.session, self.request.user)
        services.end_sessions(person=self.request.user, keep=self.request.session.session_key)
        return response


class Deactivate(DeactivateTOTPView):
    """Refused to the coordination, which must hold one: somebody else's act, journaled (``reset_factor``)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.STAFF_SECOND_FACTOR and request.user.is_authenticated and request.user.is_staff:
            messages.error(
                request,
                _(
                    "La coordination garde sa double authentification. Vous changez de téléphone, ou il est perdu : "
                    "demandez à l'administration de la retirer, puis activez-la de nouveau."
                ),
            )
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        services.end_sessions(person=self.request.user, keep=self.request.session.session_key)
        return response


class NewRecoveryCodes(GenerateRecoveryCodesView):
    """New codes end the old ones, and whoever came in with them."""

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        services.end_sessions(person=self.request.user, keep=self.request.session.session_key)
        return response
