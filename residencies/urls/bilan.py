"""Addresses of one subject: bilan."""

from __future__ import annotations

from django.urls import URLPattern

#: At the root, namespace ``residencies``.
public: list[URLPattern] = []
