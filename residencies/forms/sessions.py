"""Forms about a session: when, where, who, for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from residencies.enums import AudienceCategory
from residencies.models import Activity, Residency, Session
from residencies.rules.presence import in_reach
from residencies.services.sessions import MOST_WEEKS, Wanted
from structures.models import Commune, Structure

#: Hours as people write them, beside the 14:30 of the browser.
HOURS = ("%H:%M:%S", "%H:%M", "%Hh%M", "%H h %M", "%Hh", "%H h")
DAYS = ("%Y-%m-%d", "%d/%m/%Y")
_BAD_DAY = {"invalid": gettext_lazy("Écrivez la date ainsi : 15/02/2027.")}
_BAD_TIME = {"invalid": gettext_lazy("Écrivez l'heure ainsi : 14:30.")}
_USUAL_MINUTES = 90


def _day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        input_formats=DAYS,
        error_messages=_BAD_DAY,
        **kwargs,
    )


def _time_field(**kwargs: Any) -> forms.TimeField:
    return forms.TimeField(
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        input_formats=HOURS,
        error_messages=_BAD_TIME,
        **kwargs,
    )


class SessionForm(forms.Form):
    """A session as wished. Its people and places are those of the activity."""

    use_required_attribute = False
    day = _day_field(label=gettext_lazy("Jour"))
    at = _time_field(label=gettext_lazy("De"))
    until = _time_field(label=gettext_lazy("À"))
    last_day = _day_field(
        label=gettext_lazy("Dernier jour"),
        required=False,
        help_text=gettext_lazy("Pour ce qui dure plusieurs jours, comme une exposition. L'heure de fin est la sienne."),
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("Nombre de semaines"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        required=False,
        help_text=gettext_lazy("Plus d'une : la même heure chaque semaine, une séance par semaine."),
    )
    host = forms.ModelChoiceField(
        Structure.objects.none(),
        label=gettext_lazy("Chez"),
        required=False,
        empty_label=gettext_lazy("Ailleurs : dites où"),
    )
    place = forms.CharField(
        label=gettext_lazy("Lieu précis"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Salle, classe, entrée… ou l'adresse si c'est ailleurs."),
    )
    commune = forms.ModelChoiceField(
        Commune.objects.none(),
        label=gettext_lazy("Commune"),
        required=False,
        empty_label=gettext_lazy("Celle de la structure"),
    )
    residencies = forms.ModelMultipleChoiceField(
        Residency.objects.none(), label=gettext_lazy("Artistes présents"), widget=forms.CheckboxSelectMultiple
    )
    structures = forms.ModelMultipleChoiceField(
        Structure.objects.none(),
        label=gettext_lazy("Structures présentes"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Ouverte au public"),
        required=False,
        help_text=gettext_lazy("Elle paraît alors dans l'agenda public."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, activity: Activity, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activity, self.session = activity, session
        self._offer("residencies", list(activity.residencies.all()))
        places = list(activity.structures.select_related("commune"))
        self._offer("structures", places)
        self._offer("host", places)
        communes = Commune.objects.filter(territory=activity.territory).order_by("slug")
        self._offer("commune", list(communes))
        for category in AudienceCategory:
            self.fields[f"expected_{category.value}"] = forms.IntegerField(
                label=category.label, min_value=0, max_value=100_000, required=False
            )
        if session is not None:
            del self.fields["weeks"]
            self.initial = {**initial_of(session), **self.initial}
        else:
            self.initial = {**_fresh(activity, places), **self.initial}
        if not places:
            del self.fields["structures"], self.fields["host"]
            self.fields["commune"].empty_label = _("Choisissez")  # type: ignore[attr-defined]

    def _offer(self, name: str, rows: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows]) if rows else field.queryset
        blank = [("", field.empty_label)] if field.empty_label is not None else []
        field.choices = [*blank, *((row.pk, str(row)) for row in rows)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("day", "last_day"):
            if data.get(name) and not (near := in_reach(self.activity.season, data[name])):
                self.add_error(name, str(near.reason))
        last, day = data.get("last_day"), data.get("day")
        if last and day and last < day:
            self.add_error("last_day", _("Le dernier jour ne peut pas venir avant le premier."))
        same_day = not last or last == day
        if same_day and data.get("at") and data.get("until") and data["until"] <= data["at"]:
            self.add_error("until", _("L'heure de fin doit suivre celle du début."))
        nowhere = not data.get("host") and not data.get("commune") and not (data.get("place") or "").strip()
        if nowhere and not {"host", "commune", "place"} & self.errors.keys():
            self.add_error("commune", _("Dites où : chez une structure, ou dans quelle commune."))
        return data

    def wanted(self) -> Wanted:
        """The session as typed. Call on a valid form."""
        data = self.cleaned_data
        return Wanted(
            starts_at=local(data["day"], data["at"]),
            ends_at=local(data["last_day"] or data["day"], data["until"]),
            host=data.get("host"),
            place=data["place"],
            commune=data["commune"],
            residencies=list(data["residencies"]),
            structures=list(data.get("structures", ())),
            audience={
                category.value: data[f"expected_{category.value}"]
                for category in AudienceCategory
                if data[f"expected_{category.value}"] is not None
            },
            is_public=data["is_public"],
        )

    def length(self) -> int:
        """Minutes wished for, as far as they can be read; the usual ninety otherwise."""
        data: dict[str, Any] = getattr(self, "cleaned_data", {}) if self.is_bound else dict(self.initial)
        start, end = data.get("at"), data.get("until")
        if not start or not end or end <= start or data.get("last_day") not in (None, data.get("day")):
            return _USUAL_MINUTES
        anchor = date(2000, 1, 1)
        return (datetime.combine(anchor, end) - datetime.combine(anchor, start)) // timedelta(minutes=1)

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their subject, those that this activity has."""
        subjects = (
            (_("Quand"), ("day", "at", "until", "last_day", "weeks")),
            (_("Où"), ("host", "place", "commune")),
            (_("Qui"), ("residencies", "structures", "is_public")),
        )
        rows = [(title, [self[name] for name in names if name in self.fields]) for title, names in subjects]
        return [*rows, (_("Public attendu"), self.audience)]

    @property
    def audience(self) -> list[forms.BoundField]:
        return [self[f"expected_{category.value}"] for category in AudienceCategory]


def local(day: date, at: time) -> datetime:
    """Aware, the hour of Paris. An hour that summer time skips is the next one."""
    return timezone.make_aware(datetime.combine(day, at))


def initial_of(session: Session) -> dict[str, Any]:
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return {
        "day": start.date(),
        "at": start.time().replace(second=0, microsecond=0),
        "until": end.time().replace(second=0, microsecond=0),
        "last_day": end.date() if end.date() != start.date() else None,
        "host": session.host_id,
        "place": session.place,
        "commune": session.commune_id,
        "residencies": [row.pk for row in session.residencies.all()],
        "structures": [row.pk for row in session.structures.all()],
        "is_public": session.is_public,
        "version": session.version,
    } | {f"expected_{row.category}": row.expected for row in session.audience.all()}


def _fresh(activity: Activity, places: Sequence[Structure]) -> dict[str, Any]:
    return {
        "host": places[0].pk if places else None,
        "residencies": [row.pk for row in activity.residencies.all()],
        "structures": [row.pk for row in places],
    }
