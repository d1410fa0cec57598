"""Erasing what was written to an address that asked to be forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from clea.mail.models import OutgoingMail


def forget(*, kinds: Iterable[str], scope: str, addresses: Iterable[str]) -> int:
    """Erase the messages of these kinds to these addresses, sent or not; what had not left never leaves.

    For what people leave of their own will (a list), never for what proves an act. A message that a worker
    is handing over at this instant stays. Returns how many were erased. Four queries. Raises
    ``TransactionManagementError`` outside ``atomic``.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("forgetting belongs in the transaction of what asks for it")
    now = timezone.now()
    rows = OutgoingMail.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now), kind__in=list(kinds), scope=scope, to__in=list(addresses)
    )
    _total, by_model = rows.delete()
    return by_model.get(OutgoingMail._meta.label, 0)
