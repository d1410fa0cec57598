"""Addresses of one subject: steering."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.public import steering as public_steering

#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("pilotage/", public_steering.meetings, name="steering"),
    path("pilotage/<uuid:uuid>/", public_steering.meeting, name="steering_meeting"),
    path("pilotage/<uuid:uuid>/compte-rendu.pdf", public_steering.minutes_pdf, name="steering_minutes"),
    path("pilotage/<uuid:uuid>/documents/<uuid:paper>.pdf", public_steering.paper_pdf, name="steering_paper"),
]
