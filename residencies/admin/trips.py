"""The trips that artists claim: one claim with its receipts, what is covered of a line; the kilometre scales."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from candidatures.admin.common import DeskAdmin, person, refuse
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem
from residencies.admin.base import ResidencyPages
from residencies.admin.payment_acts import offered
from residencies.forms.trips import CoverForm
from residencies.forms.welcome import look_again
from residencies.methods.mileage import Bracket
from residencies.models import Residency, ScaleBracket, ScaleVersion, TripClaim
from residencies.rules import trips as rules
from residencies.selectors import scales as scale_selectors
from residencies.selectors import trips as selectors
from residencies.services import scales, trips
from structures.admin.scope import LabelledFormSet, ScopedAdminMixin, ScopedInlineMixin

if TYPE_CHECKING:
    from django.db.models import QuerySet

    _Inline = admin.TabularInline[ScaleBracket, ScaleVersion]
else:
    _Inline = admin.TabularInline


class TripsMixin(ResidencyPages):
    """The trips that artists claim."""

    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("argent/voyages/<uuid:trip>/", require_safe(self.trip_page), "trip"),
            self.address("argent/voyages/<uuid:trip>/lignes/<uuid:line>/", self.trip_line_page, "trip_line"),
            *super().row_urls(),
        ]

    def trip_page(self, request: HttpRequest, key: UUID, trip: UUID) -> HttpResponse:
        """The calculation line by line, the receipts, and what may be done now."""
        residency = self.residency(request, key)
        claim = _claim(residency, trip)
        return self.residency_page(
            request,
            "admin/residencies/residency/trip.html",
            residency=residency,
            title=claim.payment.label,
            tab="money",
            told=selectors.told(claim),
            acts=offered(claim.payment, person(request)),
            waits_another=_waits_another(claim, request),
            to_come=claim.back_on > timezone.localdate(),
        )

    def trip_line_page(self, request: HttpRequest, key: UUID, trip: UUID, line: UUID) -> HttpResponse:
        """Cover another amount of a line, with the reason the artist reads."""
        residency = self.residency(request, key)
        claim = _claim(residency, trip)
        row = next((one for one in claim.lines.all() if one.uuid == line), None)
        if row is None:
            raise Http404
        row.claim = claim
        verdict = rules.can_cover(claim.payment, row)
        initial = {"covered": row.covered, "rule": row.rule, "words": row.words, "version": claim.payment.version}
        form = CoverForm(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                trips.cover(by=person(request), line=row, **form.cleaned_data)
            except StaleWrite as stale:
                look_again(form, version=_claim(residency, trip).payment.version)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("C'est enregistré : l'artiste en est informé."))
                return HttpResponseRedirect(_url(residency, claim))
        response = self.residency_page(
            request,
            "admin/residencies/residency/trip_line.html",
            residency=residency,
            title=row.label,
            tab="money",
            line=row,
            form=form,
            impossible="" if verdict else verdict.reason,
            back=_url(residency, claim),
        )
        response.status_code = 422 if form.errors else 200
        return response


def _claim(residency: Residency, key: UUID) -> TripClaim:
    found = selectors.find(residency, key)
    if found is None:
        raise Http404
    return found


def _url(residency: Residency, claim: TripClaim) -> str:
    return reverse("admin:residencies_residency_trip", args=[residency.uuid, claim.payment.uuid])


def _waits_another(claim: TripClaim, request: HttpRequest) -> bool:
    """Whether another person of the desk must approve it. No query."""
    payment = claim.payment
    two = payment.territory.two_person_payments
    return payment.state == "checked" and two and payment.checked_by_id == person(request).pk


# The scales ----------------------------------------------------------------------------------


def _bracket(data: dict[str, Any]) -> Bracket:
    names = ("power_from", "power_to", "km_above", "rate")
    return Bracket(**{name: data[name] for name in names}, fixed=data["fixed"])


class BracketFormSet(LabelledFormSet):
    """Every vehicle has its rates, from the first kilometre."""

    def brackets(self) -> list[Bracket]:
        """Call on a valid formset."""
        return [
            _bracket(form.cleaned_data)
            for form in self.forms
            if form.cleaned_data.get("power_from") is not None and not form.cleaned_data.get("DELETE")
        ]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        try:
            scales.require_whole(self.brackets())
        except Refused as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from None


class BracketInline(ScopedInlineMixin, _Inline):
    model = ScaleBracket
    formset = BracketFormSet
    fields = ["power_from", "power_to", "km_above", "rate", "fixed"]
    extra = 3

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_write(request, obj)

    has_change_permission = has_delete_permission = has_add_permission


def _may_write(request: HttpRequest, obj: ScaleVersion | None) -> bool:
    """An administrator, and a version that no claim was counted with. Two queries at most, once a request."""
    user = person(request)
    if not (user.is_active and user.is_superuser):
        return False
    if obj is None or obj.pk is None:
        return True
    kept: dict[int, bool] = request.__dict__.setdefault("_scales_used", {})
    if obj.pk not in kept:
        kept[obj.pk] = scale_selectors.is_used(obj)
    return not kept[obj.pk]


@admin.register(ScaleVersion)
class ScaleVersionAdmin(DeskAdmin):
    """A scale is the same for every territory: each desk reads it, an administrator writes it."""

    add_title = gettext_lazy("Nouvelle version d'un barème")
    list_display = ["kind", "applies_from", "method", "source"]
    list_filter = ["kind"]
    fields = ["kind", "applies_from", "method", "electric_multiplier", "source"]
    inlines = [BracketInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScaleVersion]:
        return super(ScopedAdminMixin, self).get_queryset(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return _may_write(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_write(request, obj)

    def save_model(self, request: HttpRequest, obj: ScaleVersion, form: Any, change: bool) -> None:
        """With its brackets, below: a version without rates is no scale."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        for formset in formsets:
            # The admin's own history asks what changed; the service writes.
            formset.save(commit=False)
            scales.save(by=person(request), version=form.instance, brackets=formset.brackets())

    def delete_model(self, request: HttpRequest, obj: ScaleVersion) -> None:
        scales.remove(by=person(request), version=obj)


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Nothing of its own: a trip to check is among the payments to check."""
    return []
