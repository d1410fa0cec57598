"""What a page's head tells machines: whether to index it, its one address, how a shared link looks.

A page is kept out of search engines unless its view says ``@indexed``: forgetting makes it absent, never
exposed. Pages have one address whatever the language (the reader's choice is a cookie), so there is no
``hreflang``: search engines, which send neither cookie nor preference, read the French.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static

View = TypeVar("View", bound=Callable[..., Any])

#: Parameters that others add to our addresses to follow people: they make no other page.
NOISE = frozenset({"fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "mtm_campaign", "xtor"})
NOISY = ("utm_", "at_", "pk_")


def indexed(*parameters: str) -> Callable[[View], View]:
    """A public page for search engines. ``parameters`` make pages of their own (``page``); any other hides it."""

    def mark(view: View) -> View:
        view.indexed = parameters  # type: ignore[attr-defined]
        return view

    return mark


@dataclass(frozen=True)
class Head:
    """``canonical`` is empty for a page to keep out."""

    canonical: str = ""

    @property
    def hidden(self) -> bool:
        return not self.canonical


def of(request: HttpRequest | None, context: dict[str, Any], template: str = "") -> Head:
    """The head of the page being rendered: ``noindex`` in its context hides it, ``canonical`` is its one path."""
    if request is None or request.method not in {"GET", "HEAD"} or context.get("noindex"):
        return Head()
    # Page of an error, whichever view met it: 404.html, 403_csrf.html.
    if template[:3].isdigit():
        return Head()
    match = request.resolver_match
    own = getattr(match.func, "indexed", None) if match else None
    if own is None:
        return Head()
    kept: dict[str, str] = {}
    for name, value in request.GET.items():
        if name in own:
            # The first page of a list is the list.
            if (name, value) != ("page", "1"):
                kept[name] = str(value)
        elif name not in NOISE and not name.startswith(NOISY):
            return Head()
    if context.get("canonical"):
        return Head(f"{settings.SITE_URL}{context['canonical']}")
    query = f"?{urlencode(sorted(kept.items()))}" if kept else ""
    return Head(f"{settings.SITE_URL}{request.path}{query}")


def manifest() -> dict[str, Any]:
    """What a telephone asks for to put the site on its home screen."""
    png = {"type": "image/png"}
    return {
        "id": "/",
        "name": getattr(settings, "SITE_NAME", "CLEA"),
        "short_name": "CLEA",
        "lang": "fr",
        "start_url": "/",
        "display": "browser",
        "background_color": "#fbf9f5",
        "theme_color": "#fbf9f5",
        "icons": [
            {"src": static("img/favicon.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": static("img/icon-192.png"), "sizes": "192x192"} | png,
            {"src": static("img/icon-512.png"), "sizes": "512x512"} | png,
            {"src": static("img/icon-maskable-512.png"), "sizes": "512x512", "purpose": "maskable"} | png,
        ],
    }
