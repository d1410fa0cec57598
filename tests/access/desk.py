"""The admin's rows, by rule: one ``Desk`` a model says what its coordinators may do.

Each ``rows_<app>.py`` declares ``DESK = {"app.model": Desk(thing=lambda w: w.structure), ...}``;
``rows_admin.py`` turns them into rows. A model of the admin without a Desk leaves its addresses
without a row, which fails the build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from clea.ui import keys
from tests.access.matrix import (
    ABSENT,
    ADMINISTRATOR,
    COORDINATOR,
    DENIED,
    STAFF,
    Role,
    Row,
    addresses,
)
from tests.access.world import World

NOBODY = Role(0)


@dataclass(frozen=True)
class Desk:
    """``thing`` is a row of the first territory; ``readers`` may open it, the others do not know it exists.

    The roles say who may do each thing, among the readers. ``listers`` may open the list (which
    hides what is not theirs). The addresses that a model adds (import, preview...) are ordinary
    rows of the app.
    """

    thing: Callable[[World], Model]
    listers: Role = STAFF
    readers: Role = COORDINATOR | ADMINISTRATOR
    add: Role = STAFF
    change: Role = COORDINATOR | ADMINISTRATOR
    delete: Role = COORDINATOR | ADMINISTRATOR


def administrators_only(thing: Callable[[World], Model], **more: Any) -> Desk:
    """A model that belongs to the installation, not to a territory."""
    roles = dict.fromkeys(("listers", "readers", "add", "change", "delete"), ADMINISTRATOR)
    return Desk(thing=thing, **{**roles, **more})


def read_only(thing: Callable[[World], Model], **more: Any) -> Desk:
    """A trace: opened by those who may, changed by nobody."""
    return Desk(thing=thing, **{"add": NOBODY, "change": NOBODY, "delete": NOBODY, **more})


def desk_rows(label: str, desk: Desk) -> Iterator[Row]:
    """The rows of one model's addresses."""
    app_label, model_name = label.split(".")
    base = f"admin:{app_label}_{model_name}"

    def one(w: World) -> dict[str, Any]:
        return {"object_id": desk.thing(w).pk}

    def change_url(w: World) -> str:
        return reverse(f"{base}_change", kwargs=one(w))

    outside = {desk.listers & ~desk.readers: ABSENT}
    # Among those who see the row, the ones who may not remove it.
    keepers = {desk.readers & ~desk.delete: DENIED}
    pages: dict[str, Row] = {
        "changelist": Row(
            f"{base}_changelist",
            get={desk.listers: 200},
            post={desk.listers: (200, 302, 422)},
            hidden={desk.listers & ~desk.readers: change_url},
            shown={desk.listers & desk.readers: change_url},
        ),
        "add": Row(f"{base}_add", get={desk.add: (200, 302)}, post={desk.add: (200, 302, 422)}),
        "change": Row(
            f"{base}_change",
            kwargs=one,
            get={desk.readers: 200, **outside},
            post={desk.change: (200, 302, 422), **outside},
        ),
        "delete": Row(
            f"{base}_delete",
            kwargs=one,
            get={**keepers, desk.delete: 200, **outside},
            post={**keepers, desk.delete: (200, 302, 422), **outside},
        ),
        "history": Row(
            f"{base}_history", kwargs=one, get={desk.readers: 200, **outside}, post={desk.readers: 200, **outside}
        ),
    }
    yield from pages.values()
    root = f"coordination/{app_label}/{model_name}/<path:object_id>/"
    if root in addresses():
        # The admin's old addresses: they lead to the page that checks.
        yield Row(
            root,
            path=lambda w: f"/coordination/{app_label}/{model_name}/{keys.of(desk.thing(w))}/",
            get={STAFF: (301, 302)},
            post={STAFF: (301, 302)},
        )


def registered() -> set[str]:
    return {model._meta.label_lower for model in admin.site._registry}
