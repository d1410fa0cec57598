"""The people of a residency on the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from candidatures.admin.common import person, refuse
from clea.errors import Refused
from residencies.admin.base import ResidencyPages
from residencies.forms.opening import ConfirmForm, PersonForm
from residencies.models import Residency, ResidencyArtist
from residencies.services import people


class PeopleMixin(ResidencyPages):
    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("personnes/ajouter/", self.person_add_page, "person_add"),
            self.address("personnes/<uuid:person_key>/", self.person_page, "person"),
            self.address("personnes/<uuid:person_key>/retirer/", self.person_remove_page, "person_remove"),
            *super().row_urls(),
        ]

    @staticmethod
    def _seat(residency: Residency, key: UUID) -> ResidencyArtist:
        seat = residency.artists.select_related("user").filter(uuid=key).first()
        if seat is None:
            raise Http404
        seat.residency = residency
        return seat

    def person_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Named only, or with the space."""
        residency = self.residency(request, key)
        form = PersonForm(request.POST if request.method == "POST" else None)
        return self._person_form(
            request,
            residency,
            form,
            title=_("Ajouter une personne"),
            act=lambda values: people.add_artist(by=person(request), residency=residency, **values),
        )

    def person_page(self, request: HttpRequest, key: UUID, person_key: UUID) -> HttpResponse:
        residency = self.residency(request, key)
        seat = self._seat(residency, person_key)
        initial = {name: getattr(seat, name) for name in ("first_name", "last_name", "role", "is_lead")}
        form = PersonForm(request.POST if request.method == "POST" else None, artist=seat, initial=initial)
        return self._person_form(
            request,
            residency,
            form,
            title=str(seat),
            act=lambda values: people.change_artist(by=person(request), artist=seat, **values),
            seat=seat,
        )

    def _person_form(
        self, request: HttpRequest, residency: Residency, form: PersonForm, *, title: str, act: Any, **context: Any
    ) -> HttpResponse:
        back = reverse("admin:residencies_residency_change", args=[residency.uuid])
        if request.method == "POST" and form.is_valid():
            try:
                act(form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("C'est enregistré."))
                return HttpResponseRedirect(back)
        return self.residency_page(
            request,
            "admin/residencies/residency/form.html",
            residency=residency,
            title=title,
            tab="hub",
            form=form,
            button=_("Enregistrer"),
            back=back,
            **context,
        )

    def person_remove_page(self, request: HttpRequest, key: UUID, person_key: UUID) -> HttpResponse:
        """Ask, then close the space to this person."""
        residency = self.residency(request, key)
        seat = self._seat(residency, person_key)
        back = reverse("admin:residencies_residency_change", args=[residency.uuid])
        form = ConfirmForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                people.remove_artist(by=person(request), artist=seat)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("%(name)s n'est plus dans la résidence.") % {"name": seat})
                return HttpResponseRedirect(back)
        return self.residency_page(
            request,
            "admin/residencies/residency/act.html",
            residency=residency,
            title=_("Retirer %(name)s") % {"name": seat},
            tab="hub",
            form=form,
            lines=[_("L'espace de la résidence lui est fermé. Ce que cette personne a fait reste.")],
            button=_("Retirer de la résidence"),
            back=back,
        )
