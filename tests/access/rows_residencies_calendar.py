"""Who opens calendars, notes presence, and reads a private address: the artists, the team, the desk."""

from __future__ import annotations

from typing import Any

from residencies.selectors.feeds import token
from residencies.services import feeds
from tests.access.matrix import ADMINISTRATOR, ARTIST, COORDINATOR, EVERYONE, TEAM, Role, Row
from tests.access.world import World

COORDINATION = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    world.feed = feeds.open_feed(by=world.people[Role.ARTIST], residency=world.residency)


def residency(w: World) -> dict[str, Any]:
    return {"uuid": w.residency.uuid}


def structure(w: World) -> dict[str, Any]:
    return {"uuid": w.host.uuid}


def row(w: World) -> dict[str, Any]:
    return {"key": w.residency.uuid}


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


def month(w: World) -> dict[str, Any]:
    return {"jour": "2027-02-02"}


def title(w: World) -> str:
    return str(w.activity.title)


def week(w: World) -> dict[str, Any]:
    return {"semaine": "2027-02-01"}


def renew(w: World) -> dict[str, Any]:
    return {"acte": "ouvrir"}


ROWS = [
    Row("studio:calendar", kwargs=residency, query=month, get={ARTIST: 200}, shown={ARTIST: title}),
    Row("studio:calendar_feed", kwargs=residency, post={ARTIST: "/ma-residence/"}, data=renew),
    Row("studio:presence", kwargs=residency, get={ARTIST: 200}, post={ARTIST: "/ma-residence/"}, data=week),
    Row("studio:presence_as_planned", kwargs=residency, post={ARTIST: (302, 409)}, data=week),
    Row("team:calendar", kwargs=structure, query=month, get={TEAM: 200}, shown={TEAM: title}),
    Row("team:calendar_feed", kwargs=structure, post={TEAM: "/ma-structure/"}, data=renew),
    # The address is the secret: whoever holds it reads that person's calendar, and only theirs.
    Row("feeds:feed", kwargs=lambda w: {"token": token(w.feed)}, get={EVERYONE: 200}, shown={EVERYONE: title}),
    Row(
        "admin:residencies_residency_calendar",
        kwargs=row,
        query=month,
        get={COORDINATION: 200},
        shown={COORDINATION: title},
    ),
    Row(
        "admin:residencies_residency_presence", kwargs=row, get={COORDINATION: 200}, post={COORDINATION: 302}, data=week
    ),
    Row("admin:residencies_residency_presence_as_planned", kwargs=row, post={COORDINATION: 302}, data=week),
    Row("admin:residencies_residency_presence_check", kwargs=row, post={COORDINATION: 302}, data=week),
    Row(
        "admin:residencies_season_calendar",
        kwargs=season,
        query=month,
        get={COORDINATION: 200},
        shown={COORDINATION: title},
    ),
    Row("admin:residencies_season_calendar_feed", kwargs=season, post={COORDINATION: 302}, data=renew),
]
