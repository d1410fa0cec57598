"""Activities, written together by artists and teams (rules.md 15 to 18)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Axis, Season
from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import ACTIVITY_TRANSITIONS, ActivityState, SessionState
from residencies.models import Activity, Residency, ResidencyArtist, Session
from residencies.rules import activities as rules
from residencies.rules.activities import Seat
from residencies.services import activity_notices as notices
from residencies.services.base import lock_activity, lock_residencies
from structures.models import Professional, Structure, Territory
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What people write together.
TEXT = (
    "kind",
    "title",
    "intention",
    "public",
    "life_stage",
    "people_expected",
    "needs",
    "reuse",
    "public_summary",
    "how_to_come",
)


def seat(by: User, territory: Territory, *, residencies: Iterable[int], structures: Iterable[int] = ()) -> Seat | None:
    """From where the person acts: the desk, else the residency, else a team. One to three queries."""
    if coordinates(by, territory):
        return Seat.DESK
    if ResidencyArtist.objects.filter(user=by, residency__in=list(residencies), left_at=None).exists():
        return Seat.ARTIST
    places = list(structures)
    if places and Professional.objects.of(by).filter(structure__in=places, structure__is_active=True).exists():
        return Seat.TEAM
    return None


def seat_at(by: User, activity: Activity) -> Seat | None:
    """The same, of an activity. Three to five queries."""
    return seat(
        by,
        activity.territory,
        residencies=activity.residencies.values_list("pk", flat=True),
        structures=activity.structures.values_list("pk", flat=True),
    )


def create(
    *,
    by: User,
    season: Season,
    residencies: Sequence[Residency],
    structures: Sequence[Structure] = (),
    kind: str,
    title: str,
    axes: Sequence[Axis] = (),
    agreed: bool = False,
    **text: Any,
) -> Activity:
    """A new idea, of one residency or several. ``text``: any of :data:`TEXT`.

    ``agreed``: the coordination proposed it and the team ``by`` says yes (services.requests). An
    artist creates in their own residency only; several together is the coordination's
    (``Forbidden``). ``Refused`` when a residency is of another season, or over.
    """
    with transaction.atomic():
        locked = lock_residencies(row.pk for row in residencies)
        if not locked:
            raise Refused(_("Choisissez au moins une résidence."), code="nobody", field="residencies")
        if any(row.season_id != season.pk for row in locked):
            raise Refused(_("Ces résidences ne sont pas de la même saison."), code="foreign", field="residencies")
        territory = locked[0].territory
        acting = Seat.DESK if agreed else seat(by, territory, residencies=[locked[0].pk])
        require(rules.can_create(acting, locked, kind))
        if len(locked) > 1:
            require(rules.can_join(acting, ActivityState.IDEA))
        activity = Activity(season=season, kind=kind, title=title.strip(), created_by=by)
        _fill(activity, text)
        activity.full_clean(exclude=["season", "created_by"])
        activity.save()
        activity.residencies.set(locked)
        activity.structures.set(_own(territory, structures))
        activity.axes.set(axes)
        journal.record(
            by=by,
            verb="activity.created",
            target=activity,
            data={
                "kind": activity.kind,
                "residencies": [str(row.uuid) for row in locked],
                "structures": [str(row.uuid) for row in structures],
            },
        )
        return activity


def write(*, by: User, activity: Activity, version: int, axes: Sequence[Axis] | None = None, **values: Any) -> Activity:
    """Write what was typed (any of :data:`TEXT`); an idea is being written from then on.

    ``version`` is the one the person read: ``StaleWrite`` when somebody wrote since.
    """
    with transaction.atomic():
        locked, acting = _hold(by, activity)
        require(rules.can_write(acting, locked.state))
        _require_fresh(locked, version)
        before = {name: getattr(locked, name) for name in TEXT}
        _fill(locked, values)
        changed = sorted(name for name in TEXT if getattr(locked, name) != before[name])
        if axes is not None and {row.pk for row in axes} != set(locked.axes.values_list("pk", flat=True)):
            locked.axes.set(axes)
            changed.append("axes")
        if not changed:
            return locked
        if locked.state == ActivityState.IDEA:
            turn(locked, ActivityState.WRITING)
        locked.version += 1
        locked.full_clean(exclude=["season", "created_by"])
        locked.save()
        journal.record(by=by, verb="activity.written", target=locked, data={"fields": changed})
        return locked


def choose_structures(*, by: User, activity: Activity, structures: Sequence[Structure]) -> Activity:
    """Say which structures take part. One that a session in the calendar counts on stays (``Refused``)."""
    with transaction.atomic():
        locked, acting = _hold(by, activity)
        require(rules.can_choose_structures(acting, locked.state))
        before = {row.pk: row for row in locked.structures.all()}
        after = {row.pk: row for row in _own(locked.territory, structures)}
        gone = [row for pk, row in before.items() if pk not in after]
        kept = set(
            Session.structures.through.objects.filter(
                session__activity=locked,
                session__state__in=[SessionState.PLANNED, SessionState.HELD],
                structure__in=[row.pk for row in gone],
            ).values_list("structure_id", flat=True)
        )
        if kept:
            names = ", ".join(row.name for row in gone if row.pk in kept)
            raise Refused(
                _("%(names)s : une séance y compte. Changez ou annulez d'abord cette séance.") % {"names": names},
                code="in_a_session",
                field="structures",
            )
        if before.keys() == after.keys():
            return locked
        locked.structures.set(after.values())
        _touch(locked)
        journal.record(
            by=by,
            verb="activity.structures_changed",
            target=locked,
            data={
                "added": sorted(str(row.uuid) for pk, row in after.items() if pk not in before),
                "removed": sorted(str(row.uuid) for row in gone),
            },
        )
        return locked


def join_residency(*, by: User, activity: Activity, residency: Residency) -> Activity:
    """Two artists, one activity: counted once. The coordination's."""
    with transaction.atomic():
        lock_residencies([residency.pk, *activity.residencies.values_list("pk", flat=True)])
        locked, acting = _hold(by, activity)
        require(rules.can_join(acting, locked.state))
        if residency.season_id != locked.season_id:
            raise Refused(_("Cette résidence n'est pas de la même saison."), code="foreign", field="residency")
        require(rules.can_create(acting, [residency], locked.kind))
        if locked.residencies.filter(pk=residency.pk).exists():
            raise Refused(_("Cette résidence y prend déjà part."), code="already", field="residency")
        locked.residencies.add(residency)
        _touch(locked)
        journal.record(by=by, verb="activity.joined", target=locked, data={"residency": str(residency.uuid)})
        return locked


