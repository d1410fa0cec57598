"""Forms about contracts and agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from candidatures.forms.base import Textarea
from clea.errors import Refused
from residencies.methods import papers as methods
from residencies.models import Paper, PaperTemplate

if TYPE_CHECKING:
    _TemplateBase = forms.ModelForm[PaperTemplate]
else:
    _TemplateBase = forms.ModelForm

_BAD_DAY = {"invalid": _("Écrivez la date ainsi : 15/02/2027."), "required": _("Donnez la date.")}


class PaperTemplateForm(_TemplateBase):
    """A template's text; ``seen`` tells the one the person read."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = PaperTemplate
        fields = ["territory", "kind", "name", "title", "body", "is_active"]
        widgets = {"body": Textarea(attrs={"rows": 32, "cols": 90, "class": "vLargeTextField"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        """What the service would refuse is said beside its field."""
        data = super().clean() or self.cleaned_data
        kind, body = data.get("kind") or self.instance.kind, data.get("body")
        if kind and body:
            try:
                methods.check(kind, body)
            except Refused as error:
                self.add_error("body", str(error))
        seen = data.get("seen")
        if self.instance.pk and seen is not None:
            latest = PaperTemplate.objects.values_list("version", flat=True).get(pk=self.instance.pk)
            if latest != seen:
                raise forms.ValidationError(
                    _("Ce modèle a été enregistré par quelqu'un d'autre : rouvrez-le, puis reprenez votre texte.")
                )
        return data


class DraftForm(forms.Form):
    """Which text to start from, when the territory has several in use."""

    template = forms.ModelChoiceField(
        label=_("Modèle"), queryset=PaperTemplate.objects.none(), empty_label=None, required=True
    )

    def __init__(self, *args: Any, templates: QuerySet[PaperTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates  # type: ignore[attr-defined]


class TextForm(forms.Form):
    """A draft reread and corrected."""

    use_required_attribute = False
    title = forms.CharField(label=_("Titre du document"), max_length=200)
    body = forms.CharField(
        label=_("Texte"),
        max_length=60000,
        widget=Textarea(attrs={"rows": 34, "cols": 90}),
        help_text=_(
            "« ## » ouvre un titre, « - » une liste, deux astérisques de part et d'autre mettent en gras. "
            "Un nom entre doubles accolades est remplacé par sa valeur du moment."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def of(paper: Paper) -> TextForm:
        return TextForm(initial={"title": paper.title, "body": paper.body, "version": paper.version})


class CancelForm(forms.Form):
    """Why a paper is taken back."""

    why = forms.CharField(
        label=_("Motif"),
        max_length=1000,
        widget=Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=_("Qui a reçu le document le lira."),
    )


class SignatureForm(forms.Form):
    """When a party signed, and by whose hand."""

    use_required_attribute = False
    signatory = forms.CharField(label=_("Signataire"), max_length=200, required=False)
    signed_on = forms.DateField(label=_("Signé le"), widget=AdminDateWidget, error_messages=_BAD_DAY)


class ScanForm(forms.Form):
    """The signed copy, and, for the coordination that read it, the day everybody had signed."""

    use_required_attribute = False
    fichier = forms.FileField(
        label=_("Copie signée (PDF)"), widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"})
    )
    signed_on = forms.DateField(
        label=_("Tout le monde a signé le"),
        required=False,
        widget=AdminDateWidget,
        error_messages=_BAD_DAY,
        help_text=_("Vide : la copie est gardée, les signatures se notent une à une."),
    )


class AllSignedForm(forms.Form):
    """The day the last party signed."""

    use_required_attribute = False
    signed_on = forms.DateField(label=_("Tout le monde a signé le"), widget=AdminDateWidget, error_messages=_BAD_DAY)
