"""Addresses of one subject: trips."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import trips

_TRIPS = "<uuid:uuid>/argent/voyages/"
_TRIP = f"{_TRIPS}<uuid:key>/"

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's, ``key`` the payment's.
studio: list[URLPattern] = [
    path(f"{_TRIPS}nouveau/", trips.new, name="trip_new"),
    path(f"{_TRIPS}nouveau/<uuid:period>/<slug:mode>/", trips.write, name="trip_write"),
    path(_TRIP, trips.trip, name="trip"),
    path(f"{_TRIP}modifier/", trips.change, name="trip_change"),
    path(f"{_TRIP}retirer/", trips.withdraw, name="trip_withdraw"),
]
