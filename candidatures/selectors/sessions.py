"""What the pages of a session show, and what stands once a session is settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.utils import timezone

from candidatures.enums import DELIBERATED_STATES, ApplicationState, JurorRole, Outcome, SessionState
from candidatures.models import (
    Application,
    Attendance,
    Collaborator,
    Decision,
    Extension,
    Juror,
    Jury,
    JurySession,
    Minutes,
    Offer,
    Position,
    Recusal,
)
from candidatures.rules import sessions as rules

if TYPE_CHECKING:
    from candidatures.rules.sessions import Quorum, Seat

#: The committee has spoken: its decisions stand.
DONE = frozenset({SessionState.SETTLED, SessionState.CLOSED})
#: The order of a list of members.
ROLES = (JurorRole.PRESIDENT, JurorRole.MEMBER, JurorRole.SUBSTITUTE)


def standing_decisions(jury: Jury) -> QuerySet[Decision]:
    """What stands today on each dossier of the jury: the latest settled session wins. One query.

    With the dossier, its deposit, its owner, the position and the session.
    """
    done = Decision.objects.filter(session__state__in=DONE)
    later = done.filter(application=OuterRef("application"), session__settled_at__gt=OuterRef("session__settled_at"))
    return (
        done.filter(session__jury=jury)
        .exclude(Exists(later))
        .select_related("application__last_deposit", "application__owner", "position", "session")
        .order_by("rank", "reserve_rank", "pk")
    )


@dataclass(frozen=True)
class Member:
    """A member at the session: the row of the attendance, if somebody wrote it, and who sits for them."""

    juror: Juror
    row: Attendance | None
    substitute: Juror | None = None

    @property
    def sits(self) -> bool:
        return self.row is not None and self.row.presence in rules.SITTING


@dataclass
class Room:
    """Who sits at a session, and who may vote on each dossier."""

    session: JurySession
    jury: Jury
    jurors: list[Juror]
    attendance: list[Attendance]
    recused: dict[int, set[int]] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> dict[int, Juror]:
        return {juror.pk: juror for juror in self.jurors}

    @cached_property
    def seats(self) -> list[Seat]:
        return rules.seats(self.jurors, self.attendance)

    @cached_property
    def quorum(self) -> Quorum:
        return rules.quorum(self.jury, self.seats)

    def for_dossier(self, application_id: int) -> Quorum:
        """Voters and quorum once those recused from this dossier have left the count."""
        recused = self.recused.get(application_id)
        return rules.quorum(self.jury, self.seats, recused) if recused else self.quorum

    @cached_property
    def members(self) -> list[Member]:
        """The presidency, then the other seats, then substitutes, each in the order of names."""
        rows = {row.juror_id: row for row in self.attendance}
        places = {row.replaces_id: self.by_key.get(row.juror_id) for row in self.attendance if row.replaces_id}
        order = sorted(self.jurors, key=lambda juror: ROLES.index(JurorRole(juror.role)))
        return [Member(juror, rows.get(juror.pk), places.get(juror.pk)) for juror in order]

    @property
    def unrecorded(self) -> list[Juror]:
        """Members with a seat whose presence nobody wrote."""
        return [row.juror for row in self.members if row.row is None and row.juror.role != JurorRole.SUBSTITUTE]

    def recused_names(self, application_id: int) -> list[str]:
        """Those who stepped aside from a dossier, in the order of names."""
        recused = self.recused.get(application_id, set())
        return [str(juror) for juror in self.jurors if juror.pk in recused]


def room(session: JurySession) -> Room:
    """The members, who is there, and who may not decide on what. Five queries.

    A session that stands keeps the members who sat, even those who have left the jury since; one in
    preparation, only those who left after its day. Nobody decides on their own dossier, nor on one they
    help to write: they count as recused, declared or not.
    """
    attendance = list(session.attendance.select_related("juror__user", "replaces__user"))
    present = {row.juror_id for row in attendance}
    jurors = [
        juror
        for juror in Juror.objects.filter(jury=session.jury_id).select_related(
            "user", "institution", "substitute_for__user"
        )
        if juror.is_sitting or (juror.pk in present and (session.state in DONE or rules.belongs(juror, session)))
    ]
    recused: dict[int, set[int]] = defaultdict(set)
    rows = Recusal.objects.standing().filter(juror__jury=session.jury_id)
    for application_id, juror_id in rows.values_list("application_id", "juror_id"):
        recused[application_id].add(juror_id)
    people = {juror.user_id: juror.pk for juror in jurors}
    own = Application.objects.filter(call=session.jury.call_id, owner__in=people)
    shared = Collaborator.objects.filter(application__call=session.jury.call_id, user__in=people)
    for application_id, user_id in [*own.values_list("pk", "owner"), *shared.values_list("application_id", "user_id")]:
        recused[application_id].add(people[user_id])
    return Room(session, session.jury, jurors, attendance, dict(recused))


def agenda(session: JurySession) -> list[Decision]:
    """The dossiers of the session: by the rank retained, then by number. One query.

    ``may_file``: the artist has more time than the call, and it is not over.
    """
    more_time = Extension.objects.filter(
        call=OuterRef("application__call"), user=OuterRef("application__owner"), until__gt=timezone.now()
    )
    rows = session.decisions.select_related("application__last_deposit", "application__owner", "position")
    rows = rows.annotate(may_file=Exists(more_time))
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, number(row.application)))


def number(application: Application) -> str:
    """The deposit's number; every dossier of a jury has one."""
    return application.last_deposit.number if application.last_deposit else "–"


