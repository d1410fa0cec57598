"""« Droits d'une personne »: the desk answers somebody who asks what is held of them, by their address.

Everything goes by POST: an address is never in the address of a page, nor in a log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clea.errors import Refused
from clea.mail import scopes
from clea.privacy import own_archive
from clea.privacy.services import answering
from clea.ui import limits

if TYPE_CHECKING:
    from clea.accounts.models import User

ASKED = limits.limit("privacy", "answer", "60/h/user", "what is held under somebody's address")


class AddressForm(forms.Form):
    """Whose data, and where."""

    address = forms.EmailField(label=gettext_lazy("Adresse électronique de la personne"), max_length=254)
    scope = forms.ChoiceField(label=gettext_lazy("Territoire"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = scopes.held_by(user)
        names = {slug: name for slug, name in scopes.names().items() if slug and (held is None or slug in held)}
        field = cast(forms.ChoiceField, self.fields["scope"])
        field.choices = list(names.items())
        if len(names) == 1:
            field.initial, field.widget = next(iter(names)), forms.HiddenInput()


class DayForm(forms.Form):
    asked_on = forms.DateField(required=False)


@require_http_methods(["GET", "HEAD", "POST"])
def _page(request: HttpRequest) -> HttpResponseBase:
    user = cast("User", request.user)
    form = AddressForm(request.POST or None, user=user, initial={"scope": request.POST.get("scope", "")})
    held: list[Any] | None = None
    if form.is_bound:
        if seconds := limits.wait(request, ASKED, user=user):
            return limits.refused(request, seconds)
        if form.is_valid():
            try:
                asked = form.cleaned_data
                if "copy" in request.POST:
                    return _copy(user, asked)
                if part := request.POST.get("part"):
                    _erase(request, user, asked, part)
                held = answering.held(answering.person(by=user, **asked))
            except Refused as refusal:
                form.add_error("address" if refusal.field == "address" else None, str(refusal))
                if refusal.field != "address" and refusal.code != "nothing":
                    held = answering.held(answering.person(by=user, **form.cleaned_data))
    context = admin.site.each_context(request) | {
        "title": _("Droits d'une personne"),
        "form": form,
        "held": held,
        "today": timezone.localdate(),
    }
    return render(request, "admin/privacy/answer.html", context, status=422 if form.errors else 200)


def _copy(user: User, asked: dict[str, str]) -> HttpResponseBase:
    content = own_archive.stream(answering.given(by=user, **asked))
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="donnees-{timezone.localdate():%Y-%m-%d}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def _erase(request: HttpRequest, user: User, asked: dict[str, str], part: str) -> None:
    day = DayForm(request.POST)
    answering.erase(by=user, part=part, asked_on=day.cleaned_data["asked_on"] if day.is_valid() else None, **asked)
    messages.success(request, _("C'est effacé. Répondez à la personne : la loi donne un mois."))


def page(request: HttpRequest) -> HttpResponseBase:
    """What is held under an address in one's territory, a copy of it, and its erasure. One query a part."""
    gated: Callable[..., HttpResponseBase] = admin.site.admin_view(_page)
    return gated(request)
