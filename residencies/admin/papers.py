"""Papers: the desk's pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_safe

from candidatures.admin.common import DeskAdmin, person, uuids
from clea.errors import Refused
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.base import ActivityPages, ResidencyPages, SeasonPages
from residencies.admin.lookback import LookbackMixin
from residencies.admin.paper_acts import PaperActs
from residencies.admin.waits import by_season
from residencies.enums import PaperKind, PaperState, SessionState
from residencies.forms.papers import PaperTemplateForm
from residencies.methods import papers as methods
from residencies.models import Activity, Paper, PaperTemplate, Residency, Session
from residencies.selectors import confirmations
from residencies.selectors import papers as selectors
from residencies.services import papers

if TYPE_CHECKING:
    _TemplateForm = ModelForm[PaperTemplate]
else:
    _TemplateForm = ModelForm

#: A bulk act lays out a PDF or writes to people for each row: more at once would keep the page waiting.
AT_ONCE = 25


class ContractMixin(PaperActs[Residency], ResidencyPages):
    """The residency's contract."""

    paper_kind = PaperKind.CONTRACT
    paper_name = "contract"
    paper_route = "contrat/"

    def row_urls(self) -> list[URLPattern]:
        return [*self.paper_urls(), *super().row_urls()]

    def paper_owner(self, request: HttpRequest, key: UUID) -> Residency:
        return self.residency(request, key)

    def paper_of(self, owner: Residency) -> Paper | None:
        return selectors.standing_contract(owner)

    def paper_draft(self, request: HttpRequest, owner: Residency, template: PaperTemplate | None) -> Paper:
        return papers.draft_contract(by=person(request), residency=owner, template=template)

    def paper_frame(
        self, request: HttpRequest, owner: Residency, part: str, title: str, **context: Any
    ) -> HttpResponse:
        return self.residency_page(
            request,
            "admin/residencies/residency/contract.html",
            residency=owner,
            title=title,
            tab="contract",
            part=f"admin/residencies/papers/{part}.html",
            urls=self.paper_urls_of(owner),
            **context,
        )


class AgreementMixin(PaperActs[Activity], LookbackMixin, ActivityPages):
    """An activity's agreement, and what took place."""

    paper_kind = PaperKind.AGREEMENT
    paper_name = "agreement"
    paper_route = "convention/"

    def row_urls(self) -> list[URLPattern]:
        return [*self.paper_urls(), *self.lookback_urls(), *super().row_urls()]

    def paper_owner(self, request: HttpRequest, key: UUID) -> Activity:
        return self.activity(request, key)

    def paper_of(self, owner: Activity) -> Paper | None:
        return selectors.standing_agreement(owner)

    def paper_draft(self, request: HttpRequest, owner: Activity, template: PaperTemplate | None) -> Paper:
        return papers.draft_agreement(by=person(request), activity=owner, template=template)

    def paper_frame(self, request: HttpRequest, owner: Activity, part: str, title: str, **context: Any) -> HttpResponse:
        return self.activity_page(
            request,
            "admin/residencies/activity/agreement.html",
            activity=owner,
            title=title,
            tab="agreement",
            part=f"admin/residencies/papers/{part}.html",
            urls=self.paper_urls_of(owner),
            **context,
        )


