"""Who may write, plan, call off an activity, and when. Pure.

Written together (rules.md 18): the artist of one of its residencies, a member of one of its
structures' teams and the coordination write the same text. What engages people beyond the text,
its structures, its calendar, its end, is the artist's and the coordination's; who is invited into
a joint activity, the coordination's alone.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, forbid, refuse
from residencies.enums import ACTIVITY_TRANSITIONS, OPEN_ACTIVITY_STATES, ActivityKind, ActivityState, ResidencyState
from residencies.models import Residency


class Seat(enum.Enum):
    """From where somebody acts on an activity."""

    DESK = "desk"
    ARTIST = "artist"
    TEAM = "team"


def can_create(seat: Seat | None, residencies: Iterable[Residency], kind: str = "") -> Verdict:
    """A diffusion may still be born once the residency is finished (rules.md 15)."""
    if seat not in (Seat.DESK, Seat.ARTIST):
        return forbid(
            _("Une activité est créée par l'artiste ou par la coordination : envoyez plutôt un souhait."), "not_yours"
        )
    after = kind == ActivityKind.DIFFUSION
    if any(not row.is_live and not (after and row.state == ResidencyState.FINISHED) for row in residencies):
        return refuse(_("Cette résidence est terminée ou interrompue : rouvrez-la d'abord."), "not_live")
    return ALLOWED


def can_write(seat: Seat | None, state: str) -> Verdict:
    if seat is None:
        return forbid(_("Seuls l'artiste, l'équipe et la coordination écrivent cette activité."), "not_yours")
    if state not in OPEN_ACTIVITY_STATES:
        return refuse(
            _("État de l'activité : %(state)s. Son texte ne change plus.") % {"state": ActivityState(state).label},
            "closed",
        )
    return ALLOWED


def can_choose_structures(seat: Seat | None, state: str) -> Verdict:
    if seat not in (Seat.DESK, Seat.ARTIST):
        return forbid(_("Les structures associées sont choisies par l'artiste et la coordination."), "not_yours")
    return can_write(seat, state)


def can_join(seat: Seat | None, state: str) -> Verdict:
    if seat != Seat.DESK:
        return forbid(_("Seule la coordination réunit plusieurs résidences dans une activité."), "not_yours")
    return can_write(seat, state)


def can_cancel(seat: Seat | None, state: str) -> Verdict:
    return _can_turn(seat, state, ActivityState.CANCELLED)


def can_reopen(seat: Seat | None, state: str) -> Verdict:
    if state != ActivityState.CANCELLED:
        return refuse(_("Cette activité n'est pas annulée."), "not_cancelled")
    return _can_turn(seat, state, ActivityState.WRITING)


def _can_turn(seat: Seat | None, state: str, target: ActivityState) -> Verdict:
    if seat not in (Seat.DESK, Seat.ARTIST):
        return forbid(
            _("Seuls l'artiste et la coordination annulent ou reprennent une activité : écrivez-leur."), "not_yours"
        )
    if target not in ACTIVITY_TRANSITIONS[ActivityState(state)]:
        return refuse(
            _("État de l'activité : %(state)s. Ce n'est plus possible.") % {"state": ActivityState(state).label},
            "wrong_state",
        )
    return ALLOWED
