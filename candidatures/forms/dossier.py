"""The pages of the dossier."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from candidatures.enums import BudgetNature, LifeStage
from candidatures.forms.base import DraftForm, LenientMixin, RowForm, Rows, Textarea, rows_of
from candidatures.models import (
    Application,
    BudgetLine,
    Call,
    Discipline,
    EligibilityCriterion,
    Member,
    TerritoryClaim,
    WorkItem,
)
from clea.i18n import localised


class IdentityForm(DraftForm):
    class Meta:
        model = Application
        fields = (
            "applicant_kind",
            "artist_name",
            "first_name",
            "last_name",
            "organisation",
            "phone",
            "address",
            "postal_code",
            "city",
            "country",
        )
        widgets = {
            "applicant_kind": forms.RadioSelect,
            "artist_name": forms.TextInput(attrs={"autocomplete": "off"}),
            "first_name": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "last_name": forms.TextInput(attrs={"autocomplete": "family-name"}),
            "phone": forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
            "address": forms.TextInput(attrs={"autocomplete": "address-line1"}),
            "postal_code": forms.TextInput(attrs={"autocomplete": "postal-code"}),
            "city": forms.TextInput(attrs={"autocomplete": "address-level2"}),
            "country": forms.TextInput(attrs={"autocomplete": "country-name"}),
            "organisation": forms.TextInput(attrs={"autocomplete": "organization"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = name != "organisation"
        self.fields["first_name"].help_text = _("Pour un collectif : la personne qui le représente.")


class MemberRow(RowForm):
    key_field = "name"

    class Meta:
        model = Member
        fields = ("name", "role")

    def missing_key_message(self) -> Any:
        return _("Donnez le nom de cette personne, ou effacez la ligne.")


MemberRows = rows_of(MemberRow, extra=2, maximum=30)


class PracticeForm(DraftForm):
    disciplines = Rows(
        label=_("Vos disciplines"),
        help_text=_("Cochez toutes celles qui comptent dans votre travail."),
    )

    class Meta:
        model = Application
        fields = ("disciplines", "practice", "website")
        widgets = {
            "practice": Textarea(attrs={"rows": 8}),
            "website": forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
        }

    def __init__(self, *args: Any, disciplines: Sequence[Discipline], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Rows, self.fields["disciplines"]).offer(disciplines, "name")
        self.fields["practice"].required = True
        self.fields["practice"].help_text = _("Deux mille signes au plus. Votre dossier dira le reste.")
        self.fields["website"].help_text = _("Si vous en avez un : « exemple.fr » suffit.")
        self.fields["website"].error_messages["invalid"] = _(
            "Cette adresse ne mène nulle part. Écrivez-la comme dans la barre du navigateur : « exemple.fr »."
        )


class EligibilityForm(LenientMixin, forms.Form):
    """One box and one optional remark for each condition of the call."""

    def __init__(self, *args: Any, criteria: list[EligibilityCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"declared_{criterion.pk}"] = forms.BooleanField(
                label=localised(criterion, "text"), help_text=localised(criterion, "help")
            )
            self.fields[f"comment_{criterion.pk}"] = forms.CharField(
                label=format_html(
                    '{}<span class="visually-hidden"> {}</span>', _("Une précision ?"), localised(criterion, "text")
                ),
                required=False,
                max_length=500,
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"declared_{item.pk}"], self[f"comment_{item.pk}"]) for item in self.criteria]

    def declarations(self) -> dict[int, tuple[bool, str | None]]:
        """What was sent. A condition the page did not show is absent; a remark too long is ``None``."""
        return {
            item.pk: (
                bool(self.cleaned_data.get(f"declared_{item.pk}")),
                self.cleaned_data.get(f"comment_{item.pk}"),
            )
            for item in self.criteria
            if self.add_prefix(f"comment_{item.pk}") in self.data
        }


class SinglePdfForm(LenientMixin, forms.Form):
    """Whether the dossier is already one PDF, and which pieces it holds."""

    single_pdf = forms.TypedChoiceField(
        label=_("Avez-vous déjà réuni tout ou partie de votre dossier dans un seul PDF ?"),
        choices=[("1", _("Oui, j'envoie ce PDF")), ("0", _("Non, j'envoie les pièces une à une"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "1",
        required=False,
    )
    holds = forms.TypedMultipleChoiceField(
        label=_("Votre PDF contient déjà"),
        help_text=_("Cochez les pièces qu'il contient : elles ne vous seront pas demandées une seconde fois."),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        required=False,
    )

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        holds = cast(forms.TypedMultipleChoiceField, self.fields["holds"])
        holds.choices = [(piece.pk, localised(piece, "title")) for piece in call.pieces.all()]


class PieceTextForm(LenientMixin, forms.Form):
    """A piece typed in the page."""

    text = forms.CharField(
        label=_("Votre texte"),
        max_length=20_000,
        required=False,
        widget=Textarea(attrs={"rows": 16}),
    )


class PieceLinksForm(LenientMixin, forms.Form):
    """A piece given as addresses, one a line."""

    text = forms.CharField(
        label=_("Vos liens"),
        max_length=5000,
        required=False,
        help_text=_("Une adresse par ligne : site, portfolio, vidéo… Elles doivent s'ouvrir sans mot de passe."),
        widget=Textarea(attrs={"rows": 5, "inputmode": "url"}),
    )

    def clean_text(self) -> str:
        field = forms.URLField(assume_scheme="https", max_length=500)
        cleaned, wrong = [], []
        for line in self.cleaned_data["text"].splitlines():
            if not line.strip():
                continue
            try:
                cleaned.append(field.clean(line.strip()))
            except forms.ValidationError:
                wrong.append(line.strip())
        if wrong:
            raise forms.ValidationError(
                _("« %(line)s » n'est pas une adresse de site. Écrivez-la comme « https://exemple.fr/page »."),
                params={"line": wrong[0][:80]},
            )
        return "\n".join(cleaned)


class WorkRow(RowForm):
    key_field = "title"

    class Meta:
        model = WorkItem
        fields = ("title", "year", "form", "needs")

    def missing_key_message(self) -> Any:
        return _("Donnez un titre à cette œuvre, ou effacez la ligne.")


WorkRows = rows_of(WorkRow, extra=2, maximum=40)


class ArticulationForm(DraftForm):
    axes = Rows(required=False, label=_("Axes que vous pensez explorer"))
    life_stages = forms.MultipleChoiceField(
        choices=LifeStage.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("Publics et temps de vie qui vous attirent"),
    )

    class Meta:
        model = Application
        fields = ("territory_link", "transitions_link", "axes", "life_stages")
        widgets = {
            "territory_link": Textarea(attrs={"rows": 9}),
            "transitions_link": Textarea(attrs={"rows": 7}),
        }

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Rows, self.fields["axes"]).offer(list(call.axes.all()), "title")
        self.fields["territory_link"].help_text = _(
            "Quelles rencontres possibles entre votre univers et ce territoire ? Cette réponse est appréciée par le "
            "jury, elle n'écarte personne."
        )
        self.fields["transitions_link"].help_text = _(
            "Mobilité, réemploi, savoir-faire, adaptation… si votre travail s'en approche."
        )
        if not call.axes.all():
            del self.fields["axes"]


class EuroField(forms.DecimalField):
    """An amount as people write it: ``1 234,50 €``, ``1234.5``; to the cent; empty is zero."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {
            "max_digits": 10,
            "decimal_places": 2,
            "min_value": Decimal(0),
            "required": False,
            "widget": forms.TextInput(attrs={"inputmode": "decimal", "class": "amount", "autocomplete": "off"}),
            "error_messages": {"invalid": _("Écrivez un montant en euros, par exemple 1234,50.")},
        }
        super().__init__(**defaults | kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            for space in (" ", "\xa0", "\u202f", "\u2009", "€"):
                value = value.replace(space, "")
            value = value.replace(",", ".")
            if value.count(".") > 1:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)

    def clean(self, value: Any) -> Decimal:
        try:
            cleaned = super().clean(value)
        except InvalidOperation:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return Decimal("0.00") if cleaned is None else cleaned

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return "" if not value else f"{value:.2f}".replace(".", ",")
        return value


