"""Studio: the stay. Programme, lodging, inventories, check-ins, incidents, suppliers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clea.errors import StaleWrite
from clea.ui.recovery import keeps_answers, recovered
from residencies.forms.welcome import AgreeForm, look_again
from residencies.models import Inventory, Residency
from residencies.reports import inventories, supplier_map
from residencies.selectors import relays as relay_selectors
from residencies.selectors import welcome as selectors
from residencies.services import lodgings
from residencies.views.access import get_residency, studio_frame, studio_says_why


@require_safe
def welcome(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """All of the stay on one page. Queries do not grow with the rows."""
    residency = get_residency(request, uuid)
    now, today = timezone.now(), timezone.localdate()
    visits = list(selectors.visits_of(residency))
    context = studio_frame(residency) | {
        "visits": len(visits),
        "next_visits": [row for row in visits if row.ends_at > now and row.state == "planned"][:4],
        "stays": sorted(selectors.stays_of(residency, today), key=lambda row: row.is_over),
        "check_ins": selectors.shared_check_ins(residency),
        "incidents": selectors.shared_incidents(residency),
        "kits": relay_selectors.kits_of(residency.season_id),
        "today": today,
    }
    return render(request, "residencies/studio/welcome.html", context)


@require_safe
def programme(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The visits day by day, to read or print."""
    residency = get_residency(request, uuid)
    context = studio_frame(residency) | {"days": selectors.by_day(selectors.visits_of(residency))}
    return render(request, "residencies/studio/welcome_programme.html", context)


@keeps_answers
@require_http_methods(["GET", "POST"])
@studio_says_why
def inventory(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Read an inventory; agree, with reservations if any."""
    residency = get_residency(request, uuid)
    found = _inventory(residency, key)
    initial = {"version": found.version, "words": found.artist_words}
    form = AgreeForm(request.POST if request.method == "POST" else recovered(request), initial=initial)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                lodgings.agree(by=request.user, inventory=found, **form.cleaned_data)  # type: ignore[arg-type]
            except StaleWrite as stale:
                found = _inventory(residency, key)
                look_again(form, version=found.version)
                form.add_error(None, str(stale))
            else:
                if form.cleaned_data["words"]:
                    said = _("C'est noté : vous acceptez cet état des lieux, avec vos réserves.")
                else:
                    said = _("C'est noté : vous acceptez cet état des lieux.")
                messages.success(request, said)
                return redirect("studio:welcome", uuid=uuid)
        status = 422
    context = studio_frame(residency) | {"told": selectors.told(found), "stay": found.stay, "form": form}
    return render(request, "residencies/studio/welcome_inventory.html", context, status=status)


@require_safe
def inventory_pdf(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    residency = get_residency(request, uuid)
    return inventories.answer(residency, _inventory(residency, key))


@require_safe
def suppliers(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where to find second-hand materials: a map, and the list behind it."""
    residency = get_residency(request, uuid)
    session = selectors.next_session(residency, timezone.now())
    place = None
    if session is not None:
        place = session.commune or (session.host.commune if session.host else None)
    rows = selectors.suppliers_near(residency.territory, place)
    context = studio_frame(residency) | {
        "rows": rows,
        "session": session,
        "place": place,
        "map": supplier_map.draw(list(residency.territory.communes.all()), [row.supplier for row in rows]),
    }
    return render(request, "residencies/studio/welcome_suppliers.html", context)


def _inventory(residency: Residency, key: UUID) -> Inventory:
    """An inventory of one of its stays. 404 otherwise."""
    found = (
        Inventory.objects.filter(stay__residency=residency, uuid=key)
        .select_related("stay__lodging__commune", "stay__residency", "agreed_by")
        .prefetch_related("lines")
        .first()
    )
    if found is None:
        raise Http404
    return found
