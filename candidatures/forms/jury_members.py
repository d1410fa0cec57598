"""What the coordinator types about a jury: a member, a list of members, its rules, a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidatures.enums import VOTING_ROLES, JurorRole
from candidatures.forms.base import Textarea
from candidatures.models import Juror, Jury
from candidatures.services.jury.conduct import RULES, rules_mark
from candidatures.services.jury.members import member_mark
from structures.models import Institution

if TYPE_CHECKING:
    _RulesBase = forms.ModelForm[Jury]
else:
    _RulesBase = forms.ModelForm

_LINE = {"class": "vTextField"}


class DayInput(forms.DateInput):
    """A day, by the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class SeatForm(forms.Form):
    """For which institution, in which role, with what to help the assignment."""

    institution = forms.ModelChoiceField(
        Institution.objects.none(), label=_("Institution"), empty_label=_("Choisissez")
    )
    role = forms.ChoiceField(label=_("Rôle"), choices=JurorRole.choices, initial=JurorRole.MEMBER)
    substitute_for = forms.ModelChoiceField(
        Juror.objects.none(),
        label=_("Supplée"),
        required=False,
        empty_label=_("tout membre titulaire"),
        help_text=_("Ne compte que pour un membre suppléant."),
    )
    function = forms.CharField(label=_("Fonction"), max_length=200, required=False, widget=forms.TextInput(attrs=_LINE))
    city = forms.CharField(
        label=_("Ville"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs=_LINE),
        help_text=_("Sert à signaler de possibles conflits d'intérêts."),
    )
    max_load = forms.IntegerField(
        label=_("Lectures, au plus"),
        min_value=0,
        max_value=2000,
        required=False,
        help_text=_("Vide : sans limite propre à ce membre."),
    )

    def __init__(self, data: Any = None, *, jury: Jury, juror: Juror | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        institutions = Institution.objects.filter(territory=jury.territory)
        voting = Juror.objects.sitting().filter(jury=jury, role__in=VOTING_ROLES).select_related("user")
        if juror is not None:
            voting = voting.exclude(pk=juror.pk)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]
        self.fields["substitute_for"].queryset = voting  # type: ignore[attr-defined]

    def seat(self) -> dict[str, Any]:
        """The values of the seat alone. Call on a valid form."""
        names = ("institution", "role", "substitute_for", "function", "city", "max_load")
        return {name: self.cleaned_data[name] for name in names}


class InviteForm(SeatForm):
    """A person by their address. The name of somebody who has one already is theirs, and stays."""

    email = forms.EmailField(
        label=_("Adresse électronique"),
        widget=forms.EmailInput(attrs=_LINE | {"autocomplete": "off"}),
        help_text=_("La personne y reçoit l'invitation, puis un code à chaque connexion : aucun mot de passe."),
    )
    first_name = forms.CharField(
        label=_("Prénom"), max_length=150, required=False, widget=forms.TextInput(attrs=_LINE | {"autocomplete": "off"})
    )
    last_name = forms.CharField(
        label=_("Nom"), max_length=150, required=False, widget=forms.TextInput(attrs=_LINE | {"autocomplete": "off"})
    )
    field_order = ["email", "first_name", "last_name"]


class MemberForm(SeatForm):
    """A seat that exists. ``seen`` is what the page showed of it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, jury: Jury, juror: Juror) -> None:
        initial = {
            "institution": juror.institution_id,
            "role": juror.role,
            "substitute_for": juror.substitute_for_id,
            "function": juror.function,
            "city": juror.city,
            "max_load": juror.max_load,
            "seen": member_mark(juror),
        }
        super().__init__(data, jury=jury, juror=juror, initial=initial)

    def look_again(self, juror: Juror) -> None:
        """After a stale write: what was typed stays, and now answers to what is there."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = member_mark(juror)  # type: ignore[index]


class ListForm(forms.Form):
    """Several people at once, a line each."""

    people = forms.CharField(
        label=_("Une personne par ligne"),
        max_length=40_000,
        strip=False,
        widget=Textarea(attrs={"rows": 12, "cols": 80, "class": "vLargeTextField", "spellcheck": "false"}),
        help_text=_(
            "prénom ; nom ; adresse électronique ; institution ; rôle. Le rôle est présidence, titulaire ou "
            "suppléant ; sans rôle, titulaire. Un copier-coller depuis un tableur convient."
        ),
    )


class RulesForm(_RulesBase):
    """The jury's rules. The service checks them; each refusal comes back to its field."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Jury
        fields = RULES
        widgets = {
            "reads_from": DayInput(),
            "reads_to": DayInput(),
            "charter": Textarea(attrs={"rows": 12, "cols": 80, "class": "vLargeTextField"}),
        }

    def __init__(self, data: Any = None, *, jury: Jury) -> None:
        super().__init__(data, instance=jury, initial={"seen": rules_mark(jury)})

    def _post_clean(self) -> None:
        """The service validates the row under its lock; the form must not write into the instance."""

    def rules(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RULES}

    def look_again(self, jury: Jury) -> None:
        """After a stale write: what was typed stays, and now answers to what is there."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = rules_mark(jury)  # type: ignore[index]


class ReasonForm(forms.Form):
    """Why, in words that are kept."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=Textarea(attrs={"rows": 3, "cols": 60, "class": "vLargeTextField"}),
        help_text=_("Conservé avec le jury ; seule la coordination le lit."),
    )
