"""The ranking, the sets, the shortlist, the files: the coordination of the territory; a member's own ranking."""

from __future__ import annotations

from typing import Any

from tests.access.matrix import ADMINISTRATOR, COORDINATOR, JURORS, Row
from tests.access.world import World


def in_jury(world: World) -> dict[str, Any]:
    return {"slug": world.jury_call.slug}


def of_jury(world: World) -> dict[str, Any]:
    return {"key": world.jury.uuid}


def name(world: World) -> str:
    return str(world.read_dossier.display_name)


HOLDERS = COORDINATOR | ADMINISTRATOR

ROWS = [
    # The discussion is closed in this world: the page says why, to members only.
    Row("jury:ranking", kwargs=in_jury, get={JURORS: 403}),
    Row("admin:candidatures_jury_ranking", kwargs=of_jury, get={HOLDERS: 200}, shown={HOLDERS: name}),
    Row("admin:candidatures_jury_shortlist", kwargs=of_jury, post={HOLDERS: "/coordination/"}),
    Row("admin:candidatures_jury_export", kwargs=of_jury, post={HOLDERS: "/coordination/"}),
    Row("admin:candidatures_jury_sets", kwargs=of_jury, get={HOLDERS: 200}),
    Row(
        "admin:candidatures_jury_retain",
        kwargs=of_jury,
        get={HOLDERS: "/coordination/"},
        post={HOLDERS: "/coordination/"},
    ),
    Row("admin:candidatures_jury_drop_set", kwargs=of_jury, post={HOLDERS: "/coordination/"}),
]
