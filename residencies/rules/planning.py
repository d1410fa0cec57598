"""Who may put a session in the calendar, move it, call it off, and pass over a warning. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, forbid, refuse
from residencies.enums import (
    PLANNABLE_STATES,
    SESSION_TRANSITIONS,
    ActivityKind,
    ActivityState,
    ResidencyState,
    SessionState,
    WarningCode,
)
from residencies.models import Residency
from residencies.rules.activities import Seat

#: What an artist may pass over alone, with a reason: their own presence, an estimate of the road they
#: drive, what the structure knows and accepts. The rest engages the contract or other people: the
#: coordination says it.
SOFT_WARNINGS = frozenset(
    {
        WarningCode.ABSENT,
        WarningCode.TRAVEL,
        WarningCode.SCHOOL_HOLIDAY,
        WarningCode.PUBLIC_HOLIDAY,
        WarningCode.NO_TEAM,
    }
)


#: Of these, an artist answers for themselves, not for another artist of a joint activity.
PERSONAL_WARNINGS = frozenset({WarningCode.ABSENT, WarningCode.TRAVEL})


def can_waive(seat: Seat | None, code: str, *, own: bool = True) -> Verdict:
    """``own``: the warning is of a residency that the person runs, or of nobody."""
    if seat == Seat.DESK or (seat == Seat.ARTIST and code in SOFT_WARNINGS and (own or code not in PERSONAL_WARNINGS)):
        return ALLOWED
    return forbid(_("Seule la coordination peut passer outre : choisissez un autre moment ou écrivez-lui."), "not_soft")


def can_plan(seat: Seat | None, state: str, kind: str, residencies: Iterable[Residency]) -> Verdict:
    """Diffusion may take place after the residency too (rules.md 15), never once it was stopped."""
    mine = _is_planner(seat)
    if not mine:
        return mine
    if state not in PLANNABLE_STATES:
        return refuse(
            _("État de l'activité : %(state)s. Reprenez-la avant d'y placer une séance.")
            % {"state": ActivityState(state).label},
            "wrong_state",
        )
    for row in residencies:
        if not row.is_live and not (kind == ActivityKind.DIFFUSION and row.state == ResidencyState.FINISHED):
            return refuse(
                _("La résidence de %(artist)s est terminée ou interrompue : rien ne s'y place plus.")
                % {"artist": row.artist_name},
                "not_live",
            )
    return ALLOWED


def can_change(seat: Seat | None, state: str) -> Verdict:
    """Move a session, or say otherwise what is expected."""
    mine = _is_planner(seat)
    if not mine:
        return mine
    if state == SessionState.PLANNED:
        return ALLOWED
    if state == SessionState.CANCELLED:
        return refuse(_("Cette séance est annulée : rétablissez-la d'abord."), "cancelled")
    return refuse(
        _("Cette séance est déjà confirmée : reprenez la confirmation avant de la déplacer."), "already_confirmed"
    )


def can_call_off(seat: Seat | None, state: str) -> Verdict:
    mine = _is_planner(seat)
    if not mine:
        return mine
    if SessionState.CANCELLED in SESSION_TRANSITIONS[SessionState(state)]:
        return ALLOWED
    return refuse(
        _("État de la séance : %(state)s. Elle ne s'annule plus.") % {"state": SessionState(state).label}, "wrong_state"
    )


def can_restore(seat: Seat | None, state: str) -> Verdict:
    mine = _is_planner(seat)
    if not mine:
        return mine
    if state == SessionState.CANCELLED:
        return ALLOWED
    return refuse(_("Cette séance n'est pas annulée."), "not_cancelled")


def _is_planner(seat: Seat | None) -> Verdict:
    if seat in (Seat.DESK, Seat.ARTIST):
        return ALLOWED
    return forbid(
        _("Les séances sont placées par l'artiste ou la coordination : écrivez-leur pour en changer."), "not_yours"
    )
