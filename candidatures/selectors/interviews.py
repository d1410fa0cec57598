"""Read models of interviews: the coordination's, the artist's, the jurors'."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import ApplicationState, InterviewMode, InterviewOutcome
from candidatures.methods.timetable import Span, clashing
from candidatures.models import (
    Application,
    InterviewInvitation,
    InterviewNote,
    InterviewSlot,
    Juror,
    Jury,
    Recusal,
    Review,
)
from candidatures.rules import interviews as rules
from candidatures.rules import jury as jury_rules
from candidatures.selectors.jury_face import Face, face
from clea.mail.enums import MailState
from clea.rules import Verdict

if TYPE_CHECKING:
    from candidatures.models.application import ApplicationQuerySet

#: Dossiers whose interview is somebody's business still.
_CONCERNED = (ApplicationState.SHORTLISTED, ApplicationState.INTERVIEWED)


# Shared ------------------------------------------------------------------------------------------


def where(slot: InterviewSlot) -> str:
    """The room, or the address to open."""
    return slot.place if slot.mode == InterviewMode.IN_PERSON else slot.link


def span(slot: InterviewSlot) -> Span:
    return Span(slot.starts_at, slot.ends_at)


def slot_of(application: Application) -> InterviewSlot | None:
    """The slot this dossier holds. One query."""
    return InterviewSlot.objects.open().filter(application=application).first()


def invitation_of(application: Application) -> InterviewInvitation | None:
    """The dossier's invitation, its letter with it. One query."""
    return InterviewInvitation.objects.select_related("mail").filter(application=application).first()


def free_slots(jury_id: int, now: datetime) -> list[InterviewSlot]:
    """What may be booked at ``now``. One query."""
    return list(InterviewSlot.objects.free().filter(jury=jury_id, starts_at__gt=now))


def by_day(slots: Iterable[InterviewSlot]) -> list[tuple[date, list[InterviewSlot]]]:
    """Slots, already in the order of time, day by day."""
    return [(day, list(rows)) for day, rows in groupby(slots, lambda slot: timezone.localdate(slot.starts_at))]


# The coordination --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clashes:
    """Open slots that overlap: in the same room, which is refused, or elsewhere, which is said."""

    same_room: list[InterviewSlot]
    elsewhere: list[InterviewSlot]


def clashes(jury: Jury, wanted: Sequence[Span], room: str, *, but: InterviewSlot | None = None) -> Clashes:
    """What these moments would overlap in the jury's timetable. One query."""
    if not wanted:
        return Clashes([], [])
    held = InterviewSlot.objects.open().filter(jury=jury, starts_at__lt=max(row.end for row in wanted))
    over = [row for row in held if (but is None or row.pk != but.pk) and clashing(wanted, [span(row)])]
    return Clashes(
        [row for row in over if _key(where(row)) == _key(room)],
        [row for row in over if _key(where(row)) != _key(room)],
    )


def _key(room: str) -> str:
    return " ".join(room.split()).casefold()


@dataclass(frozen=True)
class Candidate:
    """A dossier of the shortlist and where its interview stands."""

    application: Application
    invitation: InterviewInvitation | None
    slot: InterviewSlot | None
    can_invite: Verdict
    label: str
    tone: str


def candidates(jury: Jury, now: datetime) -> list[Candidate]:
    """The shortlist, those heard, and who holds a slot all the same. Two queries."""
    held = {
        slot.application_id: slot
        for slot in InterviewSlot.objects.booked().filter(jury=jury).select_related("application")
    }
    rows = (
        Application.objects.filter(call=jury.call_id)
        .filter(Q(state__in=_CONCERNED) | Q(pk__in=held))
        .select_related("last_deposit", "owner", "interview_invitation__mail")
        .order_by("artist_name", "last_name", "pk")
    )
    found = []
    for row in rows:
        invitation, slot = getattr(row, "interview_invitation", None), held.get(row.pk)
        label, tone = _standing(row, invitation, slot, now)
        found.append(
            Candidate(
                row,
                invitation,
                slot,
                rules.can_invite(row, invitation, now) if slot is None else Verdict(False, "", "booked"),
                label,
                tone,
            )
        )
    return found


def _standing(
    row: Application, invitation: InterviewInvitation | None, slot: InterviewSlot | None, now: datetime
) -> tuple[str, str]:
    """Where an interview stands, in words and in tone."""
    if slot is not None:
        if slot.outcome != InterviewOutcome.PLANNED:
            return slot.get_outcome_display(), "done" if slot.outcome == InterviewOutcome.HELD else "stop"
        if row.state not in _CONCERNED:
            return _("hors de la présélection : libérez le créneau"), "stop"
        return (_("issue à noter"), "attention") if slot.ends_at <= now else (_("créneau réservé"), "open")
    if invitation is None:
        return _("pas encore invitée"), "idle"
    if invitation.declined_at is not None:
        return _("entretien décliné"), "stop"
    state = invitation.mail.state if invitation.mail is not None else ""
    if state == MailState.DRAFT:
        return _("invitation à approuver"), "attention"
    if state == MailState.APPROVED:
        return _("invitation en cours d'envoi"), "partial"
    if state == MailState.FAILED:
        return _("invitation en échec d'envoi"), "stop"
    if state != MailState.SENT:
        return _("invitation annulée"), "idle"
    return (_("sans réponse, délai passé"), "stop") if invitation.book_by <= now else (_("invitée"), "partial")


def slots(jury: Jury) -> list[InterviewSlot]:
    """Every slot that stands, and whoever holds it. One query."""
    return list(
        InterviewSlot.objects.open().filter(jury=jury).select_related("application__last_deposit", "application__owner")
    )


