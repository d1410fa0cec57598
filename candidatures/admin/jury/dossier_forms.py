"""What the coordination sends from a dossier of the jury."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.services.jury import blind

if TYPE_CHECKING:
    from candidatures.models import Jury
    from candidatures.selectors.panel_dossiers import Panel


class RemarkForm(forms.Form):
    """The service says how long, and when."""

    text = forms.CharField(
        label=_("Votre remarque"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def __init__(self, data: Any = None, *, jury: Jury) -> None:
        super().__init__(data)
        self.fields["text"].help_text = (
            _("Les membres qui participent à la discussion la lisent. La lecture est anonyme : ne citez pas l'artiste.")
            if jury.is_blind
            else _("Les membres qui participent à la discussion la lisent.")
        )


class ReopenForm(forms.Form):
    """Why, in words that the juror receives."""

    reason = forms.CharField(
        label=_("Pourquoi"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text=_("Le membre reçoit ces mots par courriel. Ne citez pas l'artiste si la lecture est anonyme."),
        error_messages={"required": _("Dites pourquoi vous rouvrez cette lecture : son auteur le lira.")},
    )


class BlindForm(forms.Form):
    """Which pieces stay in the anonymous copy, and which state of it was looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, panel: Panel) -> None:
        self._mark = blind.seen_mark(panel.copy) if panel.copy else ""
        super().__init__(data, initial={"seen": self._mark})
        self.pieces = panel.pieces
        for piece, withheld in panel.pieces:
            self.fields[self.name(piece.code)] = forms.BooleanField(
                label=piece.title, required=False, initial=not withheld
            )

    @staticmethod
    def name(code: str) -> str:
        return f"piece_{code}"

    def rows(self) -> list[forms.BoundField]:
        """The pieces, each once: a typed piece and its file share a choice."""
        return [self[self.name(code)] for code in dict.fromkeys(piece.code for piece, _withheld in self.pieces)]

    def withheld(self) -> list[str]:
        codes = dict.fromkeys(piece.code for piece, _withheld in self.pieces)
        return [code for code in codes if not self.cleaned_data[self.name(code)]]

    def look_again(self) -> None:
        """Show the present state to judge: the same choice, sent again, will hold."""
        self.data = {**self.data.dict(), "seen": self._mark}  # type: ignore[attr-defined]
