"""The coordination's acts on interviews: slots, invitations, who comes when, what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import ApplicationState, InterviewMode, InterviewOutcome
from candidatures.methods.timetable import Span
from candidatures.models import Application, InterviewInvitation, InterviewSlot, Jury
from candidatures.rules import can_transition
from candidatures.rules import interviews as rules
from candidatures.selectors import interviews as selectors
from candidatures.services.applications import lock
from candidatures.services.jury import interview_notices as notices
from candidatures.services.jury import interview_places as places
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Slots opened at once. A day of five-minute interviews is a mistake.
MOST = 60


@dataclass(frozen=True)
class Room:
    """Where interviews take place: a place for one mode, an address for the other."""

    mode: InterviewMode
    place: str = ""
    link: str = ""

    @property
    def where(self) -> str:
        return self.place if self.mode == InterviewMode.IN_PERSON else self.link


def open_slots(*, by: User, jury: Jury, spans: Sequence[Span], room: Room) -> list[InterviewSlot]:
    """Open these slots. All of them or none.

    ``Refused`` when one is past, or overlaps another in the same room. Two rooms at once are
    allowed: a jury may split; the page says so before.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if not spans:
            raise Refused(_("Aucun créneau ne tient entre ces deux heures."), code="none", field="until")
        if len(spans) > MOST:
            raise Refused(
                _("Cela ferait %(n)d créneaux : ouvrez-en au plus %(most)d à la fois.")
                % {"n": len(spans), "most": MOST},
                code="too_many",
                field="minutes",
            )
        if spans[0].start <= timezone.now():
            raise Refused(_("Le premier créneau doit être dans le futur."), code="past", field="day")
        _require_room(locked, spans, room)
        made = [
            InterviewSlot(
                jury=locked,
                starts_at=row.start,
                minutes=(row.end - row.start) // timedelta(minutes=1),
                mode=room.mode,
                place=room.place.strip(),
                link=room.link.strip(),
            )
            for row in spans
        ]
        for slot in made:
            slot.clean_fields(exclude=["jury"])
        made[0].full_clean()
        InterviewSlot.objects.bulk_create(made)
        journal.record(
            by=by,
            verb="interview.slots_opened",
            target=locked,
            data={
                "slots": [str(slot.uuid) for slot in made],
                "from": spans[0].start.isoformat(),
                "to": spans[-1].end.isoformat(),
                "mode": room.mode.value,
            },
        )
        return made


def mark(slot: InterviewSlot) -> str:
    """What an agent is looking at. Another since is a stale page."""
    return f"{slot.sequence}/{slot.application_id or ''}/{slot.outcome}/{'x' if slot.cancelled_at else ''}"


def change_slot(
    *, by: User, slot: InterviewSlot, starts_at: datetime, minutes: int, room: Room, seen: str | None = None
) -> InterviewSlot:
    """Move or correct a slot; whoever booked it is written to, with a file that replaces theirs."""
    with transaction.atomic():
        jury, application, locked = _hold(by, slot, seen)
        require(rules.can_change_slot(locked))
        before = (locked.starts_at, locked.minutes, locked.mode, locked.place, locked.link)
        after = (starts_at, minutes, str(room.mode), room.place.strip(), room.link.strip())
        if before == after:
            return locked
        if starts_at <= timezone.now():
            raise Refused(_("Choisissez un moment à venir."), code="past", field="starts_at")
        former = locked.starts_at
        locked.starts_at, locked.minutes, locked.mode, locked.place, locked.link = after
        locked.sequence += 1
        locked.full_clean()
        _require_room(jury, [selectors.span(locked)], room, but=locked)
        locked.save()
        if application is not None:
            invitation = _invitation(by, application, locked)
            places.count_change(invitation)
            notices.changed(by=by, invitation=invitation, slot=locked, former=former)
        journal.record(
            by=by,
            verb="interview.slot_changed",
            target=application or jury,
            data={"slot": str(locked.uuid), "from": former.isoformat(), "to": starts_at.isoformat()},
        )
        return locked


def delete_slot(*, by: User, slot: InterviewSlot, seen: str | None = None) -> None:
    """Erase a slot that nobody holds: it was never promised."""
    with transaction.atomic():
        jury, application, locked = _hold(by, slot, seen)
        if application is not None:
            raise Refused(_("Ce créneau est réservé : annulez-le, l'artiste sera prévenu."), code="booked")
        key, start = str(locked.uuid), locked.starts_at.isoformat()
        locked.delete()
        journal.record(by=by, verb="interview.slot_deleted", target=jury, data={"slot": key, "from": start})


