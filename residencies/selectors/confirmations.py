"""What each side said took place, where they differ, what is still to be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.ui.dates import number
from residencies.enums import ActivityState, AudienceCategory, ConfirmationSide, Happened, Qualifier, SessionState
from residencies.methods.headcounts import UNCOUNTED, Total, of_lines, together
from residencies.models import Activity, Confirmation, Headcount, Residency, Session
from structures.models import Structure


def total(headcounts: Iterable[Headcount]) -> Total:
    """The people of one confirmation: "650 dont 330" is 650, unknown is not zero (rules.md 24)."""
    return of_lines((one.value, one.qualifier, one.inside) for one in headcounts)


def total_words(found: Total) -> str:
    """« 650 », « plus de 40 », « environ 25 », « non compté »."""
    if found.value is None:
        return _("non compté")
    said = number(found.value)
    if found.qualifier == Qualifier.EXACT:
        return said
    return f"{Qualifier(found.qualifier).label} {said}"


def differ(one: Confirmation, other: Confirmation) -> bool:
    """Whether they say different things: what happened, or how many were counted by both.

    A number that one side does not know contradicts nothing, and neither does a partial one.
    """
    if one.happened != other.happened:
        return True
    first, second = total(one.headcounts.all()), total(other.headcounts.all())
    if first.value is None or second.value is None or _partial(one) or _partial(other):
        return False
    return (first.value, first.qualifier) != (second.value, second.qualifier)


def _partial(confirmation: Confirmation) -> bool:
    return any(one.value is None and not one.inside for one in confirmation.headcounts.all())


def with_headcounts() -> QuerySet[Confirmation]:
    """Confirmations in the order they were made, their counts and their authors with them."""
    return (
        Confirmation.objects.select_related("structure", "residency", "made_by")
        .prefetch_related("headcounts")
        .order_by("made_at", "pk")
    )


# What is to be said --------------------------------------------------------------------------


def _to_confirm(now: datetime) -> QuerySet[Session]:
    """Begun, not called off, its look back still open, and not settled by the coordination."""
    settled = Confirmation.objects.filter(session=OuterRef("pk"), side=ConfirmationSide.DESK)
    return (
        Session.objects.exclude(state=SessionState.CANCELLED)
        .exclude(activity__state__in=[ActivityState.EVALUATED, ActivityState.CANCELLED])
        .filter(~Exists(settled), starts_at__lte=now, activity__season__closed_at=None)
        .select_related("activity", "host__commune", "commune")
    )


def to_confirm_of_residency(residency: Residency, now: datetime | None = None) -> list[Session]:
    """Sessions the artists have not said anything of, the latest first. One query."""
    mine = Confirmation.objects.filter(session=OuterRef("pk"), residency=residency)
    rows = _to_confirm(now or timezone.now()).filter(~Exists(mine), residencies=residency)
    return list(rows.order_by("-starts_at", "pk"))


def to_confirm_of_structure(structure: Structure, now: datetime | None = None) -> list[Session]:
    """Sessions the team has not said anything of, the latest first. One query."""
    mine = Confirmation.objects.filter(session=OuterRef("pk"), structure=structure)
    rows = _to_confirm(now or timezone.now()).filter(~Exists(mine), structures=structure)
    return list(rows.order_by("-starts_at", "pk"))


def said_by(*, residency: Residency | None = None, structure: Structure | None = None) -> list[Confirmation]:
    """What this side has confirmed, the latest session first. ``settled``: the desk's word stands. Two queries."""
    about = {"residency": residency} if residency is not None else {"structure": structure}
    rows = Confirmation.objects.filter(**about).select_related("session__activity", "session__host__commune")
    desk = Confirmation.objects.filter(session=OuterRef("session"), side=ConfirmationSide.DESK)
    rows = rows.annotate(settled=Exists(desk))
    return list(rows.prefetch_related("headcounts").order_by("-session__starts_at", "pk"))


def sessions_of(*, residency: Residency | None = None, structure: Structure | None = None) -> QuerySet[Session]:
    """The sessions this side may speak of."""
    rows = Session.objects.select_related("activity__season__programme__territory", "host__commune", "commune")
    return rows.filter(residencies=residency) if residency is not None else rows.filter(structures=structure)


def looked_back(*, residency: Residency | None = None, structure: Structure | None = None) -> list[Activity]:
    """Activities of this side of which something took place, the latest first. One query."""
    held = Session.objects.filter(activity=OuterRef("pk"), state=SessionState.HELD)
    rows = Activity.objects.filter(Exists(held)).exclude(state=ActivityState.CANCELLED)
    rows = rows.filter(residencies=residency) if residency is not None else rows.filter(structures=structure)
    return list(rows.order_by("-pk"))


