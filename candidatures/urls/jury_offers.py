"""Addresses of the jury's space, and of the artist's, on this subject. ``slug`` is the call's."""

from __future__ import annotations

from django.urls import URLPattern, path

from candidatures.views import answers

#: Below /jury/, namespace ``jury``.
jury: list[URLPattern] = []
#: Below /candidatures/, namespace ``applications``.
applicant: list[URLPattern] = [path("<uuid:uuid>/reponse/", answers.answer, name="answer")]
