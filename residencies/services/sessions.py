"""Sessions: put in the calendar, moved, called off. Every warning is answered, or nothing is written.

The residencies concerned are locked first, by key: two plannings of one artist at the same moment
come one after the other, and the second one is warned. Two artists in one structure at once are
not made to wait for each other: the overlap shows among the sessions to look at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import AudienceCategory, SessionState
from residencies.methods.warnings import Draft, PlanWarning, World, unanswered
from residencies.methods.warnings import warnings as check
from residencies.models import Activity, Audience, Residency, Session, Waiver
from residencies.rules import planning as rules
from residencies.rules.activities import Seat
from residencies.selectors import planning as selectors
from residencies.services import activities
from residencies.services import activity_notices as notices
from residencies.services.base import lock_activity, lock_residencies, lock_session, require_reach
from structures.models import Commune, Structure

if TYPE_CHECKING:
    from clea.accounts.models import User

#: A longer one is a mistake of date; an exhibition of a season is several sessions.
LONGEST = timedelta(days=93)
#: Sessions placed at once.
MOST_WEEKS = 20


class Warned(Refused):
    """The planning warns; nothing is written. ``warnings``: those which no reason answered yet."""

    def __init__(self, warnings: Sequence[PlanWarning]) -> None:
        super().__init__(
            ngettext(
                "Une alerte demande votre attention avant de placer la séance.",
                "%(n)d alertes demandent votre attention avant de placer la séance.",
                len(warnings),
            )
            % {"n": len(warnings)},
            code="warned",
        )
        self.warnings = list(warnings)


@dataclass(frozen=True)
class Wanted:
    """A session as wished. ``residencies`` and ``structures``: all of the activity's unless told."""

    starts_at: datetime
    ends_at: datetime
    host: Structure | None = None
    place: str = ""
    commune: Commune | None = None
    residencies: Sequence[Residency] | None = None
    structures: Sequence[Structure] | None = None
    audience: Mapping[str, int | None] | None = None
    is_public: bool = False


@dataclass(frozen=True)
class _Held:
    """An activity and its people, locked; from where the person acts."""

    activity: Activity
    seat: Seat
    residencies: dict[int, Residency]
    structures: dict[int, Structure]


def plan(
    *,
    by: User,
    activity: Activity,
    starts_at: datetime,
    ends_at: datetime,
    host: Structure | None = None,
    place: str = "",
    commune: Commune | None = None,
    residencies: Sequence[Residency] | None = None,
    structures: Sequence[Structure] | None = None,
    audience: Mapping[str, int | None] | None = None,
    is_public: bool = False,
    waivers: Mapping[str, str] | None = None,
) -> Session:
    """Put a session in the calendar. ``waivers``: the reason for passing over, by key of warning.

    :class:`Warned` unless every warning has one that this person may give. ``Refused`` when the
    people, the place or the moment do not hold together.
    """
    wanted = Wanted(starts_at, ends_at, host, place, commune, residencies, structures, audience, is_public)
    with transaction.atomic():
        held = _hold(by, activity)
        return _place(by, held, wanted, waivers or {})


def plan_weekly(
    *, by: User, activity: Activity, wanted: Wanted, weeks: int, waivers: Mapping[str, str] | None = None
) -> list[Session]:
    """The same local hour on ``weeks`` weeks in a row, all or none: :class:`Warned` holds all their warnings."""
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(
            _("Placez de 1 à %(most)d séances à la fois.") % {"most": MOST_WEEKS}, code="too_many", field="weeks"
        )
    with transaction.atomic():
        held = _hold(by, activity)
        made, found = [], []
        for moment in every_week(wanted, weeks):
            try:
                made.append(_place(by, held, moment, waivers or {}))
            except Warned as error:
                found.extend(error.warnings)
        if found:
            raise Warned(list({row.key: row for row in found}.values()))
        return made


def every_week(wanted: Wanted, weeks: int) -> list[Wanted]:
    """The same hour on the clock of Paris each week, whatever the summer time."""
    start, end = timezone.localtime(wanted.starts_at), timezone.localtime(wanted.ends_at)
    # Arithmetic on a local time keeps the hour shown: that is what « every Tuesday at ten » means.
    return [
        replace(wanted, starts_at=start + timedelta(weeks=n), ends_at=end + timedelta(weeks=n)) for n in range(weeks)
    ]


