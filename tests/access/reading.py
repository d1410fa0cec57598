"""What must not be in a page that anybody gets: a primary key in an address, an English word in a French page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_ADDRESS = re.compile(r'(?:href|action|src)="([^"]*)"')
#: A whole segment made of figures (but for a year, and the place of a piece in its letter), or a parameter whose name
#: is a row's and whose value is a number.
_NUMBER = re.compile(
    r"(?<!/piece)/(?!(?:19|20)\d\d/)\d+/"
    r"|[?&](?:\w+__)?(?:id|pk|\w+_id)(?:__exact)?=\d+(?:[&#]|$)"
    r"|[?&](?:call|season|territory|structure|residency|activity|application|user|jury|event)=\d+(?:[&#]|$)"
    r"|_to_field=id"
)


def numbers_in(page: str) -> list[str]:
    """The addresses of this page that hold a row's number."""
    return sorted(
        one for one in {found.replace("&amp;", "&") for found in _ADDRESS.findall(page)} if _NUMBER.search(one)
    )


#: What Django and the packages say by themselves where nobody said it in French: a whole text, or a part of one.
_LIST = """
    add all any back backend_name cancel change choose clear close confirm continue created_at
    delete email empty enqueued_at export failed false filter filters finished_at first go group groups hide
    history home import kind last last_used_at log_out logout name next no none now password previous
    priority queue queue_name ready remove run running save search select show sign_in sign_out started_at
    state status submit successful task_path time today true unknown updated_at user username users view
    view_site welcome yes
"""
_WORDS = frozenset(_LIST.split())
_PHRASES = re.compile(
    r"\b(?:please|successfully|this field|are you sure|has been|you may|you don't|can (?:add|change|delete|view)|"
    r"task results?|authenticators?|select all|no results|not found|mark selected|recovery codes)\b",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<(script|style|textarea|pre|code)\b.*?</\1>|<(\w+)[^>]*\blang=\"en\"[^>]*>.*?</\2>", re.DOTALL)
_TEXTS = re.compile(r'>([^<>]{2,200})<|\b(?:aria-label|title|alt|placeholder)="([^"]{2,200})"')


def english_in(page: str) -> list[str]:
    """Texts of a French page that nobody translated."""
    if '<html lang="fr"' not in page:
        return []
    found = set()
    for pair in _TEXTS.findall(_HIDDEN.sub("", page)):
        text = " ".join(html.unescape(pair[0] or pair[1]).split())
        if text.strip(" :…().,").lower().replace(" ", "_") in _WORDS or _PHRASES.search(text):
            found.add(text)
    return sorted(found)


def faults_of(page: str) -> Iterator[str]:
    for text in english_in(page):
        yield f"English, {text!r}"
    for address in numbers_in(page):
        yield f"a row's number in {address}"
