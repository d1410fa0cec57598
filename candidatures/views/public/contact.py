"""A question to the coordination, without an account."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.forms.public import QuestionForm
from candidatures.models import Call
from candidatures.services import calls
from candidatures.views.public.pages import call_or_404
from clea.errors import Refused
from clea.ui.http import add_refusal, render_form
from clea.ui.recovery import open_form

#: Questions an hour, from one machine and from one address. Counted in the shared cache.
LIMIT = {"question": "5/h/ip,5/h/key"}


def _initial(request: HttpRequest) -> dict[str, str]:
    if not request.user.is_authenticated:
        return {}
    return {"name": request.user.get_full_name(), "email": request.user.email}


def _within_limit(request: HttpRequest, form: QuestionForm, call: Call) -> bool:
    """Count this question; a sixth in an hour comes back filled, with another way to ask."""
    email = form.cleaned_data["email"].casefold()
    if ratelimit.consume(request, app="candidatures", action="question", config=LIMIT, key=email):
        return True
    form.add_error(
        None,
        _(
            "Cinq questions ont déjà été envoyées en une heure depuis votre connexion ou votre adresse. Votre texte "
            "est toujours là : renvoyez-le dans une heure, ou écrivez directement à %(email)s."
        )
        % {"email": call.contact_email},
    )
    return False


@open_form
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """The contact form of a call. Kept, then carried to the coordination's mailbox."""
    call = call_or_404(request, slug)
    form = QuestionForm(request.POST or None, initial=_initial(request))
    context = {"call": call}
    template = "candidatures/public/ask.html"
    if request.method != "POST" or not form.is_valid():
        return render_form(request, template, form, context)
    if form.trapped:
        # The program learns nothing: it reads the same page as a person whose question left.
        return redirect("calls:asked", slug=call.slug)
    if not _within_limit(request, form, call):
        response = render_form(request, template, form, context)
        response.status_code = 429
        return response
    sent = form.cleaned_data
    try:
        calls.ask(call=call, name=sent["name"], email=sent["email"], text=sent["text"])
    except Refused as refusal:
        add_refusal(form, refusal)
        return render_form(request, template, form, context)
    return redirect("calls:asked", slug=call.slug)


@login_not_required
@require_safe
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """The question left: what happens next."""
    return render(request, "candidatures/public/asked.html", {"call": call_or_404(request, slug)})
