"""Addresses of one subject: traces."""

from __future__ import annotations

from django.urls import URLPattern

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = []
#: At the root, namespace ``residencies``.
public: list[URLPattern] = []
