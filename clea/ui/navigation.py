"""The desk's menu: its pages by moment of the work, given by the domain apps when they start.

A page belongs to one moment (the call, the jury, the residencies…), not to the model it lists. The
same links name the breadcrumb, so that menu, path and page say one word for one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch

from clea.ui.addresses import address

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise
else:
    Words = Any


@dataclass(frozen=True)
class Link:
    """One page. ``name`` is its URL's; a list's link covers every page of its model.

    ``season``: the address takes ``key``, the season one works on. ``administrators``: theirs only.
    """

    name: str
    label: Words
    season: bool = False
    administrators: bool = False

    @property
    def stem(self) -> str:
        """What the names of the pages below this one begin with."""
        return self.name.removesuffix("_changelist")

    def allowed(self, request: HttpRequest) -> bool:
        """Whether the person may open it: asked of the model's own page when it is a list. No query."""
        if self.administrators:
            return bool(getattr(request.user, "is_superuser", False))
        page = _admin_of(self.name)
        return page is None or page.has_view_permission(request)


@dataclass(frozen=True)
class Season:
    """A season the menu can stand in. ``current``: the one that runs today."""

    key: UUID
    label: Words
    current: bool = False


@dataclass
class Group:
    """A moment of the work and its pages. ``per_season``: its title says which season it shows."""

    key: str
    label: Words
    rank: int
    per_season: bool = False
    links: list[Link] = field(default_factory=list)


Seasons = Callable[[HttpRequest], Iterable[Season]]
_groups: dict[str, Group] = {}
_seasons: list[Seasons] = []


def register(key: str, label: Words, rank: int, *links: Link, per_season: bool = False) -> None:
    """Add a moment, or pages to one that is known, from an ``AppConfig.ready``. Twice changes nothing."""
    group = _groups.setdefault(key, Group(key, label, rank))
    group.per_season = group.per_season or per_season
    known = {link.name for link in group.links}
    group.links += [link for link in links if link.name not in known]


def groups() -> list[Group]:
    """The moments of the work, in their order."""
    return sorted(_groups.values(), key=lambda group: group.rank)


def register_seasons(provider: Seasons) -> None:
    """Who knows the seasons: one provider, one query a page."""
    _seasons[:] = [provider]


def seasons(request: HttpRequest) -> list[Season]:
    """The seasons of this person's territories, the latest first. Asked once a request."""
    if not hasattr(request, "_menu_seasons"):
        found = [season for provider in _seasons for season in provider(request)]
        request._menu_seasons = found  # type: ignore[attr-defined]
    return request._menu_seasons  # type: ignore[attr-defined]


def season_of(request: HttpRequest) -> Season | None:
    """The season one works on: the one in the address, else the one that runs, else the latest."""
    known = seasons(request)
    match = request.resolver_match
    key = match.kwargs.get("key") if match and "_season_" in (match.view_name or "") else None
    for season in known:
        if season.key == key:
            return season
    return next((season for season in known if season.current), known[0] if known else None)


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu for this person on this page: groups of links, the page's own marked. One query at most."""
    chosen = season_of(request)
    here = current_link(request)
    result = []
    for group in groups():
        links = []
        for link in group.links:
            url = _url(link, chosen)
            if url and link.allowed(request):
                exact = request.path == url
                links.append({"name": link.name, "label": link.label, "url": url, "here": link is here, "exact": exact})
        if links:
            shown: dict[str, Any] = {"key": group.key, "label": group.label, "links": links, "season": None}
            if group.per_season and chosen is not None:
                shown["season"] = chosen
            result.append(shown | {"open": any(link["here"] for link in links)})
    return result


def current_link(request: HttpRequest) -> Link | None:
    """The menu's page that this one is, or is below."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    best: Link | None = None
    for group in _groups.values():
        for link in group.links:
            under = name == link.name or name.startswith(f"{link.stem}_")
            if under and (best is None or len(link.stem) > len(best.stem)):
                best = link
    return best


def place(request: HttpRequest) -> tuple[Group, Link] | None:
    """The moment and the menu's page that this one is, or is below. No query."""
    here = current_link(request)
    return next(((group, here) for group in _groups.values() if here in group.links), None) if here else None


def other_seasons(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in each season, or the first of them when this page has no twin. No query of its own."""
    chosen, here = season_of(request), current_link(request)
    if chosen is None:
        return []
    link = here if here is not None and here.season else next(iter(_season_links()), None)
    if link is None:
        return []
    return [
        {"label": season.label, "url": _url(link, season), "here": season.key == chosen.key}
        for season in seasons(request)
    ]


def _season_links() -> Iterable[Link]:
    return (link for group in groups() for link in group.links if link.season)


def _url(link: Link, season: Season | None) -> str:
    if link.season and season is None:
        return ""
    try:
        return address(link.name, *([season.key] if link.season and season else []))
    except NoReverseMatch:  # an app that this installation does not serve
        return ""


@lru_cache(maxsize=512)
def _admin_of(name: str) -> admin.ModelAdmin[Any] | None:
    """The admin page of a list's address."""
    for model, page in admin.site._registry.items():
        if name == f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist":
            return page
    return None
