"""Who reads what: by hand, in bulk, or computed and previewed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.admin.jury.in_hand import lacking_readers
from candidatures.enums import AssignmentOrigin, AssignmentPurpose
from candidatures.forms.jury_assignment import BatchForm, DossierForm, WishForm, first_wish
from candidatures.models import Application, Juror, Jury
from candidatures.selectors import assignment as selector
from candidatures.selectors.assignment import Board, Pair
from candidatures.services.jury import assignments
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    _Base = JuryPages
else:
    _Base = object

_SALT = "candidatures.assignment.batch"
#: Dossiers a page of the table.
PER_PAGE = 100
#: How many pairs a confirmation names one by one.
NAMED = 60


@dataclass(frozen=True)
class Batch:
    """What a bulk act would do, pair by pair."""

    act: str
    pairs: list[Pair]
    already: int
    barred: list[tuple[Juror, Application, str]]
    kept: list[tuple[Juror, Application]]


class AssignmentMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("attribution/", self.assignment_page, "assignment"),
            self.address("attribution/calcul/", self.plan_page, "assignment_plan"),
            self.address("attribution/lot/", self.batch_page, "assignment_batch"),
            self.address("attribution/<uuid:dossier>/", self.dossier_readers_page, "assignment_dossier"),
            *super().jury_urls(),
        ]

    # As it stands --------------------------------------------------------------------------

    def assignment_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Each member's load, each dossier's readers, and the ways to change them."""
        return self._table(request, self.jury(request, key))

    def _table(self, request: HttpRequest, jury: Jury, *, form: BatchForm | None = None) -> HttpResponse:
        seen = selector.board(jury)
        asked = request.POST if form is not None else request.GET
        member = next((j for j in seen.jurors if str(j.uuid) == asked.get("membre", "")), None)
        only_short = asked.get("manque") == "1"
        listed = [
            dossier
            for dossier in seen.dossiers
            if (not only_short or seen.lacks(dossier)) and (member is None or (member.pk, dossier.pk) in seen.given)
        ]
        page = Paginator(listed, PER_PAGE).get_page(asked.get("page"))
        wanted = jury.readers_per_dossier * len(seen.dossiers)
        lacking = sum(seen.lacks(dossier) for dossier in seen.dossiers)
        return self.jury_page(
            request,
            "admin/candidatures/jury/assignment.html",
            jury=jury,
            title=_("Attribution des dossiers"),
            tab="assignment",
            wish_form=WishForm(initial=first_wish(jury)),
            form=form,
            ticked=set(asked.getlist("dossiers")) if form is not None else set(),
            ticked_jurors=set(asked.getlist("jurors")) if form is not None else set(),
            members=[_member(seen, juror) for juror in seen.jurors],
            rows=[_row(seen, dossier) for dossier in page],
            page=page,
            dossiers=len(seen.dossiers),
            decided=not seen.dossiers and Application.objects.for_jury().filter(call=jury.call_id).exists(),
            short=sum(bool(seen.lacks(dossier)) for dossier in seen.dossiers),
            lacking=lacking,
            wanted=wanted,
            worst=max((seen.loads[juror.pk] for juror in seen.jurors), default=0),
            only_short=only_short,
            member=member,
        )

    # Computed ------------------------------------------------------------------------------

    def plan_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The best assignment, shown before it is applied; or what makes it impossible."""
        jury = self.jury(request, key)
        asked = request.POST if request.method == "POST" else request.GET
        form = WishForm(asked if "readers" in asked else first_wish(jury))
        changed = ""
        if request.method == "POST" and form.is_valid():
            try:
                done = assignments.apply(by=person(request), jury=jury, plan=request.POST.get("plan", ""))
            except StaleWrite as stale:
                changed = str(stale)
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _said(done))
                return HttpResponseRedirect(_tab(jury))
        plan = assignments.preview(jury, form.wish()) if form.is_valid() else None
        return self.jury_page(
            request,
            "admin/candidatures/jury/assignment_plan.html",
            jury=jury,
            title=_("Attribution calculée"),
            tab="assignment",
            form=form,
            plan=plan,
            changed=changed,
            back=_tab(jury),
        )

    # In bulk -------------------------------------------------------------------------------

    def batch_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """These dossiers, these members: told pair by pair, then done as told."""
        jury = self.jury(request, key)
        if request.method != "POST":
            return HttpResponseRedirect(_tab(jury))
        if "lot" in request.POST:
            return self._batch_done(request, jury)
        seen = selector.board(jury)
        form = BatchForm(request.POST, seen=seen)
        if not form.is_valid():
            return self._table(request, jury, form=form)
        batch = _batch(jury, seen, **form.cleaned_data)
        return self.jury_page(
            request,
            "admin/candidatures/jury/assignment_batch.html",
            jury=jury,
            title=_batch_title(batch),
            tab="assignment",
            batch=batch,
            lines=_by_member(seen, batch.pairs)[:NAMED],
            tells=batch.act == BatchForm.READ,
            lot=signing.dumps({"act": batch.act, "pairs": batch.pairs}, salt=_SALT, compress=True),
            back=_tab(jury),
        )

    def _batch_done(self, request: HttpRequest, jury: Jury) -> HttpResponse:
        by = person(request)
        try:
            lot = signing.loads(request.POST["lot"], salt=_SALT)
            pairs = _rows(jury, lot["pairs"])
            if lot["act"] == BatchForm.REMOVE:
                done = assignments.unassign(by=by, jury=jury, pairs=pairs)
            else:
                purpose = AssignmentPurpose.READ if lot["act"] == BatchForm.READ else AssignmentPurpose.CONSULT
                done = assignments.assign(by=by, jury=jury, pairs=pairs, purpose=purpose, origin=AssignmentOrigin.BULK)
        except signing.BadSignature:
            messages.error(request, _("Cette page n'est plus lisible. Choisissez de nouveau."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _said(done))
        return HttpResponseRedirect(_tab(jury))

    # One dossier ---------------------------------------------------------------------------

    def dossier_readers_page(self, request: HttpRequest, key: UUID, dossier: UUID) -> HttpResponse:
        """One dossier's readers, by hand."""
        jury = self.jury(request, key)
        seen = selector.board(jury)
        application = next((row for row in seen.dossiers if row.uuid == dossier), None)
        if application is None:
            raise Http404
        mark = assignments.mark(seen, application)
        form = DossierForm(request.POST or None, board=seen, application=application, initial={"seen": mark})
        changed = ""
        if request.method == "POST" and form.is_valid():
            try:
                done = assignments.arrange(
                    by=person(request),
                    jury=jury,
                    application=application,
                    wants=form.wants(),
                    seen_mark=form.cleaned_data["seen"],
                )
            except StaleWrite as stale:
                changed = str(stale)
                # The choices stay as they were made; the mark is that of what is shown beside them.
                again = request.POST.copy()
                again["seen"] = mark
                form.data = again
            except Refused as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, _said(done))
                return HttpResponseRedirect(_tab(jury))
        return self.jury_page(
            request,
            "admin/candidatures/jury/assignment_dossier.html",
            jury=jury,
            title=_("Qui lit %(dossier)s") % {"dossier": application.display_name},
            tab="assignment",
            application=application,
            form=form,
            lines=form.lines(),
            changed=changed,
            back=_tab(jury),
        )


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Dossiers with fewer readers than their jury wants, once it has begun to read. No query of its own."""
    return [
        DeskItem(
            label=ngettext(
                "dossier n'a pas assez de lecteurs – %(call)s",
                "dossiers n'ont pas assez de lecteurs – %(call)s",
                row["n"],
            )
            % {"call": row["title"]},
            count=row["n"],
            url=f"{reverse('admin:candidatures_jury_assignment', args=[row['jury']])}?manque=1",
            urgency="soon",
        )
        for row in lacking_readers(request)
        if row["n"]
    ]


def _tab(jury: Jury) -> str:
    return reverse("admin:candidatures_jury_assignment", args=[jury.uuid])


def _member(seen: Board, juror: Juror) -> dict[str, Any]:
    return {
        "juror": juror,
        "load": seen.loads[juror.pk],
        "filed": seen.filed[juror.pk],
        "over": juror.max_load is not None and seen.loads[juror.pk] > juror.max_load,
        "consults": seen.consulted[juror.pk],
    }


def _row(seen: Board, dossier: Application) -> dict[str, Any]:
    """A dossier's line: its readers, those who consult it, those who cannot."""
    readers = seen.readings.get(dossier.pk, [])
    return {
        "dossier": dossier,
        "readers": [
            {"juror": seen.people[key], "state": seen.reviews.get((key, dossier.pk), "")}
            for key in sorted(readers, key=seen.ranks.__getitem__)
        ],
        "consults": [
            seen.people[key] for key in sorted(seen.consulting.get(dossier.pk, ()), key=seen.ranks.__getitem__)
        ],
        "barred": [juror for juror in seen.jurors if (juror.pk, dossier.pk) in seen.barred],
        "institutions": seen.institutions(readers),
        "lacks": seen.lacks(dossier),
    }


