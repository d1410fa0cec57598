"""What was typed survives an expired session or a stale page.

A view that opts in (``@keeps_answers``) never drops a form: sent by someone who is signed out, or
with a security token that a new sign-in replaced, its text is set aside in the session and given
back, unsaved, when the page is next shown. Files are not kept: the page says so. Nothing is kept
that another site sent, nor more than so much an hour from a machine where nobody is signed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from clea.ui import limits
from clea.ui.http import wants_json

SESSION_KEY = "set_aside"
MAX_CHARS = 400_000
MAX_PAGES = 5
#: Pages kept for one machine where nobody is signed in.
LIMIT = limits.limit("ui", "set_aside", "60/h/ip", "a page kept for who is signed out")

View = Callable[..., HttpResponse]


def set_aside(request: HttpRequest) -> bool:
    """Keep the posted text for this address; ``False`` when there is none or far too much."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    encoded = data.urlencode()
    if not encoded or len(encoded) > MAX_CHARS:
        return False
    if request.user.is_anonymous and limits.wait(request, LIMIT):
        return False
    kept = dict(request.session.get(SESSION_KEY, {}))
    kept.pop(request.path, None)
    kept[request.path] = encoded
    while len(kept) > MAX_PAGES:
        kept.pop(next(iter(kept)))
    request.session[SESSION_KEY] = kept
    return True


def from_here(request: HttpRequest) -> bool:
    """Whether one of our own pages sent this, on the browser's word.

    Asked where the security token has failed: another site must neither put words in somebody's
    dossier nor give them a new session in place of theirs.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    own = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return origin is None or origin in own


def open_form(view: View) -> View:
    """For a form that anyone may send: no token, so that reading the page sets no cookie.

    Where it comes from protects it instead. A browser always says so of what another site sends; what says
    nothing is no browser that somebody could be tricked in.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not from_here(request):
            raise PermissionDenied(_("Ce formulaire a été envoyé depuis un autre site. Remplissez-le ici."))
        return view(request, *args, **kwargs)

    return csrf_exempt(wrapped)


def recovered(request: HttpRequest) -> QueryDict | None:
    """What was set aside for this address, once."""
    kept = request.session.get(SESSION_KEY)
    if not kept or request.path not in kept:
        return None
    kept = dict(kept)
    encoded = kept.pop(request.path)
    request.session[SESSION_KEY] = kept
    return QueryDict(encoded)


def keeps_answers(view: View) -> View:
    """Ask for a sign-in without losing what was sent. Stands in for the login middleware."""
    wrapped = _ask_to_sign_in(view, None)
    wrapped.keeps_answers = True  # type: ignore[attr-defined]
    return wrapped


def returns_to(page: Callable[..., str]) -> Callable[[View], View]:
    """For a view that only takes POST (a file, a button): after the sign-in, show ``page(**kwargs)``."""
    return lambda view: _ask_to_sign_in(view, page)


def _ask_to_sign_in(view: View, page: Callable[..., str] | None) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        back = page(**kwargs) if page else request.path
        login = f"{resolve_url('account_login')}?{urlencode({'next': back})}"
        if wants_json(request):
            message = _("Votre session a expiré. Reconnectez-vous, puis revenez ici : rien n'est perdu.")
            return JsonResponse({"message": message, "login_url": login}, status=401)
        if request.method == "POST" and page is None:
            set_aside(request)
        return redirect(login)

    return login_not_required(wrapped)


def keeps(path: str) -> bool:
    """Whether the view behind ``path`` opted in."""
    try:
        return bool(getattr(resolve(path).func, "keeps_answers", False))
    except Resolver404:
        return False
