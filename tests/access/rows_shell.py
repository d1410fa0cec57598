"""The shell: the home page, public pages of law and health, the language, private files."""

from __future__ import annotations

from uuid import UUID

from tests.access.matrix import EVERYONE, STAFF, Row

PUBLIC = {EVERYONE: 200}

ROWS = [
    Row("home", get=PUBLIC),
    Row("admin:search", get={STAFF: 200}),
    Row("accessibility", get=PUBLIC),
    Row("legal", get=PUBLIC),
    Row("privacy", get=PUBLIC),
    Row("cookies", get=PUBLIC),
    # For the staff of a developer's machine, where DEBUG is on: it is not here.
    Row("style"),
    Row("ecodesign", get=PUBLIC),
    Row("site_map", get=PUBLIC),
    Row("sitemap", get=PUBLIC),
    Row("robots", get=PUBLIC),
    Row("manifest", get=PUBLIC),
    Row("favicon", get={EVERYONE: "/static/"}),
    Row("security", get=PUBLIC),
    Row("health", get=PUBLIC),
    Row("health_ready", get=PUBLIC),
    # It sends back to where one was.
    Row(
        "set_language",
        post={EVERYONE: "/"},
        data=lambda w: {"language": "en", "next": "/"},
    ),
    # A file that no app claims for the reader does not exist for them.
    Row("documents:file", kwargs=lambda w: {"uuid": UUID(int=0)}, get={EVERYONE: (302, 404)}, post={}),
]
