"""Who opens the pages of activities and sessions.

``world.activity`` is planned with ``world.host``; ``world.moment`` is its session, ``world.called_off`` another
that was cancelled. ``world.joint`` is of both residencies,
``world.ended`` was called off.
"""

from __future__ import annotations

from typing import Any

from residencies.enums import ActivityState, SessionState
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import (
    ADMINISTRATOR,
    ARTIST,
    COORDINATOR,
    TEAM,
    Arguments,
    Expectations,
    Row,
)
from tests.access.world import World
from tests.factories.residencies import ActivityFactory, SessionFactory

COORDINATION = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    world.called_off = SessionFactory(activity=world.activity, on="2027-02-03", state=SessionState.CANCELLED)
    world.joint = ActivityFactory(residencies=[world.residency, world.other_residency], structures=[world.host])
    world.ended = ActivityFactory(residency=world.residency, structure=world.host, state=ActivityState.CANCELLED)


DESK = {"residencies.activity": Desk(lambda w: w.activity, add=NOBODY, delete=NOBODY)}


def studio(thing: str = "") -> Arguments:
    return lambda w: {"uuid": w.residency.uuid} | ({"key": getattr(w, thing).uuid} if thing else {})


def team(thing: str = "") -> Arguments:
    return lambda w: {"uuid": w.host.uuid} | ({"key": getattr(w, thing).uuid} if thing else {})


def mine(name: str, arguments: Arguments, **more: Any) -> Row:
    """A form of the artist's: nothing typed, nothing done."""
    posted: Expectations = more.pop("post", {ARTIST: 422})
    return Row(f"studio:{name}", kwargs=arguments, get={ARTIST: 200}, post=posted, **more)


def ours(**things: str) -> Arguments:
    return lambda w: {"key": w.activity.uuid} | {name: getattr(w, thing).uuid for name, thing in things.items()}


def desk(name: str, arguments: Arguments | None = None, **more: Any) -> Row:
    posted: Expectations = more.pop("post", {COORDINATION: 422})
    kwargs = arguments or ours()
    return Row(f"admin:residencies_activity_{name}", kwargs=kwargs, get={COORDINATION: 200}, post=posted, **more)


def title(world: World) -> str:
    return str(world.activity.title)


ROWS: list[Row] = [
    Row("studio:activities", kwargs=studio(), get={ARTIST: 200}, shown={ARTIST: title}),
    mine("activity_new", studio()),
    Row("studio:activity", kwargs=studio("activity"), get={ARTIST: 200}, shown={ARTIST: title}),
    mine("activity_write", studio("activity")),
    # Nothing ticked while a session counts on the structure.
    mine("activity_structures", studio("activity")),
    mine("activity_cancel", studio("activity")),
    Row("studio:activity_reopen", kwargs=studio("activity"), post={ARTIST: 409}),
    mine("session_plan", studio("activity")),
    # No contract is signed in this world: what now breaks is only told, and no reason is given.
    mine("session", studio("moment")),
    mine("session_change", studio("moment")),
    mine("session_cancel", studio("moment")),
    mine("session_restore", studio("called_off")),
    Row("team:activities", kwargs=team(), get={TEAM: 200}, shown={TEAM: title}),
    Row("team:activity", kwargs=team("activity"), get={TEAM: 200}, shown={TEAM: title}),
    Row("team:activity_write", kwargs=team("activity"), get={TEAM: 200}, post={TEAM: 422}),
    Row("team:session", kwargs=team("moment"), get={TEAM: 200}, shown={TEAM: title}),
    Row(
        "admin:residencies_residency_activities",
        kwargs=lambda w: {"key": w.residency.uuid},
        get={COORDINATION: 200},
        shown={COORDINATION: title},
    ),
    Row(
        "admin:residencies_residency_activity_new",
        kwargs=lambda w: {"key": w.residency.uuid},
        get={COORDINATION: 200},
        post={COORDINATION: 422},
    ),
    desk("structures"),
    desk("join"),
    desk("cancel"),
    Row(
        "admin:residencies_activity_leave",
        kwargs=lambda w: {"key": w.joint.uuid, "residency": w.other_residency.uuid},
        post={COORDINATION: 302},
    ),
    Row("admin:residencies_activity_reopen", kwargs=lambda w: {"key": w.ended.uuid}, post={COORDINATION: 302}),
    desk("sessions", post={}),
    desk("session_plan"),
    desk("session", ours(session="moment")),
    desk("session_change", ours(session="moment")),
    desk("session_cancel", ours(session="moment")),
    desk("session_restore", ours(session="called_off")),
]
