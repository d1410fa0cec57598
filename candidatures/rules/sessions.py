"""A jury in session: seats, quorum, votes, ranks, and what each act asks. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import (
    DELIBERATED_STATES,
    VOTING_ROLES,
    ApplicationState,
    JurorRole,
    Outcome,
    Presence,
    SessionState,
)
from candidatures.rules.jury import quorum_needed
from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import day

if TYPE_CHECKING:
    from candidatures.models import Attendance, Juror, Jury, JurySession, Minutes

#: In the room, or on the screen: they count.
SITTING = frozenset({Presence.PRESENT, Presence.REMOTE})
#: What a dossier becomes.
STATE_OF: dict[str, ApplicationState] = {
    Outcome.SELECTED: ApplicationState.SELECTED,
    Outcome.RESERVE: ApplicationState.RESERVE,
    Outcome.DECLINED: ApplicationState.DECLINED,
}


@dataclass(frozen=True)
class Seat:
    """One voting seat at one session. ``holder`` sits in it: the member, or their substitute that day."""

    titular: int
    holder: int
    institution: int
    taken: bool


@dataclass(frozen=True)
class Quorum:
    """Seats counted, those taken, and what the jury's rule asks (rules.md 6)."""

    seats: int
    present: int
    needed: int
    institutions: int = 0
    institutions_needed: int = 0

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.present)

    @property
    def institutions_missing(self) -> int:
        return max(0, self.institutions_needed - self.institutions)

    @property
    def met(self) -> bool:
        return not self.missing and not self.institutions_missing

    def sentence(self) -> str:
        """« 6 sièges sur 8 occupés, quorum 4 : atteint »"""
        words = ngettext(
            "%(present)d siège sur %(seats)d occupé, quorum %(needed)d : %(met)s",
            "%(present)d sièges sur %(seats)d occupés, quorum %(needed)d : %(met)s",
            self.present,
        ) % {
            "present": self.present,
            "seats": self.seats,
            "needed": self.needed,
            "met": _("non atteint") if self.missing else _("atteint"),
        }
        if not self.institutions_needed:
            return words
        return words + ngettext(
            " ; %(n)d institution représentée, il en faut %(needed)d : %(met)s",
            " ; %(n)d institutions représentées, il en faut %(needed)d : %(met)s",
            self.institutions,
        ) % {
            "n": self.institutions,
            "needed": self.institutions_needed,
            "met": _("non atteint") if self.institutions_missing else _("atteint"),
        }


def belongs(juror: Juror, session: JurySession) -> bool:
    """A member of the jury on the day of the session: who left it later sat there, and counts there."""
    if juror.left_at is None or juror.declined_at is not None:
        return juror.is_sitting
    return timezone.localdate(juror.left_at) > session.held_on


def seats(jurors: Iterable[Juror], attendance: Iterable[Attendance]) -> list[Seat]:
    """The voting seats of a jury as they are held that day; a substitute holds the seat they sit in.

    ``jurors``: the members of that day. One whose role changed since the attendance was written holds
    their own seat, and nobody else's.
    """
    everybody = {juror.pk: juror for juror in jurors}
    sitting = {row.juror_id for row in attendance if row.presence in SITTING and row.juror_id in everybody}
    in_place_of = {
        row.replaces_id: row.juror_id
        for row in attendance
        if row.replaces_id and row.juror_id in sitting and everybody[row.juror_id].role == JurorRole.SUBSTITUTE
    }
    found = []
    for juror in everybody.values():
        if juror.role not in VOTING_ROLES:
            continue
        holder = juror.pk if juror.pk in sitting else in_place_of.get(juror.pk, juror.pk)
        institution = everybody[holder].institution_id if holder in everybody else juror.institution_id
        found.append(Seat(juror.pk, holder, institution, holder in sitting))
    return found


def quorum(jury: Jury, held: Sequence[Seat], recused: Collection[int] = frozenset()) -> Quorum:
    """The count for the session or, with those recused from it, for one dossier.

    A seat whose holder is recused leaves both sides of the count: neither a seat nor a presence.
    Institutions are asked of the session as a whole. Somebody must sit, whatever the percentage.
    """
    counted = [seat for seat in held if seat.holder not in recused]
    present = [seat for seat in counted if seat.taken]
    return Quorum(
        seats=len(counted),
        present=len(present),
        needed=max(1, quorum_needed(jury, len(counted))),
        institutions=0 if recused else len({seat.institution for seat in present}),
        institutions_needed=0 if recused else jury.quorum_institutions,
    )


# What may be done ---------------------------------------------------------------------------


def can_prepare(session: JurySession) -> Verdict:
    """Write who sits and what is decided: until the session is settled."""
    if session.state == SessionState.PREPARING:
        return ALLOWED
    return refuse(
        _("Cette séance est arrêtée : elle ne se modifie qu'en la rouvrant pour correction, avec un motif."), "settled"
    )


