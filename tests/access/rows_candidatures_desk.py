"""The coordinator's desk for calls and dossiers: a filed dossier of the territory, and what surrounds it."""

from __future__ import annotations

from typing import Any

from tests.access.desk import NOBODY, Desk, administrators_only, read_only
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, OTHER_COORDINATOR, STAFF, Role, Row
from tests.access.world import World
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    ContactMessageFactory,
    DisciplineFactory,
    ExtensionFactory,
    PieceRequestFactory,
)


def build(world: World) -> None:
    world.desk_call = CallFactory(territory=world.territory, complete=True, slug="appel-du-bureau")
    # Nobody saw this one: it may go.
    world.desk_draft_call = CallFactory(territory=world.territory, draft=True, slug="appel-prepare")
    world.filed = ApplicationFactory(call=world.desk_call, owner=world.people[Role.STRANGER], submitted=True)
    world.piece_request = PieceRequestFactory(application=world.filed)
    world.extension = ExtensionFactory(call=world.desk_call)
    world.question = ContactMessageFactory(call=world.desk_call)
    world.discipline = DisciplineFactory()


DESK = {
    "candidatures.programme": Desk(lambda w: w.desk_call.season.programme),
    "candidatures.season": Desk(lambda w: w.desk_call.season),
    "candidatures.call": Desk(lambda w: w.desk_draft_call),
    "candidatures.application": read_only(lambda w: w.filed),
    "candidatures.extension": Desk(lambda w: w.extension, change=NOBODY, delete=NOBODY),
    "candidatures.contactmessage": Desk(lambda w: w.question, add=NOBODY),
    "candidatures.discipline": administrators_only(lambda w: w.discipline),
}

READERS = COORDINATOR | ADMINISTRATOR


def one_call(w: World) -> dict[str, Any]:
    return {"key": w.desk_call.uuid}


def one_dossier(w: World) -> dict[str, Any]:
    return {"key": w.filed.uuid}


ROWS = [
    *(
        Row(
            f"admin:candidatures_call_{act}",
            kwargs=one_call,
            get={READERS: 200, OTHER_COORDINATOR: 404},
            post={READERS: (200, 302), OTHER_COORDINATOR: 404},
        )
        for act in ("publish", "unpublish", "archive", "clone")
    ),
    *(
        Row(
            f"admin:candidatures_application_{act}",
            kwargs=one_dossier,
            # An address to send to; opened, it leads back to the dossier.
            get={READERS: "/coordination/candidatures/application/", OTHER_COORDINATOR: 404},
            post={READERS: 200, OTHER_COORDINATOR: 404},
        )
        for act in ("check", "request")
    ),
    Row(
        "admin:candidatures_application_cancel",
        kwargs=lambda w: one_dossier(w) | {"request_key": w.piece_request.uuid},
        get={STAFF: (404, 405)},
        post={READERS: 302, OTHER_COORDINATOR: 404},
    ),
    Row(
        "admin:candidatures_application_pdf",
        kwargs=lambda w: one_dossier(w) | {"number": w.filed.last_deposit.number},
        get={READERS: "/fichiers/", OTHER_COORDINATOR: 404},
        post={READERS: "/fichiers/", OTHER_COORDINATOR: 404},
    ),
]