def cancel_slot(*, by: User, slot: InterviewSlot, words: str = "", seen: str | None = None) -> InterviewSlot:
    """Take a slot off the timetable; whoever booked it is told, with the reason and what to do next."""
    with transaction.atomic():
        jury, application, locked = _hold(by, slot, seen)
        require(rules.can_change_slot(locked))
        if application is not None:
            _take_back(by, application, locked, words)
        locked.cancelled_at = timezone.now()
        locked.sequence += 1
        locked.save()
        journal.record(
            by=by,
            verb="interview.slot_cancelled",
            target=application or jury,
            data={"slot": str(locked.uuid), "from": locked.starts_at.isoformat()},
        )
        return locked


def release(*, by: User, slot: InterviewSlot, words: str = "", seen: str | None = None) -> InterviewSlot:
    """Take the artist off the slot, which opens again to the others."""
    with transaction.atomic():
        _jury, application, locked = _hold(by, slot, seen)
        require(rules.can_change_slot(locked))
        if application is None:
            raise Refused(_("Personne n'a ce créneau."), code="nobody")
        _take_back(by, application, locked, words)
        journal.record(by=by, verb="interview.released", target=application, data={"slot": str(locked.uuid)})
        return locked


def invite(
    *, by: User, jury: Jury, applications: Iterable[Application], book_by: datetime
) -> list[InterviewInvitation]:
    """Draft one invitation a dossier in the outbox: nothing leaves before it is approved there.

    All or none. ``Refused`` when one is not shortlisted, is invited already or holds a slot, when
    the deadline is past, or when no slot is open beyond it.
    """
    with transaction.atomic():
        locked_jury = lock_jury(jury)
        require_desk(by, locked_jury.call)
        now = timezone.now()
        rows = [lock(row) for row in sorted(applications, key=lambda row: row.pk)]
        if not rows:
            raise Refused(_("Choisissez au moins un dossier."), code="nobody")
        if book_by <= now:
            raise Refused(_("Le délai doit être dans le futur."), code="past", field="book_by")
        free = selectors.free_slots(locked_jury.pk, now)
        if not free:
            raise Refused(_("Ouvrez d'abord des créneaux : l'invitation mène à leur liste."), code="no_slot")
        if book_by >= free[-1].starts_at:
            raise Refused(
                _("Le délai doit précéder le dernier créneau ouvert : sinon, il n'y aura plus rien à réserver."),
                code="too_late",
                field="book_by",
            )
        return [_invite(by, locked_jury, row, book_by, free, now) for row in rows]


def assign(*, by: User, slot: InterviewSlot, application: Application, seen: str | None = None) -> InterviewSlot:
    """Give a slot by hand, or move an artist to it from another. They are written to at once."""
    with transaction.atomic():
        jury = lock_jury(slot.jury)
        require_desk(by, jury.call)
        locked = lock(application)
        if locked.call_id != jury.call_id or locked.state != ApplicationState.SHORTLISTED:
            raise Refused(
                _("Seul un dossier de la présélection reçoit un créneau."), code="not_shortlisted", field="application"
            )
        invitation = places.lock_invitation(locked)
        held = places.lock_slots(locked, slot)
        own, wanted = held["own"], held["wanted"]
        if wanted is not None and seen is not None and mark(wanted) != seen:
            raise _stale()
        if own is not None and wanted is not None and own.pk == wanted.pk:
            return own
        require(rules.can_take(wanted, timezone.now()))
        assert wanted is not None
        invitation = invitation or _without_letter(by, locked, wanted)
        return places.seat(by=by, application=locked, invitation=invitation, own=own, wanted=wanted)


def hold(*, by: User, slot: InterviewSlot) -> InterviewSlot:
    """The interview took place: the dossier has been heard."""
    return record(by=by, slot=slot, outcome=InterviewOutcome.HELD)


def miss(*, by: User, slot: InterviewSlot) -> InterviewSlot:
    """Nobody came. The dossier stays in the shortlist; another slot may be given by hand."""
    return record(by=by, slot=slot, outcome=InterviewOutcome.MISSED)


