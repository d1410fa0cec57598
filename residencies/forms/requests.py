"""Forms about wishes: what a team writes, what it answers, what the desk does."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.html import format_html, strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.enums import LifeStage
from candidatures.forms.base import Textarea
from candidatures.models import Axis, Season
from clea.i18n import localised
from clea.ui.markdown import render
from residencies.enums import ActivityKind, AudienceCategory
from residencies.models import ActivityRequest, Residency
from residencies.selectors import requests as selectors
from residencies.services.requests import FIELDS
from structures.models import Structure

#: What each form of activity is, in the words of the contract (rules.md 18).
KIND_HINTS = {
    ActivityKind.ENCOUNTER: gettext_lazy("rencontre : faire connaissance avec l'artiste et son travail"),
    ActivityKind.GESTURE: gettext_lazy("geste artistique : inventer quelque chose ensemble, ce n'est pas un atelier"),
    ActivityKind.DIFFUSION: gettext_lazy("diffusion : accueillir une œuvre de l'artiste"),
    ActivityKind.RESTITUTION: gettext_lazy("restitution : montrer ce qui a été fait"),
    ActivityKind.TRAINING: gettext_lazy("formation : un temps pour les professionnels"),
}


class ArtistField(forms.ModelChoiceField):
    """An artist, with a few words of presentation."""

    def label_from_instance(self, obj: Any) -> str:
        about, words = obj.discipline, Truncator(strip_tags(render(localised(obj, "presentation")))).chars(160)
        return format_html(
            "<span>{}{}{}</span>",
            obj.artist_name,
            format_html(' <span class="muted">– {}</span>', about) if about else "",
            format_html('<br><span class="muted small">{}</span>', words) if words else "",
        )


def _choose(choices: Any, empty: Any) -> list[tuple[str, Any]]:
    return [("", empty), *choices]


class WishForm(forms.ModelForm):
    """A wish. The service checks it under its lock; here, only the shape of what was typed."""

    use_required_attribute = False
    residency = ArtistField(
        Residency.objects.none(),
        label=gettext_lazy("Avec quel artiste ?"),
        required=False,
        widget=forms.RadioSelect,
        blank=True,
        empty_label=gettext_lazy("Pas d'artiste en particulier : la coordination me conseille"),
    )
    axis = forms.ModelChoiceField(
        Axis.objects.none(),
        label=gettext_lazy("Un axe vous intéresse ?"),
        required=False,
        empty_label=gettext_lazy("Pas d'axe en particulier"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Sous quelle forme ?"),
        required=False,
        choices=_choose(KIND_HINTS.items(), gettext_lazy("je ne sais pas encore")),
        widget=forms.RadioSelect,
    )
    public = forms.CharField(
        label=gettext_lazy("Pour qui ?"),
        max_length=300,
        help_text=gettext_lazy("En quelques mots : « deux classes de CM1 », « les familles du mercredi »."),
        error_messages={"required": gettext_lazy("Dites pour qui, en quelques mots.")},
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Ce public est surtout fait de"),
        choices=_choose(AudienceCategory.choices, gettext_lazy("Choisissez")),
        error_messages={"required": gettext_lazy("Choisissez la catégorie la plus proche.")},
    )
    life_stage = forms.ChoiceField(
        label=gettext_lazy("Sur quel temps ?"),
        choices=LifeStage.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez le temps où cela aurait lieu.")},
    )
    people = forms.IntegerField(
        label=gettext_lazy("Combien de personnes, environ ?"),
        min_value=1,
        max_value=5000,
        widget=forms.NumberInput({"inputmode": "numeric"}),
        error_messages={
            "required": gettext_lazy("Donnez un nombre, même approximatif."),
            "min_value": gettext_lazy("Comptez au moins une personne."),
            "invalid": gettext_lazy("Écrivez un nombre entier, sans autre mot : 25."),
        },
    )
    dates = forms.CharField(
        label=gettext_lazy("Quand est-ce possible ?"),
        max_length=1000,
        required=False,
        widget=Textarea({"rows": 3}),
        help_text=gettext_lazy("Jours, semaines ou périodes : « les mardis matin de mars », « après avril »."),
    )
    hope = forms.CharField(
        label=gettext_lazy("Qu'en attendez-vous ?"),
        max_length=3000,
        widget=Textarea({"rows": 6}),
        help_text=gettext_lazy(
            "Ce que vous voudriez vivre ou partager, ce que vous apportez. L'artiste et vous l'écrirez ensemble : une "
            "envie suffit."
        ),
        error_messages={"required": gettext_lazy("Quelques phrases suffisent : elles aident à choisir.")},
    )
    partner = forms.ModelChoiceField(
        Structure.objects.none(),
        label=gettext_lazy("Avec une autre structure ?"),
        required=False,
        empty_label=gettext_lazy("Non, ou je ne sais pas"),
        help_text=gettext_lazy("Un lieu culturel et une structure voisine, par exemple. Parlez-en ensemble d'abord."),
    )

    class Meta:
        model = ActivityRequest
        fields = FIELDS

    def __init__(self, *args: Any, season: Season, structure: Structure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        residencies = selectors.wishable(season)
        if self.instance.residency_id:
            residencies = residencies | Residency.objects.filter(pk=self.instance.residency_id)
        self._rows("residency", residencies)
        self._rows("axis", selectors.axes_of(season))
        partners, none = selectors.partners_of(structure), self.fields["partner"].empty_label  # type: ignore[attr-defined]
        self._rows("partner", partners)
        self.fields["axis"].label_from_instance = lambda axis: localised(axis, "title")  # type: ignore[attr-defined]
        self.fields["partner"].choices = lambda: _offered(partners, none)  # type: ignore[attr-defined]
        if not self.fields["axis"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["axis"]

    def _rows(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The service writes the row under its lock; the form leaves it alone."""


