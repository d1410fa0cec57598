"""The news, for everyone; receiving them by mail, confirming it, leaving."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from clea.errors import Refused
from clea.ui import limits
from clea.ui.head import indexed
from clea.ui.http import render_form
from clea.ui.recovery import open_form
from residencies.enums import SubscriberState
from residencies.forms.communication import SubscribeForm
from residencies.models import Subscriber
from residencies.selectors import communication as selectors
from residencies.services import news_notices as notices
from residencies.services import subscribers

LIMIT = limits.limit("residencies", "subscribe", "40/h/ip,3/h/key", "a subscription to the news")


@login_not_required
@indexed("page", "territoire")
@require_safe
def news_list(request: HttpRequest) -> HttpResponse:
    """Everything published, the last first; one territory's when it is asked. Three queries."""
    territories = selectors.territories()
    asked = request.GET.get("territoire", "")
    chosen = next((row for row in territories if row.slug == asked), None)
    page = Paginator(selectors.published(chosen), selectors.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "territories": territories if len(territories) > 1 else [],
        "chosen": chosen,
        # One order of parameters, and none that says nothing.
        "canonical": f"{reverse('residencies:news')}{_query(chosen, page.number)}",
    }
    return render(request, "residencies/public/news.html", context)


def _query(chosen: Any, number: int) -> str:
    """What tells this page from the others, in one order."""
    parts = [f"territoire={chosen.slug}"] if chosen is not None else []
    parts += [f"page={number}"] if number > 1 else []
    return f"?{'&'.join(parts)}" if parts else ""


@login_not_required
@indexed()
@require_safe
def news_item(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them. One query."""
    found = selectors.public_news(slug)
    if found is None:
        raise Http404
    context = {"news": found}
    return render(request, "residencies/public/news_item.html", context)


@open_form
@login_not_required
@indexed()
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Leave one's address. The answer is the same whether it is known or not."""
    form = SubscribeForm(request.POST if request.method == "POST" else None, asked=request.GET.get("territoire", ""))
    template = "residencies/public/news_subscribe.html"
    context: dict[str, Any] = {}
    if request.method != "POST" or not form.is_valid():
        return render_form(request, template, form, context)
    if form.trapped:
        # The program learns nothing: it reads the same page as a person whose request left.
        return redirect("residencies:news_subscribed")
    email = form.cleaned_data["email"]
    if seconds := limits.wait(request, LIMIT, key=email.casefold()):
        form.add_error(
            None,
            _(
                "Trop de demandes en une heure depuis votre connexion ou pour cette adresse. Regardez vos courriers "
                "indésirables, réessayez %(when)s, ou écrivez à %(email)s.",
            )
            % {"when": limits.later(seconds), "email": form.chosen.contact_email},
        )
        return limits.mark(render(request, template, context | {"form": form}), seconds)
    subscribers.ask(territory=form.chosen, email=email, language=get_language() or "fr")
    return redirect("residencies:news_subscribed")


@login_not_required
@require_safe
def subscribed(request: HttpRequest) -> HttpResponse:
    """A message leaves: what to do with it."""
    return render(request, "residencies/public/news_subscribed.html")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button, POST confirms: what opens links before people do confirms nothing."""
    key = notices.to_confirm(token)
    if key is None and notices.to_confirm(token, max_age=None) is None:
        raise Http404
    row = Subscriber.objects.select_related("territory").filter(uuid=key).first() if key else None
    state = "gone" if row is None else "done" if row.state == SubscriberState.CONFIRMED else "ask"
    if row is not None and request.method == "POST":
        try:
            row, state = subscribers.confirm(key=row.uuid), "done"
        except Refused:
            row, state = None, "gone"
    context = {"subscriber": row, "state": state}
    return _private(request, "residencies/public/news_confirm.html", context, row, 410 if state == "gone" else 200)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button; POST erases the subscription, from the button or from the mail reader's own (RFC 8058).

    Open without a cookie: the token is the right, and it does nothing else.
    """
    key = notices.to_leave(token)
    if key is None:
        raise Http404
    row = Subscriber.objects.select_related("territory").filter(uuid=key).first()
    if request.method == "POST":
        subscribers.leave(key=key)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(_("Vous êtes désabonné."), content_type="text/plain; charset=utf-8")
    gone = row is None or request.method == "POST"
    context = {"subscriber": row, "state": "gone" if gone else "ask"}
    return _private(request, "residencies/public/news_leave.html", context, row, 200)


def _private(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    row: Subscriber | None,
    status: int,
) -> HttpResponse:
    """A page behind a token: in the language of the mail that led there, unless the reader chose one."""
    chose = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    language = row.language if row is not None and not chose else get_language() or "fr"
    with override(language):
        response = render(request, template, context, status=status)
    response["Content-Language"] = language
    response["X-Robots-Tag"] = "noindex"
    return response
