"""Each dossier as the jury saw it: reviews, discussion, anonymity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.dossier_forms import BlindForm, RemarkForm, ReopenForm
from candidatures.admin.jury.in_hand import juries_in_hand
from candidatures.enums import JURY_STATES
from candidatures.models import Application, BlindCopy, DiscussionComment, Jury, Review
from candidatures.pages import ranking as words
from candidatures.rules.reading import can_discuss
from candidatures.selectors import panel_dossiers
from candidatures.services.jury import blind, discussion, reviews
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object


PER_PAGE = 50


class DossiersMixin(_Base):
    """The jury's dossiers, and each one's own page. The coordination sees names, whatever jurors see."""

    def jury_urls(self) -> list[URLPattern]:
        one = "dossiers/<uuid:dossier>/"
        return [
            self.address("dossiers/", self.dossiers_page, "dossiers"),
            self.address("dossiers/copies-anonymes/", self.copies_page, "dossiers_copies"),
            self.address(one, self.dossier_page, "dossier"),
            self.address(f"{one}anonyme.pdf", self.blind_pdf, "dossier_blind_pdf"),
            self.address(f"{one}anonymat/", self.blind_page, "dossier_blind"),
            self.address(f"{one}remarque/", self.say_page, "dossier_say"),
            self.address(f"{one}remarques/<uuid:remark>/retirer/", self.unsay_page, "dossier_unsay"),
            self.address(f"{one}lectures/<uuid:review>/rouvrir/", self.reopen_page, "dossier_reopen"),
            *super().jury_urls(),
        ]

    # The list ------------------------------------------------------------------------------

    @method_decorator(require_safe)
    def dossiers_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Every dossier before the jury, with what was read of it and what is still owed."""
        jury = self.jury(request, key)
        lines = panel_dossiers.lines(jury)
        missing = sum(1 for line in lines if line.copy is None) if jury.is_blind else 0
        page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
        return self.jury_page(
            request,
            "admin/candidatures/jury/dossiers.html",
            jury=jury,
            title=_("Dossiers devant le jury"),
            tab="dossiers",
            page=page,
            count=len(lines),
            lines=[(line, words.advice_words(line.scores.advices)) for line in page],
            given=sum(line.given for line in lines),
            filed=sum(line.filed for line in lines),
            owed=sum(line.owed for line in lines),
            missing=missing,
            to_judge=sum(line.to_judge for line in lines),
            apart=panel_dossiers.APART,
        )

    @method_decorator(require_POST)
    def copies_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Have every missing anonymous copy made, in the queue."""
        jury = self.jury(request, key)
        missing = blind.missing(jury.call) if jury.is_blind else []
        blind.prepare(missing)
        if missing:
            messages.success(
                request,
                ngettext(
                    "%(n)d copie anonyme est en préparation : comptez quelques secondes.",
                    "%(n)d copies anonymes sont en préparation : comptez quelques secondes chacune.",
                    len(missing),
                )
                % {"n": len(missing)},
            )
        else:
            messages.info(request, _("Il n'y a pas de copie anonyme à préparer."))
        return HttpResponseRedirect(reverse("admin:candidatures_jury_dossiers", args=[jury.uuid]))

    # One dossier ---------------------------------------------------------------------------

    @method_decorator(require_safe)
    def dossier_page(self, request: HttpRequest, key: UUID, dossier: UUID) -> HttpResponse:
        jury = self.jury(request, key)
        return self._dossier(request, jury, self._panel(jury, dossier))

    @staticmethod
    def _panel(jury: Jury, dossier: UUID) -> panel_dossiers.Panel:
        try:
            return panel_dossiers.dossier(jury, dossier)
        except Application.DoesNotExist:
            raise Http404 from None

    @staticmethod
    def _application(jury: Jury, dossier: UUID) -> Application:
        """The dossier alone, for an act on it. 404 when it is not before this jury."""
        found = (
            Application.objects.for_jury()
            .filter(call=jury.call_id, uuid=dossier)
            .select_related("last_deposit__blind_copy")
            .first()
        )
        if found is None:
            raise Http404
        return found

    @staticmethod
    def _at(jury: Jury, application: Application, anchor: str = "") -> str:
        url = reverse("admin:candidatures_jury_dossier", args=[jury.uuid, application.uuid])
        return f"{url}#{anchor}" if anchor else url

    def _dossier(
        self,
        request: HttpRequest,
        jury: Jury,
        panel: panel_dossiers.Panel,
        *,
        remark_form: RemarkForm | None = None,
        blind_form: BlindForm | None = None,
    ) -> HttpResponse:
        application, deposit = panel.application, panel.application.last_deposit
        assert deposit is not None
        reviews_read = [told.opinion.review for told in panel.readings]
        return self.jury_page(
            request,
            "admin/candidatures/jury/dossier.html",
            jury=jury,
            title=f"{deposit.number} – {application.display_name}",
            tab="dossiers",
            panel=panel,
            application=application,
            deposit=deposit,
            remark_form=remark_form or RemarkForm(jury=jury),
            can_discuss=can_discuss(jury, application),
            person=request.user,
            blind_form=blind_form or BlindForm(panel=panel),
            shows_blind=jury.is_blind or panel.copy is not None,
            entries=entries_for(application, *reviews_read)[:30],
        )

    # Discussion ----------------------------------------------------------------------------

    def say_page(self, request: HttpRequest, key: UUID, dossier: UUID) -> HttpResponse:
        """Add the coordination's remark."""
        jury = self.jury(request, key)
        application = self._application(jury, dossier)
        if request.method != "POST":
            return HttpResponseRedirect(self._at(jury, application, "discussion"))
        form = RemarkForm(request.POST, jury=jury)
        if form.is_valid():
            try:
                discussion.say(by=person(request), application=application, text=form.cleaned_data["text"])
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _("Votre remarque est ajoutée : les membres qui participent la lisent."))
                return HttpResponseRedirect(self._at(jury, application, "discussion"))
        return self._dossier(request, jury, self._panel(jury, dossier), remark_form=form)

    @method_decorator(require_POST)
    def unsay_page(self, request: HttpRequest, key: UUID, dossier: UUID, remark: UUID) -> HttpResponse:
        """Take one's own remark back."""
        jury = self.jury(request, key)
        application = self._application(jury, dossier)
        comment = DiscussionComment.objects.filter(application=application, uuid=remark).first()
        if comment is None:
            raise Http404
        try:
            discussion.remove(by=person(request), comment=comment)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Votre remarque est retirée."))
        return HttpResponseRedirect(self._at(jury, application, "discussion"))

    # Reopening -----------------------------------------------------------------------------

    def reopen_page(self, request: HttpRequest, key: UUID, dossier: UUID, review: UUID) -> HttpResponse:
        """Give a filed reading back to its author, with the reason that they will read."""
        jury = self.jury(request, key)
        application = self._application(jury, dossier)
        found = (
            Review.objects.filed()
            .standing()
            .filter(application=application, juror__jury=jury, uuid=review)
            .select_related("juror__user", "juror__jury__call")
            .defer("private_notes")
            .first()
        )
        if found is None:
            raise Http404
        form = ReopenForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                reviews.reopen(by=person(request), review=found, reason=form.cleaned_data["reason"])
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(
                    request,
                    _("La lecture de %(name)s est rouverte ; un message lui dit pourquoi.") % {"name": found.juror},
                )
                return HttpResponseRedirect(self._at(jury, application, "lectures"))
        return self.jury_page(
            request,
            "admin/candidatures/jury/dossier_reopen.html",
            jury=jury,
            title=_("Rouvrir une lecture : %(name)s") % {"name": found.juror},
            tab="dossiers",
            application=application,
            form=form,
            back=self._at(jury, application, "lectures"),
        )

    # Anonymity -----------------------------------------------------------------------------

    @method_decorator(require_safe)
    def blind_pdf(self, request: HttpRequest, key: UUID, dossier: UUID) -> HttpResponse:
        """The anonymous copy, made now if nobody has; the file's own address then journals the reading."""
        application = self._application(self.jury(request, key), dossier)
        assert application.last_deposit_id is not None
        stored = blind.ensure(application.last_deposit_id)
        return HttpResponseRedirect(reverse("documents:file", args=[stored.uuid]))

    def blind_page(self, request: HttpRequest, key: UUID, dossier: UUID) -> HttpResponse:
        """Judge the copy: what stays in it. Makes it first when nobody has."""
        jury = self.jury(request, key)
        application = self._application(jury, dossier)
        if request.method != "POST":
            return HttpResponseRedirect(self._at(jury, application, "anonymat"))
        deposit = application.last_deposit
        assert deposit is not None
        copy: BlindCopy | None = getattr(deposit, "blind_copy", None)
        if copy is None:
            blind.ensure(deposit.pk)
            messages.success(request, _("La copie anonyme est faite. Relisez-la avant l'ouverture de la lecture."))
            return HttpResponseRedirect(self._at(jury, application, "anonymat"))
        panel = self._panel(jury, dossier)
        form = BlindForm(request.POST, panel=panel)
        if form.is_valid():
            try:
                fresh = blind.judge(
                    by=person(request), copy=copy, withhold=form.withheld(), seen=form.cleaned_data["seen"]
                )
            except StaleWrite as stale:
                form.look_again()
                form.add_error(None, str(stale))
            except Refused as refusal:
                refuse(form, refusal)
            else:
                self._tell_judged(request, copy, fresh)
                return HttpResponseRedirect(self._at(jury, application, "anonymat"))
        return self._dossier(request, jury, panel, blind_form=form)

    @staticmethod
    def _tell_judged(request: HttpRequest, before: BlindCopy, after: BlindCopy) -> None:
        if before.stored_file_id == after.stored_file_id:
            messages.success(request, _("La copie anonyme est déclarée examinée, telle quelle."))
        else:
            messages.success(request, _("La copie anonyme est refaite avec votre choix de pièces."))


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Anonymous copies in which the machine still read something of the artist. One query."""
    rows: Any = (
        BlindCopy.objects.filter(
            judged_at=None,
            deposit__application__state__in=JURY_STATES,
            deposit__application__last_deposit=F("deposit"),
            deposit__application__call__blind_reading=True,
            deposit__application__call__jury__identities_shown_at=None,
            deposit__application__call__jury__in=juries_in_hand(request),
        )
        .exclude(findings=[])
        .values("deposit__application__call__jury__uuid", "deposit__application__call__jury__reads_from")
        .annotate(n=Count("pk"))
        .order_by("deposit__application__call__jury__uuid")
    )
    today = timezone.localdate()
    items = []
    for row in rows:
        jury, start, count = row.values()
        items.append(
            DeskItem(
                label=ngettext_lazy("copie anonyme à examiner", "copies anonymes à examiner"),
                count=count,
                url=reverse("admin:candidatures_jury_dossiers", args=[jury]),
                urgency="now" if start is None or start <= today else "soon",
                detail=_("la machine y lit encore un nom, une adresse ou un lien"),
            )
        )
    return items