def can_attend(juror: Juror, presence: str, replaces: Juror | None, present: Collection[int]) -> Verdict:
    """One line of the attendance. ``present``: the members who sit that day, by key."""
    if replaces is None:
        return ALLOWED
    names = {"who": str(juror), "seat": str(replaces)}
    if presence not in SITTING:
        return refuse(_("%(who)s est absent(e) et ne peut pas siéger à la place de %(seat)s.") % names, "absent")
    if juror.role != JurorRole.SUBSTITUTE:
        return refuse(_("%(who)s n'est pas membre suppléant et ne remplace personne.") % names, "not_substitute")
    if replaces.role not in VOTING_ROLES or replaces.jury_id != juror.jury_id:
        return refuse(_("%(seat)s n'a pas de siège à occuper dans ce jury.") % names, "no_seat")
    if juror.substitute_for_id not in (None, replaces.pk):
        return refuse(
            _("%(who)s supplée %(other)s, et ne peut pas siéger à la place de %(seat)s.")
            % {**names, "other": juror.substitute_for},
            "not_theirs",
        )
    if replaces.pk in present:
        return refuse(
            _("%(seat)s est là : personne ne siège à sa place. Notez %(seat)s absent(e), ou libérez %(who)s.") % names,
            "seat_taken",
        )
    return ALLOWED


def can_put_on_agenda(state: str, earlier: bool) -> Verdict:
    """Decide on a dossier: an admissible one, or in a later session one of the reserve list."""
    if state in DELIBERATED_STATES or (earlier and state == ApplicationState.RESERVE):
        return ALLOWED
    return refuse(
        _("Une candidature « %(state)s » ne se décide pas dans cette séance.")
        % {"state": ApplicationState(state).label},
        "not_deliberated",
    )


def can_vote(votes: tuple[int | None, int | None, int | None], voters: int) -> Verdict:
    """Votes are optional, all three or none, and never more than those who may vote on the dossier."""
    given = [vote for vote in votes if vote is not None]
    if not given:
        return ALLOWED
    if len(given) < 3:
        return refuse(
            _("Donnez les trois nombres de voix, zéro compris ; ou aucun, si le jury a décidé par consensus."),
            "votes_partial",
        )
    if sum(given) > voters:
        return refuse(
            ngettext(
                "%(given)d voix pour %(n)d votant : vérifiez les présences, les déports et les voix.",
                "%(given)d voix pour %(n)d votants : vérifiez les présences, les déports et les voix.",
                voters,
            )
            % {"given": sum(given), "n": voters},
            "too_many_votes",
        )
    return ALLOWED


def fits(selected: int, free: int) -> Verdict:
    """No more artists than residencies still to award."""
    if selected <= free:
        return ALLOWED
    return refuse(
        ngettext("%(n)d dossier retenu pour ", "%(n)d dossiers retenus pour ", selected) % {"n": selected}
        + ngettext("%(n)d résidence à pourvoir.", "%(n)d résidences à pourvoir.", free) % {"n": free}
        + " "
        + _("Passez les autres en liste complémentaire, ou non retenus."),
        "too_many",
    )


def was_held(session: JurySession, today: date) -> Verdict:
    """Decisions bear the day of the session: it cannot be ahead."""
    if session.held_on <= today:
        return ALLOWED
    return refuse(
        _("La séance est prévue le %(day)s : elle s'arrête une fois tenue. Si elle a eu lieu, corrigez sa date.")
        % {"day": day(session.held_on)},
        "ahead",
    )


def may_read_minutes(juror: Juror, minutes: Minutes) -> bool:
    """The president, or who chaired that day, once the session is closed and nobody's name is withheld.

    Whether every dossier of the session is open to them is another question, asked of the database.
    """
    session = minutes.session
    return (
        juror.is_sitting
        and juror.joined_at is not None
        and (juror.role == JurorRole.PRESIDENT or session.chair_id == juror.pk)
        and session.state == SessionState.CLOSED
        and minutes.signed_id is not None
        and not juror.jury.is_blind
    )


# Ranks of the reserve list ------------------------------------------------------------------


def in_order(current: Sequence[int], typed: Mapping[int, int | None]) -> list[int]:
    """The reserve list after somebody typed ranks: 1 to n, without a hole and without a tie.

    ``current`` is the list as it stood, ``typed`` what is in each field. Whoever keeps their number
    keeps their turn; whoever was given another goes exactly there, and the others make room. A
    dossier without a number goes last. Ranks beyond the end mean the end.
    """
    before = {key: rank for rank, key in enumerate(current, start=1)}
    kept = [key for key in current if typed.get(key, before[key]) == before[key]]
    moved = [key for key in current if key not in set(kept)]
    last = len(current) + 1
    for key in sorted(moved, key=lambda key: (typed.get(key) or last, before[key])):
        kept.insert(min(max((typed.get(key) or last) - 1, 0), len(kept)), key)
    return kept


def moved(current: Sequence[int], key: int, step: int) -> list[int]:
    """The list with one dossier a step up (-1) or down (1); at an end it stays."""
    order = list(current)
    if key not in order:
        return order
    place = order.index(key)
    other = place + step
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order
