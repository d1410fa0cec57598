"""Public pages kept for the next visitor.

What is kept: the answer of a view marked ``@indexed``, to somebody without any cookie but the language's, at an address
with no parameter but those the view names. Such a page depends on its address, the language, what the database holds
and the hour. So it is shown again while the mark of what is public stands (``clea.journal.changes``: one query a
request) and until the minute ends, since pages say what is open now. Whatever sets a cookie, varies on anything
else or says that it is private is never kept.

In this process's memory: another process makes its own, once a minute at most. A store that all share would have to be
emptied at each new version of the program; this one ends with it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import ResolverMatch, get_script_prefix
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language_from_request

from clea.journal import changes
from clea.ui import unavailable
from clea.ui.compression import accepted

#: Bytes of pages in a process. The least recently asked for goes first.
ROOM = 16 * 1024 * 1024
#: What a page may vary on: the key holds them, or says that there is none.
_VARIES = {"accept-encoding", "accept-language", "cookie"}
#: Asked by our own scripts, or by somebody who says who they are.
_OTHERS = ("HTTP_AUTHORIZATION", "HTTP_HX_REQUEST", "HTTP_X_REQUESTED_WITH", "HTTP_RANGE")
_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE")


class Key(NamedTuple):
    secure: bool
    host: str
    prefix: str
    path: str
    query: str
    language: str
    encoding: str


@dataclass(frozen=True)
class Moment:
    """When a page began to be made: what was public then, and the minute."""

    mark: str
    minute: int


@dataclass(frozen=True)
class Kept:
    moment: Moment
    content: bytes
    headers: dict[str, str]
    match: ResolverMatch

    @property
    def weight(self) -> int:
        return len(self.content) + 2000


@dataclass
class Shelf:
    """The pages of this process, the last asked for at the end."""

    room: int = ROOM
    pages: OrderedDict[Key, Kept] = field(default_factory=OrderedDict)
    taken: int = 0
    lock: Lock = field(default_factory=Lock)
    turns: tuple[Lock, ...] = field(default_factory=lambda: tuple(Lock() for _n in range(64)))

    def turn(self, key: Key) -> Lock:
        """Held by who makes this page anew: those who ask for it meanwhile wait for it rather than make it too."""
        return self.turns[hash(key) % len(self.turns)]

    def find(self, key: Key) -> Kept | None:
        with self.lock:
            if (found := self.pages.get(key)) is not None:
                self.pages.move_to_end(key)
            return found

    def keep(self, key: Key, page: Kept) -> None:
        with self.lock:
            if (old := self.pages.pop(key, None)) is not None:
                self.taken -= old.weight
            self.pages[key] = page
            self.taken += page.weight
            while self.taken > self.room:
                _oldest, gone = self.pages.popitem(last=False)
                self.taken -= gone.weight

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.taken = 0


shelf = Shelf()


class KeptPagesMiddleware:
    """Show again the page that a visitor without a name asks for; above what compresses, signs in and translates.

    One query for such a page, none for any other.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = key_of(request) if settings.PUBLIC_CACHE else None
        if key is None:
            return self.get_response(request)
        if shelf.find(key) is None or unavailable.notice() is not None:
            return self.made(request, key)
        if (shown := standing(request, key)) is not None:
            return shown
        with shelf.turn(key):
            return standing(request, key) or self.made(request, key)

    def made(self, request: HttpRequest, key: Key) -> HttpResponseBase:
        """The page made anew, and kept if it may be."""
        request.META["clea.kept"] = pending = Pending()
        response = self.get_response(request)
        request.META.update(pending.conditions)
        if pending.moment is None or not isinstance(response, HttpResponse):
            return response
        if request.method == "GET" and may_keep(response):
            assert request.resolver_match is not None
            kept = Kept(pending.moment, response.content, dict(response.items()), request.resolver_match)
            shelf.keep(key, kept)
        return get_conditional_response(request, etag=response.headers.get("ETag"), response=response) or response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Before a page that may be kept reads anything: note what is public, and make it whole."""
        pending = request.META.get("clea.kept")
        names = getattr(view, "indexed", None)
        if pending is None or names is None or not set(request.GET) <= set(names):
            return
        pending.moment = moment()
        if pending.moment is not None:
            pending.conditions = {name: request.META.pop(name) for name in _CONDITIONS if name in request.META}


@dataclass
class Pending:
    """A page on its way; without a ``moment``, one that is not to be kept."""

    moment: Moment | None = None
    conditions: dict[str, str] = field(default_factory=dict)


def key_of(request: HttpRequest) -> Key | None:
    """What tells this page from any other; ``None`` when the answer may be of one reader alone. No query."""
    meta, cookies = request.META, request.COOKIES
    if request.method not in {"GET", "HEAD"} or any(name in meta for name in _OTHERS):
        return None
    if cookies and (len(cookies) > 1 or cookies.get(settings.LANGUAGE_COOKIE_NAME) not in dict(settings.LANGUAGES)):
        return None
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    language = get_language_from_request(request)
    query, path = meta.get("QUERY_STRING", ""), request.path_info
    return Key(request.is_secure(), host, get_script_prefix(), path, query, language, accepted(request))


def moment() -> Moment | None:
    """What is public now; ``None`` when the database does not say. One query."""
    try:
        mark = changes.mark()
    except (DatabaseError, InterfaceError):
        return None
    return None if mark is None else Moment(mark, int(time.time()) // 60)


def may_keep(response: HttpResponseBase) -> bool:
    """Whether nothing of this answer is one reader's: a whole page, no cookie, nothing it varies on but the key's."""
    if response.status_code != 200 or response.streaming or response.cookies or "ETag" not in response:
        return False
    control = response.headers.get("Cache-Control", "").lower()
    varies = {name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()}
    return "private" not in control and "no-store" not in control and varies <= _VARIES


def standing(request: HttpRequest, key: Key) -> HttpResponseBase | None:
    """The page kept, if what it shows still stands. One query."""
    kept = shelf.find(key)
    if kept is None or kept.moment != moment():
        return None
    request.resolver_match = kept.match
    return answer(request, kept)


def answer(request: HttpRequest, kept: Kept) -> HttpResponseBase:
    response = HttpResponse(kept.content, headers=kept.headers)
    return get_conditional_response(request, etag=kept.headers["ETag"], response=response) or response
