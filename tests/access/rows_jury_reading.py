"""The juror's space. What was not given to a juror, or taken from them, does not exist on any address."""

from __future__ import annotations

from typing import Any

from candidatures.models import DiscussionComment
from tests.access.matrix import JUROR, JURORS, OTHER_JUROR, RECUSED_JUROR, SIGNED_IN, Role, Row
from tests.access.world import World


def build(world: World) -> None:
    world.remark = DiscussionComment.objects.create(
        application=world.read_dossier,
        juror=world.jurors[Role.JUROR],
        author=world.people[Role.JUROR],
        text="Une remarque.",
    )


def in_jury(world: World) -> dict[str, Any]:
    return {"slug": world.jury_call.slug}


def on_dossier(world: World) -> dict[str, Any]:
    return {"slug": world.jury_call.slug, "uuid": world.read_dossier.uuid}


def on_remark(world: World) -> dict[str, Any]:
    return on_dossier(world) | {"remark": world.remark.uuid}


def name(world: World) -> str:
    return str(world.read_dossier.display_name)


ROWS = [
    Row("jury:home", get={SIGNED_IN: 200, JURORS: "/jury/"}),
    Row(
        "jury:desk",
        kwargs=in_jury,
        get={JURORS: 200},
        shown={JUROR: name},
        hidden={OTHER_JUROR: name, RECUSED_JUROR: name},
    ),
    Row("jury:charter", kwargs=in_jury, get={JURORS: 200}, post={JURORS: 422}),
    Row("jury:dossier", kwargs=on_dossier, get={JUROR: 200}, post={JUROR: "/jury/"}),
    Row("jury:reopen", kwargs=on_dossier, post={JUROR: "/jury/"}),
    Row("jury:read_again", kwargs=on_dossier, post={JUROR: "/jury/"}),
    Row("jury:discussion", kwargs=on_dossier, get={JUROR: 200}, post={JUROR: 422}),
    Row("jury:remove_remark", kwargs=on_remark, post={JUROR: 409}),
    Row("jury:conflict", kwargs=on_dossier, get={JUROR: 200}, post={JUROR: 422}),
]
