"""What closing a season asks for. Pure."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clea.rules import ALLOWED, Verdict, forbid, refuse

if TYPE_CHECKING:
    from clea.accounts.models import User

#: A reason is read by others, years later.
SHORTEST_REASON, LONGEST_REASON = 5, 1000
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def can_leave(reason: str, *, can_be_left: bool) -> Verdict:
    """Whether something unfinished may stay as it is in a closed season."""
    if not can_be_left:
        return refuse(_("C'est à terminer avant de clore : ensuite, plus rien ne pourra l'être."), "unfinished")
    if len(reason.strip()) < SHORTEST_REASON:
        return refuse(_("Dites pourquoi la saison est close sans cela, ou terminez-le d'abord."), "no_reason")
    return ALLOWED


def can_reopen(by: User, *, closed: bool, reason: str) -> Verdict:
    """An administrator only, with words to explain it."""
    if not (by.is_active and by.is_superuser):
        return forbid(_("Seule l'administration du site rouvre une saison close : écrivez-lui."), "not_administrator")
    if not closed:
        return refuse(_("Cette saison est ouverte."), "open")
    if len(reason.strip()) < SHORTEST_REASON:
        return refuse(_("Dites pourquoi la saison est rouverte."), "no_reason")
    return ALLOWED


def a_year_later(text: str) -> str:
    """``clea-2026-2027`` → ``clea-2027-2028``: every year in the text, one more."""
    return _YEAR.sub(lambda found: str(int(found.group()) + 1), text)


def next_year(day: date) -> date:
    """The same day of the next year; 28 February for a 29."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
