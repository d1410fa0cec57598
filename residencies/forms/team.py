"""Forms of a structure's team: its people, its public details, its closures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from structures.enums import Weekday
from structures.models import Closure, Professional, Structure

_BAD_DAY = {"invalid": _("Écrivez la date ainsi : 15/02/2027."), "required": _("Donnez une date.")}


class PersonForm(forms.Form):
    """A member of the team. The service checks what depends on the others."""

    use_required_attribute = False

    first_name = forms.CharField(label=_("Prénom"), max_length=100, required=False)
    last_name = forms.CharField(
        label=pgettext_lazy("personne", "Nom"),
        max_length=100,
        error_messages={"required": _("Donnez le nom de la personne.")},
    )
    role = forms.CharField(
        label=_("Fonction"),
        max_length=160,
        required=False,
        help_text=_("Par exemple « médiatrice », « directeur », « enseignante en CM1 »."),
    )
    email = forms.EmailField(
        label=_("Adresse électronique"),
        required=False,
        help_text=_("Avec elle, la personne entre ici et reçoit ce qui concerne la structure."),
        error_messages={"invalid": _("Cette adresse n'est pas complète : nom@exemple.fr.")},
    )
    phone = forms.CharField(label=_("Téléphone"), max_length=30, required=False)
    is_contact = forms.BooleanField(
        label=_("À contacter en premier"),
        required=False,
        help_text=_("Une seule personne : la coordination s'adresse d'abord à elle."),
    )

    def __init__(self, *args: Any, person: Professional | None = None, **kwargs: Any) -> None:
        if person is not None:
            kwargs.setdefault("initial", {name: getattr(person, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)
        for name, token in {"email": "off", "first_name": "off", "last_name": "off", "phone": "off"}.items():
            self.fields[name].widget.attrs["autocomplete"] = token


class NewPersonForm(PersonForm):
    """The same, with the letter that tells the person."""

    invite = forms.BooleanField(
        label=_("Lui envoyer un courriel avec le lien de cet espace"), required=False, initial=True
    )


class DetailsForm(forms.Form):
    """How the public reaches the structure."""

    use_required_attribute = False

    email = forms.EmailField(
        label=_("Adresse électronique de la structure"),
        required=False,
        help_text=_("Une boîte partagée, pas celle d'une personne."),
        error_messages={"invalid": _("Cette adresse n'est pas complète : nom@exemple.fr.")},
    )
    phone = forms.CharField(
        label=_("Téléphone de la structure"), max_length=30, required=False, help_text=_("Le standard ou l'accueil.")
    )
    website = forms.URLField(
        label=_("Site internet"),
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": _("Écrivez l'adresse entière : https://www.exemple.fr.")},
    )

    def __init__(self, *args: Any, structure: Structure, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(structure, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)


class SpanForm(forms.Form):
    """A span of days when nobody receives."""

    use_required_attribute = False

    starts_on = forms.DateField(
        label=_("Du"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), error_messages=_BAD_DAY
    )
    ends_on = forms.DateField(
        label=_("Au"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Dernier jour compris. Vide : un seul jour."),
        error_messages=_BAD_DAY,
    )
    reason = forms.CharField(
        label=_("Motif"), max_length=200, required=False, help_text=_("Par exemple « travaux » ou « inventaire ».")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and "ends_on" not in self.errors and not data.get("ends_on"):
            data["ends_on"] = data["starts_on"]
        return data


class WeekForm(forms.Form):
    """Days of every week."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Chaque semaine, la structure est fermée le"),
        coerce=int,
        choices=Weekday.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, closures: list[Closure], **kwargs: Any) -> None:
        standing = [row.weekday for row in closures if row.weekday is not None]
        kwargs.setdefault("initial", {"weekdays": standing})
        super().__init__(*args, **kwargs)
