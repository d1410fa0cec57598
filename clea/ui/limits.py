"""How often a thing may be done: counted once, whichever process answers, in the shared cache.

An app declares its limits beside its views; :func:`every` gives them all, for the table of docs/production.md,
which a test compares. A limit by machine leaves room for a school, whose pupils share one address.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.ui.http import wants_json

if TYPE_CHECKING:
    from clea.accounts.models import User

#: When a limit of allauth's own, which does not say how long, will most likely be over.
SOON = 60


@dataclass(frozen=True)
class Limit:
    """``rates``: ``20/h/ip,5/h/key`` – twenty an hour from one machine, five for one key (``d``, ``h``, ``m``)."""

    app: str
    action: str
    rates: str
    what: str  # for the table, in English


_limits: dict[tuple[str, str], Limit] = {}


def limit(app: str, action: str, rates: str, what: str) -> Limit:
    """Declare a limit. The same twice is the module imported again."""
    ratelimit.parse_rates(rates)
    return _limits.setdefault((app, action), Limit(app, action, rates, what))


def every() -> list[Limit]:
    return [_limits[key] for key in sorted(_limits)]


def wait(request: HttpRequest, limit: Limit, *, key: str = "", user: User | None = None) -> int:
    """Count one use, whatever the method. ``0`` when it may go on, else the seconds to wait: nothing was counted.

    Each rate costs four or five queries of the cache's table, and one commit.
    """
    used: list[tuple[str, float, float]] = []
    for rate in ratelimit.parse_rates(limit.rates):
        name = ratelimit.get_cache_key(request, app=limit.app, action=limit.action, rate=rate, key=key, user=user)
        seconds, usage = _one(name, rate)
        if usage is None:
            for one in used:
                _forget(*one)
            return seconds
        used.append((name, usage, rate.duration))
    return 0


def _one(name: str, rate: ratelimit.Rate) -> tuple[int, float | None]:
    """Count it: how long to wait, or when it was counted."""
    with _alone(name):
        now = time.time()
        allowed, history = ratelimit.apply_rate(cache.get(name, []), now, rate)
        if not allowed:
            return max(1, ceil(history[-1] + rate.duration - now)), None
        cache.set(name, history, rate.duration)
    return 0, now


def _forget(name: str, at: float, duration: float) -> None:
    """What another rate refused was not done."""
    with _alone(name):
        history = cache.get(name, [])
        if at in history:
            history.remove(at)
            cache.set(name, history, duration)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One at a time for each name, while a short transaction lasts; a process that is killed leaves no lock.

    SQLite's transactions are IMMEDIATE: the whole database is ours.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        yield


def later(seconds: int) -> str:
    """« dans 12 minutes »: when one may come back, never too early."""
    minutes = ceil(seconds / 60)
    if minutes < 60:
        return ngettext("dans %(count)s minute", "dans %(count)s minutes", minutes) % {"count": minutes}
    hours = ceil(minutes / 60)
    return ngettext("dans %(count)s heure", "dans %(count)s heures", hours) % {"count": hours}


def mark(response: HttpResponse, seconds: int) -> HttpResponse:
    """Make of a page that gives back what was typed the answer to one time too many."""
    response.status_code = 429
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def refused(request: HttpRequest, seconds: int) -> HttpResponse:
    """The page that says when to come back, or its sentence for our own scripts; what was sent may be sent again."""
    from clea.ui import unavailable

    if wants_json(request):
        text = _("Il y a eu trop de demandes d'affilée : réessayez %(when)s.") % {"when": later(seconds)}
        return mark(JsonResponse({"message": text}), seconds)
    context = {"when": later(seconds), "kept": unavailable.kept(request), "request_path": request.get_full_path()}
    return mark(render(request, "429.html", context), seconds)


def too_many(request: HttpRequest) -> HttpResponse:
    """``handler429``: allauth's own limits, on the pages of an account."""
    return refused(request, SOON)
