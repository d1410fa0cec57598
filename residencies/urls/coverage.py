"""Addresses of one subject: coverage."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import coverage as studio_coverage

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/structures/", studio_coverage.coverage, name="coverage"),
    path("<uuid:uuid>/structures/ou-aller/", studio_coverage.next_places, name="where_next"),
]
