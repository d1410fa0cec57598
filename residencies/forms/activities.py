"""Forms about an activity: its text, its structures, why it is called off."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.forms.base import Textarea
from candidatures.models import Axis
from residencies.models import Activity, Residency
from residencies.services.activities import TEXT
from structures.models import Structure, Territory


class ActivityForm(forms.ModelForm):
    """What artists and teams write together. The service writes; the form leaves the row alone."""

    use_required_attribute = False
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Activity
        fields = [*TEXT, "axes"]
        widgets = {
            "intention": Textarea({"rows": 7}),
            "needs": Textarea({"rows": 4}),
            "reuse": Textarea({"rows": 3}),
            "public_summary": Textarea({"rows": 4}),
            "axes": forms.CheckboxSelectMultiple,
        }
        help_texts = {
            "life_stage": _("Avec l'école, les vacances scolaires sont signalées au moment de placer une séance."),
            "public_summary": _("Quelques phrases pour l'agenda public, si une séance est ouverte à tous."),
        }

    field_order = [
        "kind",
        "title",
        "intention",
        "public",
        "life_stage",
        "people_expected",
        "axes",
        "needs",
        "reuse",
        "public_summary",
        "how_to_come",
    ]

    def __init__(self, *args: Any, season_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("kind", _("Choisissez")), ("life_stage", _("Pas encore dit"))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(value, label if value == "" else text) for value, text in field.choices]  # type: ignore[union-attr,misc]
        axes = self.fields["axes"]
        assert isinstance(axes, forms.ModelMultipleChoiceField)
        axes.queryset = Axis.objects.filter(call__season=season_id).order_by("call", "order")
        if not axes.queryset.exists():
            del self.fields["axes"]
        if self.instance.pk is not None:
            self.fields["version"].initial = self.instance.version

    def _post_clean(self) -> None:
        """The service validates the row under its lock."""

    def text(self) -> dict[str, Any]:
        """What to write, the axes with it. Call on a valid form."""
        return {name: self.cleaned_data[name] for name in TEXT} | {"axes": list(self.cleaned_data.get("axes", ()))}


class NewActivityForm(ActivityForm):
    """An idea: a title is enough, a structure if one is already known."""

    structure = forms.ModelChoiceField(
        Structure.objects.none(),
        label=_("Première structure associée"),
        required=False,
        empty_label=_("Pas encore décidée"),
        help_text=_("Vous pourrez en associer d'autres, ou attendre d'en avoir parlé."),
    )
    field_order = ["kind", "title", "structure", *ActivityForm.field_order[2:]]

    def __init__(self, *args: Any, territory: Territory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_structures(self, "structure", territory)

    def structures(self) -> list[Structure]:
        chosen = self.cleaned_data["structure"]
        return [chosen] if chosen is not None else []


class StructuresForm(forms.Form):
    """Keep those ticked, add one."""

    keep = forms.ModelMultipleChoiceField(
        Structure.objects.none(),
        label=_("Structures associées"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Décochez celle qui ne prend plus part."),
    )
    add = forms.ModelChoiceField(
        Structure.objects.none(), label=_("Associer une autre structure"), required=False, empty_label=_("Aucune")
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = list(activity.structures.select_related("commune"))
        keep = self.fields["keep"]
        assert isinstance(keep, forms.ModelMultipleChoiceField)
        keep.queryset = Structure.objects.filter(pk__in=[row.pk for row in mine])
        keep.choices = [(row.pk, _named(row)) for row in mine]
        self.initial.setdefault("keep", [row.pk for row in mine])
        if not mine:
            del self.fields["keep"]
        offer_structures(self, "add", activity.territory, but=[row.pk for row in mine])

    def structures(self) -> list[Structure]:
        added = self.cleaned_data["add"]
        return [*self.cleaned_data.get("keep", ()), *([added] if added is not None else [])]


class ReasonForm(forms.Form):
    """Why something is called off. Who was to come reads it."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=1000,
        widget=Textarea({"rows": 3}),
        help_text=_("L'artiste et les équipes le lisent."),
    )


class JoinForm(forms.Form):
    """Another residency in the same activity."""

    residency = forms.ModelChoiceField(
        Residency.objects.none(), label=_("Résidence à joindre"), empty_label=_("Choisissez")
    )

    def __init__(self, *args: Any, activity: Activity, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["residency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            Residency.objects.live()
            .filter(season=activity.season_id)
            .exclude(pk__in=activity.residencies.values("pk"))
            .order_by("artist_name")
        )


def offer_structures(
    form: forms.Form | forms.ModelForm, name: str, territory: Territory, but: Iterable[int] = ()
) -> None:
    """The active places of a territory, under their communes. One query, their names only: there may be thousands."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    rows = list(
        Structure.objects.active()
        .venues()
        .filter(territory=territory)
        .exclude(pk__in=list(but))
        .order_by("commune__slug", "name_key")
        .values_list("commune", "commune__name", "pk", "name")
    )
    field.queryset = Structure.objects.active().filter(territory=territory)
    grouped = [
        (town or _("Sans commune"), [(pk, name) for _commune, _town, pk, name in under])
        for (_key, town), under in groupby(rows, key=lambda row: row[:2])
    ]
    field.choices = [("", field.empty_label or _("Choisissez")), *grouped]


def _named(row: Structure) -> str:
    return f"{row.name} ({row.commune.name})" if row.commune else row.name
