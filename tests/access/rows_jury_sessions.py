"""The session's pages: the desk of the territory, and nobody else. Jurors never enter the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from candidatures.enums import SessionState
from candidatures.models import Attendance, Decision, JurySession, Minutes
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, JURORS, OTHER_COORDINATOR, STAFF, Role, Row
from tests.access.world import World

READERS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A session in preparation, with one member who came and one dossier."""
    world.session = JurySession.objects.create(
        jury=world.jury, held_on=timezone.localdate() - timedelta(days=1), chair=world.jurors[Role.OTHER_JUROR]
    )
    Attendance.objects.create(session=world.session, juror=world.jurors[Role.OTHER_JUROR], presence="present")
    world.decision = Decision.objects.create(session=world.session, application=world.read_dossier)
    # Another, settled in its time, whose minutes are printed.
    world.settled = JurySession.objects.create(
        jury=world.jury,
        held_on=timezone.localdate() - timedelta(days=400),
        state=SessionState.SETTLED,
        settled_at=timezone.now() - timedelta(days=399),
        chair=world.jurors[Role.OTHER_JUROR],
    )
    world.minutes = Minutes.objects.create(session=world.settled, data=_said(world))


def _said(world: World) -> dict[str, Any]:
    from candidatures.services.jury import minutes, sessions

    edition = Minutes(session=world.settled, edition=1)
    return minutes.frozen(edition, sessions.examine(world.settled))


def one(world: World) -> dict[str, Any]:
    return {"key": world.jury.uuid, "session_key": world.session.uuid}


def settled(world: World) -> dict[str, Any]:
    return {"key": world.jury.uuid, "session_key": world.settled.uuid, "edition": 1}


LIST = "/coordination/candidatures/jury/"
ROWS = [
    Row(
        "admin:candidatures_jury_sessions",
        kwargs=lambda w: {"key": w.jury.uuid},
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={READERS: 200, OTHER_COORDINATOR: 404},
    ),
    Row(
        "admin:candidatures_jury_session",
        kwargs=one,
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={STAFF: (404, 405)},
    ),
    # Addresses to send to; opened, they lead back to the session.
    *(
        Row(
            f"admin:candidatures_jury_session_{act}",
            kwargs=one,
            get={READERS: LIST, OTHER_COORDINATOR: 404},
            post={READERS: (200, 302), OTHER_COORDINATOR: 404},
        )
        for act in ("details", "attendance", "agenda", "decide", "propose", "reserve")
    ),
    # They ask before they act.
    *(
        Row(
            f"admin:candidatures_jury_session_{act}",
            kwargs=one,
            get={READERS: 200, OTHER_COORDINATOR: 404},
            post={READERS: (200, 302), OTHER_COORDINATOR: 404},
        )
        for act in ("rest", "settle", "correct", "discard")
    ),
    Row(
        "admin:candidatures_jury_session_decision",
        kwargs=lambda w: one(w) | {"dossier_key": w.read_dossier.uuid},
        get={READERS: 200, OTHER_COORDINATOR: 404},
        post={READERS: (200, 302), OTHER_COORDINATOR: 404},
    ),
    # No session is closed in this world: there is nothing to read yet, whoever asks.
    Row("jury:session", kwargs=lambda w: {"slug": w.jury_call.slug}, get={JURORS: 404}, post={JURORS: 405}),
    Row(
        "admin:candidatures_jury_minutes",
        kwargs=settled,
        get={READERS: "/fichiers/", OTHER_COORDINATOR: 404},
        post={READERS: "/fichiers/", OTHER_COORDINATOR: 404},
    ),
    Row(
        "admin:candidatures_jury_minutes_signed",
        kwargs=settled,
        get={STAFF: (404, 405)},
        post={READERS: 200, OTHER_COORDINATOR: 404},
    ),
]
