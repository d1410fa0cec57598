"""Addresses of one subject: feedback."""

from __future__ import annotations

from django.urls import URLPattern

#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = []
#: At the root, namespace ``residencies``.
public: list[URLPattern] = []
