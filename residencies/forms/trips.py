"""What an artist types about a trip, and the coordination about a line of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.forms.dossier import EuroField
from clea.documents.models import StoredFile
from clea.ui.dates import span
from residencies.enums.money import ExpenseNature, RefusalRule, TravelMode
from residencies.forms.welcome import NumberInput, day_field
from residencies.models import ExpenseLine, Period, TripClaim
from residencies.rules import trips as rules
from residencies.selectors.trips import Slot
from residencies.services.trips import Facts, Line

if TYPE_CHECKING:
    from django.forms import BaseFormSet

    _Lines = BaseFormSet["LineForm"]
else:
    _Lines = forms.BaseFormSet

#: Blank lines shown below those that are filled.
MORE = 2


class StartForm(forms.Form):
    """For which period, by which means: asked first, as the next page depends on it."""

    periode = forms.ChoiceField(label=gettext_lazy("Pour quelle période ?"), widget=forms.RadioSelect)
    moyen = forms.ChoiceField(
        label=gettext_lazy("Par quel moyen ?"), choices=TravelMode.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, slots: list[Slot]) -> None:
        super().__init__(data)
        other = ("autre", _("aucune de ces périodes : un autre déplacement"))
        field: Any = self.fields["periode"]
        field.choices = [*((str(slot.period.uuid), _named(slot)) for slot in slots), other]


def _named(slot: Slot) -> str:
    """The period with its days, and whether its trip was claimed."""
    name = f"{slot.period.title}, {span(slot.period.starts_on, slot.period.ends_on)}"
    return name if slot.payment is None else _("%(period)s (déjà demandé)") % {"period": name}


class TripForm(forms.Form):
    """The trip itself. By car it is measured."""

    home_city = forms.CharField(
        label=gettext_lazy("Ville de départ et de retour (votre domicile)"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    out_on = day_field(gettext_lazy("Jour de l'aller"))
    back_on = day_field(gettext_lazy("Jour du retour"))
    outside_france = forms.BooleanField(
        label=gettext_lazy("Une partie de ce voyage se fait hors de la France métropolitaine"), required=False
    )
    km_out = forms.IntegerField(
        label=gettext_lazy("Kilomètres à l'aller"),
        min_value=1,
        max_value=3000,
        widget=NumberInput(),
        help_text=gettext_lazy("De votre domicile au territoire, par la route la plus directe."),
    )
    km_back = forms.IntegerField(
        label=gettext_lazy("Kilomètres au retour"), min_value=1, max_value=3000, widget=NumberInput()
    )
    fiscal_power = forms.IntegerField(
        label=gettext_lazy("Puissance fiscale (CV)"),
        min_value=1,
        max_value=99,
        widget=NumberInput(),
        help_text=gettext_lazy("Ligne P.6 de la carte grise."),
    )
    electric = forms.BooleanField(label=gettext_lazy("Véhicule électrique"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seen = forms.DecimalField(required=False, widget=forms.HiddenInput, localize=False)

    measured = ("km_out", "km_back", "fiscal_power", "electric")

    def __init__(self, data: Any = None, *, mode: str, period: Period, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.mode, self.period = mode, period
        if mode != TravelMode.CAR:
            for name in self.measured:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        out_on, back_on = data.get("out_on"), data.get("back_on")
        if out_on and back_on and back_on < out_on:
            self.add_error("back_on", _("Le retour se fait le jour de l'aller, ou après."))
        return data

    def facts(self) -> Facts:
        """Call on a valid form."""
        names = ("home_city", "out_on", "back_on", "outside_france", *self.measured)
        given = {name: self.cleaned_data[name] for name in names if name in self.fields}
        return Facts(period=self.period, mode=self.mode, **given)


class LineForm(forms.Form):
    """One expense. Its file was received already, or comes with it: ``kept`` is the key of what was received."""

    nature = forms.ChoiceField(
        label=gettext_lazy("Nature"), choices=[("", gettext_lazy("Choisissez")), *ExpenseNature.choices]
    )
    label = forms.CharField(
        label=gettext_lazy("Trajet ou dépense"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    day = day_field(gettext_lazy("Jour"))
    amount = EuroField(label=gettext_lazy("Montant payé (€)"), required=True)
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)
    drop = forms.BooleanField(label=gettext_lazy("Retirer ce justificatif"), required=False)
    file = forms.FileField(
        label=gettext_lazy("Justificatif"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, at_hand: Mapping[UUID, StoredFile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at_hand = at_hand
        self.file_error = ""

    def has_changed(self) -> bool:
        """A line of which only the file came, and was refused, is no blank line."""
        return bool(self.file_error) or super().has_changed()

    @property
    def receipt(self) -> StoredFile | None:
        """What was received for this line."""
        try:
            return self.at_hand.get(UUID(str(self["kept"].value() or "")))
        except ValueError:
            return None

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Écrivez le montant payé."), code="required")
        return amount

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.file_error:
            self.add_error("file", self.file_error)
        return data

    def line(self) -> Line:
        """Call on a valid form."""
        data = self.cleaned_data
        return Line(data["nature"], data["label"], data["day"], data["amount"], self.receipt)


class LineFormSet(_Lines):
    """The expenses, those left blank forgotten."""

    def lines(self) -> list[Line]:
        """Call on a valid formset."""
        return [form.line() for form in self.forms if form.has_changed()]


def line_formset(
    data: Any, *, at_hand: Mapping[UUID, StoredFile], initial: list[dict[str, Any]] | None = None
) -> LineFormSet:
    """The lines as they were, or as they are posted, and some blank ones."""
    factory: Any = forms.formset_factory(
        LineForm, formset=LineFormSet, extra=MORE, max_num=rules.MOST_LINES, absolute_max=rules.MOST_LINES + MORE
    )
    formset: LineFormSet = factory(
        data, prefix="lignes", initial=None if data is not None else initial, form_kwargs={"at_hand": at_hand}
    )
    return formset


def initial_of(claim: TripClaim) -> dict[str, Any]:
    """What the form shows of a claim that is changed."""
    names = ("home_city", "out_on", "back_on", *TripForm.measured)
    return {name: getattr(claim, name) for name in names} | {"version": claim.payment.version}


def initial_line(line: ExpenseLine) -> dict[str, Any]:
    names = ("nature", "label", "day", "amount")
    return {name: getattr(line, name) for name in names} | {"kept": line.receipt.uuid if line.receipt else None}


class CoverForm(forms.Form):
    """What the coordination covers of a line, and why."""

    covered = EuroField(label=gettext_lazy("Montant pris en charge (€)"))
    rule = forms.ChoiceField(
        label=gettext_lazy("Règle pour ce qui ne l'est pas"),
        required=False,
        choices=[("", gettext_lazy("celle de la ligne")), *RefusalRule.choices],
    )
    words = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text=gettext_lazy("L'artiste lit cette phrase. Par exemple : tarif de seconde classe du même train."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
