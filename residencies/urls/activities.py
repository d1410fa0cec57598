"""Addresses of one subject: activities."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import activities as studio_activities
from residencies.views.team import activities as team_activities

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/activites/", studio_activities.activities, name="activities"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/activites/", team_activities.activities, name="activities"),
]
