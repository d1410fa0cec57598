"""The presence of a residency, read from its rows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef

from candidatures.models import Season
from residencies.enums import ResidencyState
from residencies.methods.presence import ZERO, Ledger, ledger, worth
from residencies.models import Period, PresenceDay, Residency


def ledger_of(residency: Residency) -> Ledger:
    """The ledger of one residency, its territory known. Two queries."""
    return _ledger(residency)


def ledgers_of(residencies: Iterable[Residency]) -> dict[int, Ledger]:
    """The ledgers of several, by primary key. They come with ``periods`` and ``presence`` fetched: no query."""
    return {residency.pk: _ledger(residency) for residency in residencies}


def done_in(season: Season) -> Decimal:
    """The days worked in a season's residencies, as their ledgers add them: inside the periods. One query."""
    inside = Period.objects.filter(
        residency=OuterRef("residency"), starts_on__lte=OuterRef("day"), ends_on__gte=OuterRef("day")
    )
    rows = (
        PresenceDay.objects.filter(Exists(inside), residency__season=season)
        .exclude(residency__state=ResidencyState.STOPPED)
        .order_by()
        .values_list("done")
        .annotate(n=Count("pk"))
    )
    return sum((worth(part) * n for part, n in rows), ZERO)


def _ledger(residency: Residency) -> Ledger:
    return ledger(
        list(residency.periods.all()),
        list(residency.presence.all()),
        residency.territory.school_zone,
        residency.count_basis,
        residency.contract_days,
    )
