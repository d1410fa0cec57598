"""The Atom feed of calls: to be told when one opens, without giving an address."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from candidatures.models import Call
from candidatures.pages.listing import feed_calls
from clea.i18n import localised
from clea.ui.dates import deadline, moment
from clea.ui.feeds import PublicFeed, absolute


class CallFeed(PublicFeed[Call]):
    """Public calls, the latest published first. One query."""

    page = "calls:list"
    address = "calls:feed"

    def title(self) -> str:
        return _("CLEA : les appels à candidatures")

    def subtitle(self) -> str:
        return _("Résidences d'artistes et de journalistes : les appels, de leur publication à leurs résultats.")

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