# One activity --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A headcount in words. ``differs``: another side says another number of this category."""

    label: str
    words: str
    inside: bool
    differs: bool


@dataclass(frozen=True)
class Saying:
    """One confirmation, for the desk: what differs from the first one is said so."""

    confirmation: Confirmation
    total: Total
    stands: bool
    differs: bool
    lines: tuple[Line, ...]

    @property
    def words(self) -> str:
        return total_words(self.total)

    @property
    def who(self) -> str:
        """« la structure : Médiathèque… »."""
        one = self.confirmation
        party = one.structure or one.residency
        return f"{one.get_side_display()}\N{NO-BREAK SPACE}: {party}" if party else one.get_side_display()


@dataclass(frozen=True)
class SessionReading:
    """A session and all that was said of it."""

    session: Session
    sayings: tuple[Saying, ...]
    expected: int | None

    @property
    def settled(self) -> bool:
        return any(one.confirmation.side == ConfirmationSide.DESK for one in self.sayings)

    @property
    def standing(self) -> Saying | None:
        return next((one for one in self.sayings if one.stands), None)

    @property
    def mark(self) -> str:
        """What an agent is looking at: another word since is a stale page."""
        return mark(one.confirmation for one in self.sayings)


def mark(confirmations: Iterable[Confirmation]) -> str:
    """Tells two states of a session's confirmations apart."""
    return "/".join(f"{one.pk}:{one.made_at.isoformat()}" for one in confirmations)


def sessions(activity: Activity) -> list[SessionReading]:
    """The sessions of an activity, cancelled ones left out, with what each side said. Four queries."""
    rows = (
        activity.sessions.exclude(state=SessionState.CANCELLED)
        .select_related("activity", "host__commune", "commune")
        .prefetch_related("audience", Prefetch("confirmations", with_headcounts()))
        .order_by("starts_at", "pk")
    )
    return [reading(row) for row in rows]


def reading(session: Session) -> SessionReading:
    """No query on a session read with its confirmations."""
    said = list(session.confirmations.all())
    reference = next((one for one in said if one.side != ConfirmationSide.DESK), None)
    expected = [one.expected for one in session.audience.all()]
    return SessionReading(
        session,
        tuple(_saying(one, reference, said, session.standing_id) for one in said),
        sum(value or 0 for value in expected) if any(value is not None for value in expected) else None,
    )


def _saying(
    one: Confirmation, reference: Confirmation | None, said: list[Confirmation], standing: int | None
) -> Saying:
    others = [other for other in said if other.pk != one.pk and other.side != ConfirmationSide.DESK]
    return Saying(
        one,
        total(one.headcounts.all()) if one.happened != Happened.NO else Total(0),
        stands=one.pk == standing,
        differs=reference is not None and reference.pk != one.pk and differ(one, reference),
        lines=tuple(_line(row, others) for row in one.headcounts.all()),
    )


def _line(row: Headcount, others: list[Confirmation]) -> Line:
    twins = [
        twin.value
        for other in others
        for twin in other.headcounts.all()
        if twin.category == row.category and twin.inside == row.inside and twin.value is not None
    ]
    return Line(
        label=str(AudienceCategory(row.category).label),
        words=total_words(Total(row.value, row.qualifier)),
        inside=row.inside,
        differs=row.value is not None and any(value != row.value for value in twins),
    )


def attendances(readings: Iterable[SessionReading]) -> Total:
    """People counted at each held session, added up: one who came twice counts twice."""
    held = [one for one in readings if one.session.state == SessionState.HELD]
    return together(one.standing.total if one.standing else UNCOUNTED for one in held)


# The season ----------------------------------------------------------------------------------


def contested(season: Season) -> list[Session]:
    """Sessions of which two sides say different things. One query."""
    return list(_of(season).filter(contested=True).order_by("starts_at", "pk"))


def unconfirmed(season: Season, now: datetime) -> list[Session]:
    """Sessions over, of which nobody said anything, the oldest first. One query."""
    return list(_of(season).filter(state=SessionState.PLANNED, ends_at__lte=now).order_by("starts_at", "pk"))


def to_evaluate(season: Season) -> list[Activity]:
    """Activities all of whose sessions are confirmed, whose look back is to close. One query."""
    return list(Activity.objects.filter(Q(season=season, state=ActivityState.DONE)).order_by("pk"))


def _of(season: Season) -> QuerySet[Session]:
    return Session.objects.filter(activity__season=season).select_related("activity", "host__commune", "commune")
