"""What a committee prepares: its agenda, its participants, its papers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from clea.documents import services as documents
from clea.errors import Refused, require
from clea.journal import services as journal
from clea.ui.dates import day
from residencies.enums.steering import Presence
from residencies.models import AgendaItem, Attendee, Meeting, MeetingPaper
from residencies.rules import steering as rules
from residencies.selectors import steering as selectors
from residencies.services.base import require_desk
from residencies.services.meetings import lock_meeting
from structures.models import Institution

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from clea.accounts.models import User

MAX_BYTES = 15 * 1000 * 1000
MAX_PAGES = 100
MAX_PAPERS = 20
MAX_POINTS = 40
MAX_ATTENDEES = 80


# Agenda ------------------------------------------------------------------------------------------


def add_item(*, by: User, meeting: Meeting, title: str, words: str = "") -> AgendaItem:
    """A point, last."""
    with transaction.atomic():
        locked = _prepare(by, meeting)
        rows = list(locked.items.all())
        if len(rows) >= MAX_POINTS:
            raise Refused(_("Un ordre du jour tient en %(n)d points.") % {"n": MAX_POINTS}, code="too_many")
        position = rows[-1].position + 1 if rows else 1
        item = AgendaItem(meeting=locked, position=position, title=title.strip(), words=words.strip())
        item.full_clean()
        item.save()
        _agenda_changed(by, locked)
        return item


def change_item(*, by: User, item: AgendaItem, title: str, words: str) -> AgendaItem:
    with transaction.atomic():
        locked = _prepare(by, item.meeting)
        held = locked.items.get(pk=item.pk)
        held.title, held.words = title.strip(), words.strip()
        held.full_clean()
        held.save()
        _agenda_changed(by, locked)
        return held


def remove_item(*, by: User, item: AgendaItem) -> None:
    """A point of which something was said stays: what was said would go with it."""
    with transaction.atomic():
        locked = _prepare(by, item.meeting)
        held = locked.items.get(pk=item.pk)
        if held.said:
            raise Refused(
                _("Ce qui a été dit de ce point est écrit : effacez-le d'abord dans le compte rendu."), code="said"
            )
        held.delete()
        _agenda_changed(by, locked)


def move_item(*, by: User, item: AgendaItem, up: bool) -> None:
    """One step up or down; the first and the last stay where they are."""
    with transaction.atomic():
        locked = _prepare(by, item.meeting)
        rows = list(locked.items.all())
        index = next(n for n, row in enumerate(rows) if row.pk == item.pk)
        other = index - 1 if up else index + 1
        if 0 <= other < len(rows):
            rows[index], rows[other] = rows[other], rows[index]
        for position, row in enumerate(rows, 1):
            row.position = position
        AgendaItem.objects.bulk_update(rows, ["position"])
        _agenda_changed(by, locked)


def clone_agenda(*, by: User, meeting: Meeting) -> int:
    """The points of the committee's last meeting, after the actions still open. How many points were written."""
    with transaction.atomic():
        locked = _prepare(by, meeting)
        if locked.items.exists():
            raise Refused(_("L'ordre du jour a déjà des points : retirez-les avant d'en reprendre un."), code="begun")
        last = selectors.last_meeting(locked)
        follow = _("Suivi des actions décidées")
        pending = list(selectors.open_actions(locked.season))
        points = []
        if pending:
            # Without their owners' names: these words are published with the minutes.
            lines = "\n".join(f"- {row.what} ({day(row.due_on, weekday=False)})" for row in pending)
            points.append((follow, lines[:2000]))
        if last is not None:
            points += [(row.title, row.words) for row in last.items.all() if row.title != follow]
        if not points:
            raise Refused(_("Aucune réunion passée de ce comité n'a d'ordre du jour à reprendre."), code="nothing")
        for position, (title, words) in enumerate(points, 1):
            item = AgendaItem(meeting=locked, position=position, title=title, words=words)
            item.full_clean()
            item.save()
        _agenda_changed(by, locked)
        return len(points)


# Participants ------------------------------------------------------------------------------------


def save_attendee(*, by: User, meeting: Meeting, attendee: Attendee | None = None, **facts: Any) -> Attendee:
    """Add a person, or correct one. ``facts``: institution, organisation, name, role, email, presence."""
    with transaction.atomic():
        locked = _prepare(by, meeting)
        if attendee is None and locked.attendees.count() >= MAX_ATTENDEES:
            raise Refused(_("Une réunion compte %(n)d participants au plus.") % {"n": MAX_ATTENDEES}, code="too_many")
        row = locked.attendees.get(pk=attendee.pk) if attendee is not None else Attendee(meeting=locked)
        for name, value in facts.items():
            setattr(row, name, value.strip() if isinstance(value, str) else value)
        if row.institution is not None:
            if row.institution.territory_id != locked.territory.pk:
                raise Refused(
                    _("Choisissez un partenaire de ce territoire."), code="other_territory", field="institution"
                )
            row.organisation = row.organisation or row.institution.name[:200]
        row.email = row.email.lower()
        row.full_clean()
        row.save()
        _attendees_changed(by, locked)
        return row


def remove_attendee(*, by: User, attendee: Attendee) -> None:
    with transaction.atomic():
        locked = _prepare(by, attendee.meeting)
        locked.attendees.filter(pk=attendee.pk).delete()
        _attendees_changed(by, locked)


