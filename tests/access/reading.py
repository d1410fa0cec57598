"""What must not be in a page that anybody gets: a primary key in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ADDRESS = re.compile(r'(?:href|action|src)="([^"]*)"')
#: A whole segment made of figures (but for a year, and the place of a piece in its letter), or a parameter whose name
#: is a row's and whose value is a number.
_NUMBER = re.compile(
    r"(?<!/piece)/(?!(?:19|20)\d\d/)\d+/"
    r"|[?&](?:\w+__)?(?:id|pk|\w+_id)(?:__exact)?=\d"
    r"|[?&](?:call|season|territory|structure|residency|activity|application|user|jury|event)=\d"
    r"|_to_field=id"
)


def numbers_in(page: str) -> list[str]:
    """The addresses of this page that hold a row's number."""
    return sorted(
        one for one in {found.replace("&amp;", "&") for found in _ADDRESS.findall(page)} if _NUMBER.search(one)
    )


def faults_of(page: str) -> Iterator[str]:
    for address in numbers_in(page):
        yield f"a row's number in {address}"
