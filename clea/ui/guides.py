"""``/aide/``: the guides, one a role, public as everything a person may need before signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clea.ui import help as guides
from clea.ui import sitemaps
from clea.ui.head import indexed

app_name = "help"


@login_not_required
@indexed()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"guides": guides.guides()})


@login_not_required
@indexed()
@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        found = guides.guide(slug)
    except KeyError:
        raise Http404 from None
    return render(request, "help/guide.html", {"guide": found, "guides": guides.guides()})


class GuideSitemap(sitemaps.PublicSitemap[str]):
    heading = _("Aide")

    def items(self) -> list[str]:
        return ["", *guides.SLUGS]

    def location(self, item: str) -> str:
        return reverse("help:guide", args=[item]) if item else reverse("help:index")

    def label(self, item: str) -> str:
        return guides.guide(item).title if item else str(_("Tous les guides"))

    def spoken(self, item: str) -> str:
        """Only the artist's guide speaks English."""
        return guides.guide(item).language if item else ""


sitemaps.register("help", GuideSitemap)

urlpatterns = [
    path("", index, name="index"),
    path("<slug:slug>/", guide, name="guide"),
]
