"""What the coordination types about relays and information kits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.forms.jury_members import DayInput
from clea.errors import Refused
from residencies.enums import KitChannel
from residencies.models import Kit, Lodging, Relay, Supplier
from residencies.selectors import relays as selectors
from residencies.selectors.relays import Choice
from residencies.services import lodgings, suppliers
from structures.models import SchoolDistrict, StructureKind

if TYPE_CHECKING:
    _RelayBase = forms.ModelForm[Relay]
    _LodgingBase = forms.ModelForm[Lodging]
    _SupplierBase = forms.ModelForm[Supplier]
else:
    _RelayBase = _LodgingBase = _SupplierBase = forms.ModelForm


class _Territorial:
    """What is chosen belongs to the territory of the row."""

    def territory_of(self, data: dict[str, Any]) -> Any:
        instance: Any = self.instance  # type: ignore[attr-defined]
        return data.get("territory") or (instance.territory if instance.pk else None)

    def add_refusal(self, error: Refused) -> None:
        field = error.field if error.field in self.fields else None  # type: ignore[attr-defined]
        self.add_error(field, str(error))  # type: ignore[attr-defined]


class RelayForm(_Territorial, _RelayBase):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        territory = self.territory_of(data)
        for name in ("school_districts", "structures"):
            if territory and any(row.territory_id != territory.pk for row in data.get(name) or []):
                self.add_error(name, _("Choisissez des lieux du même territoire."))
        return data


class LodgingForm(_Territorial, _LodgingBase):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        territory, commune, beds = self.territory_of(data), data.get("commune"), data.get("beds")
        if territory and commune is not None and commune.territory_id != territory.pk:
            self.add_error("commune", _("Cette commune appartient à un autre territoire."))
        if self.instance.pk and beds:
            self.instance.beds = beds
            try:
                lodgings.require_beds(self.instance)
            except Refused as error:
                self.add_refusal(error)
        return data


class SupplierForm(_Territorial, _SupplierBase):
    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        territory, commune = self.territory_of(data), data.get("commune")
        if territory and commune is not None and commune.territory_id != territory.pk:
            self.add_error("commune", _("Cette commune appartient à un autre territoire."))
        try:
            suppliers.require_place(Supplier(latitude=data.get("latitude"), longitude=data.get("longitude")))
        except Refused as error:
            self.add_refusal(error)
        return data


class ChoiceForm(forms.Form):
    """Who is listed: structures or relays, with or without the kit, of a district, of a kind."""

    qui = forms.ChoiceField(
        label=gettext_lazy("Qui"),
        choices=[("structures", gettext_lazy("structures")), ("relais", gettext_lazy("relais"))],
        required=False,
    )
    recu = forms.ChoiceField(
        label=gettext_lazy("Ont le dossier"),
        choices=[("", gettext_lazy("tous")), ("non", gettext_lazy("pas encore")), ("oui", gettext_lazy("oui"))],
        required=False,
    )
    circonscription = forms.ModelChoiceField(
        SchoolDistrict.objects.none(),
        label=gettext_lazy("Circonscription"),
        required=False,
        empty_label=gettext_lazy("toutes"),
    )
    type = forms.ModelChoiceField(
        StructureKind.objects.none(),
        label=gettext_lazy("Type de structure"),
        required=False,
        to_field_name="slug",
        empty_label=gettext_lazy("tous"),
    )
    mot = forms.CharField(label=gettext_lazy("Nom ou commune"), max_length=100, required=False)

    def __init__(self, data: Any, *, kit: Kit) -> None:
        super().__init__(data, auto_id="filtre_%s")
        self.fields["circonscription"].queryset = selectors.districts(kit.season.programme.territory)  # type: ignore[attr-defined]
        self.fields["type"].queryset = selectors.kinds(kit)  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """What is asked; a value that is not one of the list narrows nothing."""
        self.is_valid()
        data = self.cleaned_data
        district, kind = data.get("circonscription"), data.get("type")
        return Choice(
            relays=data.get("qui") == "relais",
            had={"oui": True, "non": False}.get(data.get("recu", "")),
            district=district.pk if district else None,
            kind=kind.slug if kind else "",
            text=data.get("mot", ""),
        )


class GiveForm(forms.Form):
    """How and when a kit is given."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Moyen de remise"),
        choices=KitChannel.choices,
        widget=forms.RadioSelect,
        initial=KitChannel.MAIL,
    )
    given_on = forms.DateField(
        label=gettext_lazy("Remis le"),
        widget=DayInput(),
        error_messages={"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")},
    )
    attached = forms.BooleanField(label=gettext_lazy("Joindre aussi le PDF au message"), required=False)
    again = forms.BooleanField(
        label=gettext_lazy("Le remettre aussi à qui l'a déjà (une nouvelle version, par exemple)"), required=False
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"given_on": timezone.localdate()})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("channel") == KitChannel.MAIL and "given_on" not in self.errors:
            # A message leaves now, whatever the box says.
            data["given_on"] = timezone.localdate()
        return data


class FileForm(forms.Form):
    upload = forms.FileField(
        label=gettext_lazy("PDF du dossier"), widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"})
    )
