"""Kilometre scales as they are kept, ready to compute with."""

from __future__ import annotations

from collections.abc import Iterable

from residencies.enums.money import LIVE_PAYMENTS, TravelMode
from residencies.methods.mileage import Bracket, Scale
from residencies.models import ScaleBracket, ScaleVersion, TripClaim


def brackets_of(rows: Iterable[ScaleBracket]) -> tuple[Bracket, ...]:
    return tuple(Bracket(row.power_from, row.power_to, row.km_above, row.rate, row.fixed) for row in rows)


def scale_of(version: ScaleVersion) -> Scale:
    """One version with its brackets, prefetched or one query more."""
    return Scale(
        kind=version.kind,
        applies_from=version.applies_from,
        method=version.method,
        brackets=brackets_of(version.brackets.all()),
        electric_multiplier=version.electric_multiplier,
        source=version.source,
    )


def versions(kind: str) -> list[Scale]:
    """Every version of a scale, the latest first. Two queries."""
    return [scale_of(row) for row in ScaleVersion.objects.filter(kind=kind).prefetch_related("brackets")]


def is_used(version: ScaleVersion) -> bool:
    """Whether a claim that stands was counted with it. Two queries."""
    rows = TripClaim.objects.filter(
        mode=TravelMode.CAR,
        scale=version.kind,
        back_on__gte=version.applies_from,
        payment__state__in=LIVE_PAYMENTS,
    )
    later = (
        ScaleVersion.objects.filter(kind=version.kind, applies_from__gt=version.applies_from)
        .order_by("applies_from")
        .values_list("applies_from", flat=True)
        .first()
    )
    if later is not None:
        rows = rows.filter(out_on__lt=later)
    return rows.exists()
