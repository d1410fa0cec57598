"""Forms about interviews: series of slots, one slot, invitations, notes."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.admin.fields import HOURS, ShortTimeWidget, deadline_field
from candidatures.enums import InterviewMode
from candidatures.forms.base import Textarea
from candidatures.methods.timetable import Span, series
from candidatures.models import Application, InterviewNote, InterviewSlot
from candidatures.services.jury.interviews import Room

PARIS = ZoneInfo("Europe/Paris")
_BAD_TIME = {"invalid": gettext_lazy("Écrivez l'heure ainsi : 14:30.")}
_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}


class _RoomForm(forms.Form):
    """Where: the place or the address, as the mode wants."""

    mode = forms.ChoiceField(
        label=gettext_lazy("Forme"),
        choices=InterviewMode.choices,
        widget=forms.RadioSelect,
        initial=InterviewMode.IN_PERSON,
    )
    place = forms.CharField(
        label=gettext_lazy("Lieu"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Pour un entretien sur place : l'adresse et la salle, telles que l'artiste les lira."),
    )
    link = forms.URLField(
        label=gettext_lazy("Adresse de la visioconférence"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Pour un entretien à distance. Elle n'est montrée qu'une fois le créneau réservé."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        mode = data.get("mode")
        if mode == InterviewMode.IN_PERSON and not (data.get("place") or "").strip() and "place" not in self.errors:
            self.add_error("place", _("Donnez le lieu de l'entretien."))
        if mode == InterviewMode.REMOTE and not data.get("link") and "link" not in self.errors:
            self.add_error("link", _("Donnez l'adresse de la visioconférence."))
        return data

    def room(self) -> Room:
        """What was given, without what the other mode would need. Call on a valid form."""
        mode = InterviewMode(self.cleaned_data["mode"])
        if mode == InterviewMode.IN_PERSON:
            return Room(mode, place=self.cleaned_data["place"].strip())
        return Room(mode, link=self.cleaned_data["link"])


class SeriesForm(_RoomForm):
    """A day of slots: from, to, length, pause."""

    day = forms.DateField(label=gettext_lazy("Jour"), widget=AdminDateWidget, error_messages=_BAD_DAY)
    since = forms.TimeField(
        label=gettext_lazy("De"),
        widget=ShortTimeWidget,
        initial=time(9),
        input_formats=HOURS,
        error_messages=_BAD_TIME,
    )
    until = forms.TimeField(
        label=gettext_lazy("À"),
        widget=ShortTimeWidget,
        initial=time(12),
        input_formats=HOURS,
        error_messages=_BAD_TIME,
        help_text=gettext_lazy("Le dernier créneau finit à cette heure, ou avant."),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Durée d'un entretien (minutes)"), min_value=5, max_value=240, initial=30
    )
    pause = forms.IntegerField(label=gettext_lazy("Pause entre deux (minutes)"), min_value=0, max_value=240, initial=10)
    field_order = ("day", "since", "until", "minutes", "pause", "mode", "place", "link")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        since, until = data.get("since"), data.get("until")
        if since and until and since >= until:
            self.add_error("until", _("L'heure de fin doit suivre celle du début."))
        return data

    def spans(self) -> list[Span]:
        """The slots, one by one. Call on a valid form."""
        data = self.cleaned_data
        return series(data["day"], data["since"], data["until"], data["minutes"], data["pause"], PARIS)


class SlotForm(_RoomForm):
    """One slot, moved or corrected."""

    day = forms.DateField(label=gettext_lazy("Jour"), widget=AdminDateWidget, error_messages=_BAD_DAY)
    at = forms.TimeField(
        label=gettext_lazy("Heure"), widget=ShortTimeWidget, input_formats=HOURS, error_messages=_BAD_TIME
    )
    minutes = forms.IntegerField(label=gettext_lazy("Durée (minutes)"), min_value=5, max_value=240)
    seen = forms.CharField(widget=forms.HiddenInput)
    field_order = ("day", "at", "minutes", "mode", "place", "link")

    @staticmethod
    def initial_of(slot: InterviewSlot) -> dict[str, Any]:
        start = timezone.localtime(slot.starts_at)
        return {
            "day": start.date(),
            "at": start.time(),
            "minutes": slot.minutes,
            "mode": slot.mode,
            "place": slot.place,
            "link": slot.link,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("day") and data.get("at"):
            try:
                data["starts_at"] = from_current_timezone(datetime.combine(data["day"], data["at"]))
            except ValidationError:
                self.add_error("at", _("Cette heure n'existe pas ce jour-là, ou y passe deux fois."))
        return data


class InviteForm(forms.Form):
    """Whom, and by when they book."""

    applications = forms.ModelMultipleChoiceField(
        Application.objects.none(),
        to_field_name="uuid",
        label=gettext_lazy("Dossiers"),
        error_messages={"required": gettext_lazy("Cochez d'abord un dossier ou plusieurs.")},
    )
    book_by = deadline_field(gettext_lazy("À réserver jusqu'au"))

    def __init__(self, data: Any = None, *, call_id: int) -> None:
        super().__init__(data, auto_id="inviter_%s")
        self.fields["applications"].queryset = Application.objects.filter(call=call_id)  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Who gets this slot."""

    application = forms.ModelChoiceField(
        Application.objects.none(),
        to_field_name="uuid",
        label=gettext_lazy("Dossier de la présélection"),
        empty_label=gettext_lazy("Choisissez"),
    )

    def __init__(self, data: Any = None, *, applications: Any) -> None:
        super().__init__(data, auto_id="attribuer_%s")
        self.fields["application"].queryset = applications  # type: ignore[attr-defined]


class WordsForm(forms.Form):
    """What the artist, or the coordination, will read."""

    words = forms.CharField(
        label=gettext_lazy("Message joint"), max_length=1000, required=False, widget=Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    """Notes on an interview."""

    text = forms.CharField(
        label=gettext_lazy("Vos notes"),
        max_length=InterviewNote._meta.get_field("text").max_length,
        required=False,
        strip=False,
        widget=Textarea(attrs={"rows": 14}),
    )
