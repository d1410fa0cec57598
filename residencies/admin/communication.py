"""The communication of a season on the desk: the plan, the press log, who receives the news."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from candidatures.models import Season
from candidatures.reports.spreadsheets import CSV, XLSX, csv_lines, xlsx
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.base import SeasonPages
from residencies.admin.waits import by_season
from residencies.enums import CommunicationState
from residencies.enums.steering import COMMUNICATION_TRANSITIONS
from residencies.forms.communication import LineForm, MentionForm, RemoveForm
from residencies.forms.welcome import look_again
from residencies.models import CommunicationItem, News, PressItem
from residencies.rules import communication as rules
from residencies.selectors import communication as selectors
from residencies.services import communication, press, subscribers

#: What each move of the plan is called on its button.
_MOVES = {
    CommunicationState.TODO: gettext_lazy("Remettre à faire"),
    CommunicationState.DOING: gettext_lazy("En cours"),
    CommunicationState.DONE: gettext_lazy("C'est fait"),
    CommunicationState.DROPPED: gettext_lazy("Abandonner"),
}


class SeasonCommunicationMixin(SeasonPages):
    """The communication of a season."""

    def season_urls(self) -> list[URLPattern]:
        one, cut = "communication/plan/<uuid:item>/", "communication/presse/<uuid:item>/"
        act = self.season_address
        return [
            act("communication/", require_safe(self.communication_page), "communication"),
            act("communication/plan/ajouter/", self.communication_plan_add_page, "communication_add"),
            act(one, self.communication_plan_item_page, "communication_item"),
            act(f"{one}etat/", require_POST(self.communication_plan_move), "communication_move"),
            act(f"{one}effacer/", require_POST(self.communication_plan_remove), "communication_remove"),
            act("communication/presse/ajouter/", self.communication_press_add_page, "communication_press_add"),
            act(cut, self.communication_press_item_page, "communication_press"),
            act(f"{cut}effacer/", self.communication_press_remove_page, "communication_press_remove"),
            act(
                "communication/<slug:what>.<slug:form>", require_safe(self.communication_export), "communication_export"
            ),
            act("communication/desabonner/", require_POST(self.communication_unsubscribe), "communication_unsubscribe"),
            *super().season_urls(),
        ]

    def communication_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The plan, the press log, the last news, the subscribers. Five queries beside the frame's."""
        return self._communication_hub(request, self.season(request, key), RemoveForm())

    def _communication_hub(self, request: HttpRequest, season: Season, form: RemoveForm) -> HttpResponse:
        territory = season.programme.territory
        found = selectors.plan(season, timezone.localdate())
        everything = request.GET.get("voir") == "toutes"
        failed = list(selectors.failures(territory)[: selectors.NAMED + 1])
        return self._communication_page(
            request,
            "",
            season,
            _("Communication"),
            plan=found,
            rows=found.rows if everything else found.live,
            everything=everything,
            press=list(selectors.press(season)),
            news=list(News.objects.filter(territory=territory).order_by("-updated_at", "-pk")[: selectors.LATEST]),
            reach=selectors.reach(territory),
            failures=failed[: selectors.NAMED],
            more_failures=len(failed) > selectors.NAMED,
            outbox=f"{reverse('admin:mail_outgoingmail_changelist')}?state__exact=failed",
            form=form,
        )

    # The plan ----------------------------------------------------------------------------------

    def communication_plan_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        form = LineForm(request.POST if request.method == "POST" else None, season=season)
        if request.method == "POST" and form.is_valid():
            try:
                communication.add(by=person(request), season=season, line=form.line())
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'action est dans le plan."))
                return HttpResponseRedirect(_hub_url(season, "plan"))
        return self._communication_form(request, season, form, _("Prévoir une action"), _("Ajouter au plan"), "plan")

    def communication_plan_item_page(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        """One action: what it says, and how far it is."""
        season = self.season(request, key)
        row = _item(season, item)
        form = LineForm(request.POST if request.method == "POST" else None, season=season, item=row)
        stored = None
        if request.method == "POST" and form.is_valid():
            try:
                communication.change(by=person(request), item=row, line=form.line(), seen=form.cleaned_data["seen"])
            except StaleWrite as stale:
                stored = _item(season, item)
                look_again(form, seen=communication.mark(stored))
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'action est enregistrée."))
                return HttpResponseRedirect(_hub_url(season, "plan"))
        moves = COMMUNICATION_TRANSITIONS[CommunicationState(row.state)]
        return self._communication_form(
            request,
            season,
            form,
            row.what,
            _("Enregistrer"),
            "plan",
            item=row,
            stored=stored,
            late=rules.is_late(row, timezone.localdate()),
            moves=[(state.value, label) for state, label in _MOVES.items() if state in moves],
            removable=bool(rules.can_remove(row)),
        )

    def communication_plan_move(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        season = self.season(request, key)
        row = _item(season, item)
        try:
            target = CommunicationState(request.POST.get("state", ""))
        except ValueError:
            raise Http404 from None
        try:
            communication.move(by=person(request), item=row, target=target)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("« %(what)s » : %(state)s.") % {"what": row.what, "state": target.label})
        return HttpResponseRedirect(_hub_url(season, "plan"))

    def communication_plan_remove(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        season = self.season(request, key)
        try:
            communication.remove(by=person(request), item=_item(season, item))
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("L'action n'est plus dans le plan."))
        return HttpResponseRedirect(_hub_url(season, "plan"))

    # The press log -----------------------------------------------------------------------------

    def communication_press_add_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        season = self.season(request, key)
        form = MentionForm(*_sent(request), season=season)
        if request.method == "POST" and form.is_valid() and self._communication_save_press(request, season, form):
            return HttpResponseRedirect(_hub_url(season, "presse"))
        return self._communication_form(request, season, form, _("Noter une retombée"), _("Noter"), "presse")

    def communication_press_item_page(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        """One mention: its words, its link, its scan."""
        season = self.season(request, key)
        row = _press(season, item)
        form = MentionForm(*_sent(request), season=season, item=row)
        if request.method == "POST" and form.is_valid() and self._communication_save_press(request, season, form, row):
            return HttpResponseRedirect(_hub_url(season, "presse"))
        stored = _press(season, item) if form.errors and form.data.get("seen") != form.initial["seen"] else None
        return self._communication_form(
            request, season, form, row.title, _("Enregistrer"), "presse", mention=row, stored=stored
        )

    def _communication_save_press(
        self,
        request: HttpRequest,
        season: Season,
        form: MentionForm,
        row: PressItem | None = None,
    ) -> bool:
        data = form.cleaned_data
        try:
            press.save(
                by=person(request),
                season=season,
                mention=form.mention(),
                item=row,
                seen=data["seen"],
                upload=data["upload"],
                drop_file=bool(data.get("drop_file")),
            )
        except StaleWrite as stale:
            if row is not None:
                look_again(form, seen=press.mark(_press(season, row.uuid)))
            form.add_error(None, str(stale))
            return False
        except (Refused, ValidationError) as error:
            refuse(form, error)
            return False
        messages.success(request, _("La revue de presse est à jour."))
        return True

    def communication_press_remove_page(self, request: HttpRequest, key: UUID, item: UUID) -> HttpResponse:
        """Ask, then erase a mention and its scan."""
        season = self.season(request, key)
        row = _press(season, item)
        if request.method == "POST":
            try:
                press.remove(by=person(request), item=row)
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("La retombée est effacée."))
            return HttpResponseRedirect(_hub_url(season, "presse"))
        lines = [f"{row.outlet}, {row.title}"]
        if row.stored_file_id is not None:
            lines.append(_("La copie de l'article est effacée avec elle."))
        return self._communication_page(
            request,
            "_confirm",
            season,
            _("Effacer cette retombée ?"),
            lines=lines,
            button=_("Effacer"),
            back=_hub_url(season, "presse"),
        )

    # Sheets, subscribers -----------------------------------------------------------------------

    def communication_export(self, request: HttpRequest, key: UUID, what: str, form: str) -> HttpResponse:
        """The plan or the press log, as CSV or XLSX."""
        season = self.season(request, key)
        if what not in {"plan", "presse"} or form not in {"csv", "xlsx"}:
            raise Http404
        if what == "plan":
            headers, lines = selectors.plan_sheet(season, timezone.localdate())
            title = _("Plan de communication")
        else:
            headers, lines = selectors.press_sheet(season)
            title = _("Revue de presse")
        if form == "csv":
            response = HttpResponse(b"".join(csv_lines(headers, lines)), content_type=CSV)
        else:
            with xlsx(headers, lines, title=title) as book:
                response = HttpResponse(book.read(), content_type=XLSX)
        name = slugify(f"{title}-{season.name}")
        response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
        response["Cache-Control"] = "private, no-store"
        return response

    def communication_unsubscribe(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Somebody asked by telephone, or a message came back for good."""
        season = self.season(request, key)
        form = RemoveForm(request.POST)
        if form.is_valid():
            try:
                subscribers.remove(
                    by=person(request),
                    territory=season.programme.territory,
                    email=form.cleaned_data["email"],
                )
            except Refused as error:
                refuse(form, error)
            else:
                messages.success(request, _("L'adresse est effacée des abonnés, et des messages qui la portaient."))
                return HttpResponseRedirect(_hub_url(season, "abonnes"))
        response = self._communication_hub(request, season, form)
        response.status_code = 422
        return response

    # Inside ------------------------------------------------------------------------------------

    def _communication_form(
        self,
        request: HttpRequest,
        season: Season,
        form: BaseForm,
        title: str,
        button: str,
        anchor: str,
        **context: Any,
    ) -> HttpResponse:
        response = self._communication_page(
            request,
            "_form",
            season,
            title,
            form=form,
            button=button,
            back=_hub_url(season, anchor),
            **context,
        )
        if form.is_bound and form.errors:
            response.status_code = 422
        return response

    def _communication_page(
        self, request: HttpRequest, part: str, season: Season, title: str, **context: Any
    ) -> HttpResponse:
        template = f"admin/residencies/season/communication{part}.html"
        return self.season_page(request, template, season=season, title=title, tab="communication", **context)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _hub_url(season: Season, anchor: str) -> str:
    return f"{reverse('admin:residencies_season_communication', args=[season.uuid])}#{anchor}"


def _item(season: Season, key: UUID) -> CommunicationItem:
    row = CommunicationItem.objects.filter(season=season, uuid=key).first()
    if row is None:
        raise Http404
    row.season = season
    return row


def _press(season: Season, key: UUID) -> PressItem:
    row = PressItem.objects.filter(season=season, uuid=key).select_related("residency", "stored_file").first()
    if row is None:
        raise Http404
    row.season = season
    return row


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    late = CommunicationItem.objects.filter(state__in=rules.LIVE, due_on__lt=timezone.localdate())
    yield by_season(request, "communication.late", late)


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Actions of the plan whose day has passed, a line a season that is not closed."""
    return [
        DeskItem(
            ngettext_lazy("action de communication en retard", "actions de communication en retard"),
            one.n,
            f"{reverse('admin:residencies_season_communication', args=[one.key])}#plan",
            urgency="soon",
            detail=_("Leur date est passée : faites-les, déplacez-les ou abandonnez-les."),
        )
        for one in found.of("communication.late")
    ]


desk_items = Subject(_rows, _lines)
