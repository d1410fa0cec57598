"""What a page says of itself to search engines: schema.org in JSON-LD.

It is data: browsers neither run it nor hold it against the Content Security Policy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

Thing = dict[str, Any]
#: Nothing in a text may close the element it stands in.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def absolute(path: str) -> str:
    return path if "://" in path else f"{settings.SITE_URL}{path}"


def script(things: Sequence[Thing]) -> SafeString:
    """The element to put in a page; nothing for nothing. What is empty is left out."""
    if not things:
        return SafeString()
    graph = things[0] if len(things) == 1 else {"@graph": [_filled(thing) for thing in things]}
    said = json.dumps({"@context": "https://schema.org"} | _filled(graph), ensure_ascii=False, separators=(",", ":"))
    said = said.translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{said}</script>')  # noqa: S308


def _filled(thing: Thing) -> Thing:
    return {key: value for key, value in thing.items() if value not in ("", None, [], {})}


def breadcrumbs(items: Sequence[tuple[str, str]]) -> Thing:
    """Where the page stands: labels and addresses from the home page down; the last one is the page itself."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": label} | ({"item": absolute(href)} if href else {})
            for place, (label, href) in enumerate(items, start=1)
        ],
    }


def website(name: str) -> Thing:
    return {"@type": "WebSite", "name": name, "url": absolute("/"), "inLanguage": ["fr", "en"]}


def organisation(*, name: str, url: str, email: str = "", phone: str = "", address: str = "", site: str = "") -> Thing:
    return _filled(
        {
            "@type": "GovernmentOrganization",
            "name": name,
            "url": absolute(url),
            "email": email,
            "telephone": phone,
            "address": address,
            "sameAs": site,
        }
    )
