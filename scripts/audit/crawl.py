"""Every kind of page a role can reach: the sitemap, then link after link from its homes."""

from __future__ import annotations

import http.client
import re
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from . import seeds
from .site import ANONYMOUS

#: Pages of one address's name that each role opens, without a query; one more with a query.
INSTANCES = 2
HOMES = {
    ANONYMOUS: ["/", "/plan-du-site/"],
    "applicant": ["/", "/candidatures/", "/compte/"],
    "first-time applicant": ["/", "/candidatures/"],
    "artist in residence": ["/", "/ma-residence/"],
    "juror": ["/", "/jury/"],
    "structure": ["/", "/ma-structure/"],
    "coordinator": ["/coordination/"],
    "administrator": ["/coordination/"],
}
# Addresses that are not pages.
TEXTS = ("text/html", "application/xml")
# Pages that show a message as its reader will get it, with links that are theirs alone.
LETTERS = re.compile(r"_(remind|letter_rule|send|preview|tell)$")
NOT_PAGES = re.compile(r"^/(static|langue|sante)/")


@dataclass
class Page:
    """One address as one role gets it."""

    role: str
    path: str
    name: str
    status: int = 0
    kind: str = ""  # the content type, without its parameters
    file: str = ""
    sitemap: bool = False
    faults: list[str] = field(default_factory=list)


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"a", "area"} and (href := dict(attrs).get("href")) and "download" not in dict(attrs):
            self.found.append(href)

    handle_startendtag = handle_starttag


def links(html: str, base: str) -> list[str]:
    """The paths of our own pages that this one leads to, in order, each once."""
    reader = Links()
    reader.feed(html)
    site = urlsplit(base).netloc
    found: dict[str, None] = {}
    for href in reader.found:
        target = urlsplit(urldefrag(urljoin(base, href)).url)
        if target.scheme in {"http", "https"} and target.netloc == site and not NOT_PAGES.match(target.path):
            found[target.path + (f"?{target.query}" if target.query else "")] = None
    return list(found)


def name_of(path: str) -> str:
    from django.urls import Resolver404, resolve

    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return "(nothing)"
    return match.view_name or match.route


def expected_names() -> set[str]:
    """The names that the access matrix says somebody may open."""
    from tests.access.matrix import all_rows

    def opens(expectation: object) -> bool:
        return expectation == 200 or (isinstance(expectation, tuple) and 200 in expectation)

    return {row.name.partition("(")[0] for row in all_rows() if any(map(opens, row.get.values()))}


def fetch(site: str, path: str, session: str = "") -> tuple[int, str, str, bytes]:
    """Status, type, where it leads, and the body when it is a text."""
    connection = http.client.HTTPConnection(urlsplit(site).netloc, timeout=120)
    headers = {"Accept": "text/html", "Accept-Language": "fr"}
    if session:
        headers["Cookie"] = f"sessionid={session}"
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        kind = answer.headers.get_content_type()
        return answer.status, kind, answer.headers.get("Location", ""), answer.read() if kind in TEXTS else b""
    finally:
        connection.close()


def sitemap(site: str) -> list[str]:
    status, kind, _, body = fetch(site, "/sitemap.xml")
    assert status == 200, f"the sitemap answers {status} {kind}"
    return [urlsplit(address).path or "/" for address in re.findall(r"<loc>([^<]+)</loc>", body.decode())]


class Crawl:
    """What was found, and what each role may still open of each name."""

    def __init__(self, site: str, sessions: dict[str, str], folder: Path) -> None:
        self.site, self.sessions, self.folder = site, sessions, folder
        self.pages: list[Page] = []
        self.seen_by: dict[str, set[str]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, roles: list[str], instances: int = INSTANCES) -> list[Page]:
        for role in roles:
            self.role(role, instances)
        self.try_unseen(roles)
        return self.pages

    def try_unseen(self, roles: list[str]) -> None:
        """Open what no link led to, where an address can be guessed: a page without a door is read all the same."""
        before = len(self.pages)
        for name in unseen(self.pages):
            for path, role in product(seeds.addresses_of(name, self.pages), seeds.likely(name)):
                if role in roles:
                    page, _ = self.open(Page(role, path, name))
                    if page.status == 200:
                        self.pages.append(page)
                        break
        print(f"  without a link: {len(self.pages) - before} addresses", flush=True)

    def role(self, role: str, instances: int) -> None:
        quota: Counter[tuple[str, bool]] = Counter()
        asked: set[str] = set()
        waiting: deque[str] = deque()
        listed = sitemap(self.site) if role == ANONYMOUS else []
        waiting.extend([*listed, *HOMES[role]])
        always = set(waiting)
        while waiting:
            batch: list[Page] = []
            while waiting and len(batch) < 8:
                path = waiting.popleft()
                name = name_of(path)
                key = (name, "?" in path)
                if path in asked:
                    continue
                if path not in always:
                    # The administrator's desk is the coordinator's; the public pages are everybody's.
                    if role == "administrator" and name in self.seen_by.get("coordinator", ()):
                        continue
                    often = (
                        1 if key[1] or (name in self.seen_by.get(ANONYMOUS, ()) and role != ANONYMOUS) else instances
                    )
                    if quota[key] >= often:
                        continue
                asked.add(path)
                quota[key] += 1
                batch.append(Page(role, path, name, sitemap=path in listed))
            with ThreadPoolExecutor(4) as pool:
                for page, found in pool.map(self.open, batch):
                    waiting.extend(found)
                    self.pages.append(page)
        self.seen_by[role] = {page.name for page in self.pages if page.role == role and page.status == 200}
        print(f"  {role}: {sum(page.role == role for page in self.pages)} addresses", flush=True)

    def open(self, page: Page) -> tuple[Page, list[str]]:
        try:
            page.status, page.kind, location, body = fetch(self.site, page.path, self.sessions.get(page.role, ""))
        except OSError as error:
            page.faults.append(f"no answer: {error}")
            return page, []
        if page.status >= 400:
            page.faults.append(f"a link leads to a page that answers {page.status}")
        if location:
            return page, links(f'<a href="{location}"></a>', self.site + page.path)
        if page.kind != "text/html" or not body:
            return page, []
        page.file = f"{sha256(f'{page.role} {page.path}'.encode()).hexdigest()[:16]}.html"
        (self.folder / page.file).write_bytes(body)
        found = links(body.decode(), self.site + page.path)
        return page, [path for path in found if path.startswith("/coordination/") or not LETTERS.search(page.name)]


def unseen(pages: list[Page]) -> list[str]:
    """The pages that exist and that no link led to."""
    return sorted(expected_names() - {page.name for page in pages if page.status == 200})
