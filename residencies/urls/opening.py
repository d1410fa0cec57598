"""Addresses of one subject: opening."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import home as studio_home

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("", studio_home.index, name="index"),
    path("<uuid:uuid>/", studio_home.home, name="home"),
]
