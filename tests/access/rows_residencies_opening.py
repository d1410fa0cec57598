"""A residency on the desk, and the artist's own pages. ``world.asked`` is a document asked of ARTIST."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from residencies.models import RequestedDocument
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, ARTIST, COORDINATOR, STAFF, Row
from tests.access.world import World

DESKERS = COORDINATOR | ADMINISTRATOR
DESK = {"residencies.residency": Desk(lambda w: w.residency, add=NOBODY, delete=NOBODY)}


def build(world: World) -> None:
    world.asked = RequestedDocument.objects.create(
        residency=world.residency, kind="bank", title="RIB", due_on=timezone.localdate() + timedelta(days=9)
    )
    world.seat = world.residency.artists.get()


def key(**more: Callable[[World], Any]) -> Callable[[World], dict[str, Any]]:
    return lambda w: {"key": w.residency.uuid} | {name: read(w) for name, read in more.items()}


def page(name: str, **more: Callable[[World], Any]) -> Row:
    """A page of the residency on its desk: a form sent empty comes back."""
    return Row(
        f"admin:residencies_residency_{name}", kwargs=key(**more), get={DESKERS: 200}, post={DESKERS: (200, 302)}
    )


def studio(name: str, **more: Callable[[World], Any]) -> dict[str, Any]:
    return {
        "name": f"studio:{name}",
        "kwargs": lambda w: {"uuid": w.residency.uuid} | {one: read(w) for one, read in more.items()},
    }


ROWS = [
    # Nothing to open in this world: the page says so, and a button pressed twice leads back to it.
    Row(
        "admin:residencies_residency_open",
        get={STAFF: 200},
        post={STAFF: "/coordination/residencies/residency/ouvrir/"},
    ),
    Row("admin:residencies_residency_open_outside", get={STAFF: 200}, post={STAFF: 200}),
    page("edit"),
    page("periods"),
    page("act", act=lambda w: "publier"),
    page("person_add"),
    page("person", person_key=lambda w: w.seat.uuid),
    page("person_remove", person_key=lambda w: w.seat.uuid),
    page("documents"),
    page("document_ask"),
    page("document", document_key=lambda w: w.asked.uuid),
    page("document_act", document_key=lambda w: w.asked.uuid, act=lambda w: "renvoyer"),
    Row(**studio("home"), get={ARTIST: 200}),
    Row(
        **studio("documents"),
        get={ARTIST: 200},
        shown={ARTIST: lambda w: reverse("studio:document", args=[w.residency.uuid, w.asked.uuid])},
    ),
    Row(**studio("document", document_uuid=lambda w: w.asked.uuid), get={ARTIST: 200}, post={ARTIST: 422}),
]
