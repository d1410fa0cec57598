"""Committees: who opens what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
from django.core.files.base import ContentFile

from clea.documents.models import StoredFile
from residencies.models import Action, AgendaItem, Attendee, Meeting, MeetingDecision, MeetingPaper, SteeringRhythm
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, EVERYONE, Expectations, Row
from tests.access.world import World
from tests.factories.residencies import moment
from tests.factories.steering import MeetingFactory

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A meeting to come with a point and a guest, one held, one whose minutes are published."""
    season = world.residency.season
    SteeringRhythm.objects.create(season=season, kind="technical", weekday=1, at="14:00")
    world.meeting_to_come = MeetingFactory(season=season, starts_at=moment("2036-10-07", "14:00"))
    world.agenda_item = AgendaItem.objects.create(meeting=world.meeting_to_come, position=1, title="Point du monde")
    world.attendee = Attendee.objects.create(meeting=world.meeting_to_come, name="Alix", email="alix@exemple.test")
    world.meeting_paper = paper(world.meeting_to_come, "Document du monde")
    world.meeting_held = MeetingFactory(season=season, starts_at=moment("2026-09-08", "14:00"), held=True)
    world.decision = MeetingDecision.objects.create(meeting=world.meeting_held, position=1, text="Oui.")
    world.action = Action.objects.create(
        meeting=world.meeting_held, what="Écrire", owner="Alix", due_on=date(2026, 10, 1)
    )
    world.meeting_published = MeetingFactory(season=season, starts_at=moment("2026-09-01", "14:00"), published=True)
    world.public_paper = paper(world.meeting_published, "Document public", is_public=True)


def paper(meeting: Meeting, title: str, **more: Any) -> MeetingPaper:
    """A PDF that opens."""

    made, out = pikepdf.new(), BytesIO()
    made.add_blank_page()
    made.save(out)
    stored = StoredFile(
        original_name="d.pdf", content_type="application/pdf", size=len(out.getvalue()), sha256="0" * 64
    )
    stored.file.save("d.pdf", ContentFile(out.getvalue()))
    return MeetingPaper.objects.create(meeting=meeting, title=title, stored_file=stored, **more)


DESK = {"residencies.meeting": Desk(lambda w: w.meeting_to_come, add=NOBODY, delete=NOBODY)}


def season(name: str, get: Expectations | None = None, post: Expectations | None = None, **more: Any) -> Row:
    return Row(
        f"admin:residencies_season_steering{name}",
        kwargs=lambda w: {"key": w.residency.season.uuid, **more},
        get={HANDS: 200} if get is None else get,
        post=post or {},
    )


def page(
    name: str,
    meeting: str,
    get: Expectations | None = None,
    post: Expectations | None = None,
    more: Mapping[str, Callable[[World], Any]] | None = None,
) -> Row:
    """A page of one of the three meetings: another coordination does not know it exists."""
    return Row(
        f"admin:residencies_meeting_{name}",
        kwargs=lambda w: {"key": getattr(w, meeting).uuid} | {key: value(w) for key, value in (more or {}).items()},
        get={HANDS: 200} if get is None else get,
        post=post or {},
    )


COMING, HELD, PUBLISHED = "meeting_to_come", "meeting_held", "meeting_published"
ITEM = {"item": lambda w: w.agenda_item.uuid}
GUEST = {"attendee": lambda w: w.attendee.uuid}
PAPER = {"paper": lambda w: w.meeting_paper.uuid}
DECISION = {"decision": lambda w: w.decision.uuid}
ACTION = {"action": lambda w: w.action.uuid}
REFUSED: Expectations = {HANDS: 422}
DONE: Expectations = {HANDS: 302}
POST_ONLY: Expectations = {HANDS: 405}


def shown(w: World) -> str:
    return w.meeting_published.title


def unseen(w: World) -> str:
    return w.meeting_held.title


ROWS: list[Row] = [
    Row("residencies:steering", get={EVERYONE: 200}, shown={EVERYONE: shown}, hidden={EVERYONE: unseen}),
    Row("residencies:steering_meeting", kwargs=lambda w: {"uuid": w.meeting_published.uuid}, get={EVERYONE: 200}),
    Row("residencies:steering_minutes", kwargs=lambda w: {"uuid": w.meeting_published.uuid}, get={EVERYONE: 200}),
    Row(
        "residencies:steering_paper",
        kwargs=lambda w: {"uuid": w.meeting_published.uuid, "paper": w.public_paper.uuid},
        get={EVERYONE: 200},
    ),
    season(""),
    season("_add", post=REFUSED),
    season("_rhythm", post=REFUSED, kind="technical"),
    season("_unrhythm", POST_ONLY, DONE, kind="technical"),
    season("_dates", POST_ONLY, DONE, kind="technical"),
    page("invite", COMING, post=REFUSED),
    page("cancel", COMING, post=REFUSED),
    # To come: refused with its reason, back to its page.
    page("restore", COMING, POST_ONLY, DONE),
    page("hold", COMING, POST_ONLY, DONE),
    page("put_off", COMING, POST_ONLY, DONE),
    page("agenda", COMING, post=REFUSED),
    page("agenda_clone", COMING, POST_ONLY, DONE),
    page("item", COMING, post=REFUSED, more=ITEM),
    page("item_move", COMING, POST_ONLY, DONE, more=ITEM),
    page("item_remove", COMING, POST_ONLY, DONE, more=ITEM),
    page("attendees", COMING, post=REFUSED),
    page("attendees_partners", COMING, POST_ONLY, DONE),
    page("attendees_copy", COMING, POST_ONLY, DONE),
    page("attendee", COMING, post=REFUSED, more=GUEST),
    page("attendee_remove", COMING, POST_ONLY, DONE, more=GUEST),
    page("papers", COMING, post=REFUSED),
    page("paper_public", COMING, POST_ONLY, DONE, more=PAPER),
    page("paper_remove", COMING, post=DONE, more=PAPER),
    page("minutes", HELD, post=REFUSED),
    page("minutes_preview", HELD),
    page("decision", HELD, post=REFUSED, more=DECISION),
    page("decision_remove", HELD, POST_ONLY, DONE, more=DECISION),
    page("action", HELD, post=REFUSED, more=ACTION),
    page("action_remove", HELD, POST_ONLY, DONE, more=ACTION),
    page("follow", HELD, post=REFUSED, more=ACTION),
    page("settle", PUBLISHED, post=DONE),
    page("reopen", PUBLISHED, post=REFUSED),
    page("publish", PUBLISHED, post=DONE),
    page("unpublish", PUBLISHED, POST_ONLY, DONE),
    page("send", PUBLISHED, post=DONE),
]