class SeasonPapersMixin(SeasonPages):
    """The agreements of a whole season, and the confirmations that wait."""

    def season_urls(self) -> list[URLPattern]:
        return [
            self.season_address("conventions/", require_safe(self.agreements_page), "agreements"),
            self.season_address("conventions/agir/", self.agreements_act, "agreements_act"),
            self.season_address("confirmations/", require_safe(self.confirmations_page), "confirmations"),
            *super().season_urls(),
        ]

    def agreements_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """All the activities, those that lack a signed agreement first."""
        season = self.season(request, key)
        rows = selectors.agreements(season, timezone.localdate())
        missing = [row for row in rows if not row.is_signed]
        everything = request.GET.get("voir") == "toutes"
        return self.season_page(
            request,
            "admin/residencies/season/agreements.html",
            season=season,
            title=_("Conventions"),
            tab="agreements",
            rows=rows if everything else [row for row in rows if not row.is_signed or row.changes],
            everything=everything,
            total=len(rows),
            missing=len(missing),
            late=sum(row.late for row in rows),
            check=sum(row.wants_check for row in rows),
            changed=sum(bool(row.changes) for row in rows),
            soon=timezone.localdate() + selectors.SOON,
            contracts=selectors.contracts(season),
            act_url=reverse("admin:residencies_season_agreements_act", args=[season.uuid]),
            confirmations_url=reverse("admin:residencies_season_confirmations", args=[season.uuid]),
        )

    def agreements_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Draft, issue or send the agreements of the activities that were ticked; say which could not be."""
        season = self.season(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        page = HttpResponseRedirect(reverse("admin:residencies_season_agreements", args=[season.uuid]))
        act = request.POST.get("action", "")
        chosen = list(Activity.objects.filter(season=season, uuid__in=uuids(request.POST.getlist("activities"))))
        if act == "draft_missing":
            chosen = [row.activity for row in selectors.agreements(season, timezone.localdate()) if row.paper is None]
        elif not chosen:
            messages.error(request, _("Cochez au moins une activité."))
            return page
        if act != "draft_missing" and len(chosen) > AT_ONCE:
            messages.error(request, _("Cochez %(n)d activités au plus à la fois.") % {"n": AT_ONCE})
            return page
        done, refused = _each(person(request), act, chosen)
        if done:
            words = {
                "issue": ngettext("%(n)d convention est émise.", "%(n)d conventions sont émises.", done),
                "send": ngettext("%(n)d convention est envoyée.", "%(n)d conventions sont envoyées.", done),
            }.get(act, ngettext("%(n)d convention est rédigée.", "%(n)d conventions sont rédigées.", done))
            messages.success(request, words % {"n": done})
        for activity, reason in refused[:8]:
            messages.warning(request, f"{activity.title}\N{NO-BREAK SPACE}: {reason}")
        if len(refused) > 8:
            messages.warning(request, _("Et %(n)d autres, pour des raisons semblables.") % {"n": len(refused) - 8})
        if not done and not refused:
            messages.info(request, _("Rien n'était à faire."))
        return page

    def confirmations_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """What sides disagree on, sessions nobody confirmed, activities to evaluate."""
        season = self.season(request, key)
        return self.season_page(
            request,
            "admin/residencies/season/agreements_confirmations.html",
            season=season,
            title=_("Séances à confirmer"),
            tab="confirmations",
            contested=confirmations.contested(season),
            unconfirmed=confirmations.unconfirmed(season, timezone.now()),
            to_evaluate=confirmations.to_evaluate(season),
        )


def _each(by: Any, act: str, activities: list[Activity]) -> tuple[int, list[tuple[Activity, str]]]:
    """Do it for each; a refusal stops that one only."""
    done, refused = 0, []
    for activity in activities:
        try:
            if act in ("draft", "draft_missing"):
                papers.draft_agreement(by=by, activity=activity)
            else:
                paper = selectors.standing_agreement(activity)
                if paper is None:
                    raise Refused(_("aucune convention n'est rédigée."))
                if act == "issue":
                    papers.issue(by=by, paper=paper)
                else:
                    papers.send(by=by, paper=paper)
        except Refused as error:
            refused.append((activity, str(error)))
        else:
            done += 1
    return done, refused


@admin.register(PaperTemplate)
class PaperTemplateAdmin(DeskAdmin):
    """The texts contracts and agreements start from."""

    form = PaperTemplateForm
    # A text is taken out of use, never erased: papers were made from it.
    can_delete = False
    add_title = gettext_lazy("Nouveau modèle de document")
    list_display = ["name", "kind", "is_active", "updated_at"]
    list_filter = ["kind", "is_active"]
    fields = ["territory", "kind", "name", "title", "body", "placeholders", "is_active", "seen"]
    readonly_fields = ["placeholders"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The program's own text, to change."""
        kind = request.GET.get("kind", PaperKind.CONTRACT)
        kind = kind if kind in PaperKind.values else PaperKind.CONTRACT
        name, title, body = papers.default_text(kind)
        text = {"kind": kind, "name": name, "title": title, "body": body}
        return text | super().get_changeform_initial_data(request)

    @admin.display(description=gettext_lazy("Noms entre doubles accolades"))
    def placeholders(self, obj: PaperTemplate | None) -> str:
        """The closed lists, each with what it stands for."""
        kinds = [PaperKind(obj.kind)] if obj is not None and obj.kind else list(PaperKind)
        return format_html_join(
            "",
            '<p><strong>{}</strong></p><dl class="paper-names">{}</dl>',
            (
                (
                    kind.label,
                    format_html_join(
                        "",
                        "<div><dt><code>{}</code></dt><dd>{}</dd></div>",
                        ((f"{{{{ {one.name} }}}}", one.label) for one in methods.PLACEHOLDERS[kind]),
                    ),
                )
                for kind in kinds
            ),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, "kind"] if obj is not None else fields

    def save_model(self, request: HttpRequest, obj: PaperTemplate, form: _TemplateForm, change: bool) -> None:
        papers.save_template(by=person(request), template=obj, version=form.cleaned_data.get("seen"))


# The desk's first page -----------------------------------------------------------------------


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    now, today = timezone.now(), timezone.localdate()
    missing = selectors.missing(today).filter(first_at__date__lte=today + selectors.SOON)
    scans = Paper.objects.filter(state=PaperState.ISSUED, signed_file__isnull=False)
    late = Session.objects.filter(state=SessionState.PLANNED, ends_at__lte=now)
    yield by_season(request, "papers.missing", missing)
    yield by_season(request, "papers.scans", scans, "activity__season__")
    yield by_season(request, "papers.scans", scans, "residency__season__")
    yield by_season(request, "papers.contested", Session.objects.filter(contested=True), "activity__season__")
    yield by_season(request, "papers.silent", late, "activity__season__")


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Agreements missing before a session that comes, copies to check, words that differ."""
    lines = []
    for key, here in found.places("papers.missing", "papers.scans", "papers.contested", "papers.silent").items():
        agreements = reverse("admin:residencies_season_agreements", args=[key])
        waiting = reverse("admin:residencies_season_confirmations", args=[key])
        if one := here.get("papers.missing"):
            words = ngettext_lazy(
                "activité commence bientôt sans convention signée",
                "activités commencent bientôt sans convention signée",
            )
            lines.append(DeskItem(words, one.n, agreements, "now", one.name))
        if one := here.get("papers.scans"):
            words = ngettext_lazy("copie signée reçue, à vérifier", "copies signées reçues, à vérifier")
            lines.append(DeskItem(words, one.n, agreements, "soon", one.name))
        if one := here.get("papers.contested"):
            words = ngettext_lazy(
                "séance sur laquelle les confirmations diffèrent", "séances sur lesquelles les confirmations diffèrent"
            )
            lines.append(DeskItem(words, one.n, waiting, "soon", one.name))
        if one := here.get("papers.silent"):
            words = ngettext_lazy(
                "séance passée que personne n'a confirmée", "séances passées que personne n'a confirmées"
            )
            lines.append(DeskItem(words, one.n, waiting, "info", one.name))
    return lines


desk_items = Subject(_rows, _lines)
