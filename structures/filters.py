"""The directory's filters: readable, shareable addresses, in French."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clea.ui.templatetags.clea import localised
from structures.enums import Circle
from structures.models import Commune, Structure, StructureKind


class _OnlyFilter(django_filters.BooleanFilter):
    """A box that narrows when ticked and says nothing when not."""

    field_class = forms.BooleanField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.CheckboxInput} | kwargs)


class StructureFilter(django_filters.FilterSet):
    """Structures of one territory. ``communes`` and ``kinds`` are its own, already read."""

    texte = django_filters.CharFilter(
        method="by_text",
        label=_("Nom, commune ou mot"),
        widget=forms.TextInput({"type": "search", "spellcheck": "false"}),
    )
    commune = django_filters.ChoiceFilter(
        field_name="commune__slug", label=_("Commune"), empty_label=pgettext_lazy("communes", "Toutes")
    )
    type = django_filters.ChoiceFilter(
        method="by_kind", label=_("Type"), empty_label=pgettext_lazy("types de structure", "Tous")
    )
    cercle = django_filters.ChoiceFilter(
        field_name="circle", label=_("Cercle"), choices=Circle.choices, empty_label=pgettext_lazy("cercles", "Tous")
    )
    coeur_rural = _OnlyFilter(method="by_rural", label=_("Dans un cœur rural"))
    quartier_prioritaire = _OnlyFilter(method="by_priority", label=_("Dans une commune à quartier prioritaire"))

    class Meta:
        model = Structure
        fields: list[str] = []

    def __init__(self, *args: Any, communes: Sequence[Commune], kinds: Sequence[StructureKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["commune"].extra["choices"] = [
            (commune.slug, " – ".join([commune.name, *commune.other_name_list])) for commune in communes
        ]
        self.filters["type"].extra["choices"] = [(kind.slug, localised(kind, "plural")) for kind in kinds]

    def by_text(self, queryset: Any, name: str, value: str) -> QuerySet[Structure]:
        return queryset.matching(value)

    def by_kind(self, queryset: Any, name: str, value: str) -> QuerySet[Structure]:
        return queryset.of_kind(value)

    def by_rural(self, queryset: Any, name: str, value: bool) -> QuerySet[Structure]:
        return queryset.filter(commune__rural_heart=True) if value else queryset

    def by_priority(self, queryset: Any, name: str, value: bool) -> QuerySet[Structure]:
        return queryset.in_priority_commune() if value else queryset
