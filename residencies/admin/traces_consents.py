"""Who agreed to what, at the desk: noted, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from candidatures.admin.common import person, refuse
from candidatures.models import Season
from clea.errors import Refused
from residencies.admin.traces_place import Place, PlacePages, PlaceView
from residencies.forms.traces import ConsentForm
from residencies.models import Consent
from residencies.pages.traces import at_file
from residencies.rules import traces as rules
from residencies.selectors import trace_pages
from residencies.services import consents


class ConsentActs(PlacePages):
    def place_views(self) -> list[tuple[str, PlaceView, str]]:
        one = "traces/accords/<uuid:item>/"
        return [
            ("traces/accords/noter/", self.consent_add, "consent_add"),
            (one, self.consent_page, "consent"),
            (f"{one}retirer/", self.consent_withdraw, "consent_withdraw"),
            (f"{one}effacer/", self.consent_remove, "consent_remove"),
            (f"{one}lien/", require_POST(self.consent_link), "consent_link"),
            *super().place_views(),
        ]

    def consent_add(self, request: HttpRequest, place: Place) -> HttpResponse:
        """Note somebody's consent."""
        form = ConsentForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                made = consents.record(by=person(request), season=place.season, **form.values())
            except (Refused, ValidationError) as error:
                refuse(form, at_file(error, "proof"))
            else:
                messages.success(request, _noted(made))
                return place.back("accords")
        return place.page(request, "consent", title=_("Noter un accord"), form=form, consent=None)

    def consent_page(self, request: HttpRequest, place: Place, item: UUID) -> HttpResponse:
        """What it covers; correct it."""
        row = _consent(place.season, item)
        verdict = rules.can_change_consent(row)
        form = ConsentForm(request.POST or None, request.FILES or None, row=row)
        if request.method == "POST" and form.is_valid():
            try:
                consents.change(by=person(request), consent=row, seen=form.cleaned_data["seen"], **form.values())
            except (Refused, ValidationError) as error:
                refuse(form, at_file(error, "proof"))
            else:
                messages.success(request, _("L'accord est corrigé."))
                return place.back("accords")
        return place.page(
            request,
            "consent",
            title=str(row),
            form=form,
            consent=row,
            given=trace_pages.state_of(row),
            covered=trace_pages.covered_by(row),
            impossible="" if verdict else verdict.reason,
        )

    def consent_withdraw(self, request: HttpRequest, place: Place, item: UUID) -> HttpResponse:
        """Ask, then withdraw: the person said so."""
        row = _consent(place.season, item)
        covered = trace_pages.covered_by(row)
        if request.method == "POST":
            return self._consent_act(
                request, place, lambda: consents.withdraw(by=person(request), consent=row), _("L'accord est retiré.")
            )
        lines = [
            _("Ce qu'il couvre quitte aussitôt les pages publiques, les dossiers à télécharger et le bilan."),
            _("Cela ne se reprend pas : si la personne accepte de nouveau, vous noterez un nouvel accord."),
        ]
        if row.email:
            lines.append(_("Un message le confirme à %(email)s.") % {"email": row.email})
        return place.page(
            request,
            "confirm",
            title=_("Retirer cet accord ?"),
            lines=lines,
            covered=covered,
            button=_("Retirer l'accord"),
            back=place.url("consent", item),
        )

    def consent_remove(self, request: HttpRequest, place: Place, item: UUID) -> HttpResponse:
        """Ask, then erase one noted by mistake."""
        row = _consent(place.season, item)
        if request.method == "POST":
            return self._consent_act(
                request, place, lambda: consents.remove(by=person(request), consent=row), _("L'accord est effacé.")
            )
        covered = trace_pages.covered_by(row)
        used = _("Cet accord couvre un témoignage ou une image : retirez-le plutôt que de l'effacer.")
        return place.page(
            request,
            "confirm",
            title=_("Effacer cet accord, noté par erreur ?"),
            lines=[_("Son formulaire signé est effacé avec lui.")] if row.proof_id else [_("Rien d'autre ne change.")],
            impossible=used if covered else "",
            button=_("Effacer l'accord"),
            back=place.url("consent", item),
        )

    def consent_link(self, request: HttpRequest, place: Place, item: UUID) -> HttpResponse:
        """Send the person's link again."""
        row = _consent(place.season, item)
        try:
            consents.send_link(by=person(request), consent=row)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Le lien est envoyé à %(email)s.") % {"email": row.email})
        return HttpResponseRedirect(place.url("consent", item))

    def _consent_act(self, request: HttpRequest, place: Place, act: Callable[[], object], said: str) -> HttpResponse:
        try:
            act()
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, said)
        return place.back("accords")


def _consent(season: Season, key: UUID) -> Consent:
    """A consent of this season. 404 otherwise."""
    row = Consent.objects.filter(season=season, uuid=key).select_related("proof").first()
    if row is None:
        raise Http404
    row.season = season
    return row


def _noted(row: Consent) -> str:
    if row.email:
        return _("L'accord est noté. Le lien qui permet de le retirer est envoyé à %(email)s.") % {"email": row.email}
    return _("L'accord est noté.")
