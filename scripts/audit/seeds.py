"""Pages that no link leads to soon enough: their addresses, made of what the pages seen were about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .crawl import Page

#: Addresses tried for each name and each role before giving up.
TRIES = 4
#: Who is likely to open a page, by the beginning of its name; the first who may is enough.
LIKELY = {
    "admin:": ("coordinator", "administrator"),
    "jury:": ("juror",),
    "studio:": ("artist in residence",),
    "team:": ("structure",),
    "applications:": ("applicant", "first-time applicant"),
    "": ("anonymous", "applicant", "coordinator"),
}


def likely(name: str) -> tuple[str, ...]:
    return next(roles for start, roles in LIKELY.items() if name.startswith(start))


def addresses_of(name: str, pages: Iterable[Page]) -> list[str]:
    """Addresses that could be those of this name: with the arguments of the pages whose names are nearest."""
    from django.urls import NoReverseMatch, get_resolver, resolve, reverse

    from tests.access.matrix import walk

    wanted = [set(one.arguments) for one in walk(get_resolver()) if one.name == name]
    found: dict[str, int] = {}
    for page in pages:
        if page.status != 200 or page.name == "(nothing)":
            continue
        known = resolve(page.path.partition("?")[0]).kwargs
        near = len(common_start(page.name, name))
        for arguments in wanted:
            if arguments <= set(known) and (arguments or near):
                try:
                    path = reverse(name, kwargs={key: known[key] for key in arguments})
                except NoReverseMatch:
                    continue
                found[path] = max(near, found.get(path, 0))
    return sorted(found, key=lambda path: -found[path])[:TRIES]


def common_start(one: str, other: str) -> str:
    size = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[:size]
