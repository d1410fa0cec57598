"""The kilometre scale, line by line (rules.md 12). Pure: no database, no clock.

Each leg is worth what the year's kilometres are worth with it, less what they were worth before it, both
rounded to the cent. So however the year is cut into trips, the sum is the year's own, to the cent; and a
scale that changes in mid-year changes the legs driven from its day on, and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from residencies.enums.money import ScaleMethod

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
#: A line of a claim as it is kept: JSON of strings, and the steps of its sum.
Kept = dict[str, str | list[dict[str, str]]]


class NoScale(Exception):
    """No version applies that day, or none has a rate for this vehicle."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


@dataclass(frozen=True, slots=True)
class Bracket:
    """A rate for vehicles of these powers, for the year's kilometres above ``km_above``."""

    power_from: int
    power_to: int | None
    km_above: int
    rate: Decimal
    fixed: Decimal = ZERO

    def holds(self, power: int) -> bool:
        return self.power_from <= power and (self.power_to is None or power <= self.power_to)


@dataclass(frozen=True, slots=True)
class Step:
    """Kilometres at one rate, plus what is fixed."""

    km: int
    rate: Decimal
    fixed: Decimal = ZERO

    @property
    def worth(self) -> Decimal:
        return self.km * self.rate + self.fixed


@dataclass(frozen=True, slots=True)
class Scale:
    """A version of a scale, from a day on."""

    kind: str
    applies_from: date
    method: str
    brackets: tuple[Bracket, ...]
    electric_multiplier: Decimal = Decimal(1)
    source: str = ""

    def steps(self, km: int, power: int) -> list[Step]:
        """How the year's ``km`` are counted: one step on the total, or one a bracket. Empty for no kilometre."""
        own = sorted((one for one in self.brackets if one.holds(power)), key=lambda one: one.km_above)
        if not own:
            raise NoScale(self.applies_from)
        reached = [one for one in own if km > one.km_above]
        if self.method == ScaleMethod.TOTAL:
            return [Step(km, reached[-1].rate, reached[-1].fixed)] if reached else []
        ends = [*(one.km_above for one in reached[1:]), km]
        return [Step(end - one.km_above, one.rate, one.fixed) for one, end in zip(reached, ends, strict=False)]

    def worth(self, km: int, power: int, *, electric: bool = False) -> Decimal:
        """What the year's ``km`` are worth, to the cent."""
        total = sum((step.worth for step in self.steps(km, power)), Decimal(0))
        if electric:
            total *= self.electric_multiplier
        return total.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Leg:
    """One way, on one day. ``way``: ``out`` or ``back``."""

    way: str
    day: date
    km: int
    power: int
    electric: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A leg and its sum: the year's kilometres before and after it, what each is worth, the difference."""

    leg: Leg
    scale: Scale
    km_before: int
    worth_before: Decimal
    worth_after: Decimal

    @property
    def km_after(self) -> int:
        return self.km_before + self.leg.km

    @property
    def amount(self) -> Decimal:
        return self.worth_after - self.worth_before

    def kept(self) -> Kept:
        """As it stays with the claim, whatever becomes of the scale."""
        steps = self.scale.steps(self.km_after, self.leg.power)
        return {
            "way": self.leg.way,
            "day": self.leg.day.isoformat(),
            "km": str(self.leg.km),
            "km_before": str(self.km_before),
            "km_after": str(self.km_after),
            "scale": self.scale.kind,
            "applies_from": self.scale.applies_from.isoformat(),
            "method": self.scale.method,
            "source": self.scale.source,
            "power": str(self.leg.power),
            "multiplier": str(self.scale.electric_multiplier) if self.leg.electric else "",
            "steps": [
                {"km": str(one.km), "rate": str(one.rate), "fixed": str(one.fixed), "worth": str(one.worth)}
                for one in steps
            ],
            "worth_after": str(self.worth_after),
            "worth_before": str(self.worth_before),
            "amount": str(self.amount),
        }


def scale_on(day: date, versions: Iterable[Scale]) -> Scale:
    """The version that applies that day: the latest begun. Raises :class:`NoScale`."""
    begun = [one for one in versions if one.applies_from <= day]
    if not begun:
        raise NoScale(day)
    return max(begun, key=lambda one: one.applies_from)


def compute(legs: Iterable[Leg], versions: Sequence[Scale], driven: Mapping[int, int] | None = None) -> list[Line]:
    """Each leg with its sum, in the order of the days. Raises :class:`NoScale`.

    ``driven``: the kilometres already counted in each year. They continue from a claim to the next, and from a
    version of the scale to the next.
    """
    years = dict(driven or {})
    lines = []
    for leg in sorted(legs, key=lambda one: one.day):
        scale = scale_on(leg.day, versions)
        before = years.get(leg.day.year, 0)
        try:
            worth_before, worth_after = (
                scale.worth(km, leg.power, electric=leg.electric) for km in (before, before + leg.km)
            )
        except NoScale:
            raise NoScale(leg.day) from None
        lines.append(Line(leg, scale, before, worth_before, worth_after))
        years[leg.day.year] = before + leg.km
    return lines


def total(lines: Iterable[Line]) -> Decimal:
    """What the legs are worth together."""
    return sum((line.amount for line in lines), ZERO)


def faults(brackets: Sequence[Bracket]) -> list[tuple[str, int]]:
    """What makes a scale unfit to compute with: ``(code, power)``. Empty when every vehicle has its rates.

    ``no_first`` – no rate from the first kilometre; ``overlap`` – two sets of rates for one power; ``gap`` – a
    power without rates; ``no_last`` – none for the most powerful.
    """
    sets = sorted({(one.power_from, one.power_to) for one in brackets}, key=lambda pair: pair[0])
    if not sets:
        return [("no_first", 1)]
    found = [
        ("no_first", start)
        for start, end in sets
        if not any(one.km_above == 0 for one in brackets if (one.power_from, one.power_to) == (start, end))
    ]
    if sets[0][0] > 1:
        found.append(("gap", 1))
    for (_, end), (start, _next) in pairwise(sets):
        if end is None or start <= end:
            found.append(("overlap", start))
        elif start > end + 1:
            found.append(("gap", end + 1))
    if sets[-1][1] is not None:
        found.append(("no_last", sets[-1][1] + 1))
    return found
