"""A residency on the desk: opened, seen whole, its facts, its dates, its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures.admin.common import person, refuse
from candidatures.models import Jury, Season
from clea.errors import Refused
from clea.journal.selectors import entries_for
from clea.ui.sections import Section
from residencies.admin.opening_desk import desk_items
from residencies.admin.opening_documents import DocumentsMixin
from residencies.admin.opening_people import PeopleMixin
from residencies.enums import RESIDENCY_TRANSITIONS, ResidencyState
from residencies.forms.opening import ConfirmForm, FactsForm, OutsideForm, PeriodFormSet, RecountForm, StopForm
from residencies.models import Residency, ResidencyArtist
from residencies.rules import opening as rules
from residencies.selectors import opening as selectors
from residencies.selectors import readiness
from residencies.selectors.coverage import gauge
from residencies.services import opening
from structures.models import Territory

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from candidatures.models import Offer

__all__ = ["STATE_TONES", "OpeningMixin", "desk_items", "jury_answers"]

R = ResidencyState
STATE_TONES = {R.PREPARING: "partial", R.CURRENT: "open", R.FINISHED: "done", R.STOPPED: "stop"}


@dataclass(frozen=True)
class Act:
    """A move of the residency: what the page says first, the service, what it says after."""

    label: str | _StrPromise
    lines: tuple[str | _StrPromise, ...]
    done: str | _StrPromise
    service: Any
    form: type[forms.Form] = ConfirmForm


ACTS: dict[str, Act] = {
    "commencer": Act(
        gettext_lazy("Commencer la résidence"),
        (gettext_lazy("L'artiste est là : la résidence passe « en cours »."),),
        gettext_lazy("La résidence est en cours."),
        opening.start,
    ),
    "terminer": Act(
        gettext_lazy("Terminer la résidence"),
        (
            gettext_lazy("Plus rien ne peut y être planifié ; tout reste lisible, l'espace de l'artiste aussi."),
            gettext_lazy("Les fichiers de ses documents seront effacés trois mois après son dernier jour."),
        ),
        gettext_lazy("La résidence est terminée."),
        opening.finish,
    ),
    "interrompre": Act(
        gettext_lazy("Interrompre la résidence"),
        (
            gettext_lazy("Sa page publique est retirée. Ses séances prévues restent au calendrier : annulez-les."),
            gettext_lazy("Personne n'est prévenu : écrivez à l'artiste et aux structures."),
        ),
        gettext_lazy("La résidence est interrompue."),
        opening.stop,
        StopForm,
    ),
    "reprendre": Act(
        gettext_lazy("Reprendre la résidence"),
        (gettext_lazy("Elle repart où en sont ses dates. Sa page publique reste à publier."),),
        gettext_lazy("La résidence a repris."),
        opening.resume,
    ),
    "publier": Act(
        gettext_lazy("Publier la page"),
        (gettext_lazy("La présentation, les axes, les séances publiques et les lieux sont visibles de tous."),),
        gettext_lazy("La page est publiée."),
        opening.publish,
    ),
    "retirer": Act(
        gettext_lazy("Retirer la page"),
        (gettext_lazy("La page n'est plus visible. Rien n'est perdu, elle peut être publiée de nouveau."),),
        gettext_lazy("La page est retirée."),
        opening.unpublish,
    ),
}


class OpeningMixin(PeopleMixin, DocumentsMixin):
    """The row's own page is a hub; each act asks first."""

    def row_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("ouvrir/", view(self.open_page), name="residencies_residency_open"),
            path("ouvrir/hors-selection/", view(self.open_outside_page), name="residencies_residency_open_outside"),
            self.address("modifier/", self.edit_page, "edit"),
            self.address("periodes/", self.periods_page, "periods"),
            self.address("etat/<slug:act>/", self.act_page, "act"),
            *super().row_urls(),
        ]

    # Opening -------------------------------------------------------------------------------

    def _territories(self, request: HttpRequest) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return Territory.objects.coordinated_by(request.user)

    def open_page(self, request: HttpRequest) -> HttpResponse:
        """Accepted offers without a residency: one button each, one for all."""
        waiting = selectors.offers_to_open(self._territories(request))
        if request.method == "POST":
            return self._open(request, waiting)
        return self.page(
            request,
            "admin/residencies/residency/open.html",
            title=_("Ouvrir des résidences"),
            offers=[_offer_line(offer) for offer in waiting],
        )

    def _open(self, request: HttpRequest, waiting: list[Offer]) -> HttpResponse:
        chosen = request.POST.get("offre", "")
        picked = waiting if chosen == "toutes" else [offer for offer in waiting if str(offer.uuid) == chosen]
        opened: list[Residency] = []
        for offer in picked:
            try:
                opened.append(opening.open_from_offer(by=person(request), offer=offer))
            except (Refused, ValidationError) as error:
                text = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
                messages.error(request, f"{offer.application.display_name} : {text}")
        if not picked:
            messages.info(request, _("Cette résidence est déjà ouverte, ou la place n'est plus acceptée."))
        elif opened:
            text = ngettext(
                "La résidence de %(names)s est ouverte, l'artiste en est averti par courriel.",
                "%(n)d résidences sont ouvertes, les artistes en sont avertis par courriel : %(names)s.",
                len(opened),
            )
            messages.success(request, text % {"n": len(opened), "names": ", ".join(map(str, opened))})
        if len(opened) == 1 and chosen != "toutes":
            return HttpResponseRedirect(self.hub_url(opened[0]))
        return HttpResponseRedirect(reverse("admin:residencies_residency_open"))

    def open_outside_page(self, request: HttpRequest) -> HttpResponse:
        """An artist whom no jury of ours chose."""
        seasons = Season.objects.filter(programme__territory__in=self._territories(request))
        form = OutsideForm(
            request.POST or None, seasons=seasons.select_related("programme").order_by("-starts_on", "pk")
        )
        if request.method == "POST" and form.is_valid():
            try:
                residency = opening.open_outside(by=person(request), **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("La résidence est ouverte, l'artiste en est averti par courriel."))
                if not residency.periods.exists():
                    messages.warning(request, _("Aucun appel de cette saison ne donne ses dates : notez ses périodes."))
                return HttpResponseRedirect(self.hub_url(residency))
        return self.page(
            request,
            "admin/residencies/residency/open_outside.html",
            title=_("Ouvrir une résidence hors de la sélection"),
            form=form,
        )

    # The hub -------------------------------------------------------------------------------

    def hub_url(self, residency: Residency) -> str:
        return reverse("admin:residencies_residency_change", args=[residency.uuid])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The row's own page. Django's form would write past the services."""
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        if request.method == "POST":
            return HttpResponseRedirect(self.hub_url(found))
        people = Prefetch("artists", ResidencyArtist.objects.select_related("user"))
        residency = (
            Residency.objects.with_place()
            .select_related("offer", "application__last_deposit")
            .prefetch_related("periods", "axes", people, "requested_documents")
            .get(pk=found.pk)
        )
        today = timezone.localdate()
        return self.residency_page(
            request,
            "admin/residencies/residency/hub.html",
            residency=residency,
            title=residency.artist_name,
            tab="hub",
            alerts=readiness.as_lines(readiness.alerts(residency, today), residency),
            state_tone=STATE_TONES[R(residency.state)],
            acts=_acts(residency),
            present=[row for row in residency.artists.all() if row.left_at is None],
            gone=[row for row in residency.artists.all() if row.left_at is not None],
            count=selectors.day_count(residency.periods.all(), residency.territory),
            gauge=gauge(residency),
            documents=_documents_summary(residency),
            entries=entries_for(residency)[:20],
        )

    # Facts and dates -----------------------------------------------------------------------

    def edit_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Facts of the contract, words of the public page."""
        residency = self.residency(request, key)
        form = FactsForm(request.POST or None, instance=residency)
        if request.method == "POST" and form.is_valid():
            values = dict(form.cleaned_data)
            version, axes = values.pop("version"), values.pop("axes", None)
            try:
                opening.change(by=person(request), residency=residency, version=version, axes=axes, **values)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("C'est enregistré."))
                return HttpResponseRedirect(self.hub_url(residency))
        return self.residency_page(
            request,
            "admin/residencies/residency/form.html",
            residency=residency,
            title=_("Modifier la résidence"),
            tab="hub",
            form=form,
            button=_("Enregistrer"),
            back=self.hub_url(residency),
        )

    def periods_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Every period on one page; an emptied row goes."""
        residency = self.residency(request, key)
        initial = [
            {"uuid": row.uuid, "kind": row.kind, "title": row.title, "starts_on": row.starts_on, "ends_on": row.ends_on}
            for row in residency.periods.all()
        ]
        posted = request.POST if request.method == "POST" else None
        rows = PeriodFormSet(posted, initial=initial, prefix="periodes")
        form = RecountForm(posted, initial={"version": residency.version, "recount": True})
        if posted is not None and all([rows.is_valid(), form.is_valid()]):
            typed = [row for row in (line.row() for line in rows) if row is not None]
            try:
                opening.set_periods(by=person(request), residency=residency, rows=typed, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Les périodes sont enregistrées."))
                return HttpResponseRedirect(self.hub_url(residency))
        return self.residency_page(
            request,
            "admin/residencies/residency/periods.html",
            residency=residency,
            title=_("Périodes de présence"),
            tab="hub",
            rows=rows,
            form=form,
            count=selectors.day_count(residency.periods.all(), residency.territory),
            back=self.hub_url(residency),
        )

    # States --------------------------------------------------------------------------------

    def act_page(self, request: HttpRequest, key: UUID, act: str) -> HttpResponse:
        """Say what will happen, then do it."""
        residency = self.residency(request, key)
        if act not in ACTS:
            raise Http404
        chosen = ACTS[act]
        form = chosen.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                chosen.service(by=person(request), residency=residency, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, str(chosen.done))
                return HttpResponseRedirect(self.hub_url(residency))
        loud = readiness.alerts(residency, timezone.localdate()) if act == "commencer" else []
        return self.residency_page(
            request,
            "admin/residencies/residency/act.html",
            residency=residency,
            title=str(chosen.label),
            tab="hub",
            form=form,
            lines=chosen.lines,
            alerts=readiness.as_lines([alert for alert in loud if alert.urgency == "now"], residency),
            button=chosen.label,
            back=self.hub_url(residency),
            impossible=_impossible(residency, act),
        )


def _impossible(residency: Residency, act: str) -> str:
    """Why this act is not possible now, before it is asked. The service checks again."""
    targets = {"commencer": R.CURRENT, "terminer": R.FINISHED, "interrompre": R.STOPPED}
    if act in targets:
        return str(rules.can_become(residency, targets[act]).reason)
    if act == "reprendre" and residency.state not in (R.FINISHED, R.STOPPED):
        return _("Cette résidence n'est ni terminée ni interrompue.")
    if act == "publier" and residency.published_at is None:
        jury = selectors.announcing_jury(residency)
        return str(rules.can_publish(residency, jury, timezone.localdate()).reason)
    return ""


def _acts(residency: Residency) -> list[tuple[str, Any]]:
    """The moves of the state, those of the page apart."""
    arrows = RESIDENCY_TRANSITIONS[R(residency.state)]
    names = []
    if residency.state == R.PREPARING:
        names.append("commencer")
    if R.FINISHED in arrows:
        names.append("terminer")
    if R.STOPPED in arrows:
        names.append("interrompre")
    if residency.state in (R.FINISHED, R.STOPPED):
        names.append("reprendre")
    return [(name, ACTS[name].label) for name in names]


def _documents_summary(residency: Residency) -> dict[str, int]:
    rows = list(residency.requested_documents.all())
    return {
        "all": len(rows),
        "seen": sum(row.state == "accepted" for row in rows),
        "received": sum(row.state == "received" for row in rows),
        "awaited": sum(row.state in rules.AWAITED_DOCUMENTS for row in rows),
    }


def _offer_line(offer: Offer) -> dict[str, Any]:
    """What the opening will copy, said first. Two queries a line: the page holds a jury's few."""
    call = offer.application.call
    periods = selectors.presence_periods(call)
    return {
        "offer": offer,
        "application": offer.application,
        "call": call,
        "periods": periods,
        "count": selectors.day_count(periods, call.territory),
    }


def jury_answers(request: HttpRequest, jury: Jury) -> Section | None:
    """On the jury's answers: who may become a residency, and those that are. Two queries."""
    waiting = selectors.offers_to_open(None, jury)
    opened = list(Residency.objects.filter(application__call=jury.call_id).order_by("artist_name", "pk"))
    if not waiting and not opened:
        return None
    return Section("admin/residencies/residency/open_section.html", {"waiting": waiting, "opened": opened})
