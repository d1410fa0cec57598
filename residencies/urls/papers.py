"""Addresses of one subject: papers, confirmations."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import confirm as studio_confirm
from residencies.views.studio import papers as studio_papers
from residencies.views.team import confirm as team_confirm
from residencies.views.team import papers as team_papers

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/documents/", studio_papers.papers, name="papers"),
    path("<uuid:uuid>/documents/<uuid:paper>/", studio_papers.paper, name="paper"),
    path("<uuid:uuid>/documents/<uuid:paper>/copie-signee/", studio_papers.scan, name="paper_scan"),
    path("<uuid:uuid>/confirmer/", studio_confirm.confirmations, name="confirmations"),
    path("<uuid:uuid>/confirmer/<uuid:session>/", studio_confirm.confirm, name="confirm"),
    path("<uuid:uuid>/bilans/<uuid:activity>/", studio_confirm.look_back, name="look_back"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/conventions/", team_papers.agreements, name="agreements"),
    path("<uuid:uuid>/conventions/<uuid:paper>/", team_papers.agreement, name="agreement"),
    path("<uuid:uuid>/conventions/<uuid:paper>/copie-signee/", team_papers.scan, name="agreement_scan"),
    path("<uuid:uuid>/confirmer/", team_confirm.confirmations, name="confirmations"),
    path("<uuid:uuid>/confirmer/<uuid:session>/", team_confirm.confirm, name="confirm"),
    path("<uuid:uuid>/bilans/<uuid:activity>/", team_confirm.look_back, name="look_back"),
]