def look(*, by: User, activity: Activity, wanted: Wanted, session: Session | None = None) -> list[PlanWarning]:
    """What the planning would say, without writing."""
    with transaction.atomic():
        held = _hold(by, activity)
        wanted = _whole(held, wanted)
        found, _known = _check(held, wanted, key=selectors.session_key(session) if session is not None else "")
        return found


def move(
    *,
    by: User,
    session: Session,
    starts_at: datetime,
    ends_at: datetime,
    version: int | None = None,
    waivers: Mapping[str, str] | None = None,
) -> Session:
    """Another moment, all else kept."""
    wanted = replace(_as_it_stands(session), starts_at=starts_at, ends_at=ends_at)
    return change(by=by, session=session, wanted=wanted, version=version, waivers=waivers)


def change(
    *,
    by: User,
    session: Session,
    wanted: Wanted,
    version: int | None = None,
    waivers: Mapping[str, str] | None = None,
) -> Session:
    """Write a planned session anew. Who is concerned is told when its moment or its place changes.

    ``audience=None`` keeps what was expected. Reasons given before hold for what did not change.
    """
    with transaction.atomic():
        held = _hold(by, session.activity, also=session.residencies.values_list("pk", flat=True))
        locked = lock_session(session)
        require(rules.can_change(held.seat, locked.state))
        _require_fresh(locked, version)
        require(rules.can_plan(held.seat, held.activity.state, held.activity.kind, _present(held, wanted.residencies)))
        wanted = _whole(held, wanted)
        former = (locked.starts_at, locked.ends_at, locked.host_id, locked.place, locked.commune_id)
        was = notices.Former.of(locked)
        _answered(by, held, wanted, waivers or {}, session=locked)
        _fill(locked, wanted)
        moved = former != (locked.starts_at, locked.ends_at, locked.host_id, locked.place, locked.commune_id)
        if moved:
            locked.sequence += 1
        locked.version += 1
        locked.reminded_at = None if moved else locked.reminded_at
        locked.full_clean(exclude=["activity", "host", "commune", "standing"])
        locked.save()
        assert wanted.residencies is not None
        assert wanted.structures is not None
        locked.residencies.set(wanted.residencies)
        locked.structures.set(wanted.structures)
        if wanted.audience is not None:
            locked.audience.all().delete()
            _expect(locked, wanted.audience)
        if moved:
            notices.session_moved(by=by, session=locked, activity=held.activity, former=was)
        journal.record(
            by=by,
            verb="planning.moved" if moved else "planning.changed",
            target=locked,
            data={
                "activity": str(held.activity.uuid),
                "from": former[0].isoformat(),
                "to": locked.starts_at.isoformat(),
            },
        )
        return locked


