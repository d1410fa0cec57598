"""What took place, said in two minutes; the look back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from candidatures.forms.base import Textarea
from clea.errors import Refused
from residencies.enums import AudienceCategory, Happened, Qualifier
from residencies.models import Activity, Confirmation, Session
from residencies.services.confirmations import Count

#: Blank lines for a public nobody expected.
EXTRA = 2
_NUMBER = {"inputmode": "numeric", "min": "0", "autocomplete": "off"}
_BAD = {
    "invalid": _("Écrivez un nombre entier, ou laissez vide."),
    "min_value": _("Un nombre de personnes ne peut pas être négatif."),
    "max_value": _("Ce nombre est trop grand : vérifiez-le."),
}


def _number(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=100000,
        widget=forms.NumberInput(attrs=_NUMBER),
        error_messages=_BAD,
    )


def _qualifier(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Qualifier.choices, initial=Qualifier.EXACT, required=False)


class ConfirmForm(forms.Form):
    """Did it take place, and how many were there. The expected publics come first; blank means unknown.

    ``session`` is read with its audience, ``mine`` with its headcounts.
    """

    use_required_attribute = False
    happened = forms.ChoiceField(
        label=_("La séance a-t-elle eu lieu ?"),
        choices=Happened.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites si la séance a eu lieu.")},
    )
    words = forms.CharField(
        label=_("Ce qu'il faut savoir"),
        max_length=2000,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
        help_text=_("Ce qui a changé, ce qui s'est bien passé ou non."),
    )

    def __init__(self, data: Any = None, *, session: Session, mine: Confirmation | None = None) -> None:
        super().__init__(data, initial={"happened": mine.happened, "words": mine.words} if mine else None)
        self.expected = {one.category: one.expected for one in session.audience.all()}
        counted = {(one.category, one.inside): one for one in mine.headcounts.all()} if mine else {}
        self.shown = [*self.expected, *(name for name, inside in counted if not inside and name not in self.expected)]
        words = self.fields.pop("words")
        for name in self.shown:
            label = AudienceCategory(name).label
            self.fields[f"n_{name}"] = _number(label, self._awaited(name))
            self.fields[f"q_{name}"] = _qualifier(_("Précision : %(public)s") % {"public": label})
            if (one := counted.get((name, False))) is not None:
                self.initial.update({f"n_{name}": one.value, f"q_{name}": one.qualifier})
        others = [("", _("choisir un public")), *((k, v) for k, v in AudienceCategory.choices if k not in self.shown)]
        for n in range(1, EXTRA + 1):
            self.fields[f"c_{n}"] = forms.ChoiceField(label=_("Autre public"), choices=others, required=False)
            self.fields[f"n_{n}"] = _number(_("Nombre"))
            self.fields[f"q_{n}"] = _qualifier(_("Précision"))
        everyone = [("", _("choisir un public")), *AudienceCategory.choices]
        self.fields["inside_category"] = forms.ChoiceField(label=_("Dont"), choices=everyone, required=False)
        self.fields["inside"] = _number(_("Nombre, déjà compté ci-dessus"))
        if (one := next((row for (_name, inside), row in counted.items() if inside), None)) is not None:
            self.initial.update({"inside_category": one.category, "inside": one.value})
        self.fields["words"] = words

    def _awaited(self, name: str) -> str:
        awaited = self.expected.get(name)
        if awaited is None:
            return ""
        return ngettext("%(n)d personne attendue", "%(n)d personnes attendues", awaited) % {"n": awaited}

    @property
    def lines(self) -> list[tuple[BoundField, BoundField]]:
        """The publics already known: number and precision."""
        return [(self[f"n_{name}"], self[f"q_{name}"]) for name in self.shown]

    @property
    def extras(self) -> list[tuple[BoundField, BoundField, BoundField]]:
        """The blank lines: public, number, precision."""
        return [(self[f"c_{n}"], self[f"n_{n}"], self[f"q_{n}"]) for n in range(1, EXTRA + 1)]

    @property
    def extra_open(self) -> bool:
        """Whether the blank lines are shown at once: nothing else to fill, or something typed there."""
        return not self.shown or any(bound.value() for row in self.extras for bound in row[:2])

    @property
    def inside_open(self) -> bool:
        return any(self[name].value() not in (None, "") for name in ("inside", "inside_category"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for n in range(1, EXTRA + 1):
            if data.get(f"n_{n}") is not None and not data.get(f"c_{n}"):
                self.add_error(f"c_{n}", _("Choisissez de quel public il s'agit."))
        if data.get("inside") is not None and not data.get("inside_category"):
            self.add_error("inside_category", _("Choisissez de quel public il s'agit."))
        return data

    def counts(self) -> list[Count]:
        """What to write. Call on a valid form."""
        data = self.cleaned_data
        found = [Count(name, data[f"n_{name}"], data[f"q_{name}"] or Qualifier.EXACT) for name in self.shown]
        found += [
            Count(data[f"c_{n}"], data[f"n_{n}"], data[f"q_{n}"] or Qualifier.EXACT)
            for n in range(1, EXTRA + 1)
            if data[f"c_{n}"]
        ]
        if data["inside_category"] and data["inside"] is not None:
            found.append(Count(data["inside_category"], data["inside"], inside=True))
        return found

    def refuse(self, error: Refused) -> None:
        """Put what the service refused where it was typed, or on top."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class ViewForm(forms.Form):
    """What one side says of the activity. ``seen`` is the text it started from."""

    text = forms.CharField(
        label=_("Votre regard sur cette activité"),
        max_length=4000,
        required=False,
        widget=Textarea(attrs={"rows": 8}),
        help_text=_("Ce qui s'est joué, ce que les personnes en gardent, ce que vous referiez autrement."),
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    @staticmethod
    def of(text: str) -> ViewForm:
        return ViewForm(initial={"text": text, "seen": text})


class EvaluationForm(forms.Form):
    """What closes an activity: the coordination's view and how many different people were met."""

    use_required_attribute = False
    desk_view = forms.CharField(
        label=_("Ce qu'en dit la coordination"),
        max_length=4000,
        required=False,
        widget=Textarea(attrs={"rows": 6, "cols": 80}),
    )
    people_met = forms.IntegerField(
        label=_("Personnes différentes rencontrées"),
        required=False,
        min_value=0,
        max_value=100000,
        error_messages=_BAD,
        help_text=_("Une personne venue à trois séances compte une fois. Vide : on ne sait pas."),
    )
    qualifier = forms.ChoiceField(label=_("Précision"), choices=Qualifier.choices, initial=Qualifier.EXACT)
    classes = forms.IntegerField(
        label=_("Classes concernées"),
        required=False,
        min_value=0,
        max_value=500,
        error_messages=_BAD,
        help_text=_("Chaque classe compte une fois. Vide : on ne sait pas, ou il n'y avait pas d'élèves."),
    )

    @staticmethod
    def initial_of(activity: Activity) -> dict[str, Any]:
        return {
            "desk_view": activity.desk_view,
            "people_met": activity.people_met,
            "qualifier": activity.people_met_qualifier,
            "classes": activity.classes,
        }
