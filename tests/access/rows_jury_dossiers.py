"""The jury's dossiers on the desk, and the one PDF that a juror reads."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from candidatures.enums import Advice
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, DENIED, JUROR, OTHER_COORDINATOR, Row
from tests.access.world import World
from tests.factories.jury import JurorFactory, ReviewFactory

HOUSE = COORDINATOR | ADMINISTRATOR
NOBODY = UUID(int=0)


def build(world: World) -> None:
    # A reading of somebody else's: what the rows look at must not change the world of the others.
    reader = JurorFactory(jury=world.jury)
    world.filed_review = ReviewFactory(
        juror=reader, application=world.read_dossier, notes=[4, 3], advice=Advice.FAVOURABLE
    )


def jury(world: World) -> dict[str, Any]:
    return {"key": world.jury.uuid}


def dossier(world: World) -> dict[str, Any]:
    return jury(world) | {"dossier": world.read_dossier.uuid}


def number(world: World) -> str:
    return str(world.read_dossier.last_deposit.number)


ROWS = [
    Row(
        "admin:candidatures_jury_dossiers",
        kwargs=jury,
        get={HOUSE: 200, OTHER_COORDINATOR: DENIED},
        shown={HOUSE: number},
    ),
    Row("admin:candidatures_jury_dossiers_copies", kwargs=jury, post={HOUSE: 302}),
    Row("admin:candidatures_jury_dossier", kwargs=dossier, get={HOUSE: 200}, shown={HOUSE: number}),
    Row("admin:candidatures_jury_dossier_blind_pdf", kwargs=dossier, get={HOUSE: "/fichiers/"}),
    Row("admin:candidatures_jury_dossier_blind", kwargs=dossier, get={HOUSE: 302}, post={HOUSE: (200, 302)}),
    Row("admin:candidatures_jury_dossier_say", kwargs=dossier, get={HOUSE: 302}, post={HOUSE: 200}),
    Row("admin:candidatures_jury_dossier_unsay", kwargs=lambda w: dossier(w) | {"remark": NOBODY}),
    Row(
        "admin:candidatures_jury_dossier_reopen",
        kwargs=lambda w: dossier(w) | {"review": w.filed_review.uuid},
        get={HOUSE: 200},
        post={HOUSE: 200},
    ),
    Row(
        "jury:pdf",
        kwargs=lambda w: {"slug": w.jury_call.slug, "uuid": w.read_dossier.uuid},
        get={JUROR: "/fichiers/"},
    ),
]
