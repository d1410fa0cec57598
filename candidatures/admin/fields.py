"""Moments as a coordinator says them: "le 15 février inclus", "le 15 février à midi"."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget, AdminTimeWidget
from django.forms.utils import from_current_timezone
from django.utils import timezone
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _

MIDNIGHT = time(0)


class ShortTimeWidget(AdminTimeWidget):
    """``12:00``; the seconds only when there are some."""

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, time):
            return localize_input(value, "%H:%M:%S" if value.second else "%H:%M")
        return super().format_value(value)


class MomentWidget(forms.MultiWidget):
    """A date, and a time that may stay empty. ``end``: what an empty time means (see the field)."""

    template_name = "admin/candidatures/moment.html"
    use_fieldset = True

    def __init__(self, *, end: bool, attrs: dict[str, Any] | None = None) -> None:
        self.end = end
        super().__init__(
            {
                "date": AdminDateWidget(attrs={"aria-label": _("Date")}),
                "time": ShortTimeWidget(attrs={"aria-label": _("Heure, facultative")}),
            },
            attrs,
        )

    def decompress(self, value: datetime | None) -> list[Any]:
        if value is None:
            return [None, None]
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        if local.time() != MIDNIGHT:
            return [local.date(), local.time()]
        return [local.date() - timedelta(days=1) if self.end else local.date(), None]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"end": self.end}


#: An hour as people write it here, beside the 14:30 of the widget: « 9h », « 14h30 », « 14 h 30 ».
HOURS = ("%H:%M:%S", "%H:%M", "%Hh%M", "%H h %M", "%Hh", "%H h")


class MomentField(forms.MultiValueField):
    """A moment typed as a date with an optional time, in the site's time zone.

    ``end=True``: the first instant that is too late. An empty time means "all that day", stored as
    the next midnight; a time means that very time. ``end=False``: an opening, an empty time means
    the first instant of the day. Shown back the same way, so a round trip changes nothing.
    """

    def __init__(self, *, end: bool, **kwargs: Any) -> None:
        self.end = end
        kwargs.setdefault("widget", MomentWidget(end=end))
        super().__init__(
            (
                forms.DateField(
                    error_messages={
                        "required": _("Indiquez la date."),
                        "incomplete": _("Indiquez la date."),
                        "invalid": _("Écrivez la date ainsi : 15/02/2027."),
                    }
                ),
                forms.TimeField(
                    required=False,
                    input_formats=HOURS,
                    error_messages={"invalid": _("Écrivez l'heure ainsi : 12:00, ou laissez vide.")},
                ),
            ),
            require_all_fields=False,
            **kwargs,
        )

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list or data_list[0] is None:
            return None
        day, at = data_list
        if at is None:
            at = MIDNIGHT
            day += timedelta(days=1 if self.end else 0)
        return from_current_timezone(datetime.combine(day, at))


def deadline_field(label: Any, **kwargs: Any) -> MomentField:
    """A deadline, with its one line of help."""
    kwargs.setdefault(
        "help_text", _("Sans heure, toute la journée compte, jusqu'à 23 h 59. Avec une heure, c'est l'heure exacte.")
    )
    return MomentField(end=True, label=label, **kwargs)
