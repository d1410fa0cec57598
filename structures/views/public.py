"""The territory for everyone: no account, no personal data.

``/territoire/…`` without a name is the short address of a lone territory. With several, the first
page lets one choose, and every other address carries the territory's name.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clea.ui import sections
from clea.ui.head import indexed
from structures import maps, selectors
from structures.models import Commune, Structure, Territory


def _territory(slug: str | None) -> Territory | None:
    """The territory asked for, or the only one there is; ``None`` when one must choose. One query."""
    if slug is not None:
        territory = selectors.known(slug)
        if territory is None:
            raise Http404
        return territory
    return selectors.lone()


@login_not_required
@indexed()
@require_safe
def index(request: HttpRequest, territory: str | None = None) -> HttpResponse:
    """A territory: map, figures, communes, districts, partners. Five queries, four while nobody writes."""
    found = _territory(territory)
    if found is None:
        return render(request, "structures/public/chooser.html", {"territories": list(selectors.territories())})
    page = selectors.territory_page(found)
    order = request.GET.get("tri", "nom")
    order = order if order in selectors.COMMUNE_ORDERS else "nom"
    descending = request.GET.get("sens") == "desc"
    context = {
        "page": page,
        "territory": found,
        # The short address of a lone territory shows the same page.
        "canonical": found.get_absolute_url(),
        "map": maps.territory_map(page.communes),
        "communes": selectors.ordered(page.communes, order, descending),
        "order": order,
        "descending": descending,
    }
    return render(request, "structures/public/territory.html", context)


@login_not_required
@indexed()
@require_safe
def commune(request: HttpRequest, territory: str, slug: str) -> HttpResponse:
    """A commune: who lives there, what is there, what is around, what happens there. Five queries."""
    page = selectors.commune_page(territory, slug)
    if page is None:
        raise Http404
    context = {
        "page": page,
        "commune": page.commune,
        "territory": page.commune.territory,
        "map": maps.locator_map(page.commune, page.communes),
        "sections": sections.of("commune", request, page.commune),
    }
    return render(request, "structures/public/commune.html", context)


@login_not_required
@indexed()
@require_safe
def directory(request: HttpRequest, territory: str | None = None) -> HttpResponse:
    """The structures of a territory, filtered. Six queries."""
    found = _territory(territory)
    if found is None:
        return redirect("territory:index")
    page = selectors.directory(found, request.GET)
    context = {
        "directory": page,
        "territory": found,
        "canonical": reverse("territory:directory", args=[found.slug]),
    }
    return render(request, "structures/public/directory.html", context)


@login_not_required
@indexed()
@require_safe
def structure(request: HttpRequest, territory: str, slug: str) -> HttpResponse:
    """A structure's public card. Five queries at most; a merged one leads to the one kept."""
    page = selectors.structure_page(territory, slug)
    if page is None:
        kept = selectors.kept_structure(territory, slug)
        if kept is None:
            raise Http404
        return redirect(kept, permanent=True)
    context = {"page": page, "structure": page.structure, "territory": page.structure.territory}
    return render(request, "structures/public/structure.html", context)


@login_not_required
@require_safe
def short_commune(request: HttpRequest, slug: str) -> HttpResponse:
    """``/territoire/communes/lens/``: to the full address, when only one commune bears the name."""
    found = list(Commune.objects.filter(slug=slug).select_related("territory")[:2])
    if len(found) != 1:
        raise Http404
    return redirect(found[0])


@login_not_required
@require_safe
def short_structure(request: HttpRequest, slug: str) -> HttpResponse:
    """``/territoire/structures/louvre-lens/``: to the full address, when only one structure bears it."""
    found = list(Structure.objects.active().filter(slug=slug).select_related("territory")[:2])
    if len(found) != 1:
        raise Http404
    return redirect(found[0])
