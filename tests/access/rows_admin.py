"""The admin site itself, and every model that the apps' Desks describe."""

from __future__ import annotations

from tests.access.desk import desk_rows, registered
from tests.access.matrix import ANONYMOUS, APPLICANTS, ARTISTS, JURORS, LOGIN, SIGNED_IN, STAFF, TEAMS, Row, row_modules


def ROWS() -> list[Row]:
    rows = [
        Row("admin:index", get={STAFF: 200}, post={STAFF: 200}),
        Row(
            "admin:login",
            get={ANONYMOUS: LOGIN, SIGNED_IN: 403, STAFF: "/coordination/"},
            post={ANONYMOUS: LOGIN, SIGNED_IN: 403, STAFF: "/coordination/"},
        ),
        Row(
            "admin:logout",
            get={APPLICANTS | JURORS | ARTISTS | TEAMS: "/coordination/"},
            post={APPLICANTS | JURORS | ARTISTS | TEAMS: "/coordination/", STAFF: (200, 302)},
        ),
        Row("admin:password_change", get={STAFF: "/compte/"}, post={STAFF: "/compte/"}),
        Row("admin:password_change_done", get={STAFF: 200}),
        # Without saying which field it completes, nobody gets anything.
        Row("admin:autocomplete"),
        Row("admin:jsi18n", get={STAFF: 200}),
        Row("admin:app_list", kwargs=lambda w: {"app_label": "mail"}, get={STAFF: 200}, post={STAFF: 200}),
        Row("coordination/(?P<url>.*)$", path=lambda w: "/coordination/nulle-part/"),
    ]
    for module in row_modules():
        for label, desk in getattr(module, "DESK", {}).items():
            if label in registered():
                rows.extend(desk_rows(label, desk))
    return rows
