"""Addresses of the jury's space on reading: the desk, one dossier, its discussion. ``slug`` is the call's."""

from __future__ import annotations

from django.urls import URLPattern, path

from candidatures.views.jury import conflict, desk, discussion, files, reading

#: Below /jury/, namespace ``jury``.
jury: list[URLPattern] = [
    path("", desk.home, name="home"),
    path("<slug:slug>/", desk.desk, name="desk"),
    path("<slug:slug>/engagement/", desk.charter, name="charter"),
    path("<slug:slug>/dossiers/<uuid:uuid>/", reading.dossier, name="dossier"),
    path("<slug:slug>/dossiers/<uuid:uuid>/dossier.pdf", files.pdf, name="pdf"),
    path("<slug:slug>/dossiers/<uuid:uuid>/reprendre/", reading.reopen, name="reopen"),
    path("<slug:slug>/dossiers/<uuid:uuid>/relire/", reading.read_again, name="read_again"),
    path("<slug:slug>/dossiers/<uuid:uuid>/discussion/", discussion.say, name="discussion"),
    path("<slug:slug>/dossiers/<uuid:uuid>/discussion/<uuid:remark>/retirer/", discussion.remove, name="remove_remark"),
    path("<slug:slug>/dossiers/<uuid:uuid>/deport/", conflict.declare, name="conflict"),
]
#: Below /candidatures/, namespace ``applications``.
applicant: list[URLPattern] = []
