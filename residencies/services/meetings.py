"""Committees: planned, moved, cancelled, convened, held (rules.md 23)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.documents import services as documents
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from clea.mail import services as mail
from residencies.enums.steering import MeetingKind, MeetingState
from residencies.models import Attendee, Meeting
from residencies.rules import steering as rules
from residencies.services import meeting_notices as notices
from residencies.services.base import hold_open, lock_season, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.documents.models import StoredFile

#: A meeting that near must have been convened.
SOON = timedelta(days=7)


@dataclass(frozen=True)
class Facts:
    """What a meeting says of itself. Aware moments."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    introduction: str = ""


def lock_meeting(meeting: Meeting) -> Meeting:
    """The row, its territory with it. Refused in a closed season. One query."""
    found = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("season__programme__territory")
        .get(pk=meeting.pk)
    )
    hold_open(found.season)
    return found


def hold_version(meeting: Meeting, version: int | None) -> None:
    """Raise ``StaleWrite`` when the row changed since the page was shown; count this write."""
    if version is not None and meeting.version != version:
        raise StaleWrite(
            _(
                "Quelqu'un a modifié cette réunion depuis que vous avez ouvert cette page. "
                "Rien n'est enregistré : relisez ce qui a changé, puis enregistrez à nouveau."
            ),
            code="stale",
        )
    meeting.version += 1


def plan(*, by: User, season: Season, kind: MeetingKind, facts: Facts) -> Meeting:
    """A meeting on its own, beside the rhythm."""
    with transaction.atomic():
        locked = lock_season(season)
        require_desk(by, locked.programme.territory)
        row = Meeting(season=locked, kind=kind)
        _write(row, facts)
        row.full_clean()
        row.save()
        data = {"on": timezone.localdate(row.starts_at).isoformat(), "kind": str(kind)}
        journal.record(by=by, verb="meeting.planned", target=row, data=data)
        return row


def change(*, by: User, meeting: Meeting, version: int | None, facts: Facts) -> tuple[Meeting, int]:
    """Move or correct it. Who was convened is told when the moment or the place changes.

    Returns the meeting and how many messages left.
    """
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        require(rules.can_plan(locked))
        hold_version(locked, version)
        before, said = _moment(locked), notices.when_and_where(locked)
        _write(locked, facts)
        moves = _moment(locked) != before
        if moves:
            locked.sequence += 1
        locked.full_clean()
        locked.save()
        told = _told(locked) if moves else []
        for person in told:
            notices.moved(by=by, meeting=locked, to=person, before=said)
        journal.record(by=by, verb="meeting.moved" if moves else "meeting.changed", target=locked, data=data_of(locked))
        return locked, len(told)


def cancel(*, by: User, meeting: Meeting, why: str) -> tuple[Meeting, int]:
    """Call it off, with the reason that those convened read. How many messages left comes with it."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        require(rules.can_become(locked, MeetingState.CANCELLED))
        if not (why := why.strip()):
            raise Refused(_("Dites pourquoi : les participants le liront."), code="reason_needed", field="why")
        told = _told(locked)
        locked.state, locked.cancelled_why = MeetingState.CANCELLED, why
        locked.sequence += 1
        locked.version += 1
        locked.full_clean()
        locked.save()
        for person in told:
            notices.cancelled(by=by, meeting=locked, to=person, words=why)
        journal.record(by=by, verb="meeting.cancelled", target=locked, data=data_of(locked))
        return locked, len(told)


def restore(*, by: User, meeting: Meeting) -> Meeting:
    """Put back what was cancelled. Nobody is told: it is to be convened again."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        if locked.state != MeetingState.CANCELLED:
            raise Refused(_("Cette réunion n'est pas annulée."), code="wrong_state")
        require(rules.can_become(locked, MeetingState.PLANNED))
        locked.state, locked.cancelled_why, locked.invited_at = MeetingState.PLANNED, "", None
        locked.sequence += 1
        locked.version += 1
        locked.save()
        journal.record(by=by, verb="meeting.restored", target=locked, data=data_of(locked))
        return locked