def leave_residency(*, by: User, activity: Activity, residency: Residency) -> Activity:
    """Take a residency out of a joint activity. ``Refused`` for the last one, or when a session counts on it."""
    with transaction.atomic():
        lock_residencies(activity.residencies.values_list("pk", flat=True))
        locked, acting = _hold(by, activity)
        require(rules.can_join(acting, locked.state))
        if not locked.residencies.exclude(pk=residency.pk).exists():
            raise Refused(_("Une activité garde au moins une résidence : annulez-la plutôt."), code="last")
        if locked.sessions.standing().filter(residencies=residency).exists():
            raise Refused(
                _("%(artist)s est dans une séance : changez ou annulez d'abord cette séance.")
                % {"artist": residency.artist_name},
                code="in_a_session",
            )
        locked.residencies.remove(residency)
        _touch(locked)
        journal.record(by=by, verb="activity.left", target=locked, data={"residency": str(residency.uuid)})
        return locked


def cancel(*, by: User, activity: Activity, reason: str) -> Activity:
    """Call it off, and its sessions still planned with it. Everyone concerned by one to come is told."""
    reason = reason.strip()
    if not reason:
        raise Refused(_("Dites pourquoi : l'équipe et l'artiste le liront."), code="reason", field="reason")
    with transaction.atomic():
        lock_residencies(activity.residencies.values_list("pk", flat=True))
        locked, acting = _hold(by, activity)
        require(rules.can_cancel(acting, locked.state))
        if locked.sessions.held().exists():
            raise Refused(
                _("Une séance de cette activité a déjà eu lieu : elle compte. Annulez plutôt celles qui restent."),
                code="held",
            )
        sessions = list(
            Session.objects.select_for_update(of=("self",))
            .filter(activity=locked, state=SessionState.PLANNED)
            .select_related("host__commune", "commune")
            .order_by("pk")
        )
        for row in sessions:
            row.state, row.cancelled_why = SessionState.CANCELLED, reason
            row.sequence += 1
            row.version += 1
            row.updated_at = timezone.now()
        Session.objects.bulk_update(sessions, ["state", "cancelled_why", "sequence", "version", "updated_at"])
        turn(locked, ActivityState.CANCELLED)
        locked.cancelled_why = reason
        locked.version += 1
        locked.save()
        notices.activity_cancelled(by=by, activity=locked, sessions=sessions)
        journal.record(
            by=by, verb="activity.cancelled", target=locked, data={"sessions": [str(row.uuid) for row in sessions]}
        )
        return locked


