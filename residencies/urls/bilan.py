"""Addresses of one subject: bilan."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.public import bilan_trace, bilans

#: At the root, namespace ``residencies``.
public: list[URLPattern] = [
    path("bilans/", bilans.index, name="bilans"),
    path("bilans/<slug:slug>/", bilans.bilan, name="bilan"),
    path("bilans/<slug:slug>/seances/", bilan_trace.bilan_trace, name="bilan_trace"),
    path("bilans/<slug:slug>.pdf", bilans.pdf, name="bilan_pdf"),
    path("bilans/<slug:slug>.xlsx", bilans.workbook, name="bilan_xlsx"),
    path("bilans/<slug:slug>.csv", bilans.sessions, name="bilan_csv"),
]
