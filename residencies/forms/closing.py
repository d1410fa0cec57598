"""What is said when a season closes, and when it opens again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.forms.base import Textarea
from candidatures.models import Call
from residencies.forms.welcome import text_field
from residencies.rules.closing import LONGEST_REASON, a_year_later
from residencies.selectors.closing import Unfinished
from residencies.services.closing import NextCall


class ClosingForm(forms.Form):
    """A reason for each thing left, the calls to take up again, and a word that it is understood."""

    understood = forms.BooleanField(
        label=gettext_lazy("J'ai compris qu'ensuite plus rien ne change dans cette saison."),
        error_messages={"required": gettext_lazy("Cochez cette case pour clore la saison.")},
    )

    def __init__(self, *args: Any, left: Sequence[Unfinished], calls: Sequence[Call], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left, self.calls = left, calls
        for one in left:
            self.fields[f"reason-{one.code}"] = forms.CharField(
                label=_("Pourquoi clore sans cela"),
                max_length=LONGEST_REASON,
                required=False,
                widget=Textarea(attrs={"rows": 2}),
            )
        for call in calls:
            self.fields[f"{call.uuid}-take"] = forms.BooleanField(
                label=_("Reprendre « %(call)s »") % {"call": call.title}, required=False, initial=True
            )
            self.fields[f"{call.uuid}-title"] = forms.CharField(
                label=_("Titre de l'appel suivant"), max_length=200, required=False, initial=a_year_later(call.title)
            )
            self.fields[f"{call.uuid}-slug"] = forms.SlugField(
                label=_("Identifiant d'adresse"), max_length=80, required=False, initial=_free(call)
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for call in self.calls:
            if data.get(f"{call.uuid}-take"):
                for name in ("title", "slug"):
                    key = f"{call.uuid}-{name}"
                    if not data.get(key) and key not in self.errors:
                        self.add_error(key, _("À remplir pour reprendre cet appel."))
                slug = data.get(f"{call.uuid}-slug")
                if slug and Call.objects.filter(slug=slug).exists():
                    self.add_error(
                        f"{call.uuid}-slug",
                        ValidationError(_("Cette adresse est déjà celle d'un autre appel : choisissez-en une autre.")),
                    )
        return data

    def reasons(self) -> dict[str, str]:
        return {one.code: self.cleaned_data[f"reason-{one.code}"] for one in self.left}

    def next_calls(self) -> list[NextCall]:
        return [
            NextCall(call, self.cleaned_data[f"{call.uuid}-slug"], self.cleaned_data[f"{call.uuid}-title"])
            for call in self.calls
            if self.cleaned_data.get(f"{call.uuid}-take")
        ]

    def reason_rows(self) -> list[tuple[Unfinished, forms.BoundField]]:
        return [(one, self[f"reason-{one.code}"]) for one in self.left]

    def call_rows(self) -> list[dict[str, Any]]:
        return [
            {"take": self[f"{call.uuid}-take"], "fields": [self[f"{call.uuid}-{name}"] for name in ("title", "slug")]}
            for call in self.calls
        ]


class ReopeningForm(forms.Form):
    reason = text_field(gettext_lazy("Pourquoi rouvrir cette saison"), most=LONGEST_REASON, rows=3)


def _free(call: Call) -> str:
    """The call's address a year later, numbered if somebody has it. One query."""
    slug = a_year_later(call.slug)[:76]
    taken = set(Call.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return next(name for name in (slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))) if name not in taken)
