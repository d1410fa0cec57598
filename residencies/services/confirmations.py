"""What took place: each side says it once the session has begun, the coordination settles (rules.md 24)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import (
    ACTIVITY_TRANSITIONS,
    SESSION_TRANSITIONS,
    ActivityState,
    AudienceCategory,
    ConfirmationSide,
    Happened,
    Qualifier,
    SessionState,
)
from residencies.models import Activity, Confirmation, Headcount, Residency, Session
from residencies.rules import confirmations as rules
from residencies.selectors import confirmations as selectors
from residencies.services.base import lock_activity, lock_session, require_artist, require_desk, require_team
from structures.models import Structure

if TYPE_CHECKING:
    from clea.accounts.models import User


@dataclass(frozen=True)
class Count:
    """People of one category. ``value`` null: nobody counted. ``inside``: "dont", already in another line."""

    category: str
    value: int | None = None
    qualifier: str = Qualifier.EXACT
    inside: bool = False


def confirm(
    *,
    by: User,
    session: Session,
    side: ConfirmationSide,
    happened: Happened,
    counts: Iterable[Count] = (),
    words: str = "",
    structure: Structure | None = None,
    residency: Residency | None = None,
) -> Confirmation:
    """Say what took place, for one side; said again, it is replaced.

    The first word sets the session held or not, and stands; one that agrees changes nothing; one that
    differs is shown to the coordination, whose own word (``side=DESK``) then stands and ends the matter.
    """
    with transaction.atomic():
        activity = lock_activity(Activity(pk=session.activity_id))
        locked = lock_session(session)
        locked.activity = activity
        _require_side(by, locked, side, structure, residency)
        said = list(locked.confirmations.select_for_update().order_by("made_at", "pk"))
        settled = any(one.side == ConfirmationSide.DESK for one in said)
        desk = side == ConfirmationSide.DESK
        require(rules.can_confirm(locked, timezone.now(), settled=settled, desk=desk))
        lines = _lines(happened, counts)
        mine = next((one for one in said if _is_of(one, side, structure, residency)), None)
        row = mine or Confirmation(session=locked, side=side, structure=structure, residency=residency)
        row.happened, row.words, row.made_at, row.made_by = happened, words.strip(), timezone.now(), by
        _write(row, lines)
        if desk or locked.standing_id is None:
            locked.standing = row
        _follow(locked, activity)
        journal.record(
            by=by,
            verb="confirmation.settled" if desk else "confirmation.given",
            target=activity,
            data={"session": str(locked.uuid), "side": str(side), "happened": str(happened), "again": mine is not None},
        )
        return row


def settle(*, by: User, session: Session, confirmation: Confirmation, seen: str | None = None) -> Confirmation:
    """Take what one side said as what took place. ``seen``: the mark of the page; another word since is refused."""
    with transaction.atomic():
        activity = lock_activity(Activity(pk=session.activity_id))
        require_desk(by, activity.territory)
        locked = lock_session(session)
        _require_seen(locked, seen)
        chosen = locked.confirmations.prefetch_related("headcounts").filter(pk=confirmation.pk).first()
        if chosen is None:
            raise Refused(_("Choisissez l'une des confirmations de cette séance."), code="unknown")
        counts = [Count(one.category, one.value, one.qualifier, one.inside) for one in chosen.headcounts.all()]
        return confirm(
            by=by,
            session=locked,
            side=ConfirmationSide.DESK,
            happened=Happened(chosen.happened),
            counts=counts,
            words=chosen.words,
        )


def unsettle(*, by: User, session: Session) -> Session:
    """Take the coordination's word back: the first of the others stands again, or the session waits again."""
    with transaction.atomic():
        activity = lock_activity(Activity(pk=session.activity_id))
        require_desk(by, activity.territory)
        locked = lock_session(session)
        locked.activity = activity
        require(rules.can_confirm(locked, timezone.now(), settled=False, desk=True))
        locked.standing = locked.confirmations.exclude(side=ConfirmationSide.DESK).order_by("made_at", "pk").first()
        gone, _details = locked.confirmations.filter(side=ConfirmationSide.DESK).delete()
        if not gone:
            return locked
        _follow(locked, activity)
        journal.record(by=by, verb="confirmation.unsettled", target=activity, data={"session": str(locked.uuid)})
        return locked


# Inside a transaction ------------------------------------------------------------------------


