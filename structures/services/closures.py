"""When a structure does not receive: spans of days, days of every week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, require
from clea.journal import services as journal
from structures.enums import Weekday
from structures.models import Closure, Structure
from structures.rules import can_keep_team
from structures.services.team import lock_structure

if TYPE_CHECKING:
    from clea.accounts.models import User

#: A longer span is a mistyped year; a structure that stops for good is declared closed.
LONGEST = timedelta(days=400)
#: Spans a structure keeps.
MOST = 60


def add_span(*, by: User, structure: Structure, starts_on: date, ends_on: date, reason: str = "") -> Closure:
    """Close from one local day to another, both included. Spans that overlap become one, with the new reason.

    Raises ``Refused`` on a field: past, out of order, far too long.
    """
    with transaction.atomic():
        locked = _own(by, structure)
        _require_span(starts_on, ends_on)
        spans = list(locked.closures.select_for_update().filter(weekday=None))
        met = [row for row in spans if _of(row)[0] <= ends_on and starts_on <= _of(row)[1]]
        if len(spans) - len(met) >= MOST:
            raise Refused(_("Trop de fermetures sont notées : retirez celles qui sont passées."), code="too_many")
        kept = reason.strip() or next((row.reason for row in met if row.reason), "")
        made = Closure(
            structure=locked,
            starts_on=min([starts_on, *(_of(row)[0] for row in met)]),
            ends_on=max([ends_on, *(_of(row)[1] for row in met)]),
            reason=kept,
        )
        made.full_clean()
        Closure.objects.filter(pk__in=[row.pk for row in met]).delete()
        made.save()
        first, last = _of(made)
        journal.record(
            by=by,
            verb="closure.added",
            target=locked,
            data={"from": first.isoformat(), "to": last.isoformat(), "joined": len(met)},
        )
        return made


def set_weekdays(*, by: User, structure: Structure, weekdays: Iterable[int]) -> list[int]:
    """Say on which days of every week the structure is closed: these, and no other. All seven is refused."""
    with transaction.atomic():
        locked = _own(by, structure)
        wanted = sorted({Weekday(day).value for day in weekdays})
        if len(wanted) == len(Weekday):
            raise Refused(
                _("Fermée tous les jours, la structure ne recevrait jamais : laissez au moins un jour."),
                code="every_day",
                field="weekdays",
            )
        rows = locked.closures.select_for_update().exclude(weekday=None)
        standing = {int(row.weekday) for row in rows if row.weekday is not None}
        if standing == set(wanted):
            return wanted
        rows.exclude(weekday__in=wanted).delete()
        for day in wanted:
            if day not in standing:
                closure = Closure(structure=locked, weekday=day)
                closure.full_clean()
                closure.save()
        journal.record(by=by, verb="closure.weekdays_set", target=locked, data={"weekdays": wanted})
        return wanted


def remove(*, by: User, closure: Closure) -> None:
    """Take a closure back. Twice changes nothing."""
    with transaction.atomic():
        structure = _own(by, closure.structure)
        found = structure.closures.select_for_update().filter(pk=closure.pk).first()
        if found is None:
            return
        data = (
            {"weekday": found.weekday}
            if found.weekday is not None
            else {"from": _of(found)[0].isoformat(), "to": _of(found)[1].isoformat()}
        )
        found.delete()
        journal.record(by=by, verb="closure.removed", target=structure, data=data)


def _own(by: User, structure: Structure) -> Structure:
    locked = lock_structure(structure)
    require(can_keep_team(by, locked))
    return locked


def _of(closure: Closure) -> tuple[date, date]:
    assert closure.starts_on is not None
    assert closure.ends_on is not None
    return closure.starts_on, closure.ends_on


def _require_span(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Refused(_("Le dernier jour ne peut pas venir avant le premier."), code="order", field="ends_on")
    if ends_on < timezone.localdate():
        raise Refused(_("Cette période est passée : elle ne change plus rien."), code="past", field="ends_on")
    if ends_on - starts_on > LONGEST:
        raise Refused(
            _("Plus d'un an de fermeture : vérifiez l'année. Si la structure cesse, écrivez à la coordination."),
            code="too_long",
            field="ends_on",
        )
