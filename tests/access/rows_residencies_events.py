"""Events, registrations, meetings, works: who opens what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from residencies.models import Event, MeetingSlot, Registration, Room, Work, WorkBooking
from residencies.services.event_notices import token
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import (
    ADMINISTRATOR,
    ARTIST,
    COORDINATOR,
    EVERYONE,
    TEAM,
    Expectations,
    Row,
)
from tests.access.world import World

PARIS = ZoneInfo("Europe/Paris")


def build(world: World) -> None:
    """An event of 2036, announced and open to all, with a registration, a meeting; a work, asked for once."""
    start = datetime(2036, 10, 7, 14, tzinfo=PARIS)
    end = datetime(2036, 10, 7, 18, tzinfo=PARIS)
    world.event = Event.objects.create(
        season=world.residency.season, slug="27e-heure-du-monde", title="27e heure du monde", place="Salle du monde",
        starts_at=start, ends_at=end, meetings_from=start, meetings_to=end, state="published", open_to_public=True,
    )  # fmt: skip
    world.event.residencies.set([world.residency])
    world.room = Room.objects.create(event=world.event, name="Table du monde")
    world.registration = Registration.objects.create(
        event=world.event, structure=world.host, name="Équipe", email="team@exemple.test", people=2, made_at=start
    )
    world.resident = Registration.objects.create(
        event=world.event, name="Habitante", email="habitante@exemple.test", people=1, made_at=start
    )
    world.meeting = MeetingSlot.objects.create(
        event=world.event, residency=world.residency, structure=world.host, room=world.room, starts_at=start
    )
    world.work = Work.objects.create(
        residency=world.residency, title="Œuvre du monde", form="exposition", is_published=True
    )
    world.booking = WorkBooking.objects.create(work=world.work, structure=world.host, dates="mars", public="tous")


DESK = {
    "residencies.event": Desk(lambda w: w.event, delete=NOBODY),
    "residencies.work": Desk(lambda w: w.work, add=NOBODY, delete=NOBODY),
    "residencies.workbooking": Desk(lambda w: w.booking, add=NOBODY, delete=NOBODY),
}

PUBLIC: Expectations = {EVERYONE: 200}
KEEPERS = COORDINATOR | ADMINISTRATOR


def _args(**more: Callable[[World], Any]) -> Callable[[World], dict[str, Any]]:
    return lambda w: {name: value(w) for name, value in more.items()}


def slug(w: World) -> dict[str, Any]:
    return {"slug": w.event.slug}


def studio(name: str, **more: Any) -> Row:
    """An address of a residency: its artists open it, to the others it does not exist."""
    get, post = more.pop("get", None), more.pop("post", {})
    kwargs = _args(uuid=lambda w: w.residency.uuid, **more)
    return Row(f"studio:{name}", kwargs=kwargs, get={ARTIST: 200} if get is None else get, post=post)


def team(name: str, **more: Any) -> Row:
    get, post = more.pop("get", None), more.pop("post", {})
    data = more.pop("data", None)
    kwargs = _args(uuid=lambda w: w.host.uuid, **more)
    made = {"data": data} if data else {}
    return Row(f"team:{name}", kwargs=kwargs, get={TEAM: 200} if get is None else get, post=post, **made)


def desk(name: str, get: Expectations | None = None, post: Expectations | None = None, **more: Any) -> Row:
    """A page of the event: its coordination opens it, another does not know it exists."""
    query = more.pop("query", None)
    extra = {"query": query} if query else {}
    return Row(
        f"admin:residencies_event_{name}",
        kwargs=_args(key=lambda w: w.event.uuid, **more),
        get={KEEPERS: 200} if get is None else get,
        post={} if post is None else post,
        **extra,
    )


def meeting(w: World) -> Any:
    return w.meeting.uuid


EVENT = {"event": lambda w: w.event.uuid}
WORK = {"work": lambda w: w.work.uuid}

ROWS: list[Row] = [
    Row("residencies:event", kwargs=slug, get=PUBLIC),
    Row("residencies:event_register", kwargs=slug, get=PUBLIC, post={EVERYONE: 422}),
    Row("residencies:event_sent", kwargs=slug, get=PUBLIC),
    # Whoever has the address of the mail: it is the right.
    Row(
        "residencies:event_registered",
        kwargs=lambda w: {"slug": w.event.slug, "token": token(w.resident)},
        get=PUBLIC,
        post={EVERYONE: 302},
    ),
    Row("residencies:works", get=PUBLIC),
    Row("residencies:work", kwargs=lambda w: {"uuid": w.work.uuid}, get=PUBLIC),
    studio("works"),
    studio("work_add", post={ARTIST: 422}),
    # No dossier behind this residency: said, not hidden.
    studio("works_take", get={}, post={ARTIST: 409}),
    studio("work", post={ARTIST: 422}, **WORK),
    # A structure asked for it: it stays.
    studio("work_remove", post={ARTIST: 409}, **WORK),
    studio("meetings"),
    team("events"),
    team("event", post={TEAM: 422}, **EVENT),
    team("event_cancel", post={TEAM: 302}, **EVENT),
    team("works"),
    team("work", post={TEAM: 422}, **WORK),
    team("booking_cancel", get={}, post={TEAM: 302}, booking=lambda w: w.booking.uuid),
    desk("publish", post={KEEPERS: 302}),
    desk("cancel", post={KEEPERS: 422}),
    # Announced: refused with its reason, back to its page.
    desk("discard", post={KEEPERS: 302}),
    desk("registrations"),
    desk("write", post={KEEPERS: 200}),
    # The structure is in the address: without one, nothing to register.
    desk("register", query=lambda w: {"structure": str(w.other_host.uuid)}, post={KEEPERS: 404}),
    desk("unregister", post={KEEPERS: 302}, registration=lambda w: w.registration.uuid),
    desk("meetings"),
    desk("compute", post={KEEPERS: 302}),
    desk("meeting_add", post={KEEPERS: 422}),
    desk("away", get={KEEPERS: 302}, post={KEEPERS: 422}),
    desk("tell", post={KEEPERS: 302}),
    desk("sheets"),
    desk("sheets_pdf"),
    desk("meeting", post={KEEPERS: 422}, meeting=meeting),
    desk("meeting_fix", get={}, post={KEEPERS: 302}, meeting=meeting),
    desk("meeting_remove", post={KEEPERS: 302}, meeting=meeting),
    Row("admin:residencies_work_publish", kwargs=lambda w: {"key": w.work.uuid}, post={KEEPERS: 302}),
]