def _batch(jury: Jury, seen: Board, *, act: str, dossiers: list[Application], jurors: list[Juror]) -> Batch:
    """What the choice comes to: pairs to change, those already so, those that may not, those that stay."""
    chosen = seen.jurors if act == BatchForm.EVERYONE else [j for j in seen.jurors if j in set(jurors)]
    rows = [seen.files[dossier.pk] for dossier in dossiers]
    worked = assignments.worked_on(jury) if act == BatchForm.REMOVE else set()
    pairs: list[Pair] = []
    barred, kept, already = [], [], 0
    for dossier in sorted(rows, key=lambda row: str(row.last_deposit)):
        for juror in chosen:
            pair = (juror.pk, dossier.pk)
            held = seen.given.get(pair)
            if act == BatchForm.REMOVE:
                if held and pair in worked:
                    kept.append((juror, dossier))
                elif held:
                    pairs.append(pair)
            elif pair in seen.barred:
                barred.append((juror, dossier, selector.why_barred(seen.barred[pair])))
            elif held and (act != BatchForm.READ or held.purpose == AssignmentPurpose.READ):
                already += 1
            else:
                pairs.append(pair)
    return Batch(act, pairs, already, barred, kept)


def _batch_title(batch: Batch) -> str:
    count = len(batch.pairs)
    if batch.act == BatchForm.REMOVE:
        return ngettext("Retirer %(n)d attribution", "Retirer %(n)d attributions", count) % {"n": count}
    if batch.act == BatchForm.READ:
        return ngettext("Attribuer %(n)d lecture", "Attribuer %(n)d lectures", count) % {"n": count}
    return ngettext("Ouvrir %(n)d consultation", "Ouvrir %(n)d consultations", count) % {"n": count}


