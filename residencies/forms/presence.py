"""A week of presence, day by day: what was done of the days gone by, what is planned of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clea.ui.dates import day as day_words
from residencies.enums import AbsenceReason, DayPart
from residencies.methods.presence import Ledger, LedgerDay
from residencies.methods.weeks import clamped, monday
from residencies.models import PresenceDay, Residency
from residencies.selectors.presence import ledger_of
from residencies.services.presence import DayNote, DaysRefused, stamp, week_rows

_UNSAID = [("", "–")]


class DayForm(forms.Form):
    """One day. ``gone``: it may be said what was done; else what is planned. ``locked``: verified, shown only."""

    part = forms.ChoiceField(choices=[*_UNSAID, *DayPart.choices], required=False)
    absence = forms.ChoiceField(label=gettext_lazy("Motif"), choices=[*_UNSAID, *AbsenceReason.choices], required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(
        self, data: Mapping[str, Any] | None, *, day: date, line: LedgerDay | None, gone: bool, locked: bool
    ) -> None:
        said = (line.done or "") if gone and line else ""
        planned = line.planned if line else DayPart.NONE
        initial = {
            "part": said if gone else planned,
            "absence": line.absence if line else "",
            "note": line.note if line else "",
        }
        super().__init__(data, prefix=f"j{day:%Y%m%d}", initial=initial)
        self.day, self.line, self.gone, self.locked, self.planned = day, line, gone, locked, planned
        when = day_words(day, year=False)
        self.fields["part"].label = _("Présence du %(day)s") % {"day": when}
        self.fields["absence"].label = _("Motif, %(day)s") % {"day": when}
        self.fields["note"].label = _("Note, %(day)s") % {"day": when}

    @property
    def planned_label(self) -> str:
        return str(DayPart(self.planned).label)

    def to_note(self) -> DayNote:
        data = self.cleaned_data
        part = data["part"]
        return DayNote(
            day=self.day,
            done=part if self.gone else "",
            planned="" if self.gone else part,
            absence=data["absence"],
            note=data["note"],
            clear=self.gone and not part,
        )


class WeekForm:
    """The seven days from ``first``, a Monday. Built from the ledger and the rows of the week: one query."""

    def __init__(
        self,
        residency: Residency,
        ledger: Ledger,
        first: date,
        today: date,
        *,
        desk: bool,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.monday, self.today = first, today
        self.rows: list[PresenceDay] = week_rows(residency, first)
        self.stamp = stamp(self.rows)
        self.forms = [
            DayForm(
                data,
                day=day,
                line=ledger.on(day),
                gone=day <= today,
                locked=not desk and any(row.day == day and row.checked_at for row in self.rows),
            )
            for day in (first + timedelta(days=offset) for offset in range(7))
        ]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def previous(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def following(self) -> date:
        return self.monday + timedelta(days=7)

    @property
    def open_forms(self) -> list[DayForm]:
        return [form for form in self.forms if not form.locked]

    @property
    def can_be_as_planned(self) -> bool:
        """A day gone by with something planned waits for a word."""
        return any(
            form.line and form.gone and form.line.done is None and form.line.value_planned for form in self.open_forms
        )

    @property
    def to_check(self) -> list[date]:
        return [form.day for form in self.forms if form.line and form.line.done is not None and not form.line.checked]

    @property
    def checked(self) -> list[date]:
        return [form.day for form in self.forms if form.line and form.line.checked]

    def is_valid(self) -> bool:
        """Every day is read, so that every error is told at once."""
        return not [form for form in self.open_forms if not form.is_valid()]

    def notes(self) -> list[DayNote]:
        return [form.to_note() for form in self.open_forms]

    def refuse(self, error: DaysRefused) -> None:
        """Put what the service refused beside the day it is about."""
        for form in self.forms:
            found = error.errors.get(form.day)
            if found is not None:
                field = "absence" if found.code in {"reason_missing", "unknown_reason"} else "part"
                form.add_error(field, capfirst(str(found)))


def asked_week(text: str) -> date | None:
    """The Monday of the day written in the address; nothing for what is not a day."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return monday(clamped(day)) if day else None


def week_page(residency: Residency, week: str, *, desk: bool, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``ledger``, ``week`` (:class:`WeekForm`), ``to_note`` and ``to_check`` (Mondays). Three queries.

    Without a week in the address: the first one that waits, else the present one.
    """
    today = timezone.localdate()
    ledger = ledger_of(residency)
    to_note = _mondays(line.day for line in ledger.to_note(today))
    to_check = _mondays(line.day for line in ledger.to_check())
    waiting = to_check if desk else to_note
    shown = asked_week(week) or (waiting[0] if waiting else monday(today))
    return {
        "ledger": ledger,
        "week": WeekForm(residency, ledger, shown, today, desk=desk, data=data),
        "to_note": to_note,
        "to_check": to_check,
        "days_to_check": len(ledger.to_check()),
        "today": today,
    }


def _mondays(days: Iterable[date]) -> list[date]:
    return sorted({monday(day) for day in days})
