"""What the coordination types about committees: rhythm, meeting, agenda, participants, papers, minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.forms.base import Textarea
from residencies.enums.steering import ActionState, MeetingKind, Presence, RhythmUnit
from residencies.forms.welcome import day_field, text_field, time_field
from residencies.models import Action, AgendaItem, Attendee, Meeting, MeetingDecision, SteeringRhythm
from residencies.services.meeting_minutes import NewAction
from residencies.services.meetings import Facts
from structures.enums import Weekday
from structures.models import Institution

_LINE = {"class": "vTextField", "autocomplete": "off"}
#: Blank rows for actions, each time the minutes are shown.
BLANK_ACTIONS = 3


def _line(label: Any, *, most: int, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, widget=forms.TextInput(attrs=_LINE)
    )


class _Plain(forms.Form):
    use_required_attribute = False


class RhythmForm(_Plain):
    """So many times a month or a quarter, on a weekday, at an hour."""

    times = forms.TypedChoiceField(label=gettext_lazy("Fois"), choices=[(n, n) for n in range(1, 5)], coerce=int)
    unit = forms.ChoiceField(label=gettext_lazy("Par"), choices=RhythmUnit.choices)
    weekday = forms.TypedChoiceField(label=gettext_lazy("Jour"), choices=Weekday.choices, coerce=int)
    at = time_field(gettext_lazy("Heure"))
    minutes = forms.IntegerField(label=gettext_lazy("Durée (minutes)"), min_value=15, max_value=600, initial=90)
    place = _line(gettext_lazy("Lieu habituel"), most=300, required=False)

    def __init__(self, data: Any = None, *, rhythm: SteeringRhythm | None = None, kind: str = "") -> None:
        steering = kind == MeetingKind.STEERING
        initial: dict[str, Any] = {"times": 1, "unit": "quarter" if steering else "month", "weekday": 1, "at": "14:00"}
        if rhythm is not None:
            initial = {name: getattr(rhythm, name) for name in self.base_fields}
        super().__init__(data, initial=initial)


class MeetingForm(_Plain):
    """Its day, then hours of that day. ``kind`` is asked of a new one only."""

    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=MeetingKind.choices)
    title = _line(gettext_lazy("Intitulé"), most=200)
    day = day_field(gettext_lazy("Jour"))
    since = time_field(gettext_lazy("De"))
    until = time_field(gettext_lazy("À"))
    place = _line(gettext_lazy("Lieu"), most=300, required=False)
    link = forms.URLField(
        label=gettext_lazy("Lien de visioconférence"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs=_LINE),
        help_text=gettext_lazy("Jamais publié."),
    )
    introduction = text_field(gettext_lazy("En quelques mots"), most=3000, rows=3, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, meeting: Meeting | None = None) -> None:
        super().__init__(data, initial=self._initial(meeting) if meeting is not None else None)
        if meeting is not None:
            del self.fields["kind"]

    @staticmethod
    def _initial(meeting: Meeting) -> dict[str, Any]:
        start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
        names = ("title", "place", "link", "introduction", "version")
        return {name: getattr(meeting, name) for name in names} | {
            "day": start.date(),
            "since": start.time(),
            "until": end.time(),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day = data.get("day")
        for name, at in (("starts_at", "since"), ("ends_at", "until")):
            if day and data.get(at) is not None:
                try:
                    data[name] = from_current_timezone(datetime.combine(day, data[at]))
                except ValidationError as error:
                    self.add_error(at, error)
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("until", _("La réunion doit finir après son début."))
        return data

    def facts(self) -> Facts:
        names = ("title", "starts_at", "ends_at", "place", "link", "introduction")
        return Facts(**{name: self.cleaned_data[name] for name in names})


class WhyForm(_Plain):
    """The reason of an act that others will read."""

    why = text_field(gettext_lazy("Motif"), most=1000, rows=3)


class InviteForm(_Plain):
    """To whom, with which words."""

    attendees = forms.ModelMultipleChoiceField(
        Attendee.objects.none(),
        label=gettext_lazy("Destinataires"),
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Cochez au moins une personne.")},
    )
    words = text_field(gettext_lazy("Quelques mots"), most=2000, rows=4, required=False)
    with_papers = forms.BooleanField(label=gettext_lazy("Joindre les documents"), required=False)

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        people = meeting.attendees.exclude(email="")
        super().__init__(data, initial={"attendees": [row.uuid for row in people]})
        field: Any = self.fields["attendees"]
        field.queryset = people
        field.label_from_instance = lambda row: " – ".join(part for part in (row.name, row.organisation) if part)
        if not meeting.papers.exists():
            del self.fields["with_papers"]


class ItemForm(_Plain):
    """A point of the agenda."""

    title = _line(gettext_lazy("Point"), most=200)
    words = text_field(gettext_lazy("De quoi il s'agit"), most=2000, rows=3, required=False)

    @classmethod
    def of(cls, item: AgendaItem) -> ItemForm:
        return cls(initial={"title": item.title, "words": item.words})


class AttendeeForm(_Plain):
    """A participant."""

    institution = forms.ModelChoiceField(
        Institution.objects.none(),
        label=gettext_lazy("Partenaire institutionnel"),
        required=False,
        empty_label=gettext_lazy("aucun"),
        to_field_name="uuid",
    )
    organisation = _line(
        gettext_lazy("Organisme"), most=200, required=False, help_text=gettext_lazy("Vide : le nom du partenaire.")
    )
    name = _line(gettext_lazy("Nom"), most=160, help_text=gettext_lazy("Jamais publié."))
    role = _line(
        gettext_lazy("Fonction"), most=160, required=False, help_text=gettext_lazy("Publiée avec l'organisme.")
    )
    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"), required=False, widget=forms.EmailInput(attrs=_LINE)
    )
    presence = forms.ChoiceField(label=gettext_lazy("Présence"), choices=Presence.choices, initial=Presence.INVITED)

    def __init__(self, data: Any = None, *, meeting: Meeting, attendee: Attendee | None = None) -> None:
        initial: dict[str, Any] = {}
        if attendee is not None:
            initial = {name: getattr(attendee, name) for name in ("organisation", "name", "role", "email", "presence")}
            initial["institution"] = attendee.institution.uuid if attendee.institution is not None else None
        super().__init__(data, initial=initial)
        self.fields["institution"].queryset = Institution.objects.filter(territory=meeting.territory)  # type: ignore[attr-defined]


class PaperForm(_Plain):
    """A document handed to the participants."""

    title = _line(gettext_lazy("Intitulé"), most=200)
    upload = forms.FileField(
        label=gettext_lazy("PDF"), widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"})
    )
    is_public = forms.BooleanField(label=gettext_lazy("Publié avec le compte rendu"), required=False)


class DecisionForm(_Plain):
    """A decision, and the point it came from."""

    text = text_field(gettext_lazy("Décision"), most=2000, rows=3)
    item = forms.ModelChoiceField(
        AgendaItem.objects.none(),
        label=gettext_lazy("Point"),
        required=False,
        empty_label=gettext_lazy("aucun"),
        to_field_name="uuid",
    )

    def __init__(self, data: Any = None, *, meeting: Meeting, decision: MeetingDecision) -> None:
        item = decision.item
        super().__init__(data, initial={"text": decision.text, "item": item.uuid if item is not None else None})
        self.fields["item"].queryset = meeting.items.all()  # type: ignore[attr-defined]


class ActionForm(_Plain):
    """What, who, for when. ``addresses``: those of the participants, by name."""

    what = _line(gettext_lazy("Action"), most=500)
    owner = _line(gettext_lazy("Qui"), most=160)
    owner_email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        required=False,
        widget=forms.EmailInput(attrs=_LINE),
        help_text=gettext_lazy("Vide : celle du participant de ce nom. Sans adresse, aucun rappel ne part."),
    )
    due_on = day_field(gettext_lazy("Pour le"))

    def __init__(self, *args: Any, addresses: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = addresses
        self.fields["owner"].widget.attrs["list"] = "participants"

    @classmethod
    def of(cls, action: Action, data: Any, addresses: Mapping[str, str]) -> ActionForm:
        names = ("what", "owner", "owner_email", "due_on")
        form = cls(data, initial={name: getattr(action, name) for name in names}, addresses=addresses)
        # The list of participants is on the page of the minutes only.
        del form.fields["owner"].widget.attrs["list"]
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("owner_email") and "owner_email" not in self.errors:
            data["owner_email"] = self.addresses.get((data.get("owner") or "").casefold(), "")
        return data


class FollowForm(_Plain):
    """What became of an action."""

    state = forms.ChoiceField(label=gettext_lazy("Suite"), widget=forms.RadioSelect)
    note = _line(gettext_lazy("Note"), most=300, required=False)

    def __init__(self, data: Any = None, *, action: Action, targets: Sequence[ActionState]) -> None:
        super().__init__(data, initial={"state": targets[0] if targets else "", "note": action.note})
        self.fields["state"].choices = [(state.value, state.label) for state in targets]  # type: ignore[attr-defined]


class MinutesForm(_Plain):
    """Everything that is written while people speak, in one form: nothing typed is lost by adding a line.

    A point's text, a new decision of it, who is there, new actions at the end. What the page did not show
    is left as it is.
    """

    introduction = text_field(gettext_lazy("En quelques mots"), most=3000, rows=3, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    decision = text_field(gettext_lazy("Autre décision, hors des points"), most=2000, rows=2, required=False)

    def __init__(self, data: Any = None, *, meeting: Meeting, items: Sequence[AgendaItem], people: Sequence[Attendee]):
        super().__init__(data, initial={"introduction": meeting.introduction, "version": meeting.version})
        self.items, self.people = items, people
        for item in items:
            self.fields[f"said_{item.uuid.hex}"] = forms.CharField(
                label=_("Ce qui a été dit : %(point)s") % {"point": item.title},
                max_length=6000,
                required=False,
                initial=item.said,
                widget=Textarea(attrs={"rows": 6}),
            )
            self.fields[f"decision_{item.uuid.hex}"] = forms.CharField(
                label=_("Nouvelle décision : %(point)s") % {"point": item.title},
                max_length=2000,
                required=False,
                widget=Textarea(attrs={"rows": 2}),
            )
        for person in people:
            self.fields[f"presence_{person.uuid.hex}"] = forms.ChoiceField(
                label=_("Présence : %(name)s") % {"name": person.name},
                choices=Presence.choices,
                required=False,
                initial=person.presence,
            )
        addresses = {row.name.casefold(): row.email for row in people if row.email}
        self.rows = [
            ActionForm(data, prefix=f"action{n}", addresses=addresses, empty_permitted=True)
            for n in range(BLANK_ACTIONS)
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *[row.is_valid() for row in self.rows]])

    def points(self) -> Iterator[tuple[AgendaItem, BoundField, BoundField]]:
        for item in self.items:
            yield item, self[f"said_{item.uuid.hex}"], self[f"decision_{item.uuid.hex}"]

    def presences(self) -> Iterator[tuple[Attendee, BoundField]]:
        for person in self.people:
            yield person, self[f"presence_{person.uuid.hex}"]

    def values(self) -> dict[str, Any]:
        """What :func:`services.meeting_minutes.write` takes."""
        data = self.cleaned_data
        decisions: list[tuple[UUID | None, str]] = [
            (item.uuid, data[f"decision_{item.uuid.hex}"])
            for item in self.items
            if data.get(f"decision_{item.uuid.hex}")
        ]
        if data["decision"]:
            decisions.append((None, data["decision"]))
        return {
            "version": data["version"],
            "introduction": data["introduction"],
            "said": {item.uuid: data[name] for item in self.items if (name := f"said_{item.uuid.hex}") in self.data},
            "presences": {row.uuid: data[name] for row in self.people if data.get(name := f"presence_{row.uuid.hex}")},
            "decisions": decisions,
            "todo": [NewAction(**row.cleaned_data) for row in self.rows if row.has_changed()],
        }

    def look_again(self, meeting: Meeting) -> list[tuple[str, str]]:
        """After a stale write: what was typed stays and answers to what is there; what differs of the others' text."""
        sent: Any = self.data
        self.data = sent.copy()
        data: Any = self.data
        data["version"] = str(meeting.version)
        theirs = []
        if meeting.introduction != sent.get("introduction", "").replace("\r\n", "\n").strip():
            theirs.append((str(self.fields["introduction"].label), meeting.introduction))
        for item in self.items:
            name = f"said_{item.uuid.hex}"
            if name not in sent:
                data[name] = item.said
            elif item.said != sent[name].replace("\r\n", "\n").strip():
                theirs.append((item.title, item.said))
        for person in self.people:
            name = f"presence_{person.uuid.hex}"
            if name not in sent:
                data[name] = person.presence
            elif person.presence != sent[name]:
                theirs.append((person.name, person.get_presence_display()))
        return theirs


def days_of(texts: Sequence[str]) -> list[date]:
    """The days ticked; anything else was not sent by our page."""
    found = []
    for text in texts:
        try:
            found.append(date.fromisoformat(text))
        except ValueError:
            continue
    return found
