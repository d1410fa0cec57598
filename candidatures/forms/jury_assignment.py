"""What the coordinator asks of an assignment, and says of a conflict of interest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.enums import AssignmentPurpose, ConflictReason
from candidatures.models import Application, Juror, Jury
from candidatures.selectors.assignment import Board, Wish, why_barred

if TYPE_CHECKING:
    _Form = forms.Form
else:
    _Form = forms.Form


class WishForm(_Form):
    """What the computation must reach, and with whom."""

    readers = forms.IntegerField(label=gettext_lazy("Lectures par dossier"), min_value=1, max_value=30)
    institutions = forms.IntegerField(
        label=gettext_lazy("Institutions différentes, au moins"), min_value=1, max_value=30
    )
    substitutes = forms.BooleanField(
        label=gettext_lazy("Avec les membres suppléants"),
        required=False,
        help_text=gettext_lazy("Sans cela, ils ne lisent qu'en remplacement, attribués à la main."),
    )
    unjoined = forms.BooleanField(
        label=gettext_lazy("Avec les membres qui n'ont pas encore accepté l'engagement"), required=False
    )
    as_far_as_possible = forms.BooleanField(
        label=gettext_lazy("Au mieux, si un dossier manque de lecteurs possibles"),
        required=False,
        help_text=gettext_lazy("Ce dossier reçoit alors ceux qui restent. Les plafonds de charge tiennent toujours."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("institutions", 0) > data.get("readers", 30):
            self.add_error("institutions", _("Il ne peut pas y avoir plus d'institutions que de lectures par dossier."))
        return data

    def wish(self) -> Wish:
        """Call on a valid form."""
        return Wish(**self.cleaned_data)


def first_wish(jury: Jury) -> dict[str, int]:
    """What the jury's rules ask."""
    return {"readers": jury.readers_per_dossier, "institutions": jury.institutions_per_dossier}


class BatchForm(_Form):
    """Several dossiers and several members at once."""

    READ, CONSULT, EVERYONE, REMOVE = "read", "consult", "everyone", "remove"
    act = forms.ChoiceField(
        choices=[
            (READ, gettext_lazy("Attribuer, à lire et à noter")),
            (CONSULT, gettext_lazy("Ouvrir en consultation")),
            (EVERYONE, gettext_lazy("Ouvrir en consultation à tout le jury")),
            (REMOVE, gettext_lazy("Retirer à ces membres")),
        ]
    )
    dossiers = forms.ModelMultipleChoiceField(
        Application.objects.none(),
        to_field_name="uuid",
        error_messages={"required": gettext_lazy("Choisissez au moins un dossier.")},
    )
    jurors = forms.ModelMultipleChoiceField(Juror.objects.none(), to_field_name="uuid", required=False)

    def __init__(self, data: Any = None, *, seen: Board, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["dossiers"].queryset = Application.objects.filter(  # type: ignore[attr-defined]
            pk__in=list(seen.files)
        )
        self.fields["jurors"].queryset = Juror.objects.filter(  # type: ignore[attr-defined]
            pk__in=[juror.pk for juror in seen.jurors]
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("act") != self.EVERYONE and not data.get("jurors"):
            self.add_error("jurors", _("Choisissez au moins un membre."))
        return data


class DossierForm(_Form):
    """Who reads one dossier, who consults it. ``seen``: the assignments the page showed."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, board: Board, application: Application, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.board, self.application = board, application
        for juror in board.jurors:
            if (juror.pk, application.pk) in board.barred:
                continue
            row = board.given.get((juror.pk, application.pk))
            self.fields[self._name(juror)] = forms.ChoiceField(
                label=str(juror),
                choices=[("", _("non")), *AssignmentPurpose.choices],
                initial=row.purpose if row else "",
                required=False,
                widget=forms.RadioSelect,
            )

    @staticmethod
    def _name(juror: Juror) -> str:
        return f"juror_{juror.uuid}"

    def wants(self) -> dict[Juror, str]:
        """Call on a valid form."""
        return {
            juror: self.cleaned_data[name]
            for juror in self.board.jurors
            if (name := self._name(juror)) in self.cleaned_data
        }

    def lines(self) -> list[dict[str, Any]]:
        """A row a member: their choice, or why there is none."""
        found = []
        for juror in self.board.jurors:
            code = self.board.barred.get((juror.pk, self.application.pk))
            name = self._name(juror)
            found.append(
                {
                    "juror": juror,
                    "load": self.board.loads[juror.pk],
                    "review": self.board.reviews.get((juror.pk, self.application.pk), ""),
                    "barred": why_barred(code) if code else "",
                    "field": None if code else self[name],
                }
            )
        return found


_WORDS = {"rows": 3, "cols": 60, "class": "vLargeTextField"}


class RecusalForm(_Form):
    """Why a member steps aside."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Motif"), choices=[("", gettext_lazy("Choisissez")), *ConflictReason.choices]
    )
    words = forms.CharField(
        label=gettext_lazy("Précisions"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs=_WORDS),
        help_text=gettext_lazy("Lues par la coordination seule. Nécessaires pour un autre motif."),
    )


class SetAsideForm(_Form):
    """Why there is no conflict, or no longer."""

    words = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=1000,
        widget=forms.Textarea(attrs=_WORDS),
        help_text=gettext_lazy("Conservé avec votre nom et la date."),
    )


class PairForm(_Form):
    """A member and a dossier, whatever the machine noticed."""

    juror = forms.ModelChoiceField(
        Juror.objects.none(), label=gettext_lazy("Membre"), to_field_name="uuid", empty_label=gettext_lazy("Choisissez")
    )
    dossier = forms.ModelChoiceField(
        Application.objects.none(),
        label=gettext_lazy("Dossier"),
        to_field_name="uuid",
        empty_label=gettext_lazy("Choisissez"),
    )

    def __init__(self, data: Any = None, *, jurors: list[Juror], dossiers: list[Application]) -> None:
        super().__init__(data)
        people: Any = self.fields["juror"]
        people.queryset = Juror.objects.filter(pk__in=[juror.pk for juror in jurors])
        people.choices = [("", _("Choisissez")), *((juror.uuid, str(juror)) for juror in jurors)]
        files: Any = self.fields["dossier"]
        files.queryset = Application.objects.filter(pk__in=[dossier.pk for dossier in dossiers])
        files.choices = [
            ("", _("Choisissez")),
            *((row.uuid, f"{row.last_deposit} – {row.display_name}") for row in dossiers),
        ]