def hold(*, by: User, meeting: Meeting) -> Meeting:
    """It takes place, or has: its minutes open. From the day itself on."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        require(rules.can_hold(locked, timezone.now()))
        locked.state = MeetingState.HELD
        locked.version += 1
        locked.save()
        journal.record(by=by, verb="meeting.held", target=locked, data=data_of(locked))
        return locked


def put_off(*, by: User, meeting: Meeting) -> Meeting:
    """It was not held after all: to come again. What was written of it stays."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        if locked.state != MeetingState.HELD:
            raise Refused(_("Cette réunion n'est pas notée tenue."), code="wrong_state")
        require(rules.can_become(locked, MeetingState.PLANNED))
        locked.state = MeetingState.PLANNED
        locked.version += 1
        locked.save()
        journal.record(by=by, verb="meeting.unheld", target=locked, data=data_of(locked))
        return locked


def invite(
    *, by: User, meeting: Meeting, attendees: Iterable[Attendee], words: str = "", with_papers: bool = False
) -> int:
    """Write to each of ``attendees`` with the agenda, the calendar file and, if asked, the papers.

    May be done again, for those who were added since or with a changed agenda. Returns how many messages left.
    """
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        require(rules.can_invite(locked, points=locked.items.count(), now=timezone.now()))
        people = list(locked.attendees.filter(pk__in=[one.pk for one in attendees]).exclude(email=""))
        if not people:
            raise Refused(
                _("Cochez au moins une personne qui a une adresse électronique."), code="nobody", field="attendees"
            )
        papers = _papers(locked) if with_papers else []
        for person in people:
            notices.invited(by=by, meeting=locked, to=person, words=words.strip(), papers=papers)
        locked.invited_at = timezone.now()
        locked.save(update_fields=["invited_at", "updated_at"])
        journal.record(by=by, verb="meeting.invited", target=locked, data=data_of(locked) | {"to": len(people)})
        return len(people)


# Inside a transaction ----------------------------------------------------------------------------


def data_of(meeting: Meeting) -> dict[str, object]:
    """What the journal keeps of an act."""
    on = timezone.localdate(meeting.starts_at).isoformat()
    return {"state": str(meeting.state), "on": on, "sequence": meeting.sequence}


def _write(meeting: Meeting, facts: Facts) -> None:
    require_reach(meeting.season, timezone.localdate(facts.starts_at), field="day")
    meeting.title, meeting.introduction = facts.title.strip(), facts.introduction.strip()
    meeting.starts_at, meeting.ends_at = facts.starts_at, facts.ends_at
    meeting.place, meeting.link = facts.place.strip(), facts.link.strip()


def _moment(meeting: Meeting) -> tuple[object, ...]:
    return meeting.starts_at, meeting.ends_at, meeting.place, meeting.link


def _told(meeting: Meeting) -> list[Attendee]:
    """Who must know of a change: everybody with an address, once convened. One query."""
    return list(meeting.attendees.exclude(email="")) if meeting.invited_at is not None else []


def _papers(meeting: Meeting) -> list[notices.Attached]:
    """The papers as attachments, when a mail server will take them."""
    rows = list(meeting.papers.select_related("stored_file"))
    if sum(row.stored_file.size for row in rows) > mail.MAX_ATTACHED * 3 // 4:
        raise Refused(
            _("Les documents sont trop lourds pour un message : envoyez la convocation sans les joindre."),
            code="too_heavy",
            field="with_papers",
        )
    return [(f"{row.title[:80]}.pdf", content(row.stored_file), row.stored_file.content_type) for row in rows]


def content(stored: StoredFile) -> bytes:
    with documents.local_path(stored) as path:
        return path.read_bytes()
