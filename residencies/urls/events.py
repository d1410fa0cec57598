"""Addresses of one subject: events."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.public import events as public_events
from residencies.views.public import works as public_works
from residencies.views.studio import works as studio_works
from residencies.views.team import events as team_events
from residencies.views.team import works as team_works

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/oeuvres/", studio_works.works, name="works"),
    path("<uuid:uuid>/oeuvres/ajouter/", studio_works.add, name="work_add"),
    path("<uuid:uuid>/oeuvres/reprendre/", studio_works.take, name="works_take"),
    path("<uuid:uuid>/oeuvres/<uuid:work>/", studio_works.change, name="work"),
    path("<uuid:uuid>/oeuvres/<uuid:work>/retirer/", studio_works.remove, name="work_remove"),
    path("<uuid:uuid>/rendez-vous/", studio_works.meetings, name="meetings"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/rendez-vous/", team_events.events, name="events"),
    path("<uuid:uuid>/rendez-vous/<uuid:event>/", team_events.event, name="event"),
    path("<uuid:uuid>/rendez-vous/<uuid:event>/annuler/", team_events.cancel, name="event_cancel"),
    path("<uuid:uuid>/oeuvres/", team_works.works, name="works"),
    path("<uuid:uuid>/oeuvres/<uuid:work>/", team_works.book, name="work"),
    path("<uuid:uuid>/oeuvres/demandes/<uuid:booking>/annuler/", team_works.call_off, name="booking_cancel"),
]
#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("evenements/<slug:slug>/", public_events.event, name="event"),
    path("evenements/<slug:slug>/inscription/", public_events.register, name="event_register"),
    path("evenements/<slug:slug>/inscription/envoyee/", public_events.sent, name="event_sent"),
    path("evenements/<slug:slug>/inscription/<str:token>/", public_events.registered, name="event_registered"),
    path("oeuvres/", public_works.works, name="works"),
    path("oeuvres/<uuid:uuid>/", public_works.work, name="work"),
]
