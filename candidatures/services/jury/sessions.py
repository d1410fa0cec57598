"""A session of the jury: its day, who sits, what is on its agenda. One door to the rest of its acts.

Decisions are in :mod:`.decisions`, the end of the session in :mod:`.settling`; both are named here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import DELIBERATED_STATES, ApplicationState, Presence, SessionState
from candidatures.models import Application, Attendance, Decision, Juror, Jury, JurySession
from candidatures.rules import sessions as rules
from candidatures.selectors import sessions as selectors
from candidatures.services.jury.base import lock_jury, require_desk
from candidatures.services.jury.decisions import (
    close_ranks,
    decide,
    decide_many,
    decline_rest,
    move_reserve,
    order_reserve,
    propose,
)
from candidatures.services.jury.session_base import hold, stale, touch
from candidatures.services.jury.settling import attach_signed, correct, examine, settle
from clea.errors import Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

__all__ = [
    "attach_signed",
    "attend",
    "change_session",
    "correct",
    "decide",
    "decide_many",
    "decline_rest",
    "discard_session",
    "examine",
    "move_reserve",
    "open_session",
    "order_reserve",
    "propose",
    "put_all_on_agenda",
    "put_on_agenda",
    "settle",
    "take_off_agenda",
]

#: What the page of a session writes.
COLUMNS = ("held_on", "starts_at", "ends_at", "place", "chair", "secretary", "account")


def open_session(
    *,
    by: User,
    jury: Jury,
    held_on: date,
    starts_at: time | None = None,
    ends_at: time | None = None,
    place: str = "",
    chair: Juror | None = None,
    secretary: str = "",
    account: str = "",
) -> JurySession:
    """Prepare a session: every dossier still to decide is on its agenda.

    When none is left, as in mid-season after a vacancy, the reserve list is. Raises ``Refused`` while
    another session of this jury is in preparation.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if locked.sessions.filter(state=SessionState.PREPARING).exists():
            raise Refused(
                _("Une séance de ce jury est déjà en préparation : arrêtez-la, ou supprimez-la d'abord."),
                code="another",
            )
        session = JurySession(jury=locked, held_on=held_on, starts_at=starts_at, ends_at=ends_at, place=place.strip())
        session.chair, session.secretary, session.account = chair, secretary.strip(), account.strip()
        _check_details(session)
        session.save(force_insert=True)
        waiting = list(selectors.waiting(session, selectors.has_earlier(session)))
        first = [row for row in waiting if row.state in DELIBERATED_STATES] or waiting
        _put(session, first)
        journal.record(
            by=by,
            verb="session.opened",
            target=session,
            data={"jury": str(locked.uuid), "held_on": held_on.isoformat(), "dossiers": len(first)},
        )
        return session


