"""The minutes of a committee: written by several hands, settled, opened again, published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from clea.documents import services as documents
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums.steering import MeetingState, Presence
from residencies.models import AgendaItem, Attendee, Meeting, MeetingDecision
from residencies.reports import minutes as reports
from residencies.rules import steering as rules
from residencies.selectors import steering as selectors
from residencies.services import actions
from residencies.services import meeting_notices as notices
from residencies.services.base import require_desk
from residencies.services.meetings import content, data_of, hold_version, lock_meeting

if TYPE_CHECKING:
    from clea.accounts.models import User
    from clea.documents.models import StoredFile

MAX_DECISIONS = 99


@dataclass(frozen=True)
class NewAction:
    """An action as it is typed in the minutes."""

    what: str
    owner: str
    due_on: date
    owner_email: str = ""


def write(
    *,
    by: User,
    meeting: Meeting,
    version: int,
    introduction: str,
    said: Mapping[UUID, str],
    presences: Mapping[UUID, str],
    decisions: Sequence[tuple[UUID | None, str]] = (),
    todo: Sequence[NewAction] = (),
) -> Meeting:
    """What was said point by point, and who was there; new decisions, by point, and new actions with it.

    ``StaleWrite`` when somebody wrote since ``version``: nothing of it is kept then.
    """
    with transaction.atomic():
        locked = _writing(by, meeting)
        hold_version(locked, version)
        locked.introduction = introduction.strip()
        locked.full_clean()
        locked.save()
        items = list(locked.items.all())
        for item in items:
            item.said = said.get(item.uuid, item.said).strip()
            item.full_clean()
        AgendaItem.objects.bulk_update(items, ["said"])
        people = list(locked.attendees.all())
        for person in people:
            person.presence = Presence(presences.get(person.uuid, person.presence))
        Attendee.objects.bulk_update(people, ["presence"])
        points = {item.uuid: item for item in items}
        for key, text in decisions:
            add_decision(by=by, meeting=locked, text=text, item=points.get(key) if key else None)
        for one in todo:
            actions.add(by=by, meeting=locked, **vars(one))
        journal.record(by=by, verb="meeting.minutes_written", target=locked, data={"version": locked.version})
        return locked


# Decisions ---------------------------------------------------------------------------------------


def add_decision(*, by: User, meeting: Meeting, text: str, item: AgendaItem | None = None) -> MeetingDecision:
    """Numbered after the others. ``item``: the point it came from."""
    with transaction.atomic():
        locked = _writing(by, meeting)
        count = locked.decisions.count()
        if count >= MAX_DECISIONS:
            raise Refused(_("Une réunion compte %(n)d décisions au plus.") % {"n": MAX_DECISIONS}, code="too_many")
        row = MeetingDecision(meeting=locked, position=count + 1)
        _decide(row, locked, text, item)
        _decisions_changed(by, locked)
        return row


def change_decision(
    *, by: User, decision: MeetingDecision, text: str, item: AgendaItem | None = None
) -> MeetingDecision:
    with transaction.atomic():
        locked = _writing(by, decision.meeting)
        row = locked.decisions.get(pk=decision.pk)
        _decide(row, locked, text, item)
        _decisions_changed(by, locked)
        return row


def remove_decision(*, by: User, decision: MeetingDecision) -> None:
    """The next ones take the numbers before."""
    with transaction.atomic():
        locked = _writing(by, decision.meeting)
        locked.decisions.filter(pk=decision.pk).delete()
        rows = list(locked.decisions.all())
        for position, row in enumerate(rows, 1):
            row.position = position
        MeetingDecision.objects.bulk_update(rows, ["position"])
        _decisions_changed(by, locked)


def _decide(row: MeetingDecision, meeting: Meeting, text: str, item: AgendaItem | None) -> None:
    if item is not None and item.meeting_id != meeting.pk:
        raise Refused(_("Ce point est celui d'une autre réunion."), code="other_meeting", field="item")
    row.text, row.item = text.strip(), item
    row.full_clean()
    row.save()


def _decisions_changed(by: User, meeting: Meeting) -> None:
    data = {"decisions": meeting.decisions.count()}
    journal.record(by=by, verb="meeting.decisions_changed", target=meeting, data=data)


# Settled, opened again ---------------------------------------------------------------------------


def settle(*, by: User, meeting: Meeting, version: int | None = None) -> Meeting:
    """Freeze the minutes: their PDF is kept with its hash.

    It is laid out before the transaction (half a second); if what it says changed meanwhile, nothing is
    settled (``StaleWrite``).
    """
    meeting = _fresh(meeting)
    require_desk(by, meeting.territory)
    read = _require_ready(meeting)
    with override("fr"):
        made = reports.pdf(meeting, read)
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        if _require_ready(locked) != read or version not in (None, locked.version):
            raise StaleWrite(
                _("Le compte rendu a changé entre-temps : relisez-le, puis arrêtez-le à nouveau."), code="stale"
            )
        locked.minutes = _store(by, locked, made)
        locked.state, locked.settled_at, locked.reopened_why = MeetingState.SETTLED, timezone.now(), ""
        locked.version += 1
        locked.full_clean()
        locked.save()
        data = data_of(locked) | {"sha256": locked.minutes.sha256}
        journal.record(by=by, verb="meeting.settled", target=locked, data=data)
        return locked


def reopen(*, by: User, meeting: Meeting, why: str) -> Meeting:
    """Correct settled minutes. They leave the site, and their PDF is no more; the journal keeps its hash."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        if locked.state != MeetingState.SETTLED:
            raise Refused(_("Ce compte rendu n'est pas arrêté : il se modifie sur sa page."), code="wrong_state")
        require(rules.can_become(locked, MeetingState.HELD))
        if not (why := why.strip()):
            raise Refused(
                _("Dites pourquoi : qui a reçu le compte rendu le demandera."), code="reason_needed", field="why"
            )
        files = [locked.minutes, locked.public_minutes]
        locked.state, locked.reopened_why = MeetingState.HELD, why
        locked.settled_at = locked.published_at = locked.minutes = locked.public_minutes = None
        locked.version += 1
        locked.full_clean()
        locked.save()
        for stored in files:
            if stored is not None:
                documents.discard(stored, by=by)
        journal.record(by=by, verb="meeting.reopened", target=locked, data=data_of(locked))
        return locked


