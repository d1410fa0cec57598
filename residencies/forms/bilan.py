"""What the coordination types from an older report: a residency, its public, what was made; or a whole file."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.errors import Refused
from clea.ui.dates import filesize
from residencies.enums import REPORTED_CATEGORIES, ProductionKind, Qualifier
from residencies.methods import hand_reports
from residencies.methods.hand_reports import Counted, Made, Report
from residencies.models import HandEntry
from residencies.services import hand_entries
from structures.models import Commune, Territory
from structures.models.fields import HttpsURLField

#: A report is some kilobytes.
MOST_BYTES = 300_000
BLANK_LINES, MOST_LINES = 3, 20
_LINE = {"class": "vTextField", "autocomplete": "off"}
_BAD = {
    "invalid": gettext_lazy("Écrivez un nombre, ou laissez vide : vide veut dire inconnu."),
    "min_value": gettext_lazy("Un nombre ne peut pas être négatif."),
    "max_value": gettext_lazy("Ce nombre est trop grand : vérifiez-le."),
}


def _number(label: Any, *, most: int = 1_000_000, **more: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(
        label=label, required=False, min_value=0, max_value=most, error_messages=_BAD, widget=widget, **more
    )


def _decimal(label: Any, most: int, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        decimal_places=1,
        localize=True,
        error_messages=_BAD | {"max_decimal_places": gettext_lazy("Un seul chiffre après la virgule.")},
        **more,
    )


def _text(label: Any, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.TextInput(attrs=_LINE), **more)


def _precision(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=Qualifier.choices, initial=Qualifier.EXACT, required=False)


class HandEntryForm(forms.Form):
    """A residency, as the report tells it."""

    use_required_attribute = False
    title = _text(gettext_lazy("Résidence"), 250)
    artists = _text(gettext_lazy("Artistes"), 300, required=False)
    discipline = _text(gettext_lazy("Discipline"), 200, required=False)
    months = _decimal(gettext_lazy("Durée, en mois"), 36)
    sessions = _number(gettext_lazy("Séances"))
    sessions_qualifier = _precision(gettext_lazy("Précision des séances"))
    hours = _decimal(gettext_lazy("Heures"), 100000)
    structures = _number(gettext_lazy("Structures"))
    structures_qualifier = _precision(gettext_lazy("Précision des structures"))
    classes = _number(gettext_lazy("Classes"))
    communes = forms.ModelMultipleChoiceField(
        Commune.objects.none(),
        label=gettext_lazy("Communes"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy("Plusieurs : gardez la touche Ctrl enfoncée. Aucune : on ne sait pas."),
    )
    counts_people = forms.BooleanField(
        label=gettext_lazy("Le public compté est celui de personnes différentes"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Décoché : ce sont des présences, la même personne comptée à chaque séance."),
    )
    source = _text(
        gettext_lazy("D'où viennent ces chiffres"),
        300,
        required=False,
        help_text=gettext_lazy("Par exemple « rapport d'activité 2025, page 12 »."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, territory: Territory, entry: HandEntry | None = None) -> None:
        initial: dict[str, Any] = {}
        if entry is not None:
            initial = {name: getattr(entry, name) for name in hand_entries.FIELDS}
            initial |= {"communes": [one.pk for one in entry.communes.all()], "seen": entry.version}
        super().__init__(data, initial=initial)
        communes: Any = self.fields["communes"]
        communes.queryset = Commune.objects.filter(territory=territory)

    def values(self) -> dict[str, Any]:
        """Columns of the entry. Call on a valid form."""
        data = self.cleaned_data
        found = {name: data[name] for name in (*hand_entries.FIELDS, "communes")}
        for name in ("sessions_qualifier", "structures_qualifier"):
            found[name] = found[name] or Qualifier.EXACT
        return found


class _LineForm(forms.Form):
    """A line of a table, read whether it changed or not: every line is written again."""

    use_required_attribute = False

    def has_changed(self) -> bool:
        return True


class CountForm(_LineForm):
    """A line of public. Its public empty, the line is dropped."""

    category = forms.ChoiceField(
        label=gettext_lazy("Public"), choices=[("", gettext_lazy("aucun")), *REPORTED_CATEGORIES], required=False
    )
    value = _number(gettext_lazy("Nombre"))
    qualifier = _precision(gettext_lazy("Précision"))
    label = _text(gettext_lazy("Comme le rapport le dit"), 160, required=False)
    inside = forms.TypedChoiceField(
        label=gettext_lazy("Déjà compté dans"),
        choices=[("", gettext_lazy("aucune ligne")), *((n, n) for n in range(1, MOST_LINES + 1))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("category") and (data.get("value") is not None or data.get("inside")):
            self.add_error("category", _("Choisissez de quel public il s'agit."))
        return data


class BaseCountFormSet(forms.BaseFormSet):
    """The public of a residency, numbered: a line may be inside another."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs["aria-label"] = _("%(field)s, ligne %(n)d") % {
                "field": field.label,
                "n": (index or 0) + 1,
            }
        lines = [(n, _("ligne %(n)d") % {"n": n}) for n in range(1, self.total_form_count() + 1) if n - 1 != index]
        form.fields["inside"].choices = [("", _("aucune ligne")), *lines]

    def clean(self) -> None:
        kept = self._kept()
        for rank, form in enumerate(self.forms):
            inside = form.cleaned_data.get("inside") if rank in kept and form.is_valid() else None
            if inside is not None and inside - 1 not in kept:
                form.add_error("inside", _("La ligne %(n)d est vide.") % {"n": inside})

    def _kept(self) -> list[int]:
        """Ranks of the lines that say something."""
        return [rank for rank, form in enumerate(self.forms) if form.is_valid() and form.cleaned_data.get("category")]

    def counts(self) -> list[Counted]:
        """What to write, blank lines dropped. Call on a valid formset."""
        kept = self._kept()
        found = []
        for rank in kept:
            data = self.forms[rank].cleaned_data
            inside = None if data["inside"] is None else kept.index(data["inside"] - 1)
            said = data["qualifier"] or Qualifier.EXACT
            found.append(Counted(data["category"], data["value"], said, data["label"], inside))
        return found