def change_session(*, by: User, session: JurySession, version: int | None = None, **values: Any) -> JurySession:
    """Write the day, the place, who chairs and keeps the minutes, the account (:data:`COLUMNS`)."""
    if unknown := set(values) - set(COLUMNS):
        raise TypeError(f"not a column of the session's page: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        locked = hold(by, session)
        if version is not None and version != locked.version:
            raise stale()
        for name, value in values.items():
            setattr(locked, name, value.strip() if isinstance(value, str) else value)
        _check_details(locked)
        locked.version += 1
        locked.save(update_fields=[*values, "version", "updated_at"])
        journal.record(
            by=by, verb="session.changed", target=locked, data={"columns": sorted(values), "version": locked.version}
        )
        return locked


def _check_details(session: JurySession) -> None:
    if session.chair is not None and (
        session.chair.jury_id != session.jury_id or not rules.belongs(session.chair, session)
    ):
        raise Refused(_("La présidence de séance revient à un membre de ce jury."), code="not_a_member", field="chair")
    if session.starts_at and session.ends_at and session.ends_at <= session.starts_at:
        raise Refused(_("La séance est levée après son ouverture."), code="not_in_order", field="ends_at")
    session.full_clean(exclude=["jury", "settled_by"])


def discard_session(*, by: User, session: JurySession) -> None:
    """Throw away a session opened by mistake: nothing was ever settled in it."""
    with transaction.atomic():
        locked = hold(by, session)
        if locked.minutes.exists():
            raise Refused(_("Cette séance a déjà un procès-verbal : elle ne se supprime plus."), code="has_minutes")
        key = str(locked.uuid)
        locked.decisions.all().delete()
        locked.delete()
        journal.record(by=by, verb="session.discarded", target=locked.jury, data={"session": key})


def attend(
    *,
    by: User,
    session: JurySession,
    rows: Iterable[tuple[Juror, str, Juror | None]],
    version: int | None = None,
) -> list[Attendance]:
    """Write the whole attendance: the member, a :class:`Presence`, and whose seat a substitute takes.

    A member without a line has no presence recorded. Raises ``Refused`` for a substitute in a seat
    that is not theirs to take, that is taken, or that another substitute holds.
    """
    with transaction.atomic():
        locked = hold(by, session)
        if version is not None and version != locked.version:
            raise stale()
        known = {
            juror.pk: juror
            for juror in Juror.objects.filter(jury=locked.jury_id).select_related("user", "substitute_for__user")
            if rules.belongs(juror, locked)
        }
        given = {juror.pk: (presence, replaces.pk if replaces else None) for juror, presence, replaces in rows}
        if set(given) - set(known):
            raise Refused(_("Une de ces personnes ne siège plus dans ce jury. Relisez la liste."), code="not_a_member")
        found = _checked_attendance(locked, known, given)
        locked.attendance.all().delete()
        Attendance.objects.bulk_create(found)
        touch(locked)
        journal.record(
            by=by,
            verb="session.attendance",
            target=locked,
            data={
                "present": [str(known[row.juror_id].uuid) for row in found if row.presence in rules.SITTING],
                "replaced": [str(known[row.replaces_id].uuid) for row in found if row.replaces_id],
            },
        )
        return found


def _checked_attendance(
    locked: JurySession, known: dict[int, Juror], given: dict[int, tuple[str, int | None]]
) -> list[Attendance]:
    present = {key for key, (presence, _seat) in given.items() if presence in rules.SITTING}
    seats: set[int] = set()
    found = []
    for key, (presence, seat) in given.items():
        juror, replaced = known[key], known.get(seat) if seat else None
        if presence not in Presence.values or (seat and replaced is None):
            raise Refused(_("Choisissez une présence de la liste."), code="unknown_presence", field=f"presence_{key}")
        verdict = rules.can_attend(juror, presence, replaced, present)
        if not verdict:
            raise Refused(verdict.reason, code=verdict.code, field=f"replaces_{key}")
        if seat in seats:
            raise Refused(
                _("Deux suppléants ne peuvent pas occuper le siège de %(seat)s.") % {"seat": replaced},
                code="seat_taken",
                field=f"replaces_{key}",
            )
        if seat:
            seats.add(seat)
        found.append(Attendance(session=locked, juror=juror, presence=presence, replaces=replaced))
    return found


# The agenda ---------------------------------------------------------------------------------


def _put(session: JurySession, applications: Iterable[Application]) -> list[Decision]:
    return Decision.objects.bulk_create(Decision(session=session, application=row) for row in applications)


def put_on_agenda(*, by: User, session: JurySession, applications: Iterable[Application]) -> list[Decision]:
    """Add dossiers to those this session decides on; those already there stay as they are."""
    with transaction.atomic():
        locked = hold(by, session)
        earlier = selectors.has_earlier(locked)
        wanted = {row.pk for row in applications}
        rows = list(
            Application.objects.select_for_update(of=("self",))
            .filter(pk__in=wanted, call=locked.jury.call_id)
            .exclude(pk__in=locked.decisions.values("application_id"))
            .order_by("pk")
        )
        for row in rows:
            require(rules.can_put_on_agenda(row.state, earlier))
        made = _put(locked, rows)
        if made:
            touch(locked)
            data = {"added": [str(row.uuid) for row in rows]}
            journal.record(by=by, verb="session.agenda", target=locked, data=data)
        return made


def put_all_on_agenda(*, by: User, session: JurySession, state: str = "") -> int:
    """Add every dossier this session may still decide on; ``state``: those of that state only."""
    with transaction.atomic():
        locked = hold(by, session)
        rows = selectors.waiting(locked, selectors.has_earlier(locked))
        if state == ApplicationState.RESERVE:
            rows = rows.filter(state=state)
        elif state:
            rows = rows.exclude(state=ApplicationState.RESERVE)
        return len(put_on_agenda(by=by, session=locked, applications=list(rows)))


def take_off_agenda(*, by: User, session: JurySession, applications: Iterable[Application]) -> int:
    """Leave dossiers to another session: what was prepared on them is dropped, their state stays.

    Raises ``Refused`` for a dossier with a letter: a decision on it was told, or is about to be.
    """
    with transaction.atomic():
        locked = hold(by, session)
        rows = list(locked.decisions.filter(application__in=list(applications)).select_related("application"))
        told = [row for row in rows if row.letters.exists() or row.offers.exists()]
        if told:
            raise Refused(
                ngettext(
                    "Un courrier a été préparé pour %(names)s : ce dossier reste à l'ordre du jour.",
                    "Des courriers ont été préparés pour %(names)s : ces dossiers restent à l'ordre du jour.",
                    len(told),
                )
                % {"names": ", ".join(str(row.application) for row in told)},
                code="has_letter",
            )
        locked.decisions.filter(pk__in=[row.pk for row in rows]).delete()
        close_ranks(locked)
        if rows:
            touch(locked)
            data = {"removed": [str(row.application.uuid) for row in rows]}
            journal.record(by=by, verb="session.agenda", target=locked, data=data)
        return len(rows)
