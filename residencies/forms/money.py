"""What the coordination types about money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.forms.base import Textarea
from candidatures.forms.dossier import EuroField
from candidatures.forms.jury_members import DayInput
from candidatures.models import Season
from residencies.enums.money import PaymentKind, PaymentState, RefusalRule
from residencies.models import Payment, Residency, ResidencyBudget
from residencies.selectors.money import Money, Wanted
from residencies.services.money import MOST_DATES, Expense, Figures

if TYPE_CHECKING:
    from django.http import QueryDict

_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}
_LINE = {"class": "vTextField", "autocomplete": "off"}


def _day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=DayInput(),
        error_messages=_BAD_DAY,
    )


def _line(label: Any, limit: int, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=forms.TextInput(attrs=_LINE),
    )


def _words(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=1000,
        widget=Textarea(attrs={"rows": 3, "cols": 60}),
    )


class _Versioned(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


# The budget ----------------------------------------------------------------------------------


class BudgetForm(_Versioned):
    """The employer's four figures; the ceiling only where no call gives one."""

    net = EuroField(label=gettext_lazy("Allocation nette (€)"))
    gross = EuroField(label=gettext_lazy("Brut (€)"))
    charges = EuroField(label=gettext_lazy("Charges de l'employeur (€)"))
    total = EuroField(
        label=gettext_lazy("Coût total employeur (€)"),
        help_text=gettext_lazy(
            "Brut plus charges. Aucune charge n'est calculée ici : ce sont les chiffres de l'employeur."
        ),
    )
    ceiling = EuroField(
        label=gettext_lazy("Plafond du coût total (€)"),
        help_text=gettext_lazy("Vide : pas de plafond."),
    )
    lump_sum = EuroField(label=gettext_lazy("Forfait net pour les trajets sur place (€)"))
    trips = forms.IntegerField(
        label=gettext_lazy("Voyages aller-retour pris en charge"),
        min_value=0,
        max_value=50,
    )

    def __init__(self, data: Any = None, *, money: Money) -> None:
        budget = money.budget
        names = ("net", "gross", "charges", "total", "ceiling", "lump_sum", "trips")
        initial = {name: getattr(budget, name) for name in names} | {"version": _version_of(budget)}
        super().__init__(data, initial=initial)
        if money.rules is not None and money.rules.employer_ceiling is not None:
            del self.fields["ceiling"]

    def figures(self) -> Figures:
        """Call on a valid form."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Figures(**data | {"ceiling": data.get("ceiling") or None})


def _version_of(budget: ResidencyBudget) -> int:
    return budget.version if budget.pk else 0


class ScheduleForm(forms.Form):
    """One date an instalment; the blank ones are left out."""

    label = _line(
        gettext_lazy("Intitulé"),
        160,
        gettext_lazy("Vide : « Allocation de résidence ». Le rang de l'échéance s'y ajoute."),
        required=False,
    )

    def __init__(self, data: Any = None, *, count: int, suggested: Sequence[date] = ()) -> None:
        super().__init__(data)
        self.count = max(1, min(count, MOST_DATES))
        for n in range(1, self.count + 1):
            field = _day(_("Échéance %(n)d") % {"n": n}, required=False)
            field.initial = suggested[n - 1] if n <= len(suggested) else None
            self.fields[f"day_{n}"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        seen: set[date] = set()
        for n in range(1, self.count + 1):
            day = data.get(f"day_{n}")
            if day is None:
                continue
            if day in seen:
                self.add_error(
                    f"day_{n}", _("Une autre échéance a déjà cette date : choisissez-en une autre, ou laissez vide.")
                )
            seen.add(day)
        return data

    def dates(self) -> list[date]:
        """Call on a valid form."""
        days = (self.cleaned_data.get(f"day_{n}") for n in range(1, self.count + 1))
        return [day for day in days if day is not None]


class LumpSumForm(forms.Form):
    due_on = _day(gettext_lazy("Échéance"), required=False)


# Payments ------------------------------------------------------------------------------------


class ExpenseForm(_Versioned):
    """What a payment says; ``season`` asks which residency it is for."""

    residency = forms.ModelChoiceField(
        Residency.objects.none(),
        label=gettext_lazy("Résidence"),
        required=False,
        empty_label=gettext_lazy("toute la saison"),
    )
    label = _line(gettext_lazy("Intitulé"), 200)
    payee = _line(gettext_lazy("Bénéficiaire"), 200)
    amount = EuroField(label=gettext_lazy("Montant versé (€)"))
    cost = EuroField(
        label=gettext_lazy("Coût total (€)"),
        help_text=gettext_lazy("Charges comprises. Vide : le montant versé."),
    )
    due_on = _day(gettext_lazy("Échéance"), required=False)

    def __init__(self, data: Any = None, *, season: Season | None = None, payment: Payment | None = None) -> None:
        initial: dict[str, Any] = {}
        if payment is not None:
            names = ("label", "payee", "amount", "cost", "due_on", "version")
            initial = {name: getattr(payment, name) for name in names}
        super().__init__(data, initial=initial)
        if season is None:
            del self.fields["residency"]
        else:
            field = cast("forms.ModelChoiceField", self.fields["residency"])
            field.queryset = Residency.objects.filter(season=season)

    def expense(self) -> Expense:
        """Call on a valid form."""
        data = self.cleaned_data
        return Expense(
            label=data["label"],
            payee=data["payee"],
            amount=data["amount"],
            cost=data["cost"] or None,
            due_on=data["due_on"],
        )


class PlainForm(_Versioned):
    """Nothing to say: the page asks, the button answers."""


class PayForm(_Versioned):
    paid_on = _day(gettext_lazy("Payé le"))
    reference = _line(
        gettext_lazy("Référence du paiement"),
        80,
        gettext_lazy("Numéro de mandat ou de virement."),
        required=False,
    )


class ReasonForm(_Versioned):
    why = _words(gettext_lazy("Motif"), gettext_lazy("Gardé avec le paiement."))


class CancelForm(_Versioned):
    why = _words(gettext_lazy("Motif"), gettext_lazy("Gardé avec le paiement ; l'artiste le lit sur sa page."))


class RefuseForm(_Versioned):
    rule = forms.ChoiceField(
        label=gettext_lazy("Règle"),
        choices=RefusalRule.choices,
        widget=forms.RadioSelect,
        initial=None,
    )
    words = _words(
        gettext_lazy("Explication"),
        gettext_lazy("L'artiste la reçoit avec la règle."),
        required=False,
    )


# The list ------------------------------------------------------------------------------------


class FilterForm(forms.Form):
    """Which payments to show. Anything strange in the address is left out."""

    etat = forms.ChoiceField(label=gettext_lazy("État"), required=False)
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), required=False)
    residence = forms.ChoiceField(label=gettext_lazy("Résidence"), required=False)
    retard = forms.BooleanField(label=gettext_lazy("échéance passée"), required=False)

    def __init__(self, data: QueryDict, *, residencies: Sequence[Residency]) -> None:
        super().__init__(data)
        anything = [("", _("toutes"))]
        self._choose("etat", [("", _("tous")), *PaymentState.choices])
        self._choose("nature", anything + PaymentKind.choices)
        own = [("saison", _("dépenses de la saison"))]
        self._choose("residence", anything + own + [(one.slug, one.artist_name) for one in residencies])

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def wanted(self) -> Wanted:
        """What of the question holds."""
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            state=data.get("etat", ""),
            kind=data.get("nature", ""),
            residency=data.get("residence", ""),
            late=data.get("retard", False),
        )
