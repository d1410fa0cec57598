"""What search engines are given of the public pages, and why some are left aside."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from django.test import Client
from django.urls import resolve

from tests.access.matrix import ANONYMOUS, Row
from tests.access.world import World

#: Public pages that search engines leave aside, and why.
LEFT_ASIDE = {
    "calls:ask": "a form",
    "calls:asked": "said after a form",
    "residencies:event_register": "a form",
    "residencies:event_sent": "said after a form",
    "residencies:news_subscribed": "said after a form",
    "residencies:news_confirm": "private address",
    "residencies:news_leave": "private address",
    "residencies:event_registered": "private address",
    "residencies:feedback": "private address",
    "residencies:consent": "private address",
    "residencies:kit": "private address",
}
#: Sign-in, sign-up, codes: no page of the site.
ACCOUNTS = ("account_", "mfa_")


def sitemap() -> list[str]:
    """Every address of the sitemap, without its host."""
    root = ET.fromstring(Client().get("/sitemap.xml").content)
    found = [node.text or "" for node in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    return [address.removeprefix("http://testserver") for address in found]


def faults(rows: list[Row], world: World) -> list[str]:
    """One line for each public page that is neither kept and found, nor left aside for a reason; and each cookie."""
    found, said, kept = sitemap(), [], set()
    for row in rows:
        expected = row.expected("get", ANONYMOUS)
        if 200 not in (expected if isinstance(expected, tuple) else (expected,)) or row.name.startswith(ACCOUNTS):
            continue
        page = Client().get(row.url(world), row.query(world))
        if page.status_code != 200 or not page.headers["Content-Type"].startswith("text/html"):
            continue
        html, name = page.content.decode(), row.name.partition("(")[0]
        canonical = re.findall(r'<link rel="canonical" href="http://testserver(/[^"]*)">', html)
        if canonical:
            kept.add(name)
            if canonical[0] not in found:
                said.append(f"{row.name}: not in the sitemap")
            said += [f"{row.name}: no {mark}" for mark in ("og:title", "og:image", "og:url") if mark not in html]
        elif name not in LEFT_ASIDE:
            said.append(f"{row.name}: mark its view @indexed and list it in a sitemap, or say why it is left aside")
        if bool(canonical) == ('<meta name="robots" content="noindex">' in html):
            said.append(f"{row.name}: both kept and hidden")
        if page.cookies and LEFT_ASIDE.get(name) != "private address":
            said.append(f"{row.name}: reading it sets {list(page.cookies)}")
    said += [f"{name}: kept, and said to be left aside" for name in sorted(kept & set(LEFT_ASIDE))]
    listed = {resolve(address).view_name for address in found}
    return said + [f"{name}: in the sitemap, and hidden from it" for name in sorted(listed - kept)]
