"""How long a dossier is kept (rules.md 25): pure dates, from what the call and the dossier say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from candidatures.enums import ApplicationState
from clea.privacy.months import after

if TYPE_CHECKING:
    from candidatures.models import Application, Call

S = ApplicationState
#: Without any date of results, a process is taken for over so long after the close.
_WITHOUT_DATES = 6
#: Nobody decided on them: the process of such a dossier ends only when the coordination says so.
UNDECIDED = frozenset({S.SUBMITTED, S.ELIGIBLE, S.SHORTLISTED, S.INTERVIEWED})
#: They may still be called until the residencies begin.
WAITING = frozenset({S.RESERVE})


def process_end(call: Call) -> date:
    """The day the call's process ended: as the coordination wrote it, else the results, else after the close."""
    if call.process_ends_on:
        return call.process_ends_on
    return call.results_on or after(timezone.localdate(call.closes_at), _WITHOUT_DATES)


def clock_starts(application: Application) -> date | None:
    """The day the retention of this dossier runs from; ``None`` while its process is not over. No query."""
    call = application.call
    if application.state == S.DRAFT:
        return timezone.localdate(call.closes_at)
    if application.state == S.SELECTED:
        closed = call.season.closed_at
        return max(timezone.localdate(closed), call.season.ends_on) if closed else None
    if application.state in UNDECIDED:
        return call.process_ends_on
    if application.state in WAITING:
        return max(process_end(call), call.season.starts_on)
    return process_end(call)


def kept_until(application: Application, *, tied: bool = False) -> date | None:
    """The first day this dossier may go; ``None`` while nobody can tell. No query.

    ``tied``: a residency came of it, so that it lives as long as the contract whatever became of it.
    """
    call, rules = application.call, settings.RETENTION
    if tied or application.state == S.SELECTED:
        closed = call.season.closed_at
        if closed is None:
            return None
        start = max(timezone.localdate(closed), call.season.ends_on)
        return after(start, 12 * rules["selected_years"])
    start_or_none = clock_starts(application)
    if start_or_none is None:
        return None
    months = call.retention_months
    if application.keep_in_touch and application.state != S.DRAFT:
        months = max(months, rules["contact_months"])
    return after(start_or_none, months)
