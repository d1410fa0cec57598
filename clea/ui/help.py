"""Help beside the thing: a guide a role, read from ``docs/guides``, and the section that speaks of a page.

A guide is Markdown that people can read as it is. Under a heading, a comment names the pages that the
section explains, by the names of their addresses: ``<!-- pages: admin:candidatures_call -->``. A name
covers those below it (``admin:candidatures_call_publish``), unless another section names them. The
section's first paragraph is what the page itself shows; the rest is in the guide. ``artiste.en.md`` is
the English of ``artiste.md``; a guide without one is read in French.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language

FOLDER = Path(settings.BASE_DIR) / "docs" / "guides"
#: The guides, in the order they are offered.
SLUGS = ("public", "artiste", "jury", "structure", "coordination")

_HEADING = re.compile(r"^(#{1,3}) +(.+)$")
_PAGES = re.compile(r"^<!-- pages: (.+) -->$")
_PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)$")
_LINK = re.compile(r"\]\((\w+)\.md(#[\w-]*)?\)")


@dataclass(frozen=True)
class Section:
    """A heading of a guide (``level`` 2 or 3) and its text, in Markdown, without what is below it."""

    guide: str
    language: str
    level: int
    title: str
    text: str
    pages: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        return slugify(self.title)

    @property
    def summary(self) -> str:
        """The first paragraph: what the page is for and what comes next."""
        return self.text.split("\n\n", 1)[0]

    @property
    def url(self) -> str:
        return f"{reverse('help:guide', args=[self.guide])}#{self.anchor}"


@dataclass(frozen=True)
class Guide:
    slug: str
    language: str
    title: str
    lead: str
    sections: tuple[Section, ...]


def _read(slug: str, language: str, source: str) -> Guide:
    parts: list[tuple[int, str, list[str], list[str]]] = []
    for line in source.splitlines():
        if heading := _HEADING.match(line):
            parts.append((len(heading[1]), heading[2].strip(), [], []))
        elif pages := _PAGES.match(line):
            parts[-1][2].extend(pages[1].split())
        elif not _PICTURE.match(line):  # pictures are for who reads the file: these pages stay light
            parts[-1][3].append(line)

    def text(lines: list[str]) -> str:
        return _LINK.sub(lambda found: f"](/aide/{found[1]}/{found[2] or ''})", "\n".join(lines)).strip()

    (_level, title, _pages, lead), *rest = parts
    sections = (Section(slug, language, level, head, text(body), tuple(pages)) for level, head, pages, body in rest)
    return Guide(slug, language, title, text(lead), tuple(sections))


@lru_cache(maxsize=2 * len(SLUGS))
def _guide(slug: str, language: str) -> Guide:
    english = FOLDER / f"{slug}.{language}.md"
    path, spoken = (english, language) if language != "fr" and english.exists() else (FOLDER / f"{slug}.md", "fr")
    return _read(slug, spoken, path.read_text(encoding="utf-8"))


def guide(slug: str) -> Guide:
    """The guide of a role, in the page's language when it exists in it. ``KeyError`` when there is none."""
    if slug not in SLUGS:
        raise KeyError(slug)
    return _guide(slug, "en" if (get_language() or "fr").startswith("en") else "fr")


def guides() -> list[Guide]:
    return [guide(slug) for slug in SLUGS]


def of(page: str) -> Section | None:
    """The section about a page, given the name of its address: the one that names it, or its nearest parent."""
    known = {name: section for one in guides() for section in one.sections for name in section.pages}
    while page:
        if page in known:
            return known[page]
        page = page.rpartition("_")[0]
    return None