def _require_side(
    by: User, session: Session, side: ConfirmationSide, structure: Structure | None, residency: Residency | None
) -> None:
    if side == ConfirmationSide.DESK:
        require_desk(by, session.activity.territory)
        return
    if side == ConfirmationSide.ARTIST and residency is not None:
        require_artist(by, residency)
        if session.residencies.filter(pk=residency.pk).exists():
            return
    elif side == ConfirmationSide.STRUCTURE and structure is not None:
        require_team(by, structure)
        if session.structures.filter(pk=structure.pk).exists():
            return
    raise Forbidden(_("Seuls les artistes et les structures de cette séance peuvent la confirmer."), code="not_there")


def _require_seen(session: Session, seen: str | None) -> None:
    if seen is not None and seen != selectors.mark(session.confirmations.order_by("made_at", "pk")):
        raise StaleWrite(
            _(
                "Quelqu'un a confirmé cette séance pendant que vous regardiez cette page. "
                "Rien n'est enregistré : relisez, puis tranchez."
            ),
            code="stale",
        )


def _is_of(one: Confirmation, side: ConfirmationSide, structure: Structure | None, residency: Residency | None) -> bool:
    return (
        one.side == side
        and one.structure_id == (structure.pk if structure else None)
        and one.residency_id == (residency.pk if residency else None)
    )


def _lines(happened: Happened, counts: Iterable[Count]) -> list[Count]:
    """The counts to write, checked: each category once, "dont" within what it is part of."""
    if happened == Happened.NO:
        return []
    lines = list(counts)
    for line in lines:
        if line.category not in AudienceCategory.values or line.qualifier not in Qualifier.values:
            raise Refused(_("Choisissez un public et une précision de la liste."), code="unknown", field="counts")
    if len({(line.category, line.inside) for line in lines}) != len(lines):
        raise Refused(
            _("Un même public est compté deux fois : réunissez les deux nombres."), code="twice", field="counts"
        )
    _require_inside(lines)
    return lines


def _require_inside(lines: Sequence[Count]) -> None:
    inside = [line for line in lines if line.inside and line.value is not None]
    if not inside:
        return
    base = [line.value for line in lines if not line.inside]
    known = [value for value in base if value is not None]
    if not known:
        raise Refused(
            _("Donnez d'abord le nombre total dont ces personnes font partie."),
            code="inside_of_nothing",
            field="inside",
        )
    if len(known) == len(base) and any((line.value or 0) > sum(known) for line in inside):
        raise Refused(
            _("Le nombre indiqué après « dont » dépasse le total : corrigez l'un des deux."),
            code="inside_too_large",
            field="inside",
        )


def _write(row: Confirmation, lines: Sequence[Count]) -> None:
    row.full_clean(exclude=["session", "made_by"])
    row.save()
    row.headcounts.all().delete()
    for line in lines:
        count = Headcount(
            confirmation=row, category=line.category, value=line.value, qualifier=line.qualifier, inside=line.inside
        )
        count.full_clean()
        count.save()


def _follow(session: Session, activity: Activity) -> None:
    """The session's state is the standing word's; whether sides differ is noted; the activity follows."""
    said = list(session.confirmations.prefetch_related("headcounts").order_by("made_at", "pk"))
    others = [one for one in said if one.side != ConfirmationSide.DESK]
    session.contested = len(others) == len(said) and any(selectors.differ(one, others[0]) for one in others[1:])
    standing = next((one for one in said if one.pk == session.standing_id), None)
    target = SessionState.PLANNED
    if standing is not None:
        target = SessionState.NOT_HELD if standing.happened == Happened.NO else SessionState.HELD
    before = SessionState(session.state)
    if before != target:
        if target not in SESSION_TRANSITIONS[before]:
            raise Refused(_("Cette séance ne peut plus être confirmée."), code="wrong_state")
        session.state = target
        session.sequence += 1
        session.version += 1
    session.save(update_fields=["standing", "contested", "state", "sequence", "version", "updated_at"])
    if before != target:
        _advance(activity)


def _advance(activity: Activity) -> None:
    """Done once no session waits and one at least was held; planned again when that is no longer so."""
    states = set(activity.sessions.values_list("state", flat=True))
    over = SessionState.PLANNED not in states and SessionState.HELD in states
    target = ActivityState.DONE if over else ActivityState.PLANNED
    before = ActivityState(activity.state)
    if before != target and {before, target} == {ActivityState.PLANNED, ActivityState.DONE}:
        assert target in ACTIVITY_TRANSITIONS[before]
        activity.state = target
        activity.save(update_fields=["state", "updated_at"])
