"""The public pages of the calls, for ``/sitemap.xml`` and the site map people read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.models import Call
from clea.i18n import localised
from clea.ui.sitemaps import PublicSitemap


class CallSitemap(PublicSitemap[Any]):
    """The list of calls, then every public call and, as a pair, its version in plain language. One query."""

    heading = gettext_lazy("Appels à candidatures")

    def items(self) -> list[Any]:
        calls = list(Call.objects.public().order_by("-closes_at", "pk"))
        return ["list", *(item for call in calls for item in (call, ("plain", call)))]

    def location(self, item: Any) -> str:
        if isinstance(item, tuple):
            return reverse("calls:plain", args=[item[1].slug])
        return item.get_absolute_url() if isinstance(item, Call) else reverse("calls:list")

    def lastmod(self, item: Any) -> datetime | None:
        call = item[1] if isinstance(item, tuple) else item
        return call.updated_at if isinstance(call, Call) else None

    def label(self, item: Any) -> str:
        if isinstance(item, tuple):
            return _("%(call)s, facile à lire") % {"call": localised(item[1], "title")}
        return localised(item, "title") if isinstance(item, Call) else _("Tous les appels")
