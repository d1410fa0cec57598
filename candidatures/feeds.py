"""The Atom feed of calls: to be told when one opens, without giving an address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from candidatures.models import Call
from candidatures.pages.listing import feed_calls
from clea.i18n import localised
from clea.ui.dates import deadline, moment


def absolute(path: str) -> str:
    """The public address: a feed is read far from the request that fetched it."""
    return f"{settings.SITE_URL}{path}"


class CallFeed(Feed[Call, Any]):
    """Public calls, the latest published first. One query."""

    feed_type = Atom1Feed
    # Read by LoginRequiredMiddleware: the feed is public.
    login_required = False

    def title(self) -> str:
        return _("CLEA : les appels à candidatures")

    def subtitle(self) -> str:
        return _("Résidences d'artistes et de journalistes : les appels, de leur publication à leurs résultats.")

    def link(self) -> str:
        return absolute(reverse("calls:list"))

    def feed_url(self) -> str:
        return absolute(reverse("calls:feed"))

    def feed_guid(self) -> str:
        return self.feed_url()

    def author_name(self) -> str:
        return "CLEA"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        return None

    def items(self) -> list[Call]:
        return feed_calls()

    def item_title(self, item: Call) -> str:
        return localised(item, "title")

    def item_description(self, item: Call) -> str:
        return _("%(summary)s Ouverture : %(opening)s. Clôture : %(closing)s.") % {
            "summary": localised(item, "summary"),
            "opening": moment(item.opens_at),
            "closing": deadline(item.closes_at),
        }

    def item_link(self, item: Call) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: Call) -> str:
        return item.uuid.urn

    def item_author_name(self, item: Call) -> str:
        return item.territory.name

    def item_categories(self, item: Call) -> list[str]:
        return [str(item.get_kind_display()), item.territory.short_name]

    def item_pubdate(self, item: Call) -> datetime:
        return item.published_at or item.opens_at

    def item_updateddate(self, item: Call) -> datetime:
        return item.updated_at
