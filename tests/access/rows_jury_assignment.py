"""Who reads what, and who steps aside: the desk of the territory only, never a member."""

from __future__ import annotations

from typing import Any

from tests.access.matrix import ADMINISTRATOR, COORDINATOR, OTHER_COORDINATOR, Expectation, Role, Row
from tests.access.world import World

READERS = COORDINATOR | ADMINISTRATOR


def one_jury(w: World) -> dict[str, Any]:
    return {"key": w.jury.uuid}


def one_dossier(w: World) -> dict[str, Any]:
    return one_jury(w) | {"dossier": w.read_dossier.uuid}


def one_pair(w: World) -> dict[str, Any]:
    return one_dossier(w) | {"member": w.jurors[Role.OTHER_JUROR].uuid}


def page(name: str, kwargs: Any = one_jury, *, get: Expectation = 200, post: Expectation = 200) -> Row:
    return Row(
        f"admin:candidatures_jury_{name}",
        kwargs=kwargs,
        get={READERS: get, OTHER_COORDINATOR: 404},
        post={READERS: post, OTHER_COORDINATOR: 404},
    )


ROWS = [
    page("assignment"),
    page("assignment_plan"),
    page("assignment_batch", get=302),
    page("assignment_dossier", one_dossier),
    page("conflicts"),
    page("conflicts_pair", one_pair),
    page("conflicts_recuse", one_pair, get=302),
    page("conflicts_set_aside", one_pair, get=302),
]
