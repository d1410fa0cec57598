"""Adding people up without pretending: unknown is not zero, "dont" is not added twice (rules.md 24)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from residencies.enums import Qualifier


@dataclass(frozen=True, slots=True)
class Total:
    """Attendances of some sessions. ``value`` null: nobody counted any. ``unknown``: counts that are missing."""

    value: int | None = None
    qualifier: str = Qualifier.EXACT
    unknown: int = 0

    @property
    def exact(self) -> bool:
        return self.value is not None and self.qualifier == Qualifier.EXACT and not self.unknown

    def __add__(self, other: Total) -> Total:
        """Both together. "About" taints the sum; "more than" too, unless it is already "about"."""
        unknown = self.unknown + other.unknown
        if self.value is None:
            return Total(other.value, other.qualifier, unknown)
        if other.value is None:
            return Total(self.value, self.qualifier, unknown)
        said = {self.qualifier, other.qualifier}
        worst = next((one for one in (Qualifier.ABOUT, Qualifier.MORE_THAN) if one in said), Qualifier.EXACT)
        return Total(self.value + other.value, worst, unknown)


#: Of a session that took place and that nobody counted.
UNCOUNTED = Total(unknown=1)
NOBODY = Total()


def together(totals: Iterable[Total]) -> Total:
    """The sum of several, as adding them one by one, without an object for each."""
    value, said, unknown = None, {Qualifier.EXACT.value}, 0
    for one in totals:
        unknown += one.unknown
        if one.value is not None:
            value = one.value + (value or 0)
            said.add(str(one.qualifier))
    worst = next((one for one in (Qualifier.ABOUT, Qualifier.MORE_THAN) if one in said), Qualifier.EXACT)
    return Total(value, worst, unknown)


def of_lines(lines: Iterable[tuple[int | None, str, bool]]) -> Total:
    """One session's total from its lines: value, qualifier, inside.

    "650 dont 330" is 650. A line without a figure makes the sum a "more than"; no figure at all, an unknown.
    """
    counted = [(value, qualifier) for value, qualifier, inside in lines if not inside]
    known = [Total(value, qualifier) for value, qualifier in counted if value is not None]
    if not known:
        return UNCOUNTED
    total = together(known)
    if len(known) < len(counted) and total.qualifier == Qualifier.EXACT:
        return Total(total.value, Qualifier.MORE_THAN)
    return total
