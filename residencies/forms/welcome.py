"""What the coordination and the artist type about the welcome."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.admin.fields import HOURS, ShortTimeWidget
from candidatures.forms.base import Textarea
from candidatures.forms.jury_members import DayInput
from clea.ui.forms import by_name
from residencies.enums import IncidentState, IncidentTopic, InventoryMoment, LineCondition, Severity
from residencies.models import CheckIn, Inventory, InventoryLine, Lodging, Residency, Stay, Visit
from residencies.services import check_ins
from residencies.services.lodgings import Line, Reading
from residencies.services.visits import Facts
from structures.models import Commune, Structure

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = {"class": "vTextField"}
_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}
_BAD_TIME = {"invalid": gettext_lazy("Écrivez l'heure ainsi : 14:30.")}


def look_again(form: forms.BaseForm, **values: object) -> None:
    """After a stale write: what was typed stays, and now answers to what is there."""
    data: Any = form.data
    form.data = data.copy()
    for name, value in values.items():
        form.data[name] = str(value)  # type: ignore[index]


class NumberInput(forms.NumberInput):
    """A number of a few digits."""

    def __init__(self) -> None:
        super().__init__(attrs={"inputmode": "numeric"})


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput(), error_messages=_BAD_DAY, **kwargs)


def time_field(label: Any, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=ShortTimeWidget(), input_formats=HOURS, error_messages=_BAD_TIME, **kwargs
    )


def text_field(label: Any, *, most: int, rows: int = 4, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=Textarea(attrs={"rows": rows}), **kwargs)


class VisitForm(forms.Form):
    """A visit: when, where, with whom, for whom."""

    title = forms.CharField(
        label=gettext_lazy("Visite"), max_length=200, widget=forms.TextInput(attrs=_LINE | {"autocomplete": "off"})
    )
    day = day_field(gettext_lazy("Jour"))
    since = time_field(gettext_lazy("De"))
    until = time_field(gettext_lazy("À"))
    residencies = forms.ModelMultipleChoiceField(
        Residency.objects.none(), label=gettext_lazy("Résidences"), widget=forms.CheckboxSelectMultiple
    )
    structure = forms.ModelChoiceField(
        Structure.objects.none(),
        label=gettext_lazy("Structure"),
        required=False,
        empty_label=gettext_lazy("aucune"),
    )
    commune = forms.ModelChoiceField(
        Commune.objects.none(),
        label=gettext_lazy("Commune"),
        required=False,
        empty_label=gettext_lazy("celle de la structure"),
    )
    place = forms.CharField(
        label=gettext_lazy("Rendez-vous"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=_LINE),
        help_text=gettext_lazy("Où se retrouver exactement, tel que l'artiste le lira."),
    )
    guide = forms.CharField(
        label=gettext_lazy("Qui accompagne"), max_length=200, required=False, widget=forms.TextInput(attrs=_LINE)
    )
    note = text_field(gettext_lazy("À savoir"), most=2000, required=False)
    confirmed = forms.BooleanField(
        label=gettext_lazy("C'est voulu : deux choses au même moment"), required=False, widget=forms.HiddenInput
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, residency: Residency, visit: Visit | None = None) -> None:
        super().__init__(data, initial=self._initial(residency, visit))
        territory = residency.territory
        self.fields["residencies"].queryset = Residency.objects.filter(season=residency.season_id)  # type: ignore[attr-defined]
        self.fields["structure"].queryset = Structure.objects.active().filter(territory=territory)  # type: ignore[attr-defined]
        by_name(self.fields["structure"])  # type: ignore[arg-type]
        self.fields["commune"].queryset = Commune.objects.filter(territory=territory)  # type: ignore[attr-defined]

    @staticmethod
    def _initial(residency: Residency, visit: Visit | None) -> dict[str, Any]:
        if visit is None:
            return {"residencies": [residency.pk]}
        start, end = timezone.localtime(visit.starts_at), timezone.localtime(visit.ends_at)
        names = ("title", "place", "guide", "note")
        return {name: getattr(visit, name) for name in names} | {
            "structure": visit.structure_id,
            "commune": visit.commune_id,
            "day": start.date(),
            "since": start.time(),
            "until": end.time(),
            "residencies": [row.pk for row in visit.residencies.all()],
            "seen": visit.sequence,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and since >= until:
            self.add_error("until", _("L'heure de fin doit suivre celle du début."))
        return data

    def facts(self) -> Facts:
        """Call on a valid form."""
        data = self.cleaned_data
        return Facts(
            title=data["title"],
            starts_at=from_current_timezone(datetime.combine(data["day"], data["since"])),
            ends_at=from_current_timezone(datetime.combine(data["day"], data["until"])),
            structure=data["structure"],
            commune=data["commune"],
            place=data["place"],
            guide=data["guide"],
            note=data["note"],
        )

    def ask_to_confirm(self) -> None:
        """Show the box that says the clash is wanted."""
        self.fields["confirmed"].widget = forms.CheckboxInput()


class CopyForm(forms.Form):
    """Whose programme to take, from which day."""

    source = forms.ModelChoiceField(
        Residency.objects.none(), label=gettext_lazy("Programme de"), empty_label=gettext_lazy("Choisissez")
    )
    starting_on = day_field(
        gettext_lazy("À partir du"),
        required=False,
        help_text=gettext_lazy(
            "Vide : les visites sont partagées, aux mêmes heures. Avec un jour : elles sont recopiées, la première "
            "ce jour-là."
        ),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("C'est voulu : deux choses au même moment"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, residency: Residency) -> None:
        super().__init__(data)
        others = Residency.objects.filter(season__programme__territory=residency.territory).exclude(pk=residency.pk)
        self.fields["source"].queryset = others.order_by("-season__starts_on", "artist_name")  # type: ignore[attr-defined]

    def ask_to_confirm(self) -> None:
        self.fields["confirmed"].widget = forms.CheckboxInput()


class StayForm(forms.Form):
    """Which lodging, between which days, for how many."""

    lodging = forms.ModelChoiceField(
        Lodging.objects.none(), label=gettext_lazy("Logement"), empty_label=gettext_lazy("Choisissez")
    )
    starts_on = day_field(gettext_lazy("Arrivée"))
    ends_on = day_field(gettext_lazy("Départ"), help_text=gettext_lazy("Le logement est de nouveau libre ce soir-là."))
    people = forms.IntegerField(
        label=gettext_lazy("Personnes"), min_value=1, max_value=50, initial=1, widget=NumberInput()
    )
    note = text_field(
        gettext_lazy("À savoir"), most=2000, required=False, help_text=gettext_lazy("L'artiste lit ces lignes.")
    )

    def __init__(self, data: Any = None, *, residency: Residency, stay: Stay | None = None) -> None:
        initial: dict[str, Any] = {}
        rows = Lodging.objects.filter(territory=residency.territory, is_active=True)
        if stay is not None:
            initial = {name: getattr(stay, name) for name in ("starts_on", "ends_on", "people", "note")}
            initial["lodging"] = stay.lodging_id
            rows = rows | Lodging.objects.filter(pk=stay.lodging_id)
        super().__init__(data, initial=initial)
        lodging: Any = self.fields["lodging"]
        lodging.queryset = rows
        lodging.label_from_instance = lambda row: (
            _("%(name)s (%(beds)d couchages)") % {"name": row.name, "beds": row.beds}
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and start >= end:
            self.add_error("ends_on", _("Le départ doit suivre l'arrivée."))
        return data


class InventoryForm(forms.Form):
    """The day, the keys, the meters."""

    done_on = day_field(gettext_lazy("Fait le"))
    keys = forms.IntegerField(
        label=gettext_lazy("Clés"), min_value=0, max_value=99, required=False, widget=NumberInput()
    )
    meters = forms.CharField(
        label=gettext_lazy("Compteurs"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=_LINE),
        help_text=gettext_lazy("Eau, électricité, gaz, avec le chiffre lu."),
    )
    note = text_field(gettext_lazy("Remarques"), most=2000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, moment: str, inventory: Inventory | None) -> None:
        initial: dict[str, Any] = {"done_on": timezone.localdate(), "version": 0}
        if inventory is not None:
            initial = {name: getattr(inventory, name) for name in ("done_on", "keys", "meters", "note", "version")}
        super().__init__(data, initial=initial)
        if moment == InventoryMoment.EXIT:
            self.fields["keys"].label = _("Clés rendues")
        else:
            self.fields["keys"].label = _("Clés remises")

    def reading(self) -> Reading:
        data = self.cleaned_data
        return Reading(data["done_on"], data["keys"], data["meters"], data["note"])


class LineForm(forms.Form):
    """One object of an inventory. A line without an object does not exist."""

    item = forms.CharField(label=gettext_lazy("Objet"), max_length=200, required=False, widget=forms.TextInput())
    condition = forms.ChoiceField(label=gettext_lazy("État"), choices=LineCondition.choices, required=False)
    note = forms.CharField(label=gettext_lazy("Remarque"), max_length=300, required=False, widget=forms.TextInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)

    def has_changed(self) -> bool:
        """Every line is written again: an unchanged one too."""
        return True


#: Blank lines offered below those of the list.
BLANK_LINES = 4
LineFormSet = forms.formset_factory(LineForm, extra=BLANK_LINES, max_num=150, absolute_max=170)


def line_formset(data: Any, rows: Sequence[InventoryLine]) -> Any:
    """The lines of an inventory, and some blank ones."""
    initial = [{"item": row.item, "condition": row.condition, "note": row.note} for row in rows]
    return LineFormSet(data, initial=initial, prefix="lignes")


def lines_of(formset: Any) -> list[Line]:
    """The lines that were filled. Call on a valid formset."""
    rows = [form.cleaned_data for form in formset.forms]
    return [
        Line(row["item"], LineCondition(row.get("condition") or LineCondition.GOOD), row.get("note", ""))
        for row in rows
        if row.get("item", "").strip()
    ]


class AgreeForm(forms.Form):
    """The artist's agreement, with reservations if any."""

    words = text_field(
        gettext_lazy("Vos réserves"),
        most=2000,
        required=False,
        help_text=gettext_lazy("Ce qui ne correspond pas à ce que vous avez constaté. Vide : vous acceptez tel quel."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SeriesForm(forms.Form):
    """A check-in, or one every so many weeks."""

    first = day_field(gettext_lazy("Premier point"))
    weeks = forms.IntegerField(
        label=gettext_lazy("Puis toutes les … semaines"),
        min_value=1,
        max_value=26,
        required=False,
        widget=NumberInput(),
        help_text=gettext_lazy("Sur les périodes de la résidence. Vide : ce point seulement."),
    )


class CheckInForm(forms.Form):
    """What a check-in said."""

    due_on = day_field(gettext_lazy("Prévu le"))
    held_on = day_field(gettext_lazy("Tenu le"), required=False)
    words = text_field(
        gettext_lazy("Ce qui s'est dit"),
        most=4000,
        required=False,
        help_text=gettext_lazy("Pour la coordination seulement."),
    )
    shared = text_field(
        gettext_lazy("Relevé partagé"), most=4000, required=False, help_text=gettext_lazy("L'artiste lit ces lignes.")
    )
    next_steps = text_field(
        gettext_lazy("Suites"), most=2000, required=False, help_text=gettext_lazy("L'artiste lit ces lignes.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, check_in: CheckIn) -> None:
        names = ("due_on", "held_on", "words", "shared", "next_steps")
        initial = {name: getattr(check_in, name) for name in names}
        super().__init__(data, initial=initial | {"seen": check_ins.mark(check_in)})

    def account(self) -> check_ins.Account:
        data = self.cleaned_data
        return check_ins.Account(data["due_on"], data["held_on"], data["words"], data["shared"], data["next_steps"])


class IncidentForm(forms.Form):
    """What goes wrong, told from a phone."""

    topic = forms.ChoiceField(label=gettext_lazy("De quoi s'agit-il ?"), choices=IncidentTopic.choices)
    severity = forms.ChoiceField(
        label=gettext_lazy("Est-ce grave ?"), choices=Severity.choices, widget=forms.RadioSelect, initial=Severity.LOW
    )
    title = forms.CharField(
        label=gettext_lazy("En une phrase"),
        max_length=200,
        widget=forms.TextInput(attrs=_LINE | {"autocomplete": "off"}),
    )
    words = text_field(gettext_lazy("Ce qui se passe"), most=4000, rows=5, required=False)


class WordForm(forms.Form):
    """A word the artist adds."""

    text = text_field(gettext_lazy("Ajouter un mot"), most=2000)


class StepForm(forms.Form):
    """What was done about an incident, and where it goes."""

    text = text_field(gettext_lazy("Ce qui est fait"), most=2000)
    shared = forms.BooleanField(
        label=gettext_lazy("Partager avec l'artiste, qui reçoit un message"), required=False, initial=True
    )
    severity = forms.ChoiceField(label=gettext_lazy("Gravité"), choices=Severity.choices)
    target = forms.ChoiceField(label=gettext_lazy("Et ensuite"), widget=forms.RadioSelect)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, state: str, severity: str, steps: int) -> None:
        super().__init__(data, initial={"severity": severity, "seen": steps, "target": IncidentState.FOLLOWED})
        target: Any = self.fields["target"]
        if state == IncidentState.CLOSED:
            target.choices = [(IncidentState.FOLLOWED, _("rouvrir l'incident"))]
        else:
            target.choices = [
                (IncidentState.FOLLOWED, _("l'incident reste suivi")),
                (IncidentState.CLOSED, _("l'incident est réglé : le clore")),
            ]
