"""Addresses of one subject: calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import calendar as studio_calendar
from residencies.views.team import calendar as team_calendar

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/calendrier/", studio_calendar.calendar, name="calendar"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/calendrier/", team_calendar.calendar, name="calendar"),
]
#: Below /calendriers/, namespace ``feeds``.
feeds: list[URLPattern] = []
