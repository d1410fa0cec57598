"""The territory's public pages, for ``/sitemap.xml`` and the site map people read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from structures.models import Commune, Structure, Territory


class _Directory:
    """The directory of a territory: a page without a row of its own."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory

    def get_absolute_url(self) -> str:
        return reverse("territory:directory", args=[self.territory.slug])

    def __str__(self) -> str:
        return _("Annuaire des structures – %(name)s") % {"name": self.territory.short_name}


class TerritorySitemap(Sitemap[Any]):
    """Territories, their directory, their communes and their active structures. Three queries."""

    heading = gettext_lazy("Territoire")

    def items(self) -> list[Any]:
        territories = list(Territory.objects.all())
        return [
            *territories,
            *map(_Directory, territories),
            *Commune.objects.select_related("territory").order_by("territory__name", "slug"),
            *Structure.objects.active().venues().select_related("territory"),
        ]

    def location(self, item: Any) -> str:
        return str(item.get_absolute_url())

    def lastmod(self, item: Any) -> datetime | None:
        return item.updated_at if isinstance(item, Structure) else None

    def label(self, item: Any) -> str:
        return str(item)
