"""Addresses of the ranking, and of the signed minutes, in the jury's space. ``slug`` is the call's."""

from __future__ import annotations

from django.urls import URLPattern, path

from candidatures.views.jury import choosing, session

#: Below /jury/, namespace ``jury``.
jury: list[URLPattern] = [
    path("<slug:slug>/classement/", choosing.ranking, name="ranking"),
    path("<slug:slug>/seance/", session.minutes, name="session"),
]
#: Below /candidatures/, namespace ``applications``.
applicant: list[URLPattern] = []