def cancel(*, by: User, session: Session, reason: str, version: int | None = None) -> Session:
    """Call a planned session off. Who was to come is told, when it was still to come."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Dites pourquoi : l'équipe et l'artiste le liront."), code="reason", field="reason")
    with transaction.atomic():
        held = _hold(by, session.activity)
        locked = lock_session(session)
        require(rules.can_call_off(held.seat, locked.state))
        _require_fresh(locked, version)
        locked.state, locked.cancelled_why = SessionState.CANCELLED, reason
        locked.sequence += 1
        locked.version += 1
        locked.save()
        activities.follow_sessions(held.activity)
        notices.session_cancelled(by=by, session=locked, activity=held.activity)
        journal.record(by=by, verb="planning.cancelled", target=locked, data={"activity": str(held.activity.uuid)})
        return locked


def restore(*, by: User, session: Session, waivers: Mapping[str, str] | None = None) -> Session:
    """Put a session that was called off back in the calendar, as it stood: its warnings are met again."""
    with transaction.atomic():
        held = _hold(by, session.activity, also=session.residencies.values_list("pk", flat=True))
        locked = lock_session(session)
        require(rules.can_restore(held.seat, locked.state))
        wanted = _as_it_stands(locked)
        require(rules.can_plan(held.seat, held.activity.state, held.activity.kind, wanted.residencies or ()))
        _answered(by, held, _whole(held, wanted), waivers or {}, session=locked)
        locked.state, locked.cancelled_why = SessionState.PLANNED, ""
        locked.sequence += 1
        locked.version += 1
        locked.save()
        activities.follow_sessions(held.activity)
        notices.session_restored(by=by, session=locked, activity=held.activity)
        journal.record(by=by, verb="planning.restored", target=locked, data={"activity": str(held.activity.uuid)})
        return locked


def waive(*, by: User, session: Session, reasons: Mapping[str, str]) -> list[Waiver]:
    """Say knowingly what a session already planned breaks now: something changed around it since."""
    with transaction.atomic():
        held = _hold(by, session.activity)
        locked = lock_session(session)
        require(rules.can_change(held.seat, locked.state))
        found, _known = _check(held, _as_it_stands(locked), key=selectors.session_key(locked))
        made = _keep_reasons(by, held.seat, locked, found, reasons)
        if not made:
            raise Refused(_("Donnez une raison à au moins une alerte."), code="reason")
        journal.record(
            by=by, verb="planning.waived", target=locked, data={"alerts": sorted({row.code for row in made})}
        )
        return made


# Inside ------------------------------------------------------------------------------------------


def _as_it_stands(session: Session) -> Wanted:
    """A session as a wish for itself, what was expected left alone. Two queries."""
    return Wanted(
        session.starts_at,
        session.ends_at,
        session.host,
        session.place,
        session.commune,
        list(session.residencies.all()),
        list(session.structures.all()),
        None,
        session.is_public,
    )


def _hold(by: User, activity: Activity, also: Iterable[int] = ()) -> _Held:
    """Lock the residencies, then the activity; say from where the person acts. Five to seven queries."""
    keys = set(activity.residencies.values_list("pk", flat=True)) | set(also)
    residencies = {row.pk: row for row in lock_residencies(keys)}
    locked = lock_activity(activity)
    structures = {row.pk: row for row in locked.structures.select_related("commune")}
    seat = activities.seat(by, locked.territory, residencies=residencies, structures=structures)
    if seat is None:
        raise Forbidden(_("Vous ne prenez pas part à cette activité."), code="not_yours")
    return _Held(locked, seat, residencies, structures)


def _place(by: User, held: _Held, wanted: Wanted, waivers: Mapping[str, str]) -> Session:
    require(rules.can_plan(held.seat, held.activity.state, held.activity.kind, _present(held, wanted.residencies)))
    wanted = _whole(held, wanted)
    found = _answered(by, held, wanted, waivers)
    session = Session(activity=held.activity)
    _fill(session, wanted)
    session.full_clean(exclude=["uuid", "activity", "host", "commune", "standing"])
    session.save()
    assert wanted.residencies is not None
    assert wanted.structures is not None
    Session.residencies.through.objects.bulk_create(
        Session.residencies.through(session=session, residency=row) for row in wanted.residencies
    )
    Session.structures.through.objects.bulk_create(
        Session.structures.through(session=session, structure=row) for row in wanted.structures
    )
    _expect(session, wanted.audience or {})
    _keep_reasons(by, held.seat, session, found, waivers)
    activities.plan(held.activity)
    journal.record(
        by=by,
        verb="planning.planned",
        target=session,
        data={
            "activity": str(held.activity.uuid),
            "from": session.starts_at.isoformat(),
            "to": session.ends_at.isoformat(),
            "waived": sorted({str(row.code) for row in found}),
        },
    )
    return session


def _present(held: _Held, residencies: Sequence[Residency] | None) -> list[Residency]:
    """Who is there, as locked."""
    if residencies is None:
        return list(held.residencies.values())
    return [held.residencies.get(row.pk, row) for row in residencies]


def _whole(held: _Held, wanted: Wanted) -> Wanted:
    """Everyone told, the host among the structures. ``Refused`` when it does not hold together."""
    if not wanted.starts_at < wanted.ends_at:
        raise Refused(_("La séance doit finir après son début."), code="order", field="until")
    if wanted.ends_at - wanted.starts_at > LONGEST:
        raise Refused(_("Une séance de plus de trois mois : vérifiez les dates."), code="too_long", field="until")
    require_reach(held.activity.season, timezone.localdate(wanted.starts_at), field="day")
    residencies = _present(held, wanted.residencies)
    if not residencies:
        raise Refused(_("Choisissez au moins un artiste présent."), code="nobody", field="residencies")
    if any(row.pk not in held.residencies for row in residencies):
        raise Refused(_("Cette résidence ne prend pas part à l'activité."), code="not_in_activity", field="residencies")
    chosen = held.structures.values() if wanted.structures is None else wanted.structures
    structures = {row.pk: row for row in chosen}
    if wanted.host is not None:
        structures[wanted.host.pk] = wanted.host
    if stranger := next((row for pk, row in structures.items() if pk not in held.structures), None):
        raise Refused(
            _("%(structure)s n'est pas associée à l'activité : ajoutez-la d'abord.") % {"structure": stranger.name},
            code="not_in_activity",
            field="structures",
        )
    if wanted.commune is not None and wanted.commune.territory_id != held.activity.territory.pk:
        raise Refused(_("Cette commune n'est pas du territoire."), code="foreign", field="commune")
    # The host as locked with its commune: what a caller holds may be stale.
    host = held.structures[wanted.host.pk] if wanted.host is not None else None
    return replace(
        wanted, residencies=residencies, structures=list(structures.values()), host=host, place=wanted.place.strip()
    )


def draft(activity: Activity, wanted: Wanted, key: str = "") -> Draft:
    """What the warnings and the free slots compare. ``wanted`` tells everyone."""
    return Draft(
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        kind=activity.kind,
        residencies=frozenset(row.pk for row in wanted.residencies or ()),
        structures=frozenset(row.pk for row in wanted.structures or ()),
        spot=selectors.spot(wanted.host, wanted.commune, wanted.place),
        life_stage=activity.life_stage,
        key=key,
    )


def _check(held: _Held, wanted: Wanted, *, key: str) -> tuple[list[PlanWarning], World]:
    """What is broken, and what it was compared with. Twelve queries."""
    wish = draft(held.activity, wanted, key)
    known = selectors.world(
        held.activity.territory,
        residencies=wish.residencies,
        structures=wish.structures,
        start=wish.starts_at,
        end=wish.ends_at,
    )
    return check(wish, known), known


def _answered(
    by: User, held: _Held, wanted: Wanted, waivers: Mapping[str, str], session: Session | None = None
) -> list[PlanWarning]:
    """The warnings, all answered; :class:`Warned` with those that are not. Twelve queries, thirteen for a session."""
    found, known = _check(held, wanted, key=selectors.session_key(session) if session is not None else "")
    waived = set(session.waivers.values_list("key", flat=True)) if session is not None else set()
    left = [row for row in unanswered(found, waived, known) if not _may(by, held.seat, row, waivers)]
    if left:
        raise Warned(left)
    if session is not None:
        _keep_reasons(by, held.seat, session, found, waivers)
    return found


def _may(by: User, seat: Seat, row: PlanWarning, waivers: Mapping[str, str]) -> bool:
    return bool(_said(waivers, row)) and bool(rules.can_waive(seat, row.code, own=is_own(by, seat, row)))


def is_own(by: User, seat: Seat | None, row: PlanWarning) -> bool:
    """Whether an artist's personal warning is their own residency's. One query for those, none for the others."""
    if seat != Seat.ARTIST or row.code not in rules.PERSONAL_WARNINGS:
        return True
    # The key of a personal warning names its residency: « absent:<uuid>@… », « travel:<uuid>:…@… ».
    whose = row.key.split(":")[1].partition("@")[0]
    return Residency.objects.of(by).filter(uuid=whose).exists()


def _said(waivers: Mapping[str, str], row: PlanWarning) -> str:
    """The reason given, without what no database holds: it comes from no form."""
    return waivers.get(row.key, "").replace("\x00", "").strip()


def _keep_reasons(
    by: User, seat: Seat, session: Session, found: Sequence[PlanWarning], waivers: Mapping[str, str]
) -> list[Waiver]:
    """Write the reasons, each under the very warning it answers. No query when there is none."""
    given = [row for row in found if _may(by, seat, row, waivers)]
    if not given:
        return []
    rows = [
        Waiver(session=session, code=row.code, key=row.key, reason=_said(waivers, row)[:1000], made_by=by)
        for row in given
    ]
    Waiver.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["session", "key"], update_fields=["reason", "made_by"]
    )
    return rows


def _fill(session: Session, wanted: Wanted) -> None:
    session.starts_at, session.ends_at = wanted.starts_at, wanted.ends_at
    session.host, session.place, session.commune = wanted.host, wanted.place, wanted.commune
    session.is_public = wanted.is_public


def _expect(session: Session, audience: Mapping[str, int | None]) -> None:
    """``{category: people, or None when nobody knows}``."""
    rows = [
        Audience(session=session, category=AudienceCategory(category), expected=expected)
        for category, expected in audience.items()
    ]
    Audience.objects.bulk_create(rows)


def _require_fresh(session: Session, version: int | None) -> None:
    if version is not None and session.version != version:
        raise StaleWrite(
            _("Cette séance a changé depuis que vous l'avez ouverte : relisez-la, puis recommencez."), code="stale"
        )
