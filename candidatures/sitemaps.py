"""The public pages of the calls, for ``/sitemap.xml`` and the site map people read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.models import Call
from clea.i18n import localised


class CallSitemap(Sitemap[Any]):
    """The list of calls, then every public call. One query."""

    heading = gettext_lazy("Appels à candidatures")

    def items(self) -> list[Any]:
        return ["list", *Call.objects.public().order_by("-closes_at", "pk")]

    def location(self, item: Any) -> str:
        return item.get_absolute_url() if isinstance(item, Call) else reverse("calls:list")

    def lastmod(self, item: Any) -> datetime | None:
        return item.updated_at if isinstance(item, Call) else None

    def label(self, item: Any) -> str:
        return localised(item, "title") if isinstance(item, Call) else _("Tous les appels")
