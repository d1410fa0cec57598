"""What a residency costs and is paid, among the desk's pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy
from django.views.decorators.http import require_POST, require_safe

from candidatures.admin.common import person, refuse, whole
from clea.errors import Refused, StaleWrite
from clea.ui.dates import euros
from clea.ui.desk import DeskItem
from clea.ui.waiting import Subject, Waits
from residencies.admin.base import ResidencyPages
from residencies.admin.waits import by_season
from residencies.enums.money import PaymentState
from residencies.forms.money import BudgetForm, ExpenseForm, LumpSumForm, ScheduleForm
from residencies.forms.welcome import look_again
from residencies.methods.cents import ZERO
from residencies.models import Payment, Residency
from residencies.reports import expense_statement
from residencies.selectors import money as selectors
from residencies.selectors import trips
from residencies.services import money as services


class MoneyMixin(ResidencyPages):
    """Budget, schedule, lump sum, trips, other expenses of one residency."""

    def row_urls(self) -> list[URLPattern]:
        return [
            self.address("argent/", require_safe(self.money_page), "money"),
            self.address("argent/budget/", self.money_budget_page, "money_budget"),
            self.address("argent/regles/", require_POST(self.money_rules_act), "money_rules"),
            self.address("argent/echeancier/", self.money_schedule_page, "money_schedule"),
            self.address("argent/forfait/", self.money_lump_sum_page, "money_lump_sum"),
            self.address("argent/depense/", self.money_expense_page, "money_expense"),
            self.address("argent/etat-de-frais.pdf", require_safe(self.money_statement), "money_statement"),
            *super().row_urls(),
        ]

    def money_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Everything on one page. Queries do not grow with the payments."""
        residency = self.residency(request, key)
        return self.residency_page(
            request,
            "admin/residencies/residency/money.html",
            residency=residency,
            title=_("Argent"),
            tab="money",
            money=selectors.money_of(residency),
            trips=trips.trips_of(residency),
            today=timezone.localdate(),
            can_write=residency.season.closed_at is None,
        )

    def money_budget_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """The employer's four figures, held against the ceiling."""
        residency = self.residency(request, key)
        money = selectors.money_of(residency)
        form = BudgetForm(request.POST if request.method == "POST" else None, money=money)
        if request.method == "POST" and form.is_valid():
            try:
                services.change_budget(
                    by=person(request),
                    residency=residency,
                    figures=form.figures(),
                    version=form.cleaned_data["version"] or 0,
                )
            except StaleWrite as stale:
                money = selectors.money_of(residency)
                look_again(form, version=money.budget.version)
                form.add_error(None, str(stale))
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le budget est enregistré."))
                return HttpResponseRedirect(_back(residency))
        return self._money_form(
            request,
            residency,
            form,
            _("Budget de la résidence"),
            _("Enregistrer le budget"),
            facts=_budget_facts(money),
        )

    def money_rules_act(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """Take the call's rules again."""
        residency = self.residency(request, key)
        try:
            services.reread_rules(by=person(request), residency=residency)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Le plafond, le forfait et les voyages sont ceux de l'appel."))
        return HttpResponseRedirect(_back(residency))

    def money_schedule_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """As many dates as wanted; what is left to plan is shared between them."""
        residency = self.residency(request, key)
        money = selectors.money_of(residency)
        asked = whole(request.POST.get("nombre", "") or request.GET.get("nombre", ""))
        count = asked if asked is not None else selectors.usual_count(money)
        form = ScheduleForm(
            request.POST if request.method == "POST" else None,
            count=count,
            suggested=selectors.suggested_dates(residency, max(1, min(count, services.MOST_DATES))),
        )
        if request.method == "POST" and form.is_valid():
            try:
                made = services.schedule(
                    by=person(request),
                    residency=residency,
                    dates=form.dates(),
                    label=form.cleaned_data["label"],
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                words = ngettext("%(n)d échéance est prévue.", "%(n)d échéances sont prévues.", len(made))
                messages.success(request, words % {"n": len(made)})
                return HttpResponseRedirect(_back(residency))
        left = _("À répartir à parts égales, au centime près : %(net)s net, %(cost)s de coût total.") % {
            "net": euros(max(money.net_gap, ZERO)),
            "cost": euros(max(money.cost_gap, ZERO)),
        }
        return self._money_form(
            request,
            residency,
            form,
            _("Établir l'échéancier"),
            _("Prévoir ces échéances"),
            note=left,
            count=form.count,
        )

    def money_lump_sum_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """When the lump sum is due."""
        residency = self.residency(request, key)
        form = LumpSumForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                services.plan_lump_sum(by=person(request), residency=residency, **form.cleaned_data)
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("Le forfait est prévu."))
                return HttpResponseRedirect(_back(residency))
        note = _("%(amount)s net, versés en une fois.") % {"amount": euros(selectors.budget_seen(residency).lump_sum)}
        return self._money_form(request, residency, form, _("Prévoir le forfait"), _("Prévoir le forfait"), note=note)

    def money_expense_page(self, request: HttpRequest, key: UUID) -> HttpResponse:
        """An expense of this residency."""
        residency = self.residency(request, key)
        form = ExpenseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                services.add_expense(
                    by=person(request),
                    season=residency.season,
                    residency=residency,
                    expense=form.expense(),
                )
            except (Refused, ValidationError) as error:
                refuse(form, error)
            else:
                messages.success(request, _("La dépense est ajoutée."))
                return HttpResponseRedirect(_back(residency))
        return self._money_form(request, residency, form, _("Ajouter une dépense"), _("Ajouter la dépense"))

    def money_statement(self, request: HttpRequest, key: UUID) -> HttpResponse:
        return expense_statement.answer(self.residency(request, key))

    def _money_form(
        self,
        request: HttpRequest,
        residency: Residency,
        form: Any,
        title: str,
        button: str,
        **context: Any,
    ) -> HttpResponse:
        response = self.residency_page(
            request,
            "admin/residencies/residency/money_form.html",
            residency=residency,
            title=title,
            tab="money",
            form=form,
            button=button,
            back=_back(residency),
            **context,
        )
        response.status_code = 422 if form.errors else 200
        return response


def _back(residency: Residency) -> str:
    return reverse("admin:residencies_residency_money", args=[residency.uuid])


def _budget_facts(money: selectors.Money) -> list[tuple[str, str]]:
    """What is kept today, beside what is typed."""
    budget = money.budget
    facts = [
        (_("Aujourd'hui, net"), euros(budget.net)),
        (_("Aujourd'hui, coût total"), euros(budget.total)),
        (_("Échéances prévues ou payées"), f"{euros(money.allowance.amount)} / {euros(money.allowance.cost)}"),
    ]
    if budget.ceiling is not None:
        facts.insert(0, (_("Plafond de l'appel"), euros(budget.ceiling)))
    return facts


# The desk's first page -----------------------------------------------------------------------


def _rows(request: HttpRequest) -> Iterator[QuerySet[Any]]:
    today, me = timezone.localdate(), person(request)
    # Who checked does not approve, where the territory asks for two people.
    mine = Q(season__programme__territory__two_person_payments=True, checked_by=me, checked_by__isnull=False)
    claimed = Payment.objects.filter(state=PaymentState.CLAIMED)
    checked = Payment.objects.filter(~mine, state=PaymentState.CHECKED)
    overdue = Payment.objects.filter(due_on__lt=today, state__in=selectors.DUE_STATES)
    yield by_season(request, "money.to_check", claimed)
    yield by_season(request, "money.to_approve", checked)
    yield by_season(request, "money.overdue", overdue, since=Min("due_on"))


def _lines(request: HttpRequest, found: Waits) -> list[DeskItem]:
    """Payments to check, to approve, to pay, and instalments that are overdue."""
    lines = []
    for key, here in found.places("money.to_check", "money.to_approve", "money.overdue").items():
        page = reverse("admin:residencies_season_payments", args=[key])
        if one := here.get("money.to_check"):
            words = ngettext_lazy("demande de paiement à vérifier", "demandes de paiement à vérifier")
            lines.append(DeskItem(words, one.n, f"{page}?etat=claimed", "now", one.name))
        if one := here.get("money.overdue"):
            words = ngettext_lazy("paiement dont l'échéance est passée", "paiements dont l'échéance est passée")
            lines.append(DeskItem(words, one.n, f"{page}?retard=on", "now", one.name, since=one.since))
        if one := here.get("money.to_approve"):
            words = ngettext_lazy("paiement vérifié, à valider", "paiements vérifiés, à valider")
            lines.append(DeskItem(words, one.n, f"{page}?etat=checked", "soon", one.name))
    return lines


desk_items = Subject(_rows, _lines)
