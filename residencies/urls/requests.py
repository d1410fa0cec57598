"""Addresses of one subject: a structure's team, its closures, its wishes."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.team import closures as team_closures
from residencies.views.team import home as team_home
from residencies.views.team import people as team_people
from residencies.views.team import requests as team_requests

_PERSON = "<uuid:uuid>/equipe/<uuid:person>/"
_WISH = "<uuid:uuid>/souhaits/<uuid:wish>/"

#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("", team_home.index, name="index"),
    path("<uuid:uuid>/", team_home.home, name="home"),
    path("<uuid:uuid>/equipe/", team_people.people, name="people"),
    path("<uuid:uuid>/equipe/ajouter/", team_people.add, name="person_add"),
    path(_PERSON, team_people.change, name="person"),
    path(f"{_PERSON}retirer/", team_people.remove, name="person_remove"),
    path("<uuid:uuid>/coordonnees/", team_people.details, name="details"),
    path("<uuid:uuid>/fermetures/", team_closures.closures, name="closures"),
    path("<uuid:uuid>/fermetures/semaine/", team_closures.week, name="closures_week"),
    path("<uuid:uuid>/fermetures/<uuid:closure>/retirer/", team_closures.remove, name="closure_remove"),
    path("<uuid:uuid>/souhaits/", team_requests.requests, name="requests"),
    path("<uuid:uuid>/souhaits/nouveau/", team_requests.add, name="request_add"),
    path(_WISH, team_requests.detail, name="request"),
    path(f"{_WISH}modifier/", team_requests.change, name="request_change"),
    path(f"{_WISH}retirer/", team_requests.withdraw, name="request_withdraw"),
    path(f"{_WISH}reprendre/", team_requests.resume, name="request_resume"),
    path(f"{_WISH}reponse/", team_requests.answer, name="request_answer"),
]
