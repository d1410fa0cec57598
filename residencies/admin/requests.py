"""The wish desk: every wish of the structures, what it would change, and the answer to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Min, QuerySet
from django.db.models.functions import TruncDate
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from candidatures.admin.common import DeskAdmin, person, refuse, uuids, whole
from candidatures.admin.filters import titled
from clea.errors import Refused, StaleWrite
from clea.journal.selectors import entries_for
from clea.ui.dates import day
from clea.ui.desk import DeskItem
from clea.ui.lists import PeriodFilter
from clea.ui.templatetags.clea import state_tag
from clea.ui.waiting import Subject, Waits
from residencies.admin.recipients import of_structures_of
from residencies.admin.waits import everywhere
from residencies.enums import RequestState
from residencies.forms.requests import JoinForm, ProposeForm, TurnForm, WordsForm
from residencies.models import Activity, ActivityRequest
from residencies.rules import requests as rules
from residencies.selectors import requests as selectors
from residencies.selectors.relays import relays_for
from residencies.services import requests as services
from structures.admin.letters import WritingMixin
from structures.admin.scope import AccentFreeSearchMixin, ScopedRelatedFilter
from structures.letters import Mailing

if TYPE_CHECKING:
    from django.forms import BaseForm

_NAME = "residencies_activityrequest"


class StateFilter(admin.SimpleListFilter):
    """States as the desk says them: the model's words speak to the structure."""

    title = _("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, desk_label(ActivityRequest(state=state))) for state in RequestState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ActivityRequest]) -> QuerySet[ActivityRequest]:
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(ActivityRequest)
class ActivityRequestAdmin(WritingMixin, AccentFreeSearchMixin, DeskAdmin):
    """The list, one page a wish, and one page an answer. The rows change through the services only."""

    territory_path = "season__programme__territory"
    season_path = "season"
    can_add = can_change = can_delete = False
    change_list_template = "admin/residencies/request/change_list.html"
    accent_free_fields = ("structure__search", "structure__commune__search", "residency__search")
    list_display = ["structure_name", "wished", "audience", "state_now", "sent"]
    list_display_links = ["structure_name"]
    list_select_related = ["proposed"]
    list_per_page = 50
    ordering = ["-made_at", "-pk"]
    list_filter = [
        StateFilter,
        ("residency", ScopedRelatedFilter),
        ("made_at", titled(PeriodFilter, _("reçu"))),
        "kind",
        "life_stage",
        ("structure__circle", titled(admin.ChoicesFieldListFilter, _("cercle de la structure"))),
        ("structure__commune", ScopedRelatedFilter),
        ("season", ScopedRelatedFilter),
    ]
    actions = ["write_to_people", "refuse_selected"]
    empty_text = _("Les équipes proposent leurs souhaits depuis leur espace : invitez-les depuis leur structure.")
    search_help_text = _("Structure, commune ou artiste, avec ou sans accents.")

    class Media:
        css = {"all": ["css/coordination.css", "css/residencies-desk.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ActivityRequest]:
        """What every page reads. One wish asks for the rest: joining it all took the planner longer than the rows."""
        rows = super().get_queryset(request)
        return rows.select_related("season__programme__territory", "structure__commune", "residency", "axis")

    def mailing_for(self, request: HttpRequest, queryset: QuerySet[ActivityRequest]) -> Mailing:
        return of_structures_of(queryset)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        one = "<uuid:key>/"
        return [
            path("couverture/", view(self.by_effect_page), name=f"{_NAME}_by_effect"),
            path("refuser/", view(self.refuse_several_page), name=f"{_NAME}_refuse_several"),
            path(f"{one}activite/", view(self.turn_page), name=f"{_NAME}_turn"),
            path(f"{one}rejoindre/", view(self.join_page), name=f"{_NAME}_join"),
            path(f"{one}proposer/", view(self.propose_page), name=f"{_NAME}_propose"),
            path(f"{one}refuser/", view(self.refuse_page), name=f"{_NAME}_refuse"),
            path(f"{one}rouvrir/", view(self.reopen_page), name=f"{_NAME}_reopen"),
            *super().get_urls(),
        ]

    # Columns -------------------------------------------------------------------------------

    @admin.display(description=_("structure"), ordering="structure__name_key")
    def structure_name(self, wish: ActivityRequest) -> str:
        return format_html(
            '{}<span class="desk-sub">{}</span>', wish.structure.name, wish.structure.commune or gettext("sans commune")
        )

    @admin.display(description=_("souhaite"), ordering="residency__artist_name")
    def wished(self, wish: ActivityRequest) -> str:
        if wish.residency is not None:
            who = wish.residency.artist_name
        else:
            who = wish.axis.title if wish.axis is not None else gettext("un artiste à trouver")
        return format_html('{}<span class="desk-sub">{}</span>', who, wish.get_kind_display())

    @admin.display(description=_("pour"))
    def audience(self, wish: ActivityRequest) -> str:
        return format_html(
            '{}<span class="desk-sub">{}, {}</span>', wish.public, wish.get_life_stage_display(), wish.people
        )

    @admin.display(description=_("état"), ordering="state")
    def state_now(self, wish: ActivityRequest) -> str:
        tag = state_tag(wish.state, desk_label(wish), selectors.TONES[wish.state])
        if wish.proposed is not None:
            return format_html('{} <span class="desk-sub">{}</span>', tag, wish.proposed)
        return tag

    @admin.display(description=_("reçu"), ordering="made_at")
    def sent(self, wish: ActivityRequest) -> str:
        return day(wish.made_at, weekday=False)

    # The list ------------------------------------------------------------------------------

    @admin.action(description=_("Ne pas retenir…"))
    def refuse_selected(self, request: HttpRequest, queryset: QuerySet[ActivityRequest]) -> HttpResponse | None:
        keys = [str(key) for key in queryset.order_by("pk").values_list("uuid", flat=True)[:100]]
        return HttpResponseRedirect(f"{reverse(f'admin:{_NAME}_refuse_several')}?souhaits={','.join(keys)}")

    def by_effect_page(self, request: HttpRequest) -> HttpResponse:
        """The wishes that wait, what serves coverage most first."""
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        rows = list(self.get_queryset(request).waiting())  # type: ignore[attr-defined]
        effects = selectors.effects_of(rows)
        ranked = sorted(rows, key=lambda row: (-effects[row.pk].score, row.made_at))
        return self.page(
            request,
            "admin/residencies/request/by_effect.html",
            title=gettext("Ce qui sert le plus la couverture"),
            rows=[(row, effects[row.pk]) for row in ranked],
        )

    def refuse_several_page(self, request: HttpRequest) -> HttpResponse:
        """The same words to several structures, each named before they leave."""
        given = (request.POST if request.method == "POST" else request.GET).get("souhaits", "")
        rows = list(self.get_queryset(request).filter(uuid__in=uuids(given.split(","))).order_by("pk"))
        if not rows:
            messages.error(request, gettext("Choisissez au moins un souhait dans la liste."))
            return HttpResponseRedirect(reverse(f"admin:{_NAME}_changelist"))
        form = WordsForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                done = services.refuse_several(by=person(request), requests=rows, words=form.cleaned_data["words"])
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                text = ngettext(
                    "%(n)d souhait n'est pas retenu : la structure en reçoit les raisons.",
                    "%(n)d souhaits ne sont pas retenus : les structures en reçoivent les raisons.",
                    len(done),
                )
                messages.success(request, text % {"n": len(done)})
                return HttpResponseRedirect(reverse(f"admin:{_NAME}_changelist"))
        answered = [row for row in rows if not rules.can_become(row, RequestState.REFUSED)]
        return self.page(
            request,
            "admin/residencies/request/refuse_several.html",
            title=gettext("Ne pas retenir ces souhaits"),
            rows=rows,
            answered=answered,
            form=form,
            keys=",".join(str(row.uuid) for row in rows),
        )

    # One wish ------------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything an answer needs. Each act has its own address: nothing is sent here."""
        wish = self.get_object(request, object_id)
        if wish is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET"])
        standing = selectors.standing(wish)
        return self._page(
            request,
            "admin/residencies/request/detail.html",
            wish,
            title=gettext("Souhait – %(structure)s") % {"structure": wish.structure},
            label=desk_label(wish),
            tone=selectors.TONES[wish.state],
            standing=standing,
            others=[(row, desk_label(row)) for row in standing.others],
            choices=selectors.choices(wish),
            relays=relays_for([wish.structure]).get(wish.structure_id, []),
            can_turn=rules.can_become(wish, RequestState.ACCEPTED),
            can_propose=rules.can_become(wish, RequestState.PROPOSED),
            can_refuse=rules.can_become(wish, RequestState.REFUSED),
            can_reopen=rules.can_reopen(wish, wish.activity),
            entries=entries_for(wish)[:20],
        )

    def _page(
        self, request: HttpRequest, template: str, wish: ActivityRequest, *, title: str, **context: Any
    ) -> HttpResponse:
        return self.page(request, template, title=title, obj=wish, wish=wish, **context)

    # Answers -------------------------------------------------------------------------------

    def turn_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Make it an activity, of this artist or of that one."""
        wish: ActivityRequest = self.found(request, key)
        form = TurnForm(self._posted(request), wish=wish, residency=_chosen(request))

        def act(values: dict[str, Any], version: int | None) -> HttpResponse:
            activity = services.turn_into_activity(by=person(request), request=wish, version=version, **values)
            messages.success(
                request, gettext("« %(title)s » commence : l'artiste et l'équipe le savent.") % {"title": activity}
            )
            return HttpResponseRedirect(reverse("admin:residencies_activity_change", args=[activity.uuid]))

        lines = [
            gettext("L'activité naît à l'état d'idée, avec le public, le temps de vie et l'attente du souhait."),
            gettext("Toute l'équipe de la structure et les artistes reçoivent un courriel."),
        ]
        return self._answer(
            request,
            wish,
            form,
            act,
            title=gettext("En faire une activité"),
            button=gettext("Créer l'activité"),
            lines=lines,
        )

    def join_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Let the structure join an activity of ``?activite=``."""
        wish: ActivityRequest = self.found(request, key)
        posted = self._posted(request)
        activity = self._activity(wish, (request.POST if posted is not None else request.GET).get("activite", ""))
        form = JoinForm(
            None if posted is None else {**posted.dict(), "activity": str(activity.uuid)},
            wish=wish,
            initial={"activity": activity.uuid},
        )

        def act(values: dict[str, Any], version: int | None) -> HttpResponse:
            values.pop("activity")
            joined = services.join(by=person(request), request=wish, activity=activity, version=version, **values)
            messages.success(
                request,
                gettext("%(structure)s rejoint « %(title)s ». Ajoutez-la aux séances qui la concernent.")
                % {"structure": wish.structure, "title": joined},
            )
            return HttpResponseRedirect(reverse("admin:residencies_activity_change", args=[joined.uuid]))

        lines = [
            gettext("Activité : %(title)s (%(state)s)")
            % {"title": activity.title, "state": activity.get_state_display()},
            gettext("Les séances déjà prévues ne changent pas : ajoutez-y la structure si elle y prend part."),
            gettext("Si une convention existe, il faudra en faire une nouvelle édition avec cette structure."),
        ]
        return self._answer(
            request,
            wish,
            form,
            act,
            title=gettext("Rejoindre une activité"),
            button=gettext("Rejoindre cette activité"),
            lines=lines,
            hidden={"activite": activity.uuid},
        )

    def propose_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Another artist; the structure says yes or no in its space."""
        wish: ActivityRequest = self.found(request, key)
        form = ProposeForm(self._posted(request), wish=wish, residency=_chosen(request))

        def act(values: dict[str, Any], version: int | None) -> HttpResponse:
            row = services.propose(by=person(request), request=wish, version=version, **values)
            messages.success(
                request, gettext("Proposition envoyée à la structure : %(name)s.") % {"name": row.proposed}
            )
            return HttpResponseRedirect(self._detail(wish))

        lines = [
            gettext("La structure reçoit un courriel et répond dans son espace."),
            gettext("Si elle accepte, l'activité naît aussitôt ; sinon le souhait attend de nouveau."),
        ]
        return self._answer(
            request,
            wish,
            form,
            act,
            title=gettext("Proposer un autre artiste"),
            button=gettext("Proposer"),
            lines=lines,
        )

    def refuse_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """No, with words."""
        wish: ActivityRequest = self.found(request, key)
        form = WordsForm(self._posted(request))

        def act(values: dict[str, Any], version: int | None) -> HttpResponse:
            services.refuse(by=person(request), request=wish, version=version, **values)
            messages.success(request, gettext("C'est noté : la structure reçoit vos raisons."))
            return HttpResponseRedirect(reverse(f"admin:{_NAME}_changelist"))

        lines = [gettext("Vous pourrez rouvrir ce souhait ; le courriel, lui, sera parti.")]
        return self._answer(
            request, wish, form, act, title=gettext("Ne pas retenir"), button=gettext("Ne pas retenir"), lines=lines
        )

    def reopen_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take the answer back."""
        wish: ActivityRequest = self.found(request, key)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            services.reopen(by=person(request), request=wish)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("Ce souhait attend de nouveau une réponse."))
        return HttpResponseRedirect(self._detail(wish))

    def _answer(
        self,
        request: HttpRequest,
        wish: ActivityRequest,
        form: BaseForm,
        act: Callable[[dict[str, Any], int | None], HttpResponse],
        **context: Any,
    ) -> HttpResponse:
        """A form, what it will do, and the act; refused, it comes back as it was typed."""
        if form.is_bound and form.is_valid():
            try:
                return act(dict(form.cleaned_data), whole(request.POST.get("version", "")))
            except StaleWrite as error:
                messages.error(request, str(error))
                return HttpResponseRedirect(self._detail(wish))
            except (Refused, ValidationError) as error:
                refuse(form, error)
        back = self._detail(wish)
        return self._page(request, "admin/residencies/request/act.html", wish, form=form, back=back, **context)

    @staticmethod
    def _posted(request: HttpRequest) -> Any:
        return request.POST if request.method == "POST" else None

    @staticmethod
    def _detail(wish: ActivityRequest) -> str:
        return reverse(f"admin:{_NAME}_change", args=[wish.uuid])

    @staticmethod
    def _activity(wish: ActivityRequest, key: str) -> Activity:
        """An activity of the wish's season, or 404."""
        found = Activity.objects.filter(uuid__in=uuids([key]), season=wish.season_id).first()
        if found is None:
            raise Http404
        return found


def desk_label(wish: ActivityRequest) -> str:
    """The state as the desk says it: the model's words speak to the structure."""
    if wish.state == RequestState.SENT:
        return gettext("à étudier")
    if wish.state == RequestState.PROPOSED:
        return gettext("réponse de la structure attendue")
    return str(wish.get_state_display())


def _chosen(request: HttpRequest) -> UUID | None:
    """The artist of the link that led here (« ?artiste= »)."""
    return next(iter(uuids([request.GET.get("artiste", "")])), None)


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    yield everywhere(request, "requests", ActivityRequest.objects.waiting(), since=Min(TruncDate("made_at")))


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Wishes that wait for an answer."""
    return [
        DeskItem(
            label=ngettext("souhait de structure à étudier", "souhaits de structures à étudier", one.n),
            count=one.n,
            url=reverse(f"admin:{_NAME}_by_effect"),
            urgency="soon",
            since=one.since,
        )
        for one in found.of("requests")
    ]


desk_items = Subject(_rows, _lines)
