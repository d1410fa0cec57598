"""An event for everyone: what it is, how to register, how to give one's place back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.errors import Refused
from clea.ui import limits
from clea.ui.head import indexed
from clea.ui.http import add_refusal, render_form
from clea.ui.recovery import open_form
from residencies import structured
from residencies.forms.events import PublicForm
from residencies.models import Event, Registration
from residencies.rules import events as rules
from residencies.selectors import events as selectors
from residencies.services import event_notices as notices
from residencies.services import registrations

#: A class may register from one address, each pupil for their own family.
LIMIT = limits.limit("residencies", "register", "60/h/ip,5/h/key", "a registration to an event")


def _event(slug: str) -> Event:
    found = selectors.public(slug)
    if found is None:
        raise Http404
    return found


def _context(request: HttpRequest, event: Event) -> dict[str, Any]:
    return {
        "event": event,
        "territory": event.territory,
        "takes": rules.takes_registrations(event, timezone.now()),
        "until": rules.closes_at(event),
        "places": selectors.places(event),
    }


@login_not_required
@indexed()
@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """Programme, place, artists, how to register. Four queries."""
    found = _event(slug)
    context = _context(request, found) | {"structured": [structured.event(found)]}
    return render(request, "residencies/public/event.html", context)


@open_form
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """A resident's registration; refused in words when it is for teams, closed or cancelled."""
    found = _event(slug)
    if not found.open_to_public:
        raise Http404
    form = PublicForm(request.POST if request.method == "POST" else None)
    context = _context(request, found)
    template = "residencies/public/event_register.html"
    if request.method != "POST" or not form.is_valid():
        return render_form(request, template, form, context)
    if form.trapped:
        # The program learns nothing: it reads the same page as a person whose registration left.
        return redirect("residencies:event_sent", slug=slug)
    sent = form.cleaned_data
    if seconds := limits.wait(request, LIMIT, key=sent["email"].casefold()):
        form.add_error(
            None,
            _(
                "Trop d'inscriptions en une heure depuis votre connexion ou votre adresse. Réessayez %(when)s, ou "
                "écrivez à %(email)s."
            )
            % {"when": limits.later(seconds), "email": found.territory.contact_email},
        )
        return limits.mark(render(request, template, context | {"form": form}), seconds)
    try:
        registrations.register_public(event=found, name=sent["name"], email=sent["email"], people=sent["people"])
    except Refused as refusal:
        add_refusal(form, refusal)
        return render_form(request, template, form, context)
    return redirect("residencies:event_sent", slug=slug)


@login_not_required
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """The registration left: the mail says whether there is a place."""
    return render(request, "residencies/public/event_sent.html", _context(request, _event(slug)))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def registered(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """One's registration, by the private address of the mail: GET shows, POST gives the place back."""
    found = _event(slug)
    key = notices.key_of(token)
    row = Registration.objects.filter(event=found, structure=None, uuid=key).first() if key else None
    if row is None:
        raise Http404
    row.event = found
    refusal = ""
    if request.method == "POST":
        try:
            registrations.cancel(by=None, registration=row)
        except Refused as error:
            refusal = str(error)
        else:
            messages.success(request, _("Votre inscription est annulée. Un message vous le confirme."))
            return redirect(request.path)
    context = _context(request, found) | {
        "registration": row,
        "can_cancel": rules.can_cancel(found, row, timezone.now()),
        "refusal": refusal,
    }
    return render(request, "residencies/public/event_registered.html", context, status=409 if refusal else 200)
