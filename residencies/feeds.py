"""The Atom feeds: what the agenda announced, moved or cancelled last; the news."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from clea.ui.dates import moment
from clea.ui.feeds import PublicFeed, absolute
from residencies.models import Event, News
from residencies.selectors import communication
from residencies.selectors.public import AgendaItem, recent


class AgendaFeed(PublicFeed[AgendaItem]):
    """Public sessions and events, the latest changed first. Four queries."""

    page = "residencies:agenda"
    address = "residencies:agenda_feed"

    def title(self) -> str:
        return _("CLEA : l'agenda des résidences")

    def subtitle(self) -> str:
        return _("Rencontres, restitutions et diffusions ouvertes à tous.")

    def items(self) -> list[AgendaItem]:
        return recent()

    def item_title(self, item: AgendaItem) -> str:
        return _("Annulé : %(title)s") % {"title": item.title} if item.is_cancelled else item.title

    def item_description(self, item: AgendaItem) -> str:
        where = ", ".join(part for part in (item.place, item.commune.name if item.commune else "") if part)
        lines = [f"{moment(item.starts_at)}. {where}".strip(), item.summary, item.how_to_come]
        return "\n".join(line for line in lines if line)

    def item_link(self, item: AgendaItem) -> str:
        if isinstance(item.row, Event):
            return absolute(item.row.get_absolute_url())
        return f"{absolute(reverse('residencies:agenda'))}?du={item.day.isoformat()}#{item.anchor}"

    def item_guid(self, item: AgendaItem) -> str:
        return f"urn:uuid:{item.row.uuid}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: AgendaItem) -> datetime:
        return item.row.updated_at

    def item_updateddate(self, item: AgendaItem) -> datetime:
        return item.row.updated_at


class NewsFeed(PublicFeed[News]):
    """What was published, the latest first. One query."""

    page = "residencies:news"
    address = "residencies:news_feed"

    def title(self) -> str:
        return _("CLEA : les actualités des résidences")

    def subtitle(self) -> str:
        return _("Ce qui se prépare et ce qui s'est passé avec les artistes en résidence.")

    def items(self) -> list[News]:
        return list(communication.published()[:30])

    def item_title(self, item: News) -> str:
        return item.title

    def item_description(self, item: News) -> str:
        return item.summary

    def item_link(self, item: News) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: News) -> str:
        return f"urn:uuid:{item.uuid}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: News) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: News) -> datetime | None:
        return max(item.updated_at, item.published_at) if item.published_at else item.updated_at
