"""The shares of a season, typed in one grid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.forms.dossier import EuroField
from residencies.forms.welcome import look_again
from residencies.models import Funder, FundingShare, Residency
from residencies.services.funding import Typed, WrongShares

if TYPE_CHECKING:
    from django.http import QueryDict

    _FunderBase = forms.ModelForm[Funder]
else:
    _FunderBase = forms.ModelForm


class FunderForm(_FunderBase):
    class Meta:
        model = Funder
        fields = ["territory", "name", "institution", "position"]


class ShareForm(forms.Form):
    """One funder's share of one residency, or of the season."""

    planned = EuroField(label=_("Prévu"))
    committed = EuroField(label=_("Notifié"))
    received = EuroField(label=_("Reçu"))
    reference = forms.CharField(label=_("Référence"), max_length=160, required=False)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, funder: Funder, residency: Residency | None, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funder, self.residency = funder, residency
        self.stored: FundingShare | None = None
        self.is_stale = False
        for name, field in self.fields.items():
            if name == "version":
                continue
            # A column's title is not a label to assistive tools.
            field.widget.attrs |= {"aria-label": f"{field.label}, {funder.name}, {place}", "autocomplete": "off"}

    def typed(self) -> Typed:
        return Typed(funder=self.funder, residency=self.residency, **self.cleaned_data)


@dataclass(frozen=True)
class Group:
    """A residency, or the season, and a row for each funder."""

    label: str
    rows: tuple[ShareForm, ...]


class ShareGrid:
    """Every share of a season. Bound to what was sent, or filled with what is there."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        funders: Iterable[Funder],
        residencies: Iterable[Residency],
        shares: Iterable[FundingShare],
    ) -> None:
        payers = list(funders)
        stored = {(row.funder_id, row.residency_id): row for row in shares}
        places: list[Residency | None] = [*residencies, None]
        self.error = ""
        self.groups = []
        for residency in places:
            label = residency.artist_name if residency is not None else str(_("Toute la saison"))
            rows = []
            for funder in payers:
                row = stored.get((funder.pk, residency.pk if residency is not None else None))
                form = ShareForm(
                    data,
                    prefix=f"{residency.uuid.hex if residency is not None else 'saison'}-{funder.uuid.hex}",
                    initial=_initial(row),
                    funder=funder,
                    residency=residency,
                    place=label,
                )
                form.stored = row
                rows.append(form)
            self.groups.append(Group(label, tuple(rows)))
        self.rows = [row for group in self.groups for row in group.rows]

    def is_valid(self) -> bool:
        # Each one is asked, so that all errors show at once.
        answers = [row.is_valid() for row in self.rows]
        return all(answers)

    def typed(self) -> list[Typed]:
        return [row.typed() for row in self.rows]

    def refuse(self, refusal: WrongShares) -> None:
        """Say beside each row what it was refused for. A row written since shows what is there now, and the next
        send answers to it.
        """
        self.error = str(refusal)
        for place, error in refusal.errors.items():
            row = self.rows[place]
            row.add_error(error.field if error.field in row.fields else "planned", str(error))
            if error.code == "stale":
                row.is_stale = True
                look_again(row, **{row.add_prefix("version"): row.stored.version if row.stored is not None else 0})

    @property
    def has_errors(self) -> bool:
        return any(row.errors for row in self.rows)


def _initial(row: FundingShare | None) -> dict[str, Any]:
    if row is None:
        return {"version": 0}
    names = ("planned", "committed", "received", "reference", "version")
    return {name: getattr(row, name) for name in names}
