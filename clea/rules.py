"""What a rule answers: yes, or no with a reason a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Verdict:
    """The answer of a predicate in a ``rules.py``.

    ``reason`` is empty when allowed; otherwise it is a sentence in the reader's language which
    says why not and what to do next. ``code`` is stable, for tests and for callers that branch.
    ``forbidden``: it is the person who may not, whatever the moment.
    """

    allowed: bool
    reason: str | _StrPromise = ""
    code: str = ""
    forbidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Verdict(True)


def refuse(reason: str | _StrPromise, code: str = "refused") -> Verdict:
    """Build a negative verdict."""
    return Verdict(False, reason, code)


def forbid(reason: str | _StrPromise, code: str = "forbidden") -> Verdict:
    """Build a negative verdict that time will not change: the person has no right to it."""
    return Verdict(False, reason, code, forbidden=True)
