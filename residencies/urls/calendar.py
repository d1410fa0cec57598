"""Addresses of one subject: calendar."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views import feeds as feed_views
from residencies.views.studio import calendar as studio_calendar
from residencies.views.team import calendar as team_calendar

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/calendrier/", studio_calendar.calendar, name="calendar"),
    path("<uuid:uuid>/calendrier/abonnement/", studio_calendar.feed, name="calendar_feed"),
    path("<uuid:uuid>/calendrier/presence/", studio_calendar.presence, name="presence"),
    path("<uuid:uuid>/calendrier/presence/comme-prevu/", studio_calendar.as_planned, name="presence_as_planned"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/calendrier/", team_calendar.calendar, name="calendar"),
    path("<uuid:uuid>/calendrier/abonnement/", team_calendar.feed, name="calendar_feed"),
]
#: Below /calendriers/, namespace ``feeds``.
feeds: list[URLPattern] = [
    path("<str:token>.ics", feed_views.feed, name="feed"),
]
