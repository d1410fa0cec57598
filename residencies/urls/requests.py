"""Addresses of one subject: requests."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.team import home as team_home
from residencies.views.team import people as team_people
from residencies.views.team import requests as team_requests

#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("", team_home.index, name="index"),
    path("<uuid:uuid>/", team_home.home, name="home"),
    path("<uuid:uuid>/equipe/", team_people.people, name="people"),
    path("<uuid:uuid>/souhaits/", team_requests.requests, name="requests"),
]