class MadeForm(_LineForm):
    """What was made. Its title empty, the line is dropped."""

    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=ProductionKind.choices, required=False)
    title = _text(gettext_lazy("Titre"), 200, required=False)
    count = _number(gettext_lazy("Combien"), most=10000)
    url = forms.CharField(
        label=gettext_lazy("Lien"),
        required=False,
        max_length=200,
        validators=HttpsURLField().validators,
        widget=forms.URLInput(attrs=_LINE),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("title") and (data.get("count") is not None or data.get("url")):
            self.add_error("title", _("Donnez un titre, ou videz la ligne."))
        return data


_CountFormSet = forms.formset_factory(
    CountForm, formset=BaseCountFormSet, extra=BLANK_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES
)
_MadeFormSet = forms.formset_factory(MadeForm, extra=BLANK_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES)


def count_formset(data: Any, entry: HandEntry | None) -> Any:
    """The lines of public of an entry, and some blank ones."""
    rows = list(entry.counts.order_by("position", "pk")) if entry is not None else []
    rank = {row.pk: place for place, row in enumerate(rows, 1)}
    initial = [
        {
            "category": row.category,
            "value": row.value,
            "qualifier": row.qualifier,
            "label": row.label,
            "inside": rank.get(row.inside_id or 0),
        }
        for row in rows
    ]
    return _CountFormSet(data, initial=initial, prefix="public")


def made_formset(data: Any, entry: HandEntry | None) -> Any:
    """The productions of an entry, and some blank lines."""
    rows = entry.productions.order_by("position", "pk") if entry is not None else []
    initial = [{"kind": row.kind, "title": row.title, "count": row.count, "url": row.url} for row in rows]
    return _MadeFormSet(data, initial=initial, prefix="production")


def made_of(formset: Any) -> list[Made]:
    """What was made, blank lines dropped. Call on a valid formset."""
    rows = [form.cleaned_data for form in formset if form.cleaned_data.get("title")]
    return [Made(row["kind"] or ProductionKind.OTHER, row["title"], row["count"], row["url"]) for row in rows]


class ReportForm(forms.Form):
    """A whole report as a file, read before anything is written."""

    use_required_attribute = False
    upload = forms.FileField(
        label=gettext_lazy("Rapport (fichier JSON)"),
        widget=forms.FileInput(attrs={"accept": "application/json,.json"}),
        error_messages={"empty": gettext_lazy("Ce fichier est vide.")},
    )

    def clean_upload(self) -> str:
        """The text of the file, which :meth:`report` has read."""
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                _("Ce fichier pèse %(size)s : un rapport en pèse moins de %(most)s.")
                % {"size": filesize(upload.size), "most": filesize(MOST_BYTES)}
            )
        return whole_text(upload.read())


class ConfirmReportForm(forms.Form):
    """The file that was shown, sent back to be written."""

    text = forms.CharField(widget=forms.HiddenInput, max_length=MOST_BYTES, strip=False)


def whole_text(content: bytes) -> str:
    """The file as text; ``ValidationError`` when it is none."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(
            _("Ce fichier n'est pas un texte : enregistrez-le en JSON, au format UTF-8.")
        ) from None


def data_of(text: str) -> Any:
    """The file as data. Raises ``Refused`` where it is no JSON, with the line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused(
            _("Ce fichier n'est pas du JSON : ligne %(line)d, colonne %(column)d. Corrigez-la, puis envoyez-le encore.")
            % {"line": error.lineno, "column": error.colno},
            code="not_json",
            field="upload",
        ) from None
    except (RecursionError, ValueError):
        raise Refused(_("Ce fichier ne se lit pas : il est trop profond."), code="not_json", field="upload") from None


def report_of(text: str) -> Report:
    """What the file says. Raises ``Refused`` where it is no JSON."""
    return hand_reports.read(data_of(text))
