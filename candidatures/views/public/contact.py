"""A question to the coordination, without an account."""

from __future__ import annotations

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
from clea.ui import limits
from clea.ui.http import add_refusal, render_form
from clea.ui.recovery import open_form

LIMIT = limits.limit("candidatures", "question", "20/h/ip,5/h/key", "a question to the coordination")


def _initial(request: HttpRequest) -> dict[str, str]:
    if not request.user.is_authenticated:
        return {}
    return {"name": request.user.get_full_name(), "email": request.user.email}


def _wait(request: HttpRequest, form: QuestionForm, call: Call) -> int:
    """Count this question; one too many comes back filled, with another way to ask."""
    seconds = limits.wait(request, LIMIT, key=form.cleaned_data["email"].casefold())
    if seconds:
        form.add_error(
            None,
            _(
                "Trop de questions ont été envoyées en une heure depuis votre connexion ou votre adresse. Votre texte "
                "est toujours là : renvoyez-le %(when)s, ou écrivez directement à %(email)s."
            )
            % {"when": limits.later(seconds), "email": call.contact_email},
        )
    return seconds


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
    if seconds := _wait(request, form, call):
        return limits.mark(render_form(request, template, form, context), seconds)
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
