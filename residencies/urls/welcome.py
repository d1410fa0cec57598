"""Addresses of one subject: welcome."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.public import kits as public_kits
from residencies.views.studio import welcome as studio_welcome
from residencies.views.studio import welcome_incidents as studio_incidents

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/sejour/", studio_welcome.welcome, name="welcome"),
    path("<uuid:uuid>/sejour/programme/", studio_welcome.programme, name="welcome_programme"),
    path("<uuid:uuid>/sejour/etat-des-lieux/<uuid:key>/", studio_welcome.inventory, name="welcome_inventory"),
    path(
        "<uuid:uuid>/sejour/etat-des-lieux/<uuid:key>.pdf", studio_welcome.inventory_pdf, name="welcome_inventory_pdf"
    ),
    path("<uuid:uuid>/sejour/incidents/signaler/", studio_incidents.report, name="welcome_incident_new"),
    path("<uuid:uuid>/sejour/incidents/<uuid:key>/", studio_incidents.incident, name="welcome_incident"),
    path("<uuid:uuid>/sejour/ressourceries/", studio_welcome.suppliers, name="welcome_suppliers"),
]
#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("dossiers-d-information/<str:token>/", public_kits.kit, name="kit"),
    path("dossiers-d-information/<str:token>/pdf/", public_kits.kit_pdf, name="kit_pdf"),
]
