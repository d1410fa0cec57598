"""What every public Atom feed of the site is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

Item = TypeVar("Item")

if TYPE_CHECKING:
    from typing import TypeAlias

    _Feed: TypeAlias = Feed[Item, Any]
else:

    class _Feed(Feed):
        """So that the class takes its item between brackets when it runs too."""

        def __class_getitem__(cls, item: Any) -> type[_Feed]:
            return cls


def absolute(path: str) -> str:
    """The public address: a feed is read far from the request that fetched it."""
    return f"{settings.SITE_URL}{path}"


class PublicFeed(_Feed[Item]):
    """An Atom feed that anyone reads. ``page`` and ``address`` are names of addresses without argument."""

    feed_type = Atom1Feed
    # Read by LoginRequiredMiddleware: the feed is public.
    login_required = False
    page = ""
    address = ""

    def link(self) -> str:
        return absolute(reverse(self.page))

    def feed_url(self) -> str:
        return absolute(reverse(self.address))

    def feed_guid(self) -> str:
        return self.feed_url()

    def author_name(self) -> str:
        return "CLEA"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        return None
