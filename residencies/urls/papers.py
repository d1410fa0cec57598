"""Addresses of one subject: papers."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import papers as studio_papers

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/documents/", studio_papers.papers, name="papers"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = []
