"""PDFs of deposits older than what the antivirus last said of their pieces."""

from __future__ import annotations

import logging

from django.db.models import F

from candidatures.models import Assembly, BlindCopy
from candidatures.services import assembly
from candidatures.services.jury import blind

log = logging.getLogger(__name__)

_STALE = {"deposit__pieces__stored_file__scanned_at__gt": F("made_at")}


def make(deposit_id: int) -> int:
    """Make again those of one deposit, in place; returns how many. Twice changes nothing."""
    count = 0
    for model, maker in ((Assembly, assembly.make_again), (BlindCopy, blind.make_again)):
        if model._default_manager.filter(deposit=deposit_id, **_STALE).exists():
            maker(deposit_id)
            count += 1
    return count


def pending() -> int:
    """For the round of the clock: what a lost task left behind. One that cannot be made does not keep the others."""
    count = 0
    keys = {
        *Assembly.objects.filter(**_STALE).values_list("deposit", flat=True),
        *BlindCopy.objects.filter(**_STALE).values_list("deposit", flat=True),
    }
    for key in sorted(keys):
        try:
            count += make(key)
        except Exception:
            log.exception("the PDFs of deposit %s cannot be made again", key)
    return count
