"""The acts on a call, each with a page that says what will happen before it does."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidatures import rules
from candidatures.admin.common import DeskAdmin, person, refuse
from candidatures.enums import ApplicationState, CallStatus
from candidatures.models import Application, Call, Jury, Season
from candidatures.selectors import kept
from candidatures.services import calls
from candidatures.services.jury import members
from clea.errors import Refused
from clea.ui.dates import day, deadline, moment, span

if TYPE_CHECKING:
    _Base = DeskAdmin
    _Form = forms.Form
else:
    _Base = object
    _Form = forms.Form


class CloneForm(_Form):
    """Where last year's call goes, and by how many weeks its dates move."""

    season = forms.ModelChoiceField(Season.objects.none(), label=gettext_lazy("Saison"))
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=200)
    slug = forms.SlugField(
        label=gettext_lazy("Identifiant d'adresse"),
        max_length=80,
        help_text=gettext_lazy("La fin de l'adresse de la page : lettres sans accent, chiffres et tirets."),
    )
    reference_year = forms.IntegerField(
        label=gettext_lazy("Année des numéros de dépôt"),
        validators=[MinValueValidator(2000), MaxValueValidator(2200)],
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("Décalage des dates, en semaines"),
        initial=52,
        validators=[MinValueValidator(-260), MaxValueValidator(260)],
        help_text=gettext_lazy("Des semaines entières : un dimanche reste un dimanche. 52 semaines font un an."),
    )

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"])
        if Call.objects.filter(slug=slug).exists():
            raise ValidationError(_("Cette adresse est déjà celle d'un autre appel : choisissez-en une autre."))
        return slug

    def digest(self) -> str:
        """What was shown, so that only that is confirmed."""
        values = [self.cleaned_data[name] for name in self.fields]
        text = "\n".join(str(value.pk if isinstance(value, Season) else value) for value in values)
        return hashlib.sha256(text.encode()).hexdigest()


