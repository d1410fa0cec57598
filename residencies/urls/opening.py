"""Addresses of one subject: opening."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import documents as studio_documents
from residencies.views.studio import home as studio_home

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("", studio_home.index, name="index"),
    path("<uuid:uuid>/", studio_home.home, name="home"),
    path("<uuid:uuid>/documents/demandes/", studio_documents.documents, name="documents"),
    path("<uuid:uuid>/documents/demandes/<uuid:document_uuid>/", studio_documents.document, name="document"),
]
