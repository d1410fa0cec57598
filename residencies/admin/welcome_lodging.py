"""Stays and inventories of a residency, on the desk."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from candidatures.admin.common import person, refuse
from clea.errors import Refused, StaleWrite
from residencies.admin.base import ResidencyPages
from residencies.enums import InventoryMoment
from residencies.forms.welcome import InventoryForm, StayForm, line_formset, lines_of, look_again
from residencies.models import Inventory, Residency, Stay
from residencies.reports import inventories
from residencies.rules import welcome as rules
from residencies.selectors import welcome as selectors
from residencies.services import lodgings


class LodgingMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        one = "sejour/logement/<uuid:stay_key>/"
        paper = f"{one}etat-des-lieux/<slug:moment>"
        return [
            self.address("sejour/logement/attribuer/", self.stay_add_page, "welcome_stay_add"),
            self.address(one, self.stay_page, "welcome_stay"),
            self.address(f"{one}supprimer/", self.stay_remove_page, "welcome_stay_remove"),
            self.address(f"{paper}/", self.inventory_page, "welcome_inventory"),
            self.address(f"{paper}.pdf", require_safe(self.inventory_pdf), "welcome_inventory_pdf"),
            *super().row_urls(),
        ]

    def stay_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return self._stay(request, self.residency(request, key), None)

    def stay_page(self, request: HttpRequest, key: UUID, stay_key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        return self._stay(request, residency, _stay_of(residency, stay_key))

    def _stay(self, request: HttpRequest, residency: Residency, stay: Stay | None) -> HttpResponse:
        """Which lodging, between which days."""
        form = StayForm(request.POST or None, residency=residency, stay=stay)
        if request.method == "POST" and form.is_valid():
            try:
                lodgings.book(by=person(request), residency=residency, stay=stay, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le logement est réservé."))
                return HttpResponseRedirect(_back(residency))
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_form.html",
            residency=residency,
            title=_("Attribuer un logement") if stay is None else str(stay.lodging),
            tab="welcome",
            form=form,
            button=_("Réserver") if stay is None else _("Enregistrer"),
            stay=stay,
            impossible="",
            back=_back(residency),
        )

    def stay_remove_page(self, request: HttpRequest, key: UUID, stay_key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        stay = _stay_of(residency, stay_key)
        verdict = rules.can_remove_stay(stay.inventories.count())
        if request.method == "POST":
            try:
                lodgings.remove_stay(by=person(request), stay=stay)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, _("Le séjour est supprimé : le logement est libre à ces dates."))
            return HttpResponseRedirect(_back(residency))
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_act.html",
            residency=residency,
            title=_("Supprimer ce séjour ?"),
            tab="welcome",
            lines=[_("%(lodging)s sera libre à ces dates. Aucun message ne part.") % {"lodging": stay.lodging}],
            impossible="" if verdict else verdict.reason,
            button=_("Supprimer le séjour"),
            back=_back(residency),
        )

    def inventory_page(self, request: HttpRequest, key: UUID, stay_key: UUID, moment: str) -> HttpResponse:
        """Write the inventory, beside the entry when it is the exit."""
        residency = self.residency(request, key)
        stay = _stay_of(residency, stay_key)
        when = _moment(moment)
        found = selectors.inventory_of(stay, when)
        entry = selectors.inventory_of(stay, InventoryMoment.ENTRY) if when == InventoryMoment.EXIT else None
        verdict = rules.can_write_inventory(when, entry)
        rows = list(found.lines.all()) if found is not None else selectors.prefilled(stay, when, entry)
        posted = request.POST if request.method == "POST" else None
        form = InventoryForm(posted, moment=when, inventory=found)
        lines = line_formset(posted, rows)
        if posted is not None and form.is_valid() and lines.is_valid():
            try:
                lodgings.write_inventory(
                    by=person(request),
                    stay=stay,
                    moment=when,
                    reading=form.reading(),
                    lines=lines_of(lines),
                    version=form.cleaned_data["version"],
                )
            except StaleWrite as stale:
                found = selectors.inventory_of(stay, when)
                look_again(form, version=found.version if found is not None else 0)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'état des lieux est enregistré. L'artiste peut le lire et l'accepter."))
                return HttpResponseRedirect(request.path)
        return self.residency_page(
            request,
            "admin/residencies/residency/welcome_inventory.html",
            residency=residency,
            title=_("État des lieux d'entrée") if when == InventoryMoment.ENTRY else _("État des lieux de sortie"),
            tab="welcome",
            stay=stay,
            moment=when,
            form=form,
            lines=lines,
            entry=entry,
            told=selectors.told(found) if found is not None else None,
            impossible="" if verdict else verdict.reason,
            back=_back(residency),
        )

    def inventory_pdf(self, request: HttpRequest, key: UUID, stay_key: UUID, moment: str) -> HttpResponse:
        residency = self.residency(request, key)
        stay = _stay_of(residency, stay_key)
        return inventories.answer(residency, _found(stay, _moment(moment)))


def _back(residency: Residency) -> str:
    return f"{reverse('admin:residencies_residency_welcome', args=[residency.uuid])}#logement"


def _stay_of(residency: Residency, key: UUID) -> Stay:
    """A stay of this residency. 404 otherwise."""
    stay = residency.stays.select_related("lodging__commune", "residency").filter(uuid=key).first()
    if stay is None:
        raise Http404
    return stay


def _moment(text: str) -> InventoryMoment:
    for moment, word in rules.MOMENT_WORDS.items():
        if word == text:
            return moment
    raise Http404


def _found(stay: Stay, moment: InventoryMoment) -> Inventory:
    found = selectors.inventory_of(stay, moment)
    if found is None:
        raise Http404
    return found