def add_institutions(*, by: User, meeting: Meeting, institutions: Iterable[Institution]) -> int:
    """Who sat for each the last time; a name to be given when nobody did. How many people were added."""
    with transaction.atomic():
        locked = _prepare(by, meeting)
        chosen = [row for row in institutions if row.territory_id == locked.territory.pk]
        if not chosen:
            raise Refused(_("Cochez au moins un partenaire."), code="nobody", field="institutions")
        known = selectors.last_seats(locked, chosen)
        rows = []
        for institution in chosen:
            seats = known.get(institution.pk) or [Attendee(name=_("personne à désigner"))]
            rows += [_copy(seat, locked, institution=institution, name=institution.name[:200]) for seat in seats]
        return _add(by, locked, rows)


def copy_attendees(*, by: User, meeting: Meeting) -> int:
    """Everybody of the committee's last meeting. How many were not already in the list."""
    with transaction.atomic():
        locked = _prepare(by, meeting)
        last = selectors.last_meeting(locked)
        if last is None:
            raise Refused(_("Ce comité ne s'est encore jamais réuni : ajoutez les participants."), code="nothing")
        rows = [
            _copy(row, locked, institution=row.institution, name=row.organisation)
            for row in last.attendees.select_related("institution")
        ]
        return _add(by, locked, rows)


def _copy(seat: Attendee, meeting: Meeting, *, institution: Institution | None, name: str) -> Attendee:
    return Attendee(
        meeting=meeting,
        institution=institution,
        organisation=seat.organisation or name,
        name=seat.name,
        role=seat.role,
        email=seat.email,
        presence=Presence.INVITED,
    )


def _add(by: User, meeting: Meeting, rows: list[Attendee]) -> int:
    present = list(meeting.attendees.all())
    emails = {row.email for row in present if row.email}
    names = {(row.organisation, row.name) for row in present}
    added = 0
    for row in rows:
        if (row.email and row.email in emails) or (row.organisation, row.name) in names:
            continue
        if len(present) + added >= MAX_ATTENDEES:
            raise Refused(_("Une réunion compte %(n)d participants au plus.") % {"n": MAX_ATTENDEES}, code="too_many")
        row.full_clean()
        row.save()
        emails.add(row.email)
        names.add((row.organisation, row.name))
        added += 1
    if added:
        _attendees_changed(by, meeting)
    return added


# Papers ------------------------------------------------------------------------------------------


def add_paper(*, by: User, meeting: Meeting, title: str, upload: UploadedFile, is_public: bool = False) -> MeetingPaper:
    """Receive a PDF. ``PieceRefused`` when it is not a sound one."""
    require_desk(by, meeting.territory)
    require(rules.can_prepare(meeting))
    stored = documents.intake_pdf(by=by, upload=upload, max_bytes=MAX_BYTES, max_pages=MAX_PAGES)
    try:
        with transaction.atomic():
            locked = _prepare(by, meeting)
            if locked.papers.count() >= MAX_PAPERS:
                raise Refused(_("Une réunion compte %(n)d documents au plus.") % {"n": MAX_PAPERS}, code="too_many")
            row = MeetingPaper(meeting=locked, title=title.strip(), stored_file=stored, is_public=is_public)
            row.full_clean()
            row.save()
            data = {"paper": str(row.uuid), "sha256": stored.sha256, "public": is_public}
            journal.record(by=by, verb="meeting.paper_added", target=locked, data=data)
            return row
    except Exception:
        documents.discard(stored)
        raise


def set_paper_public(*, by: User, paper: MeetingPaper, is_public: bool) -> MeetingPaper:
    """Say whether it goes with the published minutes. At any time, as long as the meeting stands."""
    with transaction.atomic():
        locked = lock_meeting(paper.meeting)
        require_desk(by, locked.territory)
        held = locked.papers.get(pk=paper.pk)
        held.is_public = is_public
        held.save(update_fields=["is_public"])
        data = {"paper": str(held.uuid), "public": is_public}
        journal.record(by=by, verb="meeting.paper_changed", target=locked, data=data)
        return held


def remove_paper(*, by: User, paper: MeetingPaper) -> None:
    with transaction.atomic():
        locked = _prepare(by, paper.meeting)
        held = locked.papers.select_related("stored_file").get(pk=paper.pk)
        stored, key = held.stored_file, str(held.uuid)
        held.delete()
        documents.discard(stored, by=by)
        journal.record(by=by, verb="meeting.paper_removed", target=locked, data={"paper": key})


# Inside a transaction ----------------------------------------------------------------------------


def _prepare(by: User, meeting: Meeting) -> Meeting:
    locked = lock_meeting(meeting)
    require_desk(by, locked.territory)
    require(rules.can_prepare(locked))
    return locked


def _agenda_changed(by: User, meeting: Meeting) -> None:
    """Who writes the minutes at the same time is told that the points are others."""
    meeting.version += 1
    meeting.save(update_fields=["version", "updated_at"])
    data = {"points": meeting.items.count()}
    journal.record(by=by, verb="meeting.agenda_changed", target=meeting, data=data)


def _attendees_changed(by: User, meeting: Meeting) -> None:
    meeting.version += 1
    meeting.save(update_fields=["version", "updated_at"])
    data = {"attendees": meeting.attendees.count()}
    journal.record(by=by, verb="meeting.attendees_changed", target=meeting, data=data)
