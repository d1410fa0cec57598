"""The season as a line: call, jury, immersion, phases, bilan, and where today stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dates import MONTHS_3

from clea.ui import dates

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WIDTH, PADDING = 1000, 12
"""Units of the drawing; the style sheet gives it its real width."""


@dataclass(frozen=True)
class Step:
    """One stretch of the season. ``ends`` is the last day, included; the same as ``starts`` for a day."""

    label: str | _StrPromise
    starts: date
    ends: date
    detail: str | _StrPromise = ""
    href: str = ""
    key: str = ""


def _today() -> date:
    return timezone.localdate()


def _place(steps: Sequence[Step], today: date) -> dict[str, Any]:
    first = min(step.starts for step in steps).replace(day=1)
    last = max(step.ends for step in steps)
    total = max((last - first).days + 1, 1)

    def x(moment: date) -> float:
        return round(PADDING + (WIDTH - 2 * PADDING) * (moment - first).days / total, 1)

    here = x(today) if first <= today <= last else None
    months: list[dict[str, Any]] = []
    cursor = first
    while cursor <= last:
        named_year = cursor.year if cursor.month == 1 or cursor == first else None
        months.append({"x": x(cursor), "name": str(MONTHS_3[cursor.month]), "year": named_year})
        cursor = (cursor.replace(day=28) + timedelta(days=4)).replace(day=1)
    # More than sixteen months on one line: name every second one, keep every tick.
    every = 2 if len(months) > 16 else 1
    for index, month in enumerate(months):
        month["named"] = index % every == 0
    return {
        "months": months,
        "bars": [
            {"x": x(step.starts), "width": round(max(x(step.ends + timedelta(days=1)) - x(step.starts), 6), 1)}
            for step in steps
        ],
        "today_x": here,
        # The word goes where there is room: after the mark, or before it near the end.
        "word_end": here is not None and here > WIDTH * 0.85,
        "word_x": None if here is None else here + (-12 if here > WIDTH * 0.85 else 12),
    }


def line(steps: Sequence[Step], today: date | None = None) -> dict[str, Any]:
    """What ``components/season_line.html`` shows: each step with its state, and the drawing's figures.

    State: ``done`` (over), ``current`` (today is in it), ``next`` (the first to come when nothing runs),
    ``future``. An empty sequence gives an empty line.
    """
    if not steps:
        return {"entries": [], "drawing": None}
    now = today or _today()
    drawing = _place(steps, now)
    running = any(step.starts <= now <= step.ends for step in steps)
    entries: list[dict[str, Any]] = []
    upcoming = False
    for step, figure in zip(steps, drawing["bars"], strict=True):
        if step.ends < now:
            state = "done"
        elif step.starts <= now:
            state = "current"
        elif not running and not upcoming:
            state, upcoming = "next", True
        else:
            state = "future"
        when = dates.span(step.starts, step.ends)
        entries.append({"step": step, "state": state, "when": when, "number": len(entries) + 1} | figure)
    return {"entries": entries, "drawing": drawing, "today": now, "width": WIDTH}


def remaining(until: datetime | None) -> dict[str, Any]:
    """What is left before a moment: ``count`` and ``unit`` (days, hours, minutes), ``over`` once passed.

    Days are calendar days in the site's time zone: the evening before the last day, one day is left.
    """
    if until is None:
        return {"over": False, "count": None, "unit": ""}
    left = until - timezone.now()
    if left <= timedelta(0):
        return {"over": True, "count": 0, "unit": ""}
    closing = timezone.localtime(until) - timedelta(microseconds=1)
    days = (closing.date() - timezone.localdate()).days
    if days >= 1:
        return {"over": False, "count": days, "unit": "days"}
    hours = int(left.total_seconds() // 3600)
    if hours >= 1:
        return {"over": False, "count": hours, "unit": "hours"}
    return {"over": False, "count": max(1, int(left.total_seconds() // 60)), "unit": "minutes"}