class BudgetRow(RowForm):
    key_field = "label"
    net = EuroField(label=_("Net (€)"))
    gross = EuroField(label=_("Brut (€)"))
    employer_charges = EuroField(label=_("Charges employeur (€)"))
    total = EuroField(label=_("Coût total (€)"))

    class Meta:
        model = BudgetLine
        fields = ("nature", "label", "net", "gross", "employer_charges", "total")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["nature"]).choices = BudgetNature.choices
        self.fields["nature"].initial = BudgetNature.GENERAL


BudgetRows = rows_of(BudgetRow, extra=2, maximum=40)


class BudgetForm(DraftForm):
    class Meta:
        model = Application
        fields = ("budget_comment",)
        widgets = {"budget_comment": Textarea(attrs={"rows": 5})}


class ElsewhereForm(LenientMixin, forms.Form):
    applies_elsewhere = forms.TypedChoiceField(
        label=_("Candidatez-vous aussi dans d'autres territoires cette saison ?"),
        help_text=_(
            "C'est possible et ne vous désavantage pas. Si plusieurs vous retiennent, le premier à se prononcer "
            "définitivement vous accueille, la date de son jury faisant foi."
        ),
        choices=[("1", _("Oui")), ("0", _("Non"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "1",
        empty_value=None,
    )


class ClaimRow(RowForm):
    key_field = "territory"

    class Meta:
        model = TerritoryClaim
        fields = ("territory", "jury_on")
        widgets = {"jury_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def missing_key_message(self) -> Any:
        return _("Nommez ce territoire, ou effacez la ligne.")


ClaimRows = rows_of(ClaimRow, extra=2, maximum=15)


class ConsentForm(DraftForm):
    class Meta:
        model = Application
        fields = ("accuracy_declared", "privacy_read", "keep_in_touch")

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accuracy_declared"].required = True
        self.fields["privacy_read"].required = True
        self.fields["accuracy_declared"].label = _("Je certifie que ce dossier est exact.")
        self.fields["privacy_read"].label = _("J'ai lu l'information sur l'usage de mes données, ci-dessus.")
        self.fields["keep_in_touch"].label = _(
            "J'accepte d'être recontacté ou recontactée pour d'autres appels, pendant 24 mois au plus."
        )
        self.fields["keep_in_touch"].help_text = _("Facultatif. Vous pouvez changer d'avis à tout moment.")
