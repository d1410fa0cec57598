"""Addresses of one subject: activities."""

from __future__ import annotations

from django.urls import URLPattern, path

from residencies.views.studio import activities as studio_activities
from residencies.views.studio import sessions as studio_sessions
from residencies.views.team import activities as team_activities
from residencies.views.team import sessions as team_sessions

#: Below /ma-residence/, namespace ``studio``. ``uuid`` is the residency's.
studio: list[URLPattern] = [
    path("<uuid:uuid>/activites/", studio_activities.activities, name="activities"),
    path("<uuid:uuid>/activites/nouvelle/", studio_activities.new, name="activity_new"),
    path("<uuid:uuid>/activites/<uuid:key>/", studio_activities.activity, name="activity"),
    path("<uuid:uuid>/activites/<uuid:key>/ecrire/", studio_activities.write, name="activity_write"),
    path("<uuid:uuid>/activites/<uuid:key>/structures/", studio_activities.structures, name="activity_structures"),
    path("<uuid:uuid>/activites/<uuid:key>/annuler/", studio_activities.cancel, name="activity_cancel"),
    path("<uuid:uuid>/activites/<uuid:key>/reprendre/", studio_activities.reopen, name="activity_reopen"),
    path("<uuid:uuid>/activites/<uuid:key>/seances/placer/", studio_sessions.plan, name="session_plan"),
    path("<uuid:uuid>/seances/<uuid:key>/", studio_sessions.session, name="session"),
    path("<uuid:uuid>/seances/<uuid:key>/modifier/", studio_sessions.change, name="session_change"),
    path("<uuid:uuid>/seances/<uuid:key>/annuler/", studio_sessions.cancel, name="session_cancel"),
    path("<uuid:uuid>/seances/<uuid:key>/retablir/", studio_sessions.restore, name="session_restore"),
]
#: Below /ma-structure/, namespace ``team``. ``uuid`` is the structure's.
team: list[URLPattern] = [
    path("<uuid:uuid>/activites/", team_activities.activities, name="activities"),
    path("<uuid:uuid>/activites/<uuid:key>/", team_activities.activity, name="activity"),
    path("<uuid:uuid>/activites/<uuid:key>/ecrire/", team_activities.write, name="activity_write"),
    path("<uuid:uuid>/seances/<uuid:key>/", team_sessions.session, name="session"),
]
