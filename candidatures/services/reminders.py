"""Warn, two days before the close, who has a dossier that is not filed as it stands."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from candidatures.enums import OPEN_STATES, CallStatus
from candidatures.models import Application
from candidatures.services import notices
from candidatures.services.applications import lock
from clea.journal import services as journal

log = logging.getLogger(__name__)

NOTICE = timedelta(hours=48)


def warn_unfiled(*, now: datetime | None = None) -> int:
    """Queue one warning a dossier and closing date; returns how many were queued.

    Idempotent: a dossier remembers the closing date it was warned for, and a deadline that
    moves warns again. One that fails is logged, and keeps nobody else from being warned. Meant for
    cron, every hour or so.
    """
    now = now or timezone.now()
    soon = now + NOTICE
    near = Q(call__closes_at__gt=now, call__closes_at__lte=soon) | Q(
        call__extensions__user=F("owner"),
        call__extensions__until__gt=now,
        call__extensions__until__lte=soon,
    )
    candidates = (
        Application.objects.with_unfiled_changes()
        .filter(near, call__status=CallStatus.PUBLISHED, call__opens_at__lte=now)
        .order_by("pk")
        .distinct()
    )
    count = 0
    for application in candidates.iterator():
        try:
            count += _warn(application, now, soon)
        except Exception:
            log.exception("the owner of application %s cannot be warned", application.uuid)
    return count


def _warn(application: Application, now: datetime, soon: datetime) -> bool:
    with transaction.atomic():
        locked = lock(application)
        until = locked.closes_at
        # Filed or withdrawn while the list was read: nothing to say any more.
        waits = locked.state in OPEN_STATES and locked.has_unfiled_changes
        if not now < until <= soon or locked.warned_for == until or not waits:
            return False
        locked.warned_for = until
        locked.save(update_fields=["warned_for"])
        notices.closing_soon(application=locked, until=until)
        journal.record(by=None, verb="application.reminded", target=locked, data={"until": until.isoformat()})
        return True
