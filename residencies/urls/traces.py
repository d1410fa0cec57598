"""Addresses of one subject: traces."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.public import press_kits
from residencies.views.public import traces as public_traces
from residencies.views.studio import traces as studio_traces

_SMALL, _LIGHT = {"size": "thumbnail"}, {"size": "light"}

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/traces/", studio_traces.traces, name="traces"),
    path("<uuid:uuid>/traces/<slug:kind>/ajouter/", studio_traces.add, name="trace_add"),
    path("<uuid:uuid>/traces/<slug:kind>/<uuid:key>/", studio_traces.change, name="trace"),
    path("<uuid:uuid>/traces/<slug:kind>/<uuid:key>/supprimer/", studio_traces.remove, name="trace_remove"),
]
#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("images/<uuid:uuid>.<slug:ext>", public_traces.picture, name="picture"),
    path("images/<uuid:uuid>-petite.<slug:ext>", public_traces.picture, _SMALL, name="picture_small"),
    path("images/<uuid:uuid>-legere.<slug:ext>", public_traces.picture, _LIGHT, name="picture_light"),
    path("consentements/<str:token>/", public_traces.consent, name="consent"),
    path("residences/<slug:slug>/dossier-de-presse/", press_kits.press_kit, name="press_kit"),
    path("residences/<slug:slug>/dossier-de-presse.zip", press_kits.press_kit_zip, name="press_kit_zip"),
]
