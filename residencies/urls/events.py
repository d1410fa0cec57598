"""Addresses of one subject: events."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import works as studio_works
from residencies.views.team import events as team_events
from residencies.views.team import works as team_works

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/oeuvres/", studio_works.works, name="works"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/rendez-vous/", team_events.events, name="events"),
    path("<uuid:uuid>/oeuvres/", team_works.works, name="works"),
]
#: At the root, namespace ``residencies``.
public: list[URLPattern] = []
