"""What the clock does: warn people, prepare lists, sweep what is no archive. Nothing here erases a dossier."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from clea.mail import scopes
from clea.privacy import holdings
from clea.privacy.holdings import Due, Holding
from clea.privacy.models import Warned
from clea.privacy.services import lists

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """One thing past its time, or about to be. ``listed_from``: the day a list may take it."""

    scope: str
    holding: Holding
    due: Due
    listed_from: date | None


def notice() -> timedelta:
    return timedelta(days=settings.RETENTION["notice_days"])


def everywhere() -> list[str]:
    """Each territory's scope, then the installation's own."""
    return [*sorted(scopes.names()), ""]


def overview(*, today: date | None = None) -> list[Found]:
    """All that is past its time or will be within the notice, territory by territory. Writes nothing."""
    today = today or timezone.localdate()
    return [found for scope in everywhere() for found in coming(scope, today + notice())]


def coming(scope: str, until: date) -> Iterator[Found]:
    """What of this scope is due by then, and from when a list may take it: never before the person's notice ran."""
    for holding in holdings.everything():
        if holding.find is None:
            continue
        found = list(holding.find(scope, until))
        warned = _warned(holding, found) if holding.warn else {}
        for due in found:
            yield Found(scope, holding, due, warned.get(due.subject) if holding.warn else due.due_on)


def _warned(holding: Holding, found: list[Due]) -> dict[str, date]:
    """From when each may be listed: thirty days after its warning, if that warning said this very end."""
    ends = {due.subject: due.due_on for due in found}
    rows = Warned.objects.filter(holding=holding.key, subject__in=ends)
    return {
        row.subject: max(row.due_on, timezone.localdate(row.warned_at) + notice())
        for row in rows
        if row.due_on == ends[row.subject]
    }


def run(*, today: date | None = None) -> int:
    """Warn, prepare, sweep: the round of the clock. Twice harms nothing; one that fails holds nobody up."""
    today = today or timezone.localdate()
    acts = 0
    for scope in everywhere():
        acts += _warn(scope, today)
        try:
            acts += lists.prepare(scope=scope, today=today) is not None
        except Exception:
            log.exception("the disposal list of %r cannot be prepared", scope)
    for holding in holdings.everything():
        if holding.sweep is None:
            continue
        try:
            acts += holding.sweep(today)
        except Exception:
            log.exception("%s cannot be swept", holding.key)
    return acts


def _warn(scope: str, today: date) -> int:
    """Tell each person once for each end, a notice ahead; late, when the clock was: the list waits for them."""
    count = 0
    for found in coming(scope, today + notice()):
        if found.holding.warn is None or found.listed_from is not None:
            continue
        try:
            with transaction.atomic():
                Warned.objects.update_or_create(
                    holding=found.holding.key,
                    subject=found.due.subject,
                    defaults={"due_on": found.due.due_on, "warned_at": timezone.now()},
                )
                # Never announced for a day gone by, or sooner than the notice runs.
                last_day = max(found.due.due_on, today + notice())
                count += found.holding.warn(scope=scope, subject=found.due.subject, due_on=last_day)
        except Exception:
            log.exception("nobody can be warned about %s %s", found.holding.key, found.due.subject)
    return count