def _by_member(seen: Board, pairs: list[Pair]) -> list[dict[str, Any]]:
    found: dict[int, list[Application]] = {}
    for juror, dossier in pairs:
        found.setdefault(juror, []).append(seen.files[dossier])
    return [
        {"juror": seen.people[key], "dossiers": rows, "load": seen.loads[key], "after": seen.loads[key] + len(rows)}
        for key, rows in found.items()
    ]


def _rows(jury: Jury, pairs: list[Pair]) -> list[tuple[Juror, Application]]:
    """The rows of a signed list. Two queries."""
    jurors = Juror.objects.filter(jury=jury).in_bulk({juror for juror, _dossier in pairs})
    dossiers = Application.objects.filter(call=jury.call_id).in_bulk({dossier for _juror, dossier in pairs})
    return [(jurors[juror], dossiers[dossier]) for juror, dossier in pairs if juror in jurors and dossier in dossiers]


def _said(done: assignments.Done) -> str:
    """What an act changed, in a sentence."""
    parts = []
    if done.given:
        parts.append(
            ngettext("%(n)d attribution enregistrée", "%(n)d attributions enregistrées", done.given) % {"n": done.given}
        )
    if done.taken:
        parts.append(
            ngettext("%(n)d attribution retirée", "%(n)d attributions retirées", done.taken) % {"n": done.taken}
        )
    if done.told:
        parts.append(ngettext("%(n)d membre prévenu", "%(n)d membres prévenus", done.told) % {"n": done.told})
    return ", ".join(parts) + "." if parts else _("Rien à changer : c'était déjà ainsi.")
