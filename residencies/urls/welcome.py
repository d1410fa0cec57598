"""Addresses of one subject: welcome."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import welcome as studio_welcome

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/sejour/", studio_welcome.welcome, name="welcome"),
]
