"""Addresses of the ranking in the jury's space. ``slug`` is the call's."""

from __future__ import annotations

from django.urls import URLPattern, path

from candidatures.views.jury import choosing

#: Below /jury/, namespace ``jury``.
jury: list[URLPattern] = [
    path("<slug:slug>/classement/", choosing.ranking, name="ranking"),
]
#: Below /candidatures/, namespace ``applications``.
applicant: list[URLPattern] = []
