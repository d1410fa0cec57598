"""Addresses of one subject: money."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import money

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/argent/", money.money, name="money"),
    path("<uuid:uuid>/argent/etat-de-frais.pdf", money.statement, name="money_statement"),
]
