"""Errors that a service raises and a view, the admin or a command shows as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clea.rules import Verdict

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refused(Exception):
    """A rule says no. ``str(error)`` is a sentence for the person, with what to do next.

    ``field`` names the form field the refusal belongs to, when there is one.
    """

    def __init__(self, message: str | _StrPromise, *, code: str = "refused", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class Forbidden(Refused):
    """The person has no right to do this, whatever the moment."""


class StaleWrite(Refused):
    """Somebody else, or another tab, wrote first."""


class Unavailable(OSError):
    """Something the site rests on, and that is not its database, does not answer. In English: an operator's matter.

    Uncaught, it is the page of a breakdown: 503, come back in a minute, the form given back.
    """


def require(verdict: Verdict) -> None:
    """Raise :class:`Refused`, or :class:`Forbidden`, with the verdict's own reason unless it is allowed."""
    if not verdict:
        raise (Forbidden if verdict.forbidden else Refused)(verdict.reason, code=verdict.code)
