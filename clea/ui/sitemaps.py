"""The registry of public pages: each app adds its own to ``/sitemap.xml``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

Item = TypeVar("Item")

if TYPE_CHECKING:
    from typing import TypeAlias

    _Sitemap: TypeAlias = Sitemap[Item]
else:

    class _Sitemap(Sitemap):
        """So that the class takes its item between brackets when it runs too."""

        def __class_getitem__(cls, item: Any) -> type[_Sitemap]:
            return cls


class PublicSitemap(_Sitemap[Item]):
    """Pages that search engines keep (``@indexed``), at the public address whoever asks."""

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


registry: dict[str, type[Sitemap[Any]]] = {}


def register(name: str, sitemap: type[Sitemap[Any]]) -> None:
    """Add a sitemap under a name, from an ``AppConfig.ready``. A name taken by another class raises."""
    if registry.get(name, sitemap) is not sitemap:
        raise ValueError(f"sitemap {name!r} is already registered")
    registry[name] = sitemap


class ShellSitemap(PublicSitemap[str]):
    """The pages of the shell itself."""

    def items(self) -> list[str]:
        return ["home", "accessibility", "legal", "privacy", "cookies", "ecodesign", "site_map"]

    def location(self, item: str) -> str:
        return reverse(item)


register("shell", ShellSitemap)


def sections(limit: int = 200) -> list[dict[str, Any]]:
    """The same pages for people: one section a registered sitemap that can name its items.

    A sitemap takes part by giving ``heading`` (a French title) and ``label(item)``,
    and ``spoken(item)`` when a label is not always in the language of the page.
    """
    result = []
    for name, cls in registry.items():
        page = cls()
        heading = getattr(page, "heading", None)
        label = getattr(page, "label", None)
        if heading is None or label is None:
            continue
        spoken = getattr(page, "spoken", lambda item: "")
        links = [
            {"label": label(item), "href": page.location(item), "lang": spoken(item)}
            for item in list(page.items())[:limit]
        ]
        result.append({"name": name, "heading": heading, "links": links})
    return result
