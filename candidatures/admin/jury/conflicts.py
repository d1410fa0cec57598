"""Conflicts of interest: declared, suggested, retained or set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.in_hand import lacking_readers
from candidatures.forms.jury_assignment import PairForm, RecusalForm, SetAsideForm
from candidatures.models import Application, Assignment, Juror, Jury, Recusal, Review
from candidatures.selectors import conflicts as selector
from candidatures.services.jury import recusals
from clea.errors import Refused
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object

#: Hints a page: forty members and fifteen hundred dossiers make thousands of weak ones.
PER_PAGE = 50
#: Two forms of one page ask for words.
_ASIDE = "aside_%s"


class ConflictsMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        pair = "deports/<uuid:member>/<uuid:dossier>/"
        return [
            self.address("deports/", self.conflicts_page, "conflicts"),
            self.address(pair, self.pair_page, "conflicts_pair"),
            self.address(f"{pair}prononcer/", self.recuse_page, "conflicts_recuse"),
            self.address(f"{pair}ecarter/", self.set_aside_page, "conflicts_set_aside"),
            *super().jury_urls(),
        ]

    def conflicts_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Recusals that stand, what the machine noticed, what was set aside; and any pair to look at."""
        jury = self.jury(request, key)
        found = selector.conflicts(jury)
        form = PairForm(request.POST or None, jurors=found.jurors, dossiers=found.dossiers)
        if request.method == "POST" and form.is_valid():
            chosen = form.cleaned_data
            return HttpResponseRedirect(_pair(jury, chosen["juror"], chosen["dossier"]))
        return self.jury_page(
            request,
            "admin/candidatures/jury/conflicts.html",
            jury=jury,
            title=_("Déports et conflits d'intérêts"),
            tab="conflicts",
            found=found,
            strong=Paginator(found.strong, PER_PAGE).get_page(request.GET.get("page")),
            weak=Paginator(found.weak, PER_PAGE).get_page(request.GET.get("faibles")),
            weak_open="faibles" in request.GET,
            form=form,
        )

    def pair_page(self, request: HttpRequest, key: UUID, member: UUID, dossier: UUID) -> HttpResponse:
        """A member and a dossier: what is known between them, and the two ways to settle it."""
        jury = self.jury(request, key)
        juror, application = self._found(jury, member, dossier)
        return self._pair_page(request, jury, juror, application)

    def recuse_page(self, request: HttpRequest, key: UUID, member: UUID, dossier: UUID) -> HttpResponse:
        """The coordination recuses the member."""
        jury = self.jury(request, key)
        juror, application = self._found(jury, member, dossier)
        if request.method != "POST":
            return HttpResponseRedirect(_pair(jury, juror, application))
        form = RecusalForm(request.POST)
        if form.is_valid():
            try:
                recusals.declare(by=person(request), juror=juror, application=application, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("Déport prononcé : « %(dossier)s » n'existe plus pour %(juror)s.")
                    % {"dossier": application.display_name, "juror": juror},
                )
                return HttpResponseRedirect(_tab(jury))
        return self._pair_page(request, jury, juror, application, recusal_form=form)

    def set_aside_page(self, request: HttpRequest, key: UUID, member: UUID, dossier: UUID) -> HttpResponse:
        """The coordination finds no conflict, or lifts a recusal."""
        jury = self.jury(request, key)
        juror, application = self._found(jury, member, dossier)
        if request.method != "POST":
            return HttpResponseRedirect(_pair(jury, juror, application))
        form = SetAsideForm(request.POST, auto_id=_ASIDE)
        if form.is_valid():
            noticed = " ".join(selector.evidence(jury, juror, application))
            try:
                recusals.set_aside(
                    by=person(request), juror=juror, application=application, evidence=noticed, **form.cleaned_data
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _(
                        "Écarté : ce couple ne sera plus signalé. "
                        "%(juror)s peut lire « %(dossier)s » si on le lui attribue."
                    )
                    % {"dossier": application.display_name, "juror": juror},
                )
                return HttpResponseRedirect(_tab(jury))
        return self._pair_page(request, jury, juror, application, set_aside_form=form)

    def _pair_page(
        self,
        request: HttpRequest,
        jury: Jury,
        juror: Juror,
        application: Application,
        *,
        recusal_form: RecusalForm | None = None,
        set_aside_form: SetAsideForm | None = None,
    ) -> HttpResponse:
        pair = {"juror": juror, "application": application}
        return self.jury_page(
            request,
            "admin/candidatures/jury/conflicts_pair.html",
            jury=jury,
            title=_("%(juror)s et « %(dossier)s »") % {"juror": juror, "dossier": application.display_name},
            tab="conflicts",
            juror=juror,
            application=application,
            evidence=selector.evidence(jury, juror, application),
            recusal=Recusal.objects.filter(**pair).select_related("declared_by", "set_aside_by").first(),
            assignment=Assignment.objects.filter(**pair).first(),
            review=Review.objects.filter(**pair).first(),
            recusal_form=recusal_form or RecusalForm(),
            set_aside_form=set_aside_form or SetAsideForm(auto_id=_ASIDE),
            recuse_url=reverse(
                "admin:candidatures_jury_conflicts_recuse", args=[jury.uuid, juror.uuid, application.uuid]
            ),
            set_aside_url=reverse(
                "admin:candidatures_jury_conflicts_set_aside", args=[jury.uuid, juror.uuid, application.uuid]
            ),
            back=_tab(jury),
        )

    @staticmethod
    def _found(jury: Jury, member: UUID, dossier: UUID) -> tuple[Juror, Application]:
        """A member of this jury and a filed dossier of its call, or 404. Two queries."""
        juror = Juror.objects.filter(jury=jury, uuid=member).select_related("user", "institution", "jury").first()
        rows = Application.objects.for_jury().filter(call=jury.call_id, uuid=dossier)
        application = rows.select_related("last_deposit", "owner").first()
        if juror is None or application is None:
            raise Http404
        return juror, application


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Dossiers that a member stepped aside from and that lack readers since. No query of its own."""
    return [
        DeskItem(
            label=ngettext(
                "dossier à compléter après un déport – %(call)s",
                "dossiers à compléter après un déport – %(call)s",
                row["stepped"],
            )
            % {"call": row["title"]},
            count=row["stepped"],
            url=f"{reverse('admin:candidatures_jury_assignment', args=[row['jury']])}?manque=1",
            urgency="now",
            detail=_("Moins de lecteurs que prévu : une autre attribution le répare."),
        )
        for row in lacking_readers(request)
        if row["stepped"]
    ]


def _tab(jury: Jury) -> str:
    return reverse("admin:candidatures_jury_conflicts", args=[jury.uuid])


def _pair(jury: Jury, juror: Juror, application: Application) -> str:
    return reverse("admin:candidatures_jury_conflicts_pair", args=[jury.uuid, juror.uuid, application.uuid])
