"""Addresses of one subject: money."""

from __future__ import annotations

from django.urls import URLPattern

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = []
