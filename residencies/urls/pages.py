"""Addresses of what anyone reads."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.feeds import AgendaFeed
from residencies.views.public import pages

#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("residences/", pages.residency_list, name="list"),
    path("residences/<slug:slug>/", pages.residency, name="residency"),
    path("agenda/", pages.agenda, name="agenda"),
    path("agenda/agenda.ics", pages.agenda_calendar, name="agenda_calendar"),
    path("agenda/fil.atom", AgendaFeed(), name="agenda_feed"),
]
