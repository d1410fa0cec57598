"""Sets of artists for the positions: what each gains and gives up, and the one the committee retains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse
from candidatures.admin.jury.base import JuryPages
from candidatures.enums import ApplicationState
from candidatures.forms.jury_choosing import RetainForm, WantsForm
from candidatures.methods import sets
from candidatures.methods.sets import CannotEnumerate
from candidatures.models import Application, MoneyRules, Position
from candidatures.pages import sets as words
from candidatures.selectors import pool as pools
from candidatures.services.jury import choosing
from clea.errors import Refused, StaleWrite
from clea.ui.desk import DeskItem

if TYPE_CHECKING:
    from django.http import QueryDict

    from candidatures.methods.sets import Choice, Proposal, Wants
    from candidatures.models import ChosenSet, Jury
    from candidatures.pages.sets import Card
    from candidatures.selectors.pool import Pool

    _Base = JuryPages
else:
    _Base = object

#: What the address keeps besides the form: who is in every set, who is in none.
KEPT, LEFT_OUT, CHOSEN = "garder", "ecarter", "dossier"


@dataclass(frozen=True)
class Asked:
    """What the address asks for, and what it gives. ``trouble``: why no set is looked at."""

    form: WantsForm
    pool: Pool | None = None
    wants: Wants | None = None
    choice: Choice | None = None
    trouble: str = ""


class SetsMixin(_Base):
    def jury_urls(self) -> list[URLPattern]:
        return [
            self.address("ensembles/", self.sets_page, "sets"),
            self.address("ensembles/retenir/", self.retain_page, "retain"),
            self.address("ensembles/abandonner/", self.drop_act, "drop_set"),
            *super().jury_urls(),
        ]

    @method_decorator(require_safe)
    def sets_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The best sets under what the committee wants. The machine shows; it retains nothing."""
        jury = self.jury(request, key)
        asked = _asked(jury, request.GET)
        standing = pools.standing_set(jury)
        plain, cards = _cards(asked)
        return self.jury_page(
            request,
            "admin/candidatures/jury/sets.html",
            jury=jury,
            title=_("Choisir un ensemble"),
            tab="sets",
            form=asked.form,
            pool=asked.pool,
            choice=asked.choice,
            trouble=asked.trouble,
            kept=asked.wants.kept if asked.wants else frozenset(),
            left_out=asked.wants.left_out if asked.wants else frozenset(),
            plain=plain,
            cards=[
                {
                    "card": card,
                    "url": _retain_url(jury, request.GET, asked.form, card),
                    "retained": standing is not None and _keys(standing) == card.proposal.keys,
                }
                for card in cards
            ],
            plain_url=_retain_url(jury, request.GET, asked.form, plain) if plain else "",
            blocking=words.blocking(asked.choice) if asked.choice and not asked.choice.best else [],
            standing=standing,
        )

    def retain_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """One set, beside the plain ranking, and the committee's reason. Retained only when it is said."""
        jury = self.jury(request, key)
        asked = _asked(jury, request.GET)
        back = f"{reverse('admin:candidatures_jury_sets', args=[jury.uuid])}?{_wanted(request.GET, asked.form)}"
        proposal = _chosen(asked, request.GET.getlist(CHOSEN))
        if proposal is None or asked.pool is None or asked.wants is None:
            messages.warning(request, _("Cet ensemble n'est plus parmi les dossiers à choisir. Prenez-en un autre."))
            return redirect(back)
        standing = pools.standing_set(jury)
        seen = str(standing.uuid) if standing else ""
        form = RetainForm(request.POST or None, initial={"seen": seen})
        if form.is_valid():
            applications = [asked.pool.by_key[row.key].application for row in proposal.members]
            try:
                choosing.retain_set(
                    by=person(request),
                    jury=jury,
                    applications=applications,
                    wants=asked.form.kept_in_journal(asked.pool, asked.wants),
                    note=form.cleaned_data["note"],
                    seen=form.cleaned_data["seen"],
                )
            except StaleWrite as stale:
                # What was typed stays; what is confirmed next is the set that now stands.
                form.data = request.POST.copy()
                form.data["seen"] = seen
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(
                    request,
                    _("L'ensemble est retenu. Rien n'est décidé pour autant : c'est la séance qui décide."),
                )
                return redirect(back)
        plain = _plain(asked, len(proposal.members))
        return self.jury_page(
            request,
            "admin/candidatures/jury/sets_retain.html",
            jury=jury,
            title=_("Retenir un ensemble"),
            tab="sets",
            card=words.card(proposal, plain, asked.pool, asked.wants.budget),
            standing=standing,
            form=form,
            back=back,
        )

    @method_decorator(require_POST)
    def drop_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """No set is retained any more."""
        jury = self.jury(request, key)
        try:
            choosing.drop_set(by=person(request), jury=jury, seen=request.POST.get("seen", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Plus aucun ensemble n'est retenu. Le journal garde la trace de celui-ci."))
        return redirect(reverse("admin:candidatures_jury_sets", args=[jury.uuid]))


def _asked(jury: Jury, query: QueryDict) -> Asked:
    """Read the address. Without a form in it, the page opens with what the call says."""
    form = WantsForm(query if "taille" in query else _defaults(jury))
    if not form.is_valid():
        return Asked(form)
    pool = pools.pool(jury, corrected=form.corrected, top=form.top)
    keys = {str(member.application.uuid): key for key, member in pool.by_key.items()}
    kept = {keys[uuid] for uuid in query.getlist(KEPT) if uuid in keys}
    left_out = {keys[uuid] for uuid in query.getlist(LEFT_OUT) if uuid in keys}
    wants = form.wants(kept - left_out, left_out)
    try:
        choice = sets.choose(pool.candidates, wants, axes=frozenset(pool.axes), stages=frozenset(pool.stages))
    except CannotEnumerate as error:
        return Asked(form, pool, wants, trouble=words.cannot(error))
    return Asked(form, pool, wants, choice)


def _defaults(jury: Jury) -> dict[str, Any]:
    """Three queries."""
    positions = sum(Position.objects.filter(call=jury.call_id).values_list("count", flat=True))
    ceiling = MoneyRules.objects.filter(call=jury.call_id).values_list("employer_ceiling", flat=True).first()
    shortlist = Application.objects.filter(
        call=jury.call_id, state__in=(ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED)
    )
    return WantsForm.defaults(
        positions=positions,
        shortlisted=shortlist.exists(),
        envelope=None if ceiling is None else ceiling * positions,
    )


def _cards(asked: Asked) -> tuple[Card | None, list[Card]]:
    """The plain ranking, then the best sets."""
    if asked.choice is None or asked.pool is None or asked.wants is None:
        return None, []
    plain, budget = asked.choice.plain, asked.wants.budget
    cards = [words.card(proposal, plain, asked.pool, budget) for proposal in asked.choice.best]
    return words.card(plain, plain, asked.pool, budget), cards


def _chosen(asked: Asked, uuids: list[str]) -> Proposal | None:
    """The set that the address names, or nothing when it is not among the candidates any more."""
    if asked.pool is None or asked.wants is None:
        return None
    keys = {str(member.application.uuid): key for key, member in asked.pool.by_key.items()}
    if not uuids or any(uuid not in keys for uuid in uuids):
        return None
    return _weighed(asked.pool, {keys[uuid] for uuid in uuids}, asked.wants)


def _plain(asked: Asked, size: int) -> Proposal:
    assert asked.pool is not None
    assert asked.wants is not None
    return _weighed(asked.pool, {row.key for row in asked.pool.candidates[:size]}, asked.wants)


def _weighed(pool: Pool, keys: set[int], wants: Wants) -> Proposal:
    return sets.weigh(pool.candidates, keys, wants, axes=frozenset(pool.axes), stages=frozenset(pool.stages))


def _wanted(query: QueryDict, form: WantsForm, **more: list[str]) -> str:
    """The address of the wants: a page of sets is found again as it was."""
    values = {name: form.data.get(name, "") for name in form.fields}
    kept = {name: query.getlist(name) for name in (KEPT, LEFT_OUT)}
    return urlencode(values | {name: keys for name, keys in (kept | more).items() if keys}, doseq=True)


def _retain_url(jury: Jury, query: QueryDict, form: WantsForm, card: Card) -> str:
    chosen = [str(member.application.uuid) for member in card.members]
    return f"{reverse('admin:candidatures_jury_retain', args=[jury.uuid])}?{_wanted(query, form, dossier=chosen)}"


def _keys(standing: ChosenSet) -> frozenset[int]:
    return frozenset(row.pk for row in standing.applications.all())


def desk_items(request: HttpRequest) -> list[DeskItem]:
    """Nothing: a set is the committee's to choose, when it wants to."""
    return []
