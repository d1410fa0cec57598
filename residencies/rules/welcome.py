"""What may be done with a visit, a stay, an inventory, a check-in, an incident. Pure: rows already read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, refuse
from residencies.enums import INCIDENT_TRANSITIONS, IncidentState, InventoryMoment, VisitState

if TYPE_CHECKING:
    from residencies.models import CheckIn, Incident, Inventory, InventoryLine, Period, Stay

_V = VisitState
VISIT_TRANSITIONS: dict[VisitState, frozenset[VisitState]] = {
    _V.PLANNED: frozenset({_V.DONE, _V.CANCELLED}),
    # Marked by mistake, or back on.
    _V.DONE: frozenset({_V.PLANNED}),
    _V.CANCELLED: frozenset({_V.PLANNED}),
}

#: The words of addresses.
MOMENT_WORDS = {InventoryMoment.ENTRY: "entree", InventoryMoment.EXIT: "sortie"}
#: Artists are written to when a visit nearer than this moves or is cancelled; further, their page is enough.
TELL_WITHIN = timedelta(days=14)
#: An entry inventory is asked this long before the stay begins.
INVENTORY_AHEAD = timedelta(days=7)
#: The artist has this long to agree with the entry inventory before the desk says so.
AGREE_WITHIN = timedelta(days=5)
#: A series of check-ins longer than this is a mistake.
MOST_CHECK_INS = 60


def can_visit_become(now: str, target: VisitState) -> Verdict:
    """Whether a visit in this state may take another."""
    if target in VISIT_TRANSITIONS[VisitState(now)]:
        return ALLOWED
    return refuse(
        _("Cette visite est déjà %(state)s : rechargez la page pour voir où elle en est.")
        % {"state": VisitState(now).label},
        "transition",
    )


def can_change_visit(state: str) -> Verdict:
    """Only what is still to come is moved."""
    if state == VisitState.PLANNED:
        return ALLOWED
    return refuse(
        _("Cette visite est %(state)s : remettez-la d'abord parmi les visites prévues.")
        % {"state": VisitState(state).label},
        "not_planned",
    )


def is_told(starts: Iterable[datetime], now: datetime) -> bool:
    """Whether artists are written to: one of these moments is near and still to come."""
    return any(now < start <= now + TELL_WITHIN for start in starts)


def most_people(stays: Iterable[tuple[date, date, int]], start: date, end: date) -> int:
    """The most people asleep on one night between two days, among ``(arrival, departure, people)``.

    The night of the departure is free. Nights only change at an arrival: they are the ones looked at.
    """
    rows = [row for row in stays if row[0] < end and row[1] > start]
    nights = {max(arrival, start) for arrival, _departure, _people in rows}
    return max(
        (sum(people for arrival, departure, people in rows if arrival <= night < departure) for night in nights),
        default=0,
    )


def can_stay(beds: int, stays: Iterable[tuple[date, date, int]], start: date, end: date, people: int) -> Verdict:
    """Whether so many more people find a bed on each of these nights."""
    if people > beds:
        return refuse(
            _("Ce logement a %(beds)d couchages : choisissez-en un plus grand, ou partagez le groupe.")
            % {"beds": beds},
            "too_small",
        )
    taken = most_people(stays, start, end)
    if taken + people > beds:
        return refuse(
            _(
                "Ce logement est déjà pris à ces dates : %(taken)d couchages sur %(beds)d. Changez les dates, ou "
                "choisissez un autre logement."
            )
            % {"taken": taken, "beds": beds},
            "full",
        )
    return ALLOWED


def can_remove_stay(inventories: int) -> Verdict:
    """A stay whose lodging was looked at took place."""
    if inventories:
        return refuse(
            _("Ce séjour a un état des lieux : il ne se supprime plus. Corrigez ses dates si besoin."), "inventoried"
        )
    return ALLOWED


def can_write_inventory(moment: str, entry: Inventory | None) -> Verdict:
    """The exit is compared with the entry: one comes first."""
    if moment == InventoryMoment.EXIT and entry is None:
        return refuse(_("Faites d'abord l'état des lieux d'entrée : celui de sortie s'y compare."), "entry_first")
    return ALLOWED


def differences(entry: Sequence[InventoryLine], leaving: Sequence[InventoryLine]) -> list[tuple[str, str, str, str]]:
    """What is not as it was: ``(object, condition before, condition after, remark)``; an absent line is empty.

    Objects are known by their name, in their order; the exit's own lines follow.
    """
    after = {line.item: line for line in leaving}
    found: list[tuple[str, str, str, str]] = []
    for line in entry:
        other = after.pop(line.item, None)
        if other is None:
            found.append((line.item, line.get_condition_display(), "", ""))
        elif other.condition != line.condition or other.note != line.note:
            found.append((line.item, line.get_condition_display(), other.get_condition_display(), other.note))
    found.extend((line.item, "", line.get_condition_display(), line.note) for line in after.values())
    return found


def pending(stay: Stay, inventories: Sequence[Inventory], today: date) -> str:
    """What a stay waits for: ``entry``, ``exit``, ``agreement``, or nothing."""
    by_moment = {row.moment: row for row in inventories}
    entry = by_moment.get(InventoryMoment.ENTRY)
    if entry is None and stay.starts_on - INVENTORY_AHEAD <= today:
        return "entry"
    if entry is not None and InventoryMoment.EXIT not in by_moment and stay.ends_on <= today:
        return "exit"
    if entry is not None and entry.agreed_at is None and entry.done_on + AGREE_WITHIN < today:
        return "agreement"
    return ""


def check_in_days(periods: Sequence[Period], first: date, weeks: int) -> list[date]:
    """Every so many weeks from a day, on the days when the artist is here."""
    last = max((period.ends_on for period in periods), default=first)
    step, day, found = timedelta(weeks=max(weeks, 1)), first, []
    while day <= last:
        if any(period.starts_on <= day <= period.ends_on for period in periods):
            found.append(day)
        day += step
    return found


def can_remove_check_in(row: CheckIn) -> Verdict:
    if row.held_on is None:
        return ALLOWED
    return refuse(_("Ce point a eu lieu : il reste. Corrigez son relevé si besoin."), "held")


def can_incident_become(now: str, target: IncidentState) -> Verdict:
    """Whether an incident in this state may take another."""
    if target in INCIDENT_TRANSITIONS[IncidentState(now)]:
        return ALLOWED
    if now == IncidentState.CLOSED:
        return refuse(_("Cet incident est clos : rouvrez-le d'abord."), "closed")
    return refuse(_("Cet incident n'est pas clos : ajoutez une suite."), "not_closed")


def can_answer_incident(incident: Incident) -> Verdict:
    """Whether the artist may add a word."""
    if incident.state == IncidentState.CLOSED:
        return refuse(
            _("Cet incident est clos. Si le problème revient, signalez-le de nouveau depuis la page « Séjour »."),
            "closed",
        )
    return ALLOWED
