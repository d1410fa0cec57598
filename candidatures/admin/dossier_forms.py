"""The forms beside a dossier: what was found on each condition, and what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.admin.fields import deadline_field
from candidatures.enums import CheckResult
from candidatures.models import Application, CallPiece, EligibilityCheck, EligibilityCriterion

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = forms.Form


@dataclass(frozen=True)
class Line:
    """One condition: what was declared in the deposit, what an agent found, and the two fields."""

    criterion: EligibilityCriterion
    declared: bool | None
    comment: str
    check: EligibilityCheck | None
    result: forms.BoundField
    reason: forms.BoundField


class EligibilityForm(_Form):
    """A finding and a reason for each condition. ``seen`` is what the agent was looking at."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, application: Application, mark: str) -> None:
        self.criteria = list(application.call.criteria.all())
        self.checks = {check.criterion_id: check for check in application.checks.all()}
        assert application.last_deposit is not None
        self.declarations: Mapping[int, dict[str, Any]] = {
            row["criterion"]: row for row in application.last_deposit.data["declarations"]
        }
        initial: dict[str, Any] = {"seen": mark}
        for criterion in self.criteria:
            check = self.checks.get(criterion.pk)
            initial[f"result_{criterion.pk}"] = check.result if check else CheckResult.TO_VERIFY
            initial[f"reason_{criterion.pk}"] = check.reason if check else ""
        super().__init__(data, initial=initial, prefix=None)
        for criterion in self.criteria:
            self.fields[f"result_{criterion.pk}"] = forms.ChoiceField(
                label=_("Constat : %(criterion)s") % {"criterion": criterion.text},
                choices=CheckResult.choices,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{criterion.pk}"] = forms.CharField(
                label=_("Motif : %(criterion)s") % {"criterion": criterion.text},
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 1, "cols": 40}),
            )

    def lines(self) -> list[Line]:
        found = []
        for criterion in self.criteria:
            declared = self.declarations.get(criterion.pk)
            found.append(
                Line(
                    criterion,
                    declared["declared"] if declared else None,
                    declared["comment"] if declared else "",
                    self.checks.get(criterion.pk),
                    self[f"result_{criterion.pk}"],
                    self[f"reason_{criterion.pk}"],
                )
            )
        return found

    def results(self) -> dict[int, tuple[CheckResult, str]]:
        return {
            criterion.pk: (
                CheckResult(self.cleaned_data[f"result_{criterion.pk}"]),
                self.cleaned_data[f"reason_{criterion.pk}"],
            )
            for criterion in self.criteria
        }

    def look_again(self, mark: str) -> None:
        """After a stale write: what was typed stays, and now answers to what is there."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = mark  # type: ignore[index]


class RequestForm(_Form):
    """Which piece, what is wrong with it in words the artist reads, and by when."""

    piece = forms.ModelChoiceField(
        CallPiece.objects.none(), label=gettext_lazy("Pièce"), empty_label=gettext_lazy("Choisissez")
    )
    message = forms.CharField(
        label=gettext_lazy("Ce qui manque, en clair"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=gettext_lazy("L'artiste lira ces mots, dans le message et dans son espace."),
    )
    due_at = deadline_field(gettext_lazy("À fournir jusqu'au"))

    def __init__(self, data: Any = None, *, application: Application) -> None:
        super().__init__(data, auto_id="demande_%s")
        self.fields["piece"].queryset = application.call.pieces.all()  # type: ignore[attr-defined]
