"""Who opens the pages of interviews.

The dossier of the selection holds a slot; a second slot is free. Its owner chooses; the juror who
reads it sees it, the one to whom it was not given and the one who stepped aside do not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from candidatures.enums import ApplicationState, InterviewMode
from candidatures.models import InterviewInvitation, InterviewSlot
from candidatures.services.jury import interview_notes
from tests.access.matrix import (
    ADMINISTRATOR,
    COORDINATOR,
    EVERYONE,
    JUROR,
    JURORS,
    OTHER_JUROR,
    OWNER,
    RECUSED_JUROR,
    SIGNED_IN,
    Arguments,
    Role,
    Row,
)
from tests.access.world import World

COORDINATION = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    start = timezone.now().replace(microsecond=0) + timedelta(days=5)
    taken, free = (
        InterviewSlot.objects.create(
            jury=world.jury,
            starts_at=start + timedelta(hours=n),
            mode=InterviewMode.IN_PERSON,
            place="Salle des mariages du monde",
        )
        for n in range(2)
    )
    type(world.read_dossier).objects.filter(pk=world.read_dossier.pk).update(state=ApplicationState.SHORTLISTED)
    world.read_dossier.state = ApplicationState.SHORTLISTED
    taken.application, taken.booked_at = world.read_dossier, timezone.now()
    taken.save()
    InterviewInvitation.objects.create(application=world.read_dossier, book_by=timezone.now() + timedelta(days=3))
    world.interview, world.free_slot = taken, free


def jury(w: World) -> dict[str, Any]:
    return {"key": w.jury.uuid}


def slot(w: World) -> dict[str, Any]:
    return {"key": w.jury.uuid, "slot_key": w.interview.uuid}


def call(w: World) -> dict[str, Any]:
    return {"slug": w.jury_call.slug}


def heard(w: World) -> dict[str, Any]:
    return {"slug": w.jury_call.slug, "uuid": w.read_dossier.uuid}


def dossier(w: World) -> dict[str, Any]:
    return {"uuid": w.read_dossier.uuid}


def day(w: World) -> dict[str, Any]:
    return {"jour": timezone.localdate(w.interview.starts_at).isoformat()}


def name(w: World) -> str:
    return str(w.read_dossier.display_name)


def place(w: World) -> str:
    return "Salle des mariages du monde"


def of(role: Role) -> Arguments:
    return lambda w: {"token": interview_notes.feed_token(w.jurors[role])}


ROWS = [
    Row("admin:candidatures_jury_interviews", kwargs=jury, get={COORDINATION: 200}, shown={COORDINATION: name}),
    Row("admin:candidatures_jury_interviews_open", kwargs=jury, get={COORDINATION: 200}, post={COORDINATION: 422}),
    Row(
        "admin:candidatures_jury_interviews_invite",
        kwargs=jury,
        get={COORDINATION: "/coordination/candidatures/jury/"},
        post={COORDINATION: 422},
    ),
    Row("admin:candidatures_jury_interviews_grid", kwargs=jury, query=day, get={COORDINATION: 200}),
    Row("admin:candidatures_jury_interviews_grid_pdf", kwargs=jury, query=day, get={COORDINATION: 200}),
    Row("admin:candidatures_jury_interviews_ics", kwargs=jury, get={COORDINATION: 200}),
    Row(
        "admin:candidatures_jury_interviews_slot",
        kwargs=slot,
        get={COORDINATION: 200},
        post={COORDINATION: 422},
        shown={COORDINATION: name},
    ),
    Row(
        "admin:candidatures_jury_interviews_assign",
        kwargs=slot,
        get={COORDINATION: "/coordination/candidatures/jury/"},
        post={COORDINATION: 422},
    ),
    Row(
        "admin:candidatures_jury_interviews_cancel",
        kwargs=slot,
        get={COORDINATION: 200},
        post={COORDINATION: "/coordination/candidatures/jury/"},
    ),
    Row(
        "admin:candidatures_jury_interviews_release",
        kwargs=slot,
        get={COORDINATION: 200},
        post={COORDINATION: "/coordination/candidatures/jury/"},
    ),
    Row(
        "admin:candidatures_jury_interviews_delete",
        kwargs=slot,
        post={COORDINATION: "/coordination/candidatures/jury/"},
    ),
    Row(
        "admin:candidatures_jury_interviews_record",
        kwargs=slot,
        post={COORDINATION: "/coordination/candidatures/jury/"},
        data=lambda w: {"outcome": "held"},
    ),
    Row(
        "admin:candidatures_jury_interviews_note",
        kwargs=slot,
        get={COORDINATION: "/coordination/candidatures/jury/"},
        post={COORDINATION: "/coordination/candidatures/jury/"},
        data=lambda w: {"text": "Des notes.", "version": "0"},
    ),
    # The address is the secret: whoever holds it reads that member's calendar, and only theirs.
    Row("jury:interviews_feed", kwargs=of(Role.JUROR), get={EVERYONE: 200}),
    Row(
        "jury:interviews",
        kwargs=call,
        get={JURORS: 200},
        shown={JUROR: name},
        hidden={OTHER_JUROR | RECUSED_JUROR: name},
    ),
    Row("jury:interviews_reset", kwargs=call, post={JURORS: "/jury/"}),
    Row(
        "jury:interview",
        kwargs=heard,
        get={JUROR: 200, OTHER_JUROR | RECUSED_JUROR: 404},
        post={JUROR: "/jury/", OTHER_JUROR | RECUSED_JUROR: 404},
        data=lambda w: {"text": "Des notes.", "version": "0"},
        shown={JUROR: place},
    ),
    Row(
        "applications:interview",
        kwargs=dossier,
        get={OWNER: 200, SIGNED_IN & ~OWNER: 404},
        post={OWNER: 302, SIGNED_IN & ~OWNER: 404},
        data=lambda w: {"creneau": str(w.free_slot.uuid)},
        shown={OWNER: place},
    ),
    Row(
        "applications:interview_decline",
        kwargs=dossier,
        get={OWNER: 200, SIGNED_IN & ~OWNER: 404},
        post={OWNER: "/candidatures/", SIGNED_IN & ~OWNER: 404},
    ),
    Row("applications:interview_calendar", kwargs=dossier, get={OWNER: 200, SIGNED_IN & ~OWNER: 404}),
]
