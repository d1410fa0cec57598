"""The jury and its members: the desk of the territory, and nobody else, not even a member."""

from __future__ import annotations

from typing import Any

from tests.access.desk import Desk, read_only
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, OTHER_COORDINATOR, STAFF, Role, Row
from tests.access.world import World

READERS = COORDINATOR | ADMINISTRATOR

DESK: dict[str, Desk] = {"candidatures.jury": read_only(lambda w: w.jury)}


def one_jury(w: World) -> dict[str, Any]:
    return {"key": w.jury.uuid}


def one_member(w: World) -> dict[str, Any]:
    return one_jury(w) | {"member": w.jurors[Role.JUROR].uuid}


def page(name: str, kwargs: Any = one_jury, post: Any = 200) -> Row:
    return Row(
        f"admin:candidatures_jury_{name}",
        kwargs=kwargs,
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={READERS: post, OTHER_COORDINATOR: 404},
    )


ROWS = [
    Row(
        "admin:candidatures_jury_members",
        kwargs=one_jury,
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={READERS: 200, OTHER_COORDINATOR: 404},
        shown={READERS: lambda w: w.people[Role.JUROR].email},
    ),
    page("member_invite"),
    page("member_write", post=200),
    page("member_list"),
    page("member", one_member),
    page("member_remove", one_member),
    page("rules"),
    page("discussion", post=302),
    page("identities"),
    page("remind", post=302),
    Row(
        "admin:candidatures_jury_member_again",
        kwargs=one_member,
        get={STAFF: (404, 405)},
        post={READERS: 302, OTHER_COORDINATOR: 404},
    ),
    Row(
        "admin:candidatures_call_jury",
        kwargs=lambda w: {"key": w.desk_call.uuid},
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={READERS: "/coordination/candidatures/jury/", OTHER_COORDINATOR: 404},
    ),
]