def _offered(partners: QuerySet[Structure], none: Any) -> list[tuple[Any, Any]]:
    """Their names and communes, without an object for each of what may be thousands. One query."""
    rows = partners.values_list("pk", "name", "commune__name")
    return [("", none), *((pk, f"{town} – {name}" if town else name) for pk, name, town in rows)]


class ProposalForm(forms.Form):
    """Yes or no to the artist proposed."""

    use_required_attribute = False
    answer = forms.ChoiceField(
        label=gettext_lazy("Cela vous convient-il ?"),
        choices=[
            ("yes", gettext_lazy("Oui, faisons-le avec cet artiste")),
            ("no", gettext_lazy("Non, je garde mon souhait tel que je l'ai écrit")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez oui ou non.")},
    )
    words = forms.CharField(
        label=gettext_lazy("Un mot à la coordination"), max_length=1000, required=False, widget=Textarea({"rows": 3})
    )


# The desk ------------------------------------------------------------------------------------


class WordsForm(forms.Form):
    """Words that leave by mail as they are written."""

    words = forms.CharField(
        label=gettext_lazy("Vos mots à la structure"),
        max_length=2000,
        widget=Textarea({"rows": 6, "cols": 70}),
        help_text=gettext_lazy("Ils partent tels quels : dites pourquoi, et ce qui reste possible."),
        error_messages={"required": gettext_lazy("Dites pourquoi : la structure lit ces mots.")},
    )


class TurnForm(forms.Form):
    """The activity to come: whose, what, with whom."""

    residency = forms.ModelChoiceField(
        Residency.objects.none(), label=gettext_lazy("Artiste"), empty_label=gettext_lazy("Choisissez")
    )
    title = forms.CharField(label=gettext_lazy("Titre de l'activité"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=ActivityKind.choices)
    with_partner = forms.BooleanField(required=False)
    words = forms.CharField(
        label=gettext_lazy("Un mot à la structure"),
        max_length=2000,
        required=False,
        widget=Textarea({"rows": 4, "cols": 70}),
    )

    def __init__(self, *args: Any, wish: ActivityRequest, residency: UUID | None = None, **kwargs: Any) -> None:
        live = Residency.objects.live().filter(season=wish.season_id).order_by("artist_name", "pk")
        chosen = next((row for row in live if row.uuid == residency), None) if residency else wish.residency
        kwargs.setdefault(
            "initial",
            {
                "residency": chosen.pk if chosen is not None else None,
                "title": selectors.suggested_title(wish),
                "kind": wish.kind or ActivityKind.GESTURE,
                "with_partner": True,
            },
        )
        super().__init__(*args, **kwargs)
        self.fields["residency"].queryset = live  # type: ignore[attr-defined]
        _partner(self, wish)


class JoinForm(forms.Form):
    """An activity that exists, which the structure joins."""

    activity = forms.UUIDField(widget=forms.HiddenInput)
    with_partner = forms.BooleanField(required=False, initial=True)
    words = forms.CharField(
        label=gettext_lazy("Un mot à la structure"),
        max_length=2000,
        required=False,
        widget=Textarea({"rows": 4, "cols": 70}),
    )

    def __init__(self, *args: Any, wish: ActivityRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _partner(self, wish)


def _partner(form: forms.Form, wish: ActivityRequest) -> None:
    """A box to tick when the wish names another structure."""
    if wish.partner is None:
        del form.fields["with_partner"]
    else:
        form.fields["with_partner"].label = _("Associer aussi %(name)s") % {"name": wish.partner}


class ProposeForm(forms.Form):
    """Another artist, and why."""

    residency = forms.ModelChoiceField(
        Residency.objects.none(), label=gettext_lazy("Artiste proposé"), empty_label=gettext_lazy("Choisissez")
    )
    words = forms.CharField(
        label=gettext_lazy("Pourquoi cet artiste"),
        max_length=2000,
        widget=Textarea({"rows": 5, "cols": 70}),
        help_text=gettext_lazy("La structure lit ces mots avant de répondre."),
        error_messages={"required": gettext_lazy("Dites à la structure pourquoi cet artiste.")},
    )

    def __init__(self, *args: Any, wish: ActivityRequest, residency: UUID | None = None, **kwargs: Any) -> None:
        live = Residency.objects.live().filter(season=wish.season_id).order_by("artist_name", "pk")
        if wish.residency_id is not None:
            live = live.exclude(pk=wish.residency_id)
        chosen = next((row for row in live if row.uuid == residency), None)
        kwargs.setdefault("initial", {"residency": chosen.pk if chosen is not None else None})
        super().__init__(*args, **kwargs)
        self.fields["residency"].queryset = live  # type: ignore[attr-defined]
