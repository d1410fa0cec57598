"""What people type about productions, words, pictures and consents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from candidatures.forms.base import Textarea
from candidatures.forms.jury_members import DayInput
from candidatures.models import Season
from residencies.models import Activity, Consent, Picture, Production, Residency, Testimony
from residencies.services import consents, pictures, productions, testimonies
from residencies.services.trace_locks import mark

_BAD_DAY = {"invalid": _("Écrivez la date ainsi : 15/02/2027.")}


class TraceForm(forms.ModelForm):
    """What the forms of traces share: the activity's choice, and what only the coordination fills.

    The services validate and write the row under their lock.
    """

    use_required_attribute = False
    #: Filled by the coordination alone.
    desk_only: tuple[str, ...] = ("position",)
    #: What the service writes.
    written: tuple[str, ...] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        season: Season,
        residency: Residency | None,
        desk: bool,
        row: Any = None,
    ) -> None:
        super().__init__(data, files, instance=row, initial={"seen": self.mark(row)} if row is not None else None)
        for name in () if desk else self.desk_only:
            del self.fields[name]
        if "position" in self.fields:
            self.fields["position"].help_text = _("Les plus petits nombres viennent en premier.")
            self.fields["position"].required = False
        activities = Activity.objects.filter(season=season)
        if residency is not None:
            activities = activities.filter(residencies=residency)
        field: Any = self.fields["activity"]
        field.queryset, field.empty_label = activities.order_by("title", "pk"), _("aucune en particulier")
        if "consent" in self.fields or "consents" in self.fields:
            self._offer_consents(season, row)

    def _offer_consents(self, season: Season, row: Any) -> None:
        """Those that stand or could, and those the row already has."""
        name = "consent" if "consent" in self.fields else "consents"
        chosen = [row.consent_id] if name == "consent" and row is not None else []
        if name == "consents" and row is not None:
            chosen = list(row.consents.values_list("pk", flat=True))
        offered = Consent.objects.filter(Q(withdrawn_at=None) | Q(pk__in=chosen), season=season)
        field: Any = self.fields[name]
        field.queryset = offered.order_by("person", "-given_on", "pk")
        field.label_from_instance = consent_label

    def mark(self, row: Any) -> str:
        return mark(row)

    def _post_clean(self) -> None:
        """The service validates the row under its lock; the form must not write into the instance."""

    def clean_position(self) -> int:
        return self.cleaned_data.get("position") or 0

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        return {name: self.cleaned_data[name] for name in self.written if name in self.fields}


def consent_label(row: Consent) -> str:
    """The person and the day; « retiré » when it is."""
    said = f"{row.person} ({row.given_on:%d/%m/%Y})"
    return f"{said}, {_('retiré')}" if row.withdrawn_at else said


class TestimonyForm(TraceForm):
    """Somebody's words."""

    __test__ = False
    desk_only = ("consent", "position")

    class Meta:
        model = Testimony
        fields = testimonies.DESK_FIELDS
        widgets = {"text": Textarea(attrs={"rows": 6})}
        error_messages = {
            "text": {"required": _("Écrivez le témoignage.")},
            "signature": {"required": _("Dites comment il est signé : « une enseignante de Liévin ».")},
        }

    written = testimonies.DESK_FIELDS


class PictureForm(TraceForm):
    """A picture, and what must be said of it."""

    desk_only = ("consents", "position")
    upload = forms.FileField(
        label=_("Image"),
        help_text=_("JPEG, PNG ou WebP, 20 Mo au plus. Le lieu et l'appareil notés par le téléphone sont effacés."),
        error_messages={"required": _("Choisissez l'image à envoyer.")},
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    consents = forms.ModelMultipleChoiceField(
        Consent.objects.none(),
        label=_("Accords des personnes reconnaissables"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Un par personne. Si l'un d'eux est retiré, l'image quitte aussitôt toutes les pages publiques."),
    )
    field_order = ("upload",)

    class Meta:
        model = Picture
        fields = pictures.DESK_FIELDS
        widgets = {"alt": Textarea(attrs={"rows": 2}), "taken_on": DayInput()}
        error_messages = {
            "alt": {"required": _("Dites ce que l'image montre, pour qui ne la voit pas.")},
            "credit": {"required": _("Donnez le nom de qui a fait l'image.")},
            "rights": {"required": _("Dites ce qu'on peut en faire : par exemple « libre pour la presse locale ».")},
            "taken_on": _BAD_DAY,
        }

    def __init__(self, *args: Any, row: Picture | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        if row is not None:
            del self.fields["upload"]
            if "consents" in self.fields:
                self.initial["consents"] = pictures.agreed(row)

    def full_clean(self) -> None:
        """A browser does not keep the picture when another answer sends the page back: it is asked for again."""
        super().full_clean()
        if self.errors and self.files.get("upload") and "upload" not in self.errors:
            self.add_error("upload", self.fields["upload"].error_messages["required"])

    def mark(self, row: Any) -> str:
        return mark(row, pictures.agreed(row))

    written = (*pictures.DESK_FIELDS, "consents", "upload")


class ProductionForm(TraceForm):
    """What was made."""

    class Meta:
        model = Production
        fields = productions.DESK_FIELDS
        widgets = {
            "description": Textarea(attrs={"rows": 4}),
            "made_on": DayInput(),
            "count": forms.NumberInput(attrs={"inputmode": "numeric"}),
        }
        help_texts = {
            "count": _("Vide : personne ne l'a compté. Par exemple 12 pour une série de douze podcasts."),
            "url": _("Où la voir ou l'entendre. L'adresse commence par https://"),
        }
        error_messages = {
            "title": {"required": _("Donnez un titre à la production.")},
            "kind": {"required": _("Dites ce que c'est.")},
            "made_on": _BAD_DAY,
        }

    written = productions.DESK_FIELDS


class ConsentForm(forms.ModelForm):
    """Who agreed to what, and how it can be shown."""

    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    proof = forms.FileField(
        label=_("Formulaire signé (PDF)"),
        required=False,
        help_text=_("Lu par la coordination seule. 10 Mo et 10 pages au plus."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    class Meta:
        model = Consent
        fields = consents.FIELDS
        widgets = {"given_on": DayInput(), "ends_on": DayInput()}
        error_messages = {
            "person": {"required": _("Donnez le nom de la personne : il n'est jamais publié.")},
            "given_on": {"required": _("Donnez le jour où l'accord a été donné."), **_BAD_DAY},
            "ends_on": _BAD_DAY,
            "form": {"required": _("Dites comment l'accord a été donné.")},
        }

    def __init__(self, data: Any = None, files: Any = None, *, row: Consent | None = None) -> None:
        super().__init__(data, files, instance=row, initial={"seen": mark(row)} if row is not None else None)

    def _post_clean(self) -> None:
        """The service validates the row under its lock."""

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        return {name: self.cleaned_data[name] for name in (*consents.FIELDS, "proof")}