def slot(jury: Jury, uuid: UUID) -> InterviewSlot:
    """A slot of this jury, cancelled or not. Raises ``InterviewSlot.DoesNotExist``. One query."""
    found: InterviewSlot = InterviewSlot.objects.select_related("application__last_deposit", "booked_by").get(
        jury=jury, uuid=uuid
    )
    return found


@dataclass(frozen=True)
class GridRow:
    """A line of the day's grid."""

    slot: InterviewSlot
    application: Application | None
    label: str
    number: str
    recused: list[str]


def grid(jury: Jury, day: date, *, names: bool = True) -> list[GridRow]:
    """The interviews of a day, with who steps aside for each. Two queries.

    ``names=False``: numbers only, for a jury that reads blind.
    """
    rows = [row for row in slots(jury) if timezone.localdate(row.starts_at) == day]
    aside = recused_names(jury, [row.application_id for row in rows if row.application_id])
    return [
        GridRow(
            row,
            row.application,
            _label(row.application, names),
            row.application.last_deposit.number if row.application and row.application.last_deposit else "",
            aside.get(row.application_id or 0, []),
        )
        for row in rows
    ]


def _label(application: Application | None, names: bool) -> str:
    if application is None:
        return ""
    if names:
        return application.display_name
    return _("Dossier %(number)s") % {
        "number": application.last_deposit.number if application.last_deposit else "–",
    }


def recused_names(jury: Jury, applications: Sequence[int]) -> dict[int, list[str]]:
    """Who steps aside from each of these dossiers, among those who sit. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = (
        Recusal.objects.standing()
        .filter(juror__jury=jury, juror__left_at__isnull=True, application__in=applications)
        .select_related("juror__user")
        .order_by("juror__user__last_name", "juror__user__first_name", "pk")
    )
    for row in rows:
        found[row.application_id].append(str(row.juror.user))
    return found


def days(rows: Iterable[InterviewSlot]) -> list[date]:
    """The days that have a slot, in order."""
    return sorted({timezone.localdate(row.starts_at) for row in rows})


# The artist --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Booking:
    """What the artist's page needs."""

    invitation: InterviewInvitation | None
    slot: InterviewSlot | None

    @property
    def is_known(self) -> bool:
        return rules.is_known(self.invitation, self.slot)


def booking(application: Application) -> Booking:
    """The interview as this dossier's people may know it. Two queries."""
    return Booking(invitation_of(application), slot_of(application))


def bookings(applications: Iterable[Application]) -> dict[int, Booking]:
    """The interviews to come that these dossiers' people know. Two queries, none when nothing was filed.

    Whatever the dossier's state, until its decision is told: a line that goes away would tell it earlier.
    """
    keys = [row.pk for row in applications if row.last_deposit_id and not row.is_left and not row.was_told]
    if not keys:
        return {}
    slots = {row.application_id: row for row in InterviewSlot.objects.open().filter(application__in=keys)}
    invitations = {
        row.application_id: row
        for row in InterviewInvitation.objects.select_related("mail").filter(application__in=keys)
    }
    found = {key: Booking(invitations.get(key), slots.get(key)) for key in keys}
    return {key: row for key, row in found.items() if row.is_known}


# The jurors --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heard:
    """An interview in a juror's list: only of dossiers that they may open."""

    slot: InterviewSlot
    application: Application
    face: Face
    has_note: bool = False


@dataclass(frozen=True)
class Notes:
    """What was written on an interview, as one member may read it."""

    own: InterviewNote | None
    others: list[InterviewNote] = field(default_factory=list)
    verdict: Verdict = field(default_factory=lambda: Verdict(True))


def for_juror(juror: Juror) -> list[Heard]:
    """The interviews of the dossiers open to this member, in the order of time. Two queries.

    A dossier from which they are recused, or that was not given to them, has no line, and no empty
    slot is told either: a hole in a row of slots would say that somebody is heard then.
    """
    if not jury_rules.can_open_dossiers(juror, timezone.localdate()):
        return []
    open_to: ApplicationQuerySet = Application.objects.readable_by(juror)
    rows = (
        InterviewSlot.objects.booked()
        .filter(jury=juror.jury_id, application__in=open_to)
        .select_related("application__last_deposit")
    )
    written = set(
        InterviewNote.objects.filter(author=juror.user_id, application__call=juror.jury.call_id)
        .exclude(text="")
        .values_list("application_id", flat=True)
    )
    return [
        Heard(row, row.application, face(row.application, juror), row.application_id in written)
        for row in rows
        if row.application is not None
    ]


def notes_for(juror: Juror, application: Application) -> Notes:
    """One's own notes, and the others' once one may read them. Three queries at most.

    What a recused member wrote before stepping aside is nobody's to read any more.
    """
    recused = Recusal.objects.standing().filter(application=application).values("juror__user")
    rows = list(
        InterviewNote.objects.filter(application=application)
        .exclude(author__in=recused)
        .select_related("author")
        .order_by("author__last_name", "author__first_name", "pk")
    )
    assignment = juror.assignments.filter(application=application).first()
    review = Review.objects.filter(juror=juror, application=application).first()
    verdict = jury_rules.can_see_others(juror, assignment, review)
    return Notes(
        next((row for row in rows if row.author_id == juror.user_id), None),
        [row for row in rows if row.author_id != juror.user_id and row.text.strip()] if verdict else [],
        verdict,
    )


def notes_for_desk(application: Application) -> list[InterviewNote]:
    """Everything that was written on an interview. One query."""
    return list(
        InterviewNote.objects.filter(application=application)
        .exclude(text="")
        .select_related("author")
        .order_by("author__last_name", "author__first_name", "pk")
    )