class CallPagesMixin(_Base):
    """Publish, take back, archive, take up again, give a jury. Each page is found by the call's ``uuid``."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:key>/publier/", wrap(self.publish_page), name="candidatures_call_publish"),
            path("<uuid:key>/retirer/", wrap(self.unpublish_page), name="candidatures_call_unpublish"),
            path("<uuid:key>/archiver/", wrap(self.archive_page), name="candidatures_call_archive"),
            path("<uuid:key>/reprendre/", wrap(self.clone_page), name="candidatures_call_clone"),
            path("<uuid:key>/jury/", wrap(self.jury_page), name="candidatures_call_jury"),
            *super().get_urls(),
        ]

    def state_context(self, call: Call) -> dict[str, Any]:
        """What the call's own page says on top: where it stands, and what may be done. Four queries, or five."""
        counts = Application.objects.filter(call=call).values_list("state", flat=True)
        states = list(counts)
        drafts = states.count(ApplicationState.DRAFT)
        gone = kept.erased_of(call)
        return {
            "call_sentence": self._sentence(call),
            "call_filed": len(states) - drafts + gone.filed,
            "call_drafts": drafts + gone.drafts,
            "call_erased": gone,
            "call_portrait": kept.portrait_of(call) if gone.filed else [],
            "can_publish": call.status != CallStatus.PUBLISHED,
            "can_unpublish": bool(rules.can_unpublish(call, bool(states))),
            "can_archive": call.status == CallStatus.PUBLISHED and call.closes_at <= timezone.now(),
            "is_public": call.status != CallStatus.DRAFT,
            "jury": Jury.objects.filter(call=call).only("uuid").first(),
        }

    @staticmethod
    def _sentence(call: Call) -> str:
        if call.status == CallStatus.DRAFT:
            return _("En préparation : le public ne le voit pas.")
        if call.status == CallStatus.ARCHIVED:
            return _("Archivé : sa page reste lisible parmi les appels passés.")
        return rules.phase_sentence(call, timezone.now())

    # Publish, take back, archive -----------------------------------------------------------

    def publish_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        call = self.found(request, key)
        issues = calls.check(call)
        blocking = [issue for issue in issues if issue.blocking]
        verdict = rules.can_publish(call)
        return self._act(
            request,
            call,
            act=calls.publish,
            title=_("Publier « %(call)s »") % {"call": call.title},
            lines=[
                _("La page de l'appel devient publique aussitôt."),
                _("Les dossiers sont reçus du %(start)s jusqu'au %(end)s, sans que vous ayez rien à faire.")
                % {"start": moment(call.opens_at), "end": deadline(call.closes_at)},
            ],
            button=_("Publier l'appel"),
            done=_("L'appel est publié."),
            issues=issues,
            impossible=str(verdict.reason) if not verdict else "",
            blocked=bool(blocking),
        )

    def unpublish_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        call = self.found(request, key)
        verdict = rules.can_unpublish(call, call.applications.exists())
        return self._act(
            request,
            call,
            act=calls.unpublish,
            title=_("Retirer « %(call)s » de la publication") % {"call": call.title},
            lines=[
                _("La page disparaît du site, et son adresse ne répond plus, jusqu'à une nouvelle publication."),
                _("Ce n'est possible que tant que personne n'a commencé de dossier."),
            ],
            button=_("Retirer l'appel"),
            done=_("L'appel est revenu en préparation."),
            impossible=str(verdict.reason) if not verdict else "",
        )

    def archive_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        call = self.found(request, key)
        impossible = ""
        if call.status != CallStatus.PUBLISHED or call.closes_at > timezone.now():
            impossible = _("Seul un appel publié et clos s'archive.")
        return self._act(
            request,
            call,
            act=calls.archive,
            title=_("Archiver « %(call)s »") % {"call": call.title},
            lines=[
                _("L'appel quitte la page d'accueil et rejoint les appels passés. Sa page reste lisible."),
                _("Les dossiers restent dans votre espace ; un appel archivé peut être publié de nouveau."),
            ],
            button=_("Archiver l'appel"),
            done=_("L'appel est archivé."),
            impossible=impossible,
        )

    def _act(
        self,
        request: HttpRequest,
        call: Call,
        *,
        act: Any,
        title: str,
        lines: list[str],
        button: str,
        done: str,
        issues: list[calls.Issue] | None = None,
        impossible: str = "",
        blocked: bool = False,
    ) -> HttpResponse:
        """Ask, then act. The service checks again: what the page showed may have changed since."""
        if request.method == "POST":
            try:
                act(by=person(request), call=call)
            except Refused as refusal:
                messages.error(request, str(refusal))
            else:
                messages.success(request, done)
            return HttpResponseRedirect(reverse("admin:candidatures_call_change", args=[call.uuid]))
        return self.page(
            request,
            "admin/candidatures/call/act.html",
            title=title,
            obj=call,
            lines=lines,
            button=button,
            blocking=[issue for issue in issues or [] if issue.blocking],
            warnings=[issue for issue in issues or [] if not issue.blocking],
            checked=issues is not None,
            impossible=impossible,
            blocked=blocked or bool(impossible),
        )

    # A jury ------------------------------------------------------------------------------------

    def jury_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Give the call its jury; once there is one, this leads to it."""
        call = self.found(request, key)
        jury = Jury.objects.filter(call=call).first()
        if jury is None and request.method == "POST":
            try:
                jury = members.create(by=person(request), call=call)
            except Refused as refusal:
                messages.error(request, str(refusal))
                return HttpResponseRedirect(reverse("admin:candidatures_call_change", args=[call.uuid]))
            messages.success(request, _("Le jury est constitué. Invitez ses membres."))
            return HttpResponseRedirect(reverse("admin:candidatures_jury_members", args=[jury.uuid]))
        if jury is not None:
            return HttpResponseRedirect(reverse("admin:candidatures_jury_change", args=[jury.uuid]))
        start, end = members.first_dates(call)
        reading = _("La lecture des dossiers commence le %(day)s") % {"day": day(start)}
        if end is not None:
            reading = _("La lecture des dossiers est proposée %(span)s") % {"span": span(start, end)}
        return self.page(
            request,
            "admin/candidatures/call/act.html",
            title=_("Constituer le jury de « %(call)s »") % {"call": call.title},
            obj=call,
            lines=[
                _("Un seul jury par appel. Il a ses règles, ses membres, et des modèles de courriers déjà écrits."),
                _("%(reading)s ; vous pourrez changer ces dates.") % {"reading": reading},
                _("Personne n'est prévenu maintenant : vous inviterez ensuite les membres."),
            ],
            button=_("Constituer le jury"),
            blocked=False,
            checked=False,
            impossible="",
        )

    # Take up again -------------------------------------------------------------------------

    def clone_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Two steps: the dates that would result, then the copy of exactly what was shown."""
        call = self.found(request, key)
        form = CloneForm(request.POST or None, initial=self._clone_initial(call))
        form.fields["season"].queryset = Season.objects.filter(  # type: ignore[attr-defined]
            programme__territory=call.territory
        ).select_related("programme")
        dates, digest = [], ""
        if form.is_valid():
            digest = form.digest()
            if "confirmer" in request.POST and request.POST.get("vu") == digest:
                try:
                    copy = calls.clone(by=person(request), call=call, **form.cleaned_data)
                except (Refused, ValidationError) as error:
                    refuse(form, error)
                else:
                    self._tell_copied(request, copy)
                    return HttpResponseRedirect(reverse("admin:candidatures_call_change", args=[copy.uuid]))
            dates = moved_dates(call, form.cleaned_data["weeks"])
        return self.page(
            request,
            "admin/candidatures/call/clone.html",
            title=_("Reprendre « %(call)s » pour une autre saison") % {"call": call.title},
            obj=call,
            form=form,
            dates=dates,
            seen=digest,
        )

    @staticmethod
    def _clone_initial(call: Call) -> dict[str, Any]:
        following = (
            Season.objects.filter(programme__territory=call.territory, starts_on__gt=call.season.starts_on)
            .order_by("starts_on")
            .first()
        )
        return {"season": following, "title": call.title, "weeks": 52, "reference_year": call.reference_year + 1}

    def _tell_copied(self, request: HttpRequest, copy: Call) -> None:
        messages.success(
            request,
            _("« %(call)s » est prêt à être relu : tout est repris, dates comprises. Il n'est pas publié.")
            % {"call": copy.title},
        )
        issues = calls.check(copy)
        if issues:
            count = ngettext("Un point à regarder", "%(n)d points à regarder", len(issues)) % {"n": len(issues)}
            messages.warning(request, f"{count} : " + " ".join(issue.message for issue in issues))


def moved_dates(call: Call, weeks: int) -> list[dict[str, str]]:
    """Every date of the call, before and after a move by whole weeks. One query."""
    days = timedelta(weeks=weeks)

    def line(label: object, before: str, after: str) -> dict[str, str]:
        return {"label": str(label), "before": before, "after": after}

    def of_day(label: object, value: date | None) -> list[dict[str, str]]:
        return [line(label, day(value), day(value + days))] if value else []

    def of_moment(label: object, value: datetime, say: Any) -> dict[str, str]:
        return line(label, say(value), say(calls.shift_moment(value, days.days)))

    rows = [
        of_moment(_("Ouverture"), call.opens_at, moment),
        of_moment(_("Clôture"), call.closes_at, deadline),
        *of_day(_("Entretiens, du"), call.interviews_from),
        *of_day(_("Entretiens, au"), call.interviews_to),
        *of_day(_("Jury"), call.jury_on),
        *of_day(_("Résultats, au plus tard"), call.results_on),
    ]
    return rows + [
        line(
            period.title,
            span(period.starts_on, period.ends_on),
            span(period.starts_on + days, period.ends_on + days),
        )
        for period in call.periods.all()
    ]