def record(*, by: User, slot: InterviewSlot, outcome: InterviewOutcome, seen: str | None = None) -> InterviewSlot:
    """Note what came of an interview, or take that note back (``PLANNED``). The dossier's state follows."""
    with transaction.atomic():
        _jury, application, locked = _hold(by, slot, seen)
        require(rules.can_record(locked, application, outcome, timezone.localdate()))
        assert application is not None
        before = ApplicationState(application.state)
        target = ApplicationState.INTERVIEWED if outcome == InterviewOutcome.HELD else ApplicationState.SHORTLISTED
        former, locked.outcome = locked.outcome, outcome
        locked.save()
        if before != target:
            require(can_transition(before, target))
            application.state = target
            application.save(update_fields=["state", "updated_at", "search"])
        journal.record(
            by=by,
            verb="interview.recorded",
            target=application,
            data={
                "slot": str(locked.uuid),
                "outcome": [str(former), outcome.value],
                "from": before.value,
                "to": target.value,
            },
        )
        return locked


# Inside a transaction -----------------------------------------------------------------------------


def _hold(by: User, slot: InterviewSlot, seen: str | None) -> tuple[Jury, Application | None, InterviewSlot]:
    """Lock the jury, the dossier of the slot if it has one, and the slot, in that order; check the right."""
    jury = lock_jury(slot.jury)
    require_desk(by, jury.call)
    now_held = InterviewSlot.objects.filter(pk=slot.pk).values_list("application_id", flat=True).first()
    application = lock(Application(pk=now_held)) if now_held is not None else None
    locked = places.lock_slot(slot)
    if locked.application_id != now_held or (seen is not None and mark(locked) != seen):
        raise _stale()
    return jury, application, locked


def _stale() -> StaleWrite:
    return StaleWrite(
        _(
            "Ce créneau a changé pendant que vous regardiez cette page : quelqu'un l'a réservé, rendu ou modifié. "
            "Rien n'est enregistré : relisez, puis recommencez."
        ),
        code="stale",
    )


def _require_room(jury: Jury, spans: Sequence[Span], room: Room, *, but: InterviewSlot | None = None) -> None:
    found = selectors.clashes(jury, spans, room.where, but=but).same_room
    if found:
        raise Refused(
            _("Au même endroit, un autre créneau est déjà ouvert à ce moment : %(when)s.")
            % {"when": ", ".join(f"{timezone.localtime(row.starts_at):%d/%m %H:%M}" for row in found[:5])},
            code="overlap",
            field="since",
        )


def _invite(
    by: User,
    jury: Jury,
    application: Application,
    book_by: datetime,
    free: Sequence[InterviewSlot],
    now: datetime,
) -> InterviewInvitation:
    if application.call_id != jury.call_id:
        raise Refused(_("Ce dossier n'est pas de cet appel."), code="foreign")
    invitation = places.lock_invitation(application)
    require(rules.can_invite(application, invitation, now))
    if selectors.slot_of(application) is not None:
        raise Refused(_("« %(name)s » a déjà un créneau.") % {"name": application.display_name}, code="booked")
    if invitation is None:
        invitation = InterviewInvitation(application=application)
    invitation.book_by, invitation.declined_at, invitation.invited_by = book_by, None, by
    invitation.full_clean()
    invitation.save()
    # The letter names the page; it is written once the row it speaks of is there.
    invitation.mail = notices.invited(by=by, invitation=invitation, slots=free)
    invitation.save(update_fields=["mail"])
    journal.record(
        by=by,
        verb="interview.invited",
        target=application,
        data={"invitation": str(invitation.uuid), "book_by": book_by.isoformat()},
    )
    return invitation


def _invitation(by: User, application: Application, slot: InterviewSlot) -> InterviewInvitation:
    return places.lock_invitation(application) or _without_letter(by, application, slot)


def _without_letter(by: User, application: Application, slot: InterviewSlot) -> InterviewInvitation:
    """A slot given by hand, by telephone say: changes are allowed until a day before."""
    made = InterviewInvitation(
        application=application, book_by=slot.starts_at - rules.LAST_CHANGE, invited_by=by, mail=None
    )
    made.save()
    return made


def _take_back(by: User, application: Application, slot: InterviewSlot, words: str) -> None:
    """Free a booked slot and tell the artist, whose calendar forgets it."""
    invitation = _invitation(by, application, slot)
    places.free(slot)
    places.count_change(invitation)
    notices.cancelled(by=by, invitation=invitation, slot=slot, words=words.strip())
