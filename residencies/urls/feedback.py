"""Addresses of one subject: what structures say afterwards."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.public import feedback as public_feedback

#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("avis/<uuid:key>/", public_feedback.feedback, name="feedback"),
]