def reopen(*, by: User, activity: Activity) -> Activity:
    """Take up an activity that was called off. Its sessions stay so: each is restored by hand."""
    with transaction.atomic():
        locked, acting = _hold(by, activity)
        require(rules.can_reopen(acting, locked.state))
        turn(locked, ActivityState.WRITING)
        locked.cancelled_why = ""
        locked.version += 1
        locked.save()
        journal.record(by=by, verb="activity.reopened", target=locked, data={})
        return locked


# Shared with the sessions ------------------------------------------------------------------------


def turn(activity: Activity, target: ActivityState) -> None:
    """Change its state, not saved. The table says from where (``Refused``)."""
    if activity.state == target:
        return
    if target not in ACTIVITY_TRANSITIONS[ActivityState(activity.state)]:
        raise Refused(
            _("État de l'activité : %(state)s. Ce n'est plus possible.") % {"state": activity.get_state_display()},
            code="wrong_state",
        )
    activity.state = target


def plan(activity: Activity) -> None:
    """It has a session in the calendar. One query, none when it had one already."""
    if activity.state == ActivityState.PLANNED:
        return
    if activity.state == ActivityState.IDEA:
        turn(activity, ActivityState.WRITING)
    turn(activity, ActivityState.PLANNED)
    activity.save(update_fields=["state", "updated_at"])


def follow_sessions(activity: Activity) -> None:
    """Its state after a session was called off or put back: planned, done, or back to writing. Two queries."""
    states = set(activity.sessions.values_list("state", flat=True).order_by())
    if SessionState.PLANNED in states:
        plan(activity)
    elif activity.state == ActivityState.PLANNED:
        turn(activity, ActivityState.DONE if SessionState.HELD in states else ActivityState.WRITING)
        activity.save(update_fields=["state", "updated_at"])


def _hold(by: User, activity: Activity) -> tuple[Activity, Seat]:
    """The row, locked, and from where the person acts. ``Forbidden`` to who has no part in it."""
    locked = lock_activity(activity)
    acting = seat_at(by, locked)
    if acting is None:
        raise Forbidden(_("Vous ne prenez pas part à cette activité."), code="not_yours")
    return locked, acting


def _fill(activity: Activity, values: dict[str, Any]) -> None:
    if unknown := values.keys() - set(TEXT):
        raise TypeError(f"unknown fields: {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(activity, name, value.strip() if isinstance(value, str) else value)


def _own(territory: Territory, structures: Iterable[Structure]) -> list[Structure]:
    """Structures of the territory, each once."""
    rows = {row.pk: row for row in structures}
    if any(row.territory_id != territory.pk for row in rows.values()):
        raise Refused(
            _("Une de ces structures n'est pas de ce territoire : retirez-la."), code="foreign", field="structures"
        )
    return list(rows.values())


def _touch(activity: Activity) -> None:
    """A change that another writer must see before writing."""
    activity.version += 1
    activity.save()


def _require_fresh(activity: Activity, version: int) -> None:
    if activity.version != version:
        raise StaleWrite(
            _(
                "Quelqu'un a écrit dans cette activité depuis que vous l'avez ouverte. Son texte est au-dessus du "
                "vôtre : reprenez ce qu'il faut, puis enregistrez."
            ),
            code="stale",
        )
