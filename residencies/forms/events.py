"""Forms about events: the coordination's, a team's registration, a resident's, one meeting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.admin.fields import HOURS, ShortTimeWidget, deadline_field
from candidatures.forms.base import Textarea
from candidatures.methods.timetable import Span
from candidatures.models import Season
from clea.ui.dates import hour
from clea.ui.forms import by_name
from residencies.enums import EventKind
from residencies.methods import timetable
from residencies.models import Event, MeetingSlot, Registration, Residency, Room, Unavailability
from residencies.rules import events as rules
from residencies.services import registrations
from residencies.services.events import FIELDS, Item
from structures.models import Commune, Structure, Territory

_BAD_TIME = {"invalid": gettext_lazy("Écrivez l'heure ainsi : 14:30.")}
_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}
_ITEM = re.compile(r"(\d{1,2})\s*(?:h|:)\s*(\d{2})?\s+(.+)")


def _at(day: date, at: time) -> datetime:
    """A local hour of a day; ``ValidationError`` the night the clocks change."""
    return from_current_timezone(datetime.combine(day, at))


def _desk_time(label: Any, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=ShortTimeWidget, input_formats=HOURS, error_messages=_BAD_TIME, **kwargs)


class EventForm(forms.Form):
    """What the coordination writes of an event: its day, then hours of that day."""

    season = forms.ModelChoiceField(Season.objects.none(), label=gettext_lazy("Saison"))
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=EventKind.choices)
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=200)
    slug = forms.SlugField(
        label=gettext_lazy("Adresse de la page"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Vide : elle est faite du titre."),
    )
    summary = forms.CharField(
        label=gettext_lazy("Présentation"),
        max_length=4000,
        required=False,
        widget=Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Markdown."),
    )
    day = forms.DateField(label=gettext_lazy("Jour"), widget=AdminDateWidget, error_messages=_BAD_DAY)
    since = _desk_time(gettext_lazy("De"))
    until = _desk_time(gettext_lazy("À"))
    last_day = forms.DateField(
        label=gettext_lazy("Jusqu'au"),
        widget=AdminDateWidget,
        required=False,
        error_messages=_BAD_DAY,
        help_text=gettext_lazy("S'il dure plusieurs jours."),
    )
    place = forms.CharField(
        label=gettext_lazy("Lieu"), max_length=300, help_text=gettext_lazy("Tel que chacun le lira : salle, adresse.")
    )
    structure = forms.ModelChoiceField(
        Structure.objects.none(), label=gettext_lazy("Structure qui accueille"), required=False
    )
    commune = forms.ModelChoiceField(
        Commune.objects.none(),
        label=gettext_lazy("Commune"),
        required=False,
        help_text=gettext_lazy("Vide : celle de la structure."),
    )
    residencies = forms.ModelMultipleChoiceField(
        Residency.objects.none(),
        label=gettext_lazy("Artistes présents"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    programme = forms.CharField(
        label=gettext_lazy("Programme"),
        required=False,
        widget=Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Une ligne par moment : « 14:30 Accueil | café et présentation »."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Places"),
        min_value=0,
        max_value=100000,
        required=False,
        help_text=gettext_lazy("En personnes. Vide : pas de limite. Au-delà, une liste d'attente."),
    )
    open_to_public = forms.BooleanField(
        label=gettext_lazy("Ouvert à tous"),
        required=False,
        help_text=gettext_lazy("Sinon, aux équipes des structures seulement."),
    )
    registration_closes_at = deadline_field(gettext_lazy("Inscriptions jusqu'au"), required=False)
    meetings_since = _desk_time(gettext_lazy("Rendez-vous, de"), required=False)
    meetings_until = _desk_time(
        gettext_lazy("Rendez-vous, à"), required=False, help_text=gettext_lazy("Vides : il n'y a pas de rendez-vous.")
    )
    slot_minutes = forms.IntegerField(
        label=gettext_lazy("Durée d'un rendez-vous (minutes)"), min_value=5, max_value=120, initial=15
    )
    break_minutes = forms.IntegerField(
        label=gettext_lazy("Entre deux rendez-vous (minutes)"), min_value=0, max_value=60, initial=5
    )
    meetings_per_structure = forms.IntegerField(
        label=gettext_lazy("Rendez-vous par structure, au plus"), min_value=1, max_value=20, initial=3
    )
    rooms = forms.CharField(
        label=gettext_lazy("Salles ou tables des rendez-vous"),
        required=False,
        widget=Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Une par ligne. Un artiste garde la même tant qu'il y en a assez."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, territories: Any, event: Event | None = None) -> None:
        super().__init__(data, initial=self.initial_of(event) if event is not None else None)
        self.event = event
        fields: dict[str, Any] = self.fields
        seasons = Season.objects.filter(programme__territory__in=territories).select_related("programme")
        fields["season"].queryset = seasons
        fields["structure"].queryset = Structure.objects.active().filter(territory__in=territories)
        by_name(fields["structure"])
        fields["commune"].queryset = Commune.objects.filter(territory__in=territories)
        if event is not None:
            fields["residencies"].queryset = Residency.objects.filter(season=event.season_id)
            del fields["season"]
        else:
            fields["residencies"].queryset = Residency.objects.filter(season__in=seasons).live()

    @staticmethod
    def initial_of(event: Event) -> dict[str, Any]:
        start, end = timezone.localtime(event.starts_at), timezone.localtime(event.ends_at)
        since = timezone.localtime(event.meetings_from).time() if event.meetings_from else None
        until = timezone.localtime(event.meetings_to).time() if event.meetings_to else None
        same = ("kind", "title", "slug", "summary", "place", "structure_id", "commune_id", "capacity")
        more = ("open_to_public", "registration_closes_at", "slot_minutes", "break_minutes", "meetings_per_structure")
        values = {name.removesuffix("_id"): getattr(event, name) for name in (*same, *more)}
        lines = [
            f"{timezone.localtime(row.starts_at):%H:%M} {row.title}" + (f" | {row.text}" if row.text else "")
            for row in event.programme.all()
        ]
        return values | {
            "day": start.date(),
            "since": start.time(),
            "until": end.time(),
            "last_day": end.date() if end.date() != start.date() else None,
            "residencies": [row.pk for row in event.residencies.all()],
            "programme": "\n".join(lines),
            "meetings_since": since,
            "meetings_until": until,
            "rooms": "\n".join(row.name for row in event.rooms.all()),
            "version": event.version,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day = data.get("day")
        if not day:
            return data
        for name, on, at in (
            ("starts_at", day, "since"),
            ("ends_at", data.get("last_day") or day, "until"),
            ("meetings_from", day, "meetings_since"),
            ("meetings_to", day, "meetings_until"),
        ):
            try:
                data[name] = _at(on, data[at]) if data.get(at) else None
            except ValidationError:
                self.add_error(at, _("Cette heure n'existe pas ce jour-là, ou y passe deux fois."))
        try:
            data["items"] = self._items(day, data.get("programme") or "")
        except ValidationError as error:
            self.add_error("programme", error)
        return data

    @staticmethod
    def _items(day: date, text: str) -> list[Item]:
        found = []
        for line in filter(None, (line.strip() for line in text.splitlines())):
            match = _ITEM.fullmatch(line)
            if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
                raise ValidationError(_("Commencez chaque ligne par une heure : « %(line)s ».") % {"line": line[:60]})
            title, _bar, words = match[3].partition("|")
            found.append(Item(_at(day, time(int(match[1]), int(match[2] or 0))), title.strip(), words.strip()))
        return found

    #: Where to show what the service refuses of a column that has two fields here.
    _SHOWN = {
        "starts_at": "since",
        "ends_at": "until",
        "meetings_from": "meetings_since",
        "meetings_to": "meetings_until",
    }

    def shown(self, name: str | None) -> str | None:
        found = self._SHOWN.get(name or "", name)
        return found if found in self.fields else None

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        data = self.cleaned_data
        return {name: data[name] for name in FIELDS} | {
            "residencies": list(data["residencies"]),
            "programme": data["items"],
            "rooms": data["rooms"].splitlines(),
        }


class CancelForm(forms.Form):
    """Why the event is called off."""

    why = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        max_length=1000,
        widget=Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Chaque inscrit et chaque artiste le lira."),
    )


def _site_time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=False,
        input_formats=HOURS,
        error_messages=_BAD_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )


class TeamForm(forms.Form):
    """A structure's registration: who comes, whom they wish to meet, when they are not there."""

    name = forms.CharField(label=gettext_lazy("Nom de la personne qui inscrit"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        help_text=gettext_lazy("La confirmation et l'horaire des rendez-vous y sont envoyés."),
    )
    people = forms.IntegerField(label=gettext_lazy("Nombre de personnes"), min_value=1, max_value=50, initial=2)
    attendees = forms.CharField(
        label=gettext_lazy("Qui vient"),
        max_length=2000,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Une personne par ligne, avec son adresse électronique. Elle sert à ne pas donner deux rendez-vous en même "
            "temps à une personne de deux structures."
        ),
    )
    note = forms.CharField(label=gettext_lazy("À savoir"), max_length=500, required=False)

    def __init__(self, data: Any = None, *, event: Event, artists: Sequence[Residency], initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.event, self.artists = event, {str(row.uuid): row for row in artists}
        self.has_meetings = bool(rules.has_meetings(event) and artists)
        if not self.has_meetings:
            return
        choices = [("", _("Aucun")), *((key, row.artist_name) for key, row in self.artists.items())]
        for rank in range(1, len(artists) + 1):
            self.fields[f"wish_{rank}"] = forms.ChoiceField(
                label=_("Souhait n° %(n)d") % {"n": rank}, choices=choices, required=False
            )
        for number in (1, 2):
            self.fields[f"away_{number}_from"] = _site_time(_("Absents de"))
            self.fields[f"away_{number}_to"] = _site_time(_("à"))

    @property
    def wish_fields(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("wish_")]

    @property
    def away_fields(self) -> list[Any]:
        return [(self[f"away_{n}_from"], self[f"away_{n}_to"]) for n in (1, 2)] if self.has_meetings else []

    @staticmethod
    def initial_of(row: Registration, wishes: Sequence[Residency], away: Sequence[Unavailability]) -> dict[str, Any]:
        found: dict[str, Any] = {name: getattr(row, name) for name in ("name", "email", "people", "attendees", "note")}
        found |= {f"wish_{rank}": str(one.uuid) for rank, one in enumerate(wishes, start=1)}
        for number, gone in enumerate(away[:2], start=1):
            found[f"away_{number}_from"] = timezone.localtime(gone.starts_at).time()
            found[f"away_{number}_to"] = timezone.localtime(gone.ends_at).time()
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        wanted = [data.get(name) for name in self.fields if name.startswith("wish_") and data.get(name)]
        for name in [name for name in self.fields if name.startswith("wish_")]:
            if data.get(name) and wanted.count(data[name]) > 1:
                self.add_error(name, _("Cet artiste est demandé deux fois : gardez un seul rang."))
                break
        data["wishes"] = [self.artists[key] for key in wanted if key in self.artists]
        data["away"] = self._away(data)
        return data

    def _away(self, data: dict[str, Any]) -> list[Span]:
        found: list[Span] = []
        if not self.has_meetings:
            return found
        day = timezone.localtime(self.event.meetings_from).date()
        for number in (1, 2):
            since, until = data.get(f"away_{number}_from"), data.get(f"away_{number}_to")
            if not since and not until:
                continue
            if not since or not until or since >= until:
                self.add_error(f"away_{number}_to", _("Donnez les deux heures, dans l'ordre."))
                continue
            found.append(Span(_at(day, since), _at(day, until)))
        return found

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        names = ("name", "email", "people", "attendees", "note", "wishes", "away")
        return {name: self.cleaned_data[name] for name in names}


class PublicForm(forms.Form):
    """A resident's registration. ``website`` is a trap: people do not see it, programs that fill everything do."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Votre nom"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Indiquez votre nom.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Votre adresse électronique"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy("Pour la confirmation, et pour annuler si vous ne venez plus. Rien d'autre."),
        error_messages={
            "required": gettext_lazy("Indiquez votre adresse : la confirmation y est envoyée."),
            "invalid": gettext_lazy("Cette adresse n'est pas complète. Exemple : prenom.nom@exemple.fr."),
        },
    )
    people = forms.IntegerField(
        label=gettext_lazy("Nombre de personnes"), min_value=1, max_value=registrations.MOST_PUBLIC, initial=1
    )
    website = forms.CharField(
        label=gettext_lazy("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def trapped(self) -> bool:
        """Whether a program filled what people do not see. To be read once the form is valid."""
        return bool(self.cleaned_data.get("website"))


class MeetingForm(forms.Form):
    """One meeting, put or moved by hand."""

    structure = forms.ModelChoiceField(Structure.objects.none(), label=gettext_lazy("Structure"))
    residency = forms.ModelChoiceField(Residency.objects.none(), label=gettext_lazy("Artiste"))
    starts_at = forms.ChoiceField(label=gettext_lazy("Heure"))
    room = forms.ModelChoiceField(Room.objects.none(), label=gettext_lazy("Salle"))

    def __init__(self, data: Any = None, *, event: Event, meeting: MeetingSlot | None = None) -> None:
        initial = None
        if meeting is not None:
            initial = {
                "structure": meeting.structure_id,
                "residency": meeting.residency_id,
                "starts_at": meeting.starts_at.isoformat(),
                "room": meeting.room_id,
            }
        super().__init__(data, initial=initial)
        fields: dict[str, Any] = self.fields
        fields["structure"].queryset = Structure.objects.filter(
            pk__in=Registration.objects.filter(event=event, state="confirmed").values("structure")
        )
        fields["residency"].queryset = event.residencies.order_by("artist_name")
        fields["room"].queryset = Room.objects.filter(event=event)
        grid: tuple[Span, ...] = ()
        if event.meetings_from and event.meetings_to:
            grid = timetable.slots(event.meetings_from, event.meetings_to, event.slot_minutes, event.break_minutes)
        self.moments = {slot.start.isoformat(): slot.start for slot in grid}
        fields["starts_at"].choices = [(key, hour(start)) for key, start in self.moments.items()]

    def values(self) -> dict[str, Any]:
        """What the service writes. Call on a valid form."""
        data = self.cleaned_data
        return {
            "structure": data["structure"],
            "residency": data["residency"],
            "room": data["room"],
            "starts_at": self.moments[data["starts_at"]],
        }


class AwayForm(forms.Form):
    """When an artist is not there: two stretches of the day at most."""

    residency = forms.ModelChoiceField(Residency.objects.none(), label=gettext_lazy("Artiste"))
    since = _desk_time(gettext_lazy("Absent de"), required=False)
    until = _desk_time(
        gettext_lazy("à"), required=False, help_text=gettext_lazy("Laissez vide pour effacer ce qui était noté.")
    )

    def __init__(self, data: Any = None, *, event: Event) -> None:
        super().__init__(data, auto_id="absence_%s")
        self.event = event
        self.fields["residency"].queryset = event.residencies.order_by("artist_name")  # type: ignore[attr-defined]

    def spans(self) -> list[Span]:
        """Call on a valid form."""
        data = self.cleaned_data
        if not data["since"] or self.event.meetings_from is None:
            return []
        day = timezone.localtime(self.event.meetings_from).date()
        return [Span(_at(day, data["since"]), _at(day, data["until"]))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if bool(since) != bool(until) or (since and until and since >= until):
            self.add_error("until", _("Donnez les deux heures, dans l'ordre, ou aucune."))
        return data


def territories_of(user: Any) -> Any:
    """Those whose desk the person holds, as a subquery."""
    return Territory.objects.coordinated_by(user).values("pk")
