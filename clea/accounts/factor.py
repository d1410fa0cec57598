"""The second factor: who holds one, and whether this session has passed it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as OWNER_KEY,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY as RECORDS_KEY,
)
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from clea.accounts.models import User

METHOD = "mfa"


def is_due(request: HttpRequest) -> bool:
    """Whether this person must show a second factor that this session has not seen. No query."""
    return bool(
        settings.STAFF_SECOND_FACTOR
        and request.user.is_authenticated
        and request.user.is_staff
        and not any(
            isinstance(record, dict) and record.get("method") == METHOD
            for record in get_authentication_records(request, request.user)
        )
    )


def vouch(session: SessionBase, user: User) -> None:
    """Write down that this session has passed the factor: at its set-up, and for a script's own sessions."""
    record: dict[str, Any] = {"method": METHOD, "type": "totp", "at": time.time()}
    mine = session.get(OWNER_KEY) == str(user.pk)
    session[RECORDS_KEY] = [*(session.get(RECORDS_KEY, []) if mine else []), record]
    session[OWNER_KEY] = str(user.pk)
