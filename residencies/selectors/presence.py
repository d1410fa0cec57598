"""The presence of a residency, read from its rows."""

from __future__ import annotations

from collections.abc import Iterable

from residencies.methods.presence import Ledger, ledger
from residencies.models import Residency


def ledger_of(residency: Residency) -> Ledger:
    """The ledger of one residency, its territory known. Two queries."""
    return _ledger(residency)


def ledgers_of(residencies: Iterable[Residency]) -> dict[int, Ledger]:
    """The ledgers of several, by primary key. They come with ``periods`` and ``presence`` fetched: no query."""
    return {residency.pk: _ledger(residency) for residency in residencies}


def _ledger(residency: Residency) -> Ledger:
    return ledger(
        list(residency.periods.all()),
        list(residency.presence.all()),
        residency.territory.school_zone,
        residency.count_basis,
        residency.contract_days,
    )
