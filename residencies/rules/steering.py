"""What may be done with a committee's meeting, and when. No query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, refuse
from residencies.enums.steering import ACTION_TRANSITIONS, MEETING_TRANSITIONS, ActionState, MeetingState
from residencies.models import Action, Meeting

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def can_become(meeting: Meeting, target: MeetingState) -> Verdict:
    """By the table of states."""
    if target in MEETING_TRANSITIONS[MeetingState(meeting.state)]:
        return ALLOWED
    return refuse(
        _("Cette réunion est dans l'état « %(state)s » : rouvrez sa page, puis choisissez une action possible.")
        % {"state": meeting.get_state_display()},
        "wrong_state",
    )


def can_plan(meeting: Meeting) -> Verdict:
    """Move it, invite: as long as it has not been held."""
    if meeting.state == MeetingState.PLANNED:
        return ALLOWED
    if meeting.state == MeetingState.CANCELLED:
        return refuse(_("Cette réunion est annulée : rétablissez-la d'abord."), "cancelled")
    return refuse(_("Cette réunion a été tenue : sa date ne change plus."), "held")


def can_prepare(meeting: Meeting) -> Verdict:
    """Its agenda, its participants, its papers: until the minutes are settled."""
    if meeting.state in (MeetingState.PLANNED, MeetingState.HELD):
        return ALLOWED
    if meeting.state == MeetingState.CANCELLED:
        return refuse(_("Cette réunion est annulée : rétablissez-la d'abord."), "cancelled")
    return refuse(_("Le compte rendu est arrêté : rouvrez-le pour changer quelque chose."), "settled")


def can_write(meeting: Meeting) -> Verdict:
    """What was said, decided and asked: once held, until the minutes are settled."""
    if meeting.state == MeetingState.HELD:
        return ALLOWED
    if meeting.state == MeetingState.PLANNED:
        return refuse(_("Notez d'abord que la réunion a lieu : son compte rendu s'ouvre alors."), "planned")
    return can_prepare(meeting)


def can_hold(meeting: Meeting, now: datetime) -> Verdict:
    verdict = can_become(meeting, MeetingState.HELD)
    if verdict and timezone.localdate(meeting.starts_at) > timezone.localdate(now):
        return refuse(_("Cette réunion est à venir : elle se note tenue à partir du jour même."), "to_come")
    return verdict


def can_invite(meeting: Meeting, *, points: int, now: datetime) -> Verdict:
    """An invitation says of what one will speak, and comes before."""
    if not (verdict := can_plan(meeting)):
        return verdict
    if now >= meeting.starts_at:
        return refuse(_("Cette réunion a commencé : on n'y convoque plus."), "begun")
    if not points:
        return refuse(_("Écrivez d'abord l'ordre du jour : la convocation le porte."), "no_agenda")
    return ALLOWED


def can_settle(meeting: Meeting, *, present: int, written: bool) -> Verdict:
    """Minutes say who was there, and something of what took place."""
    if not (verdict := can_become(meeting, MeetingState.SETTLED)):
        return verdict
    if not present:
        return refuse(_("Notez d'abord qui était là : cochez les présences."), "nobody")
    if not written:
        return refuse(_("Écrivez d'abord ce qui a été dit, ou une décision : le compte rendu est vide."), "empty")
    return ALLOWED


def can_publish(meeting: Meeting, texts: Iterable[str]) -> Verdict:
    """Settled minutes, where nobody's address stands: it would be everybody's to read."""
    if meeting.state != MeetingState.SETTLED or meeting.minutes_id is None:
        return refuse(_("Arrêtez d'abord le compte rendu : c'est lui qui est publié."), "not_settled")
    for text in texts:
        if (found := _EMAIL.search(text)) is not None:
            return refuse(
                _(
                    "Une adresse électronique figure dans le texte (%(address)s) : "
                    "rouvrez le compte rendu, retirez-la, puis publiez."
                )
                % {"address": found.group()},
                "address",
            )
    return ALLOWED


def can_mark(action: Action, target: ActionState) -> Verdict:
    """By the table of states, in a meeting that took place."""
    if target in ACTION_TRANSITIONS[ActionState(action.state)]:
        return ALLOWED
    return refuse(
        _("Cette action est déjà dans l'état « %(state)s ».") % {"state": action.get_state_display()}, "wrong_state"
    )


def is_late(action: Action, today: date) -> bool:
    return action.state == ActionState.OPEN and action.due_on < today
