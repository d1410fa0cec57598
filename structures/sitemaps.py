"""The territory's public pages, for ``/sitemap.xml`` and the site map people read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.ui.sitemaps import PublicSitemap
from structures.models import Commune, Structure, Territory


class _Directory:
    """The directory of a territory: a page without a row of its own."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory

    def get_absolute_url(self) -> str:
        return reverse("territory:directory", args=[self.territory.slug])

    def __str__(self) -> str:
        return _("Annuaire des structures – %(name)s") % {"name": self.territory.short_name}


class _Chooser:
    """The list of the territories."""

    def get_absolute_url(self) -> str:
        return reverse("territory:index")

    def __str__(self) -> str:
        return _("Les territoires")


class TerritorySitemap(PublicSitemap[Any]):
    """Territories, their directory, their communes and their active structures. Three queries."""

    heading = gettext_lazy("Territoire")

    def items(self) -> list[Any]:
        territories = list(Territory.objects.all())
        return [
            # A lone territory is its own list.
            *([] if len(territories) == 1 else [_Chooser()]),
            *territories,
            *map(_Directory, territories),
            *Commune.objects.select_related("territory")
            .annotate(updated_at=Max("structures__updated_at"))
            .order_by("territory__name", "slug"),
            *Structure.objects.active().venues().select_related("territory"),
        ]

    def location(self, item: Any) -> str:
        return str(item.get_absolute_url())

    def lastmod(self, item: Any) -> datetime | None:
        """Of a commune: its last structure that changed."""
        return getattr(item, "updated_at", None)

    def label(self, item: Any) -> str:
        return str(item)
