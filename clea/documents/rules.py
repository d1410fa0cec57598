"""What may be done about a file that the antivirus keeps from being read. Pure: no query."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from clea.documents.enums import SCAN_TRANSITIONS, ScanState
from clea.documents.models import StoredFile
from clea.rules import ALLOWED, Verdict, refuse
from clea.ui.dates import moment


def patience() -> timedelta:
    """How long a file waits for the antivirus before a person may do without."""
    return timedelta(hours=settings.SCAN_PATIENCE_HOURS)


def has_waited(stored: StoredFile, now: datetime) -> bool:
    return stored.waiting and now >= (stored.scanned_at or stored.created_at) + patience()


def can_become(stored: StoredFile, state: ScanState) -> bool:
    return state in SCAN_TRANSITIONS[ScanState(stored.scan)]


def can_release(stored: StoredFile, now: datetime) -> Verdict:
    """Whether a person may let it be read on their word: held, or waiting for too long."""
    if not can_become(stored, ScanState.RELEASED):
        return refuse(_("Ce fichier n'est pas retenu : il n'y a rien à libérer."), "not_held")
    if stored.waiting and not has_waited(stored, now):
        return refuse(
            _("L'antivirus est encore interrogé. Vous pourrez libérer ce fichier à partir du %(when)s.")
            % {"when": moment((stored.scanned_at or stored.created_at) + patience())},
            "too_early",
        )
    return ALLOWED
