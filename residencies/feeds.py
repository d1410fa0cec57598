"""The Atom feed of the agenda: what was announced, moved or cancelled last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from candidatures.feeds import absolute
from clea.ui.dates import moment
from residencies.models import Event
from residencies.selectors.public import AgendaItem, recent


class AgendaFeed(Feed[AgendaItem, Any]):
    """Public sessions and events, the latest changed first. Four queries."""

    feed_type = Atom1Feed
    # Read by LoginRequiredMiddleware: the feed is public.
    login_required = False

    def title(self) -> str:
        return _("CLEA : l'agenda des résidences")

    def subtitle(self) -> str:
        return _("Rencontres, restitutions et diffusions ouvertes à tous.")

    def link(self) -> str:
        return absolute(reverse("residencies:agenda"))

    def feed_url(self) -> str:
        return absolute(reverse("residencies:agenda_feed"))

    def feed_guid(self) -> str:
        return self.feed_url()

    def author_name(self) -> str:
        return "CLEA"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        return None

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