def mark(session: JurySession) -> str:
    """What somebody looking at the decisions sees: how many, and when the last was written. One query."""
    found = session.decisions.aggregate(last=Max("updated_at"), n=Count("pk"))
    return f"{session.version}/{found['n']}/{found['last'].isoformat() if found['last'] else ''}"


def reserve(rows: Iterable[Decision]) -> list[Decision]:
    """The reserve list of these decisions, in the order of calls."""
    found = [row for row in rows if row.outcome == Outcome.RESERVE]
    return sorted(found, key=lambda row: (row.reserve_rank is None, row.reserve_rank or 0, row.rank or 10**6, row.pk))


def all_open_to(juror: Juror, session: JurySession) -> bool:
    """Whether a member may open every dossier this session decided on. One query."""
    theirs = Application.objects.readable_by(juror)
    return not session.decisions.exclude(application__in=theirs).exists()


def readable_minutes(juror: Juror) -> list[Minutes]:
    """The signed minutes this member may read, the latest first. One query, and one a session.

    The same rule as the file's own door (``candidatures.minutes_files``).
    """
    if juror.jury.is_blind:
        return []
    rows = (
        Minutes.objects.filter(session__jury=juror.jury_id, session__state=SessionState.CLOSED, signed__isnull=False)
        .select_related("session", "signed")
        .order_by("-session__held_on", "-session_id", "-edition")
    )
    return [row for row in rows if rules.may_read_minutes(juror, row) and all_open_to(juror, row.session)]


def has_earlier(session: JurySession) -> bool:
    """Whether another session of this jury stands: this one may then decide on its reserve list. One query."""
    return JurySession.objects.filter(jury=session.jury_id, state__in=DONE).exclude(pk=session.pk).exists()


def waiting(session: JurySession, earlier: bool) -> QuerySet[Application]:
    """Dossiers that this session may decide on and that are not on its agenda."""
    states = set(DELIBERATED_STATES)
    if earlier:
        states.add(ApplicationState.RESERVE)
    return (
        Application.objects.filter(call=session.jury.call_id, state__in=states, last_deposit__isnull=False)
        .exclude(pk__in=session.decisions.values("application_id"))
        .select_related("last_deposit")
        .order_by("last_deposit__number")
    )


@dataclass(frozen=True)
class Places:
    """Residencies of the call, and how many of each this session may award."""

    positions: list[Position]
    free_of: dict[int, int]

    @property
    def total(self) -> int:
        return sum(position.count for position in self.positions)

    @property
    def free(self) -> int:
        return sum(self.free_of.values())

    @property
    def only(self) -> Position | None:
        """The one position of the call, when nobody has to choose."""
        return self.positions[0] if len(self.positions) == 1 else None


def places(session: JurySession) -> Places:
    """What is left to award: every residency but those of artists selected outside this session. Three queries.

    Somebody who renounced, or was retained elsewhere, has given theirs back. One selected without a
    known position takes the first that has room.
    """
    positions = list(session.jury.call.positions.all())
    elsewhere = list(
        Application.objects.filter(call=session.jury.call_id, state=ApplicationState.SELECTED)
        .exclude(pk__in=session.decisions.values("application_id"))
        .values_list("pk", flat=True)
    )
    free = {position.pk: position.count for position in positions}
    if elsewhere:
        held: dict[int, int | None] = dict.fromkeys(elsewhere)
        decided = standing_decisions(session.jury).filter(application__in=elsewhere, position__isnull=False)
        held.update(decided.values_list("application_id", "position_id"))
        offers = Offer.objects.holding().filter(application__in=elsewhere, position__isnull=False)
        held.update(offers.values_list("application_id", "position_id"))
        for position_id in held.values():
            known = position_id if position_id in free else next((key for key, left in free.items() if left > 0), None)
            if known is not None:
                free[known] = max(0, free[known] - 1)
    return Places(positions, free)
