"""Dates of presence of a residency. The residency is locked by who calls."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from clea.ui.dates import day
from residencies.enums import CountBasis
from residencies.models import Period, Residency
from residencies.rules import opening as rules
from residencies.selectors import opening as selectors
from residencies.services.base import lock_residency, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User


@dataclass(frozen=True)
class PeriodRow:
    """A period as typed. ``uuid`` names the one it changes: its calendar entry stays the same."""

    kind: str
    title: str
    starts_on: date
    ends_on: date
    uuid: UUID | None = None


def require_version(locked: Residency, version: int) -> None:
    """Refuse to write over what somebody else wrote since the page was shown."""
    if locked.version != version:
        raise StaleWrite(
            _("Cette résidence a changé depuis que vous avez ouvert la page. Relisez, puis enregistrez de nouveau."),
            code="stale",
        )


def set_periods(
    *, by: User, residency: Residency, rows: Sequence[PeriodRow], version: int | None = None, recount: bool = False
) -> list[Period]:
    """Replace the periods by these. ``recount`` makes the days due follow them, on the contract's basis.

    Raises ``Refused`` when two of them overlap, ``StaleWrite`` when ``version`` is no longer the residency's.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require(rules.can_change(locked))
        if version is not None:
            require_version(locked, version)
        for bound in (bound for row in rows for bound in (row.starts_on, row.ends_on)):
            require_reach(locked.season, bound)
        periods = write_periods(locked, rows)
        if recount:
            counted = selectors.day_count(periods, locked.territory)
            on_weekdays = locked.count_basis == CountBasis.WEEKDAYS
            locked.contract_days = Decimal(counted.weekdays if on_weekdays else counted.working_days)
        locked.version += 1
        locked.full_clean()
        locked.save()
        journal.record(
            by=by,
            verb="residency.periods_set",
            target=locked,
            data={
                "periods": [[row.starts_on.isoformat(), row.ends_on.isoformat()] for row in periods],
                "days": str(locked.contract_days),
            },
        )
        return periods


def write_periods(residency: Residency, rows: Sequence[PeriodRow]) -> list[Period]:
    """Keep, change, add and remove so that the periods are these, in order. Four queries and one a row."""
    _refuse_overlaps(rows)
    known = {period.uuid: period for period in residency.periods.all()}
    kept: list[Period] = []
    for row in sorted(rows, key=lambda row: (row.starts_on, row.ends_on)):
        period = known.pop(row.uuid, None) if row.uuid else None
        period = period or Period(residency=residency)
        period.kind, period.title = row.kind, " ".join(row.title.split())
        period.starts_on, period.ends_on = row.starts_on, row.ends_on
        period.full_clean()
        period.save()
        kept.append(period)
    if known:
        Period.objects.filter(pk__in=[period.pk for period in known.values()]).delete()
    return kept


def _refuse_overlaps(rows: Sequence[PeriodRow]) -> None:
    """A day belongs to one period: counted once, and named once on the calendar."""
    ordered = sorted(rows, key=lambda row: row.starts_on)
    for before, after in itertools.pairwise(ordered):
        if after.starts_on <= before.ends_on:
            raise Refused(
                _("« %(after)s » commence le %(day)s, avant la fin de « %(before)s » : deux périodes se chevauchent.")
                % {"after": after.title, "before": before.title, "day": day(after.starts_on)},
                code="overlap",
            )
