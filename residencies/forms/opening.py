"""Forms of the desk about a residency: its opening, its facts, its dates, its people, its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.enums import CallKind, PeriodKind
from candidatures.forms.base import Textarea
from candidatures.models import Axis, Season
from residencies.enums import DocumentKind
from residencies.models import RequestedDocument, Residency, ResidencyArtist
from residencies.services.periods import PeriodRow

if TYPE_CHECKING:
    from django.db.models import QuerySet

_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}


def _day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=required, widget=AdminDateWidget(), error_messages=_BAD_DAY
    )


def _line(label: Any, limit: int, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


def _words(label: Any, help_text: Any = "", *, required: bool = True, limit: int = 1000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=Textarea(attrs={"rows": 3, "cols": 60}),
    )


class ConfirmForm(forms.Form):
    """Nothing to say: the page asks, the button answers."""


class StopForm(forms.Form):
    reason = _words(gettext_lazy("Motif"), gettext_lazy("Conservé ici, jamais publié."))


class OutsideForm(forms.Form):
    """An artist chosen outside the selection."""

    season = forms.ModelChoiceField(label=gettext_lazy("Saison"), queryset=Season.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=CallKind.choices)
    artist_name = _line(gettext_lazy("Nom d'artiste, du collectif ou de la compagnie"), 200)
    discipline = _line(gettext_lazy("Discipline"), 200, required=False)
    first_name = _line(gettext_lazy("Prénom de la personne responsable"), 100, required=False)
    last_name = _line(gettext_lazy("Nom de la personne responsable"), 100)
    email = forms.EmailField(
        label=gettext_lazy("Son adresse électronique"),
        help_text=gettext_lazy("Elle ouvre l'espace de la résidence. Un message y part aussitôt."),
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    reason = _words(
        gettext_lazy("Comment l'artiste a été choisi"),
        gettext_lazy("Partenariat, remplacement en cours de saison, suite d'une résidence. Le motif est conservé."),
    )

    def __init__(self, data: Any = None, *, seasons: QuerySet[Season], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["season"].queryset = seasons  # type: ignore[attr-defined]


class FactsForm(forms.ModelForm[Residency]):
    """Facts of the contract and words of the public page. ``version`` is that of the page shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Residency
        fields = [
            "artist_name",
            "title",
            "discipline",
            "position_title",
            "axes",
            "contract_days",
            "count_basis",
            "structures_target",
            "employer",
            "home_city",
            "lodging_needed",
            "presentation",
            "presentation_en",
            "website",
        ]
        localized_fields = ["contract_days"]
        widgets = {
            **{
                name: forms.TextInput(attrs={"class": "vTextField"})
                for name in ("artist_name", "title", "discipline", "position_title", "employer", "home_city")
            },
            "website": forms.URLInput(attrs={"class": "vTextField"}),
            "axes": forms.CheckboxSelectMultiple,
            "presentation": Textarea(attrs={"rows": 10, "cols": 80}),
            "presentation_en": Textarea(attrs={"rows": 6, "cols": 80}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        axes = Axis.objects.filter(call__season=self.instance.season_id, call__kind=self.instance.kind)
        if axes.exists():
            self.fields["axes"].queryset = axes  # type: ignore[attr-defined]
        else:
            del self.fields["axes"]

    def _post_clean(self) -> None:
        """The service writes and checks the row: this form only reads what was typed."""


class PeriodForm(forms.Form):
    """One row of the dates; emptied, it goes."""

    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"),
        choices=[choice for choice in PeriodKind.choices if choice[0] != PeriodKind.EVENT],
        initial=PeriodKind.PHASE,
        required=False,
    )
    title = _line(gettext_lazy("Intitulé"), 200, required=False)
    starts_on = _day(gettext_lazy("Du"), required=False)
    ends_on = _day(gettext_lazy("Au"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in ("title", "starts_on", "ends_on") if data.get(name)]
        if not given and not self.errors:
            return data
        for name, message in (
            ("title", _("Donnez un intitulé, « Phase 1 » par exemple.")),
            ("starts_on", _("Donnez le premier jour.")),
            ("ends_on", _("Donnez le dernier jour.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, message)
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("La période doit finir le jour où elle commence, ou après."))
        return data

    def row(self) -> PeriodRow | None:
        """What was typed, or nothing when the row was emptied."""
        data = self.cleaned_data
        if not data.get("title"):
            return None
        return PeriodRow(
            kind=data["kind"] or PeriodKind.PHASE,
            title=data["title"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            uuid=data.get("uuid"),
        )


class RecountForm(forms.Form):
    """Whether the contract's days follow the dates, and which version of the page this is."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    recount = forms.BooleanField(
        label=gettext_lazy("Recalculer les jours dus d'après ces dates"), required=False, initial=True
    )


PeriodFormSet = forms.formset_factory(PeriodForm, extra=2, max_num=20)


class PersonForm(forms.Form):
    """Somebody of the residency; an address opens its space to them."""

    first_name = _line(gettext_lazy("Prénom"), 100, required=False)
    last_name = _line(gettext_lazy("Nom"), 100)
    role = _line(gettext_lazy("Rôle"), 160, gettext_lazy("Par exemple « mise en scène »."), required=False)
    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        required=False,
        help_text=gettext_lazy("Donnée, elle ouvre l'espace de la résidence, et un message y part aussitôt."),
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    is_lead = forms.BooleanField(
        label=gettext_lazy("Responsable de la résidence"),
        required=False,
        help_text=gettext_lazy("Une seule personne l'est : la précédente ne le sera plus."),
    )

    def __init__(self, data: Any = None, *, artist: ResidencyArtist | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if artist is not None and artist.user_id is not None:
            del self.fields["email"]


class AskForm(forms.Form):
    """A document to ask for."""

    kind = forms.ChoiceField(label=gettext_lazy("Document"), choices=DocumentKind.choices)
    title = _line(
        gettext_lazy("Intitulé"),
        200,
        gettext_lazy("Vide : celui de la liste ci-dessus. À donner pour un autre document."),
        required=False,
    )
    why = _words(
        gettext_lazy("Pourquoi"), gettext_lazy("L'artiste le lit. Vide : l'explication habituelle."), required=False
    )
    due_on = _day(gettext_lazy("À envoyer avant le"), gettext_lazy("Ce jour compris."))
    keep_file = forms.BooleanField(
        label=gettext_lazy("Conserver le fichier"),
        required=False,
        help_text=gettext_lazy("Décoché : il est effacé dès qu'il est vérifié ; la date de vérification reste."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("keep_file") and data.get("kind") == DocumentKind.SAFEGUARDING:
            raise ValidationError(_("L'attestation d'honorabilité se vérifie et ne se conserve pas."))
        return data


class RequestForm(forms.ModelForm[RequestedDocument]):
    """What is asked, while it is awaited."""

    class Meta:
        model = RequestedDocument
        fields = ["title", "why", "due_on", "keep_file"]
        widgets = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "why": Textarea(attrs={"rows": 3, "cols": 60}),
            "due_on": AdminDateWidget(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.kind == DocumentKind.SAFEGUARDING:
            del self.fields["keep_file"]

    def _post_clean(self) -> None:
        """The service writes and checks the row."""


class AcceptForm(forms.Form):
    valid_until = _day(
        gettext_lazy("Valable jusqu'au"),
        gettext_lazy("S'il porte une date de fin : vous serez prévenu ou prévenue quand elle passe."),
        required=False,
    )


class SendBackForm(forms.Form):
    words = _words(gettext_lazy("Ce qui ne va pas"), gettext_lazy("L'artiste reçoit ces mots aussitôt par courriel."))
    due_on = _day(gettext_lazy("À renvoyer avant le"), required=False)


class AgainForm(forms.Form):
    due_on = _day(gettext_lazy("À envoyer avant le"), gettext_lazy("Ce jour compris."))