# For everybody -----------------------------------------------------------------------------------


def publish(*, by: User, meeting: Meeting) -> Meeting:
    """Put settled minutes on the site, in an edition that names no participant."""
    meeting = _fresh(meeting)
    require_desk(by, meeting.territory)
    with override("fr"):
        read = selectors.minutes(meeting, public=True)
        require(rules.can_publish(meeting, read.texts()))
        made = reports.pdf(meeting, read)
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        require(rules.can_publish(locked, read.texts()))
        if locked.published_at is not None:
            raise Refused(_("Ce compte rendu est déjà publié."), code="already")
        with override("fr"):
            if selectors.minutes(locked, public=True) != read:
                raise StaleWrite(_("Le compte rendu a changé entre-temps : relisez-le."), code="stale")
        locked.public_minutes = _store(by, locked, made)
        locked.published_at = timezone.now()
        locked.version += 1
        locked.full_clean()
        locked.save()
        data = data_of(locked) | {"sha256": locked.public_minutes.sha256}
        journal.record(by=by, verb="meeting.published", target=locked, data=data)
        return locked


def unpublish(*, by: User, meeting: Meeting) -> Meeting:
    """Take them off the site: internal again."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        if locked.published_at is None:
            raise Refused(_("Ce compte rendu n'est pas publié."), code="already")
        stored = locked.public_minutes
        locked.published_at = locked.public_minutes = None
        locked.version += 1
        locked.save()
        if stored is not None:
            documents.discard(stored, by=by)
        journal.record(by=by, verb="meeting.unpublished", target=locked, data=data_of(locked))
        return locked


def send(*, by: User, meeting: Meeting) -> int:
    """The settled PDF to every participant who has an address. How many messages left."""
    with transaction.atomic():
        locked = lock_meeting(meeting)
        require_desk(by, locked.territory)
        if locked.state != MeetingState.SETTLED or locked.minutes is None:
            raise Refused(_("Arrêtez d'abord le compte rendu : c'est lui qui part."), code="not_settled")
        people = list(locked.attendees.exclude(email=""))
        if not people:
            raise Refused(_("Aucun participant n'a d'adresse électronique : complétez la liste."), code="nobody")
        attached = (selectors.file_name(locked), content(locked.minutes), "application/pdf")
        for person in people:
            notices.minutes(by=by, meeting=locked, to=person, pdf=attached)
        journal.record(by=by, verb="meeting.minutes_sent", target=locked, data=data_of(locked) | {"to": len(people)})
        return len(people)


# Inside ------------------------------------------------------------------------------------------


def _writing(by: User, meeting: Meeting) -> Meeting:
    locked = lock_meeting(meeting)
    require_desk(by, locked.territory)
    require(rules.can_write(locked))
    return locked


def _fresh(meeting: Meeting) -> Meeting:
    """The row as it stands, for what is laid out before the lock. One query."""
    return Meeting.objects.select_related("season__programme__territory").get(pk=meeting.pk)


def _require_ready(meeting: Meeting) -> selectors.Minutes:
    with override("fr"):
        read = selectors.minutes(meeting)
    require(rules.can_settle(meeting, present=len(read.present), written=read.is_written))
    return read


def _store(by: User, meeting: Meeting, made: bytes) -> StoredFile:
    name: Any = selectors.file_name(meeting)
    return documents.store_bytes(by=by, content=made, name=name, content_type="application/pdf")
