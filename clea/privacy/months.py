"""Months as the law counts them: from the same day, or the last of a shorter month."""

from __future__ import annotations

import calendar
from datetime import date


def after(day: date, months: int) -> date:
    """That many months after this day: 30 November and three months is the last day of February."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
