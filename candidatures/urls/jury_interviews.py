"""Addresses of interviews in the jury's space, and in the artist's. ``slug`` is the call's."""

from __future__ import annotations

from django.urls import URLPattern, path

from candidatures.views import interview_booking
from candidatures.views.jury import interviews

#: Below /jury/, namespace ``jury``.
jury: list[URLPattern] = [
    path("entretiens/<str:token>/entretiens.ics", interviews.feed, name="interviews_feed"),
    path("<slug:slug>/entretiens/", interviews.listing, name="interviews"),
    path("<slug:slug>/entretiens/adresse/", interviews.reset_feed, name="interviews_reset"),
    path("<slug:slug>/entretiens/<uuid:uuid>/", interviews.interview, name="interview"),
]
#: Below /candidatures/, namespace ``applications``.
applicant: list[URLPattern] = [
    path("<uuid:uuid>/entretien/", interview_booking.interview, name="interview"),
    path("<uuid:uuid>/entretien/decliner/", interview_booking.decline, name="interview_decline"),
    path("<uuid:uuid>/entretien/entretien.ics", interview_booking.calendar, name="interview_calendar"),
]
