"""Who has readings to file, or an invitation to answer: told by cron, or when the coordinator asks."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from candidatures.models import Juror, Jury
from candidatures.selectors import panel
from candidatures.services.jury import notices
from candidatures.services.jury.base import lock_juror, lock_jury, require_desk
from clea.journal import services as journal
from clea.mail.models import OutgoingMail

if TYPE_CHECKING:
    from clea.accounts.models import User

log = logging.getLogger(__name__)

#: Days left, today counted out, from which a stage begins: the nearest one reached is sent, once.
STAGES = ((7, "week"), (2, "days"))
#: How long after the end of the reading the last stage may still be sent, by a late cron.
LATE_FOR = timedelta(days=7)
#: An invitation without an answer is recalled after this time, and forgotten after the other.
ANSWER_AFTER = timedelta(days=5)
FORGET_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Late:
    """A member with readings to file. ``told``: already written to about it today."""

    juror: Juror
    left: int
    told: bool


def stage(jury: Jury, today: date) -> str:
    """Which reminder of the reading the day calls for: "week", "days", "late", or none."""
    if jury.reads_to is None:
        return ""
    left = (jury.reads_to - today).days
    if left < 0:
        return "late" if today - jury.reads_to <= LATE_FOR else ""
    return next((name for days, name in reversed(STAGES) if left <= days), "")


def remind_readers(*, now: datetime | None = None) -> int:
    """Queue one reminder a member and a stage of the reading; returns how many were queued.

    Idempotent, and never twice the same day to one person, whoever asked for the first. A reading
    whose end moves has its stages again. One that fails is logged and keeps nobody else waiting.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    window = (today - LATE_FOR, today + timedelta(days=STAGES[0][0]))
    count = 0
    for jury in Jury.objects.with_call().filter(reads_to__range=window).order_by("pk"):
        name = stage(jury, today)
        if not name or (jury.reads_from and today < jury.reads_from):
            continue
        for late in behind(jury, now=now):
            try:
                count += not late.told and _remind(late.juror, name, now)
            except Exception:
                log.exception("juror %s cannot be reminded", late.juror.uuid)
    return count


def remind_invited(*, now: datetime | None = None) -> int:
    """Recall, once, each invitation left without an answer for :data:`ANSWER_AFTER`. Idempotent."""
    now = now or timezone.now()
    waiting = (
        Juror.objects.sitting()
        .filter(joined_at__isnull=True, invited_at__lte=now - ANSWER_AFTER, invited_at__gt=now - FORGET_AFTER)
        .exclude(jury__reads_to__lt=timezone.localdate(now))
        .order_by("pk")
    )
    keys = {notices.join_key(juror): juror for juror in waiting}
    done = set(OutgoingMail.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    count = 0
    for key, juror in keys.items():
        if key in done:
            continue
        try:
            count += _recall(juror, key)
        except Exception:
            log.exception("juror %s cannot be reminded of an invitation", juror.uuid)
    return count


def behind(jury: Jury, *, now: datetime | None = None) -> list[Late]:
    """Members of this jury with readings to file, the most first. Three queries."""
    now = now or timezone.now()
    left = dict(panel.owed(jury).values_list("juror").annotate(n=Count("pk")))
    jurors = list(Juror.objects.filter(pk__in=left).select_related("user", "institution"))
    told = _told_today(jurors, now)
    found = [Late(juror, left[juror.pk], str(juror.uuid) in told) for juror in jurors]
    return sorted(found, key=lambda row: (-row.left, row.juror.user.last_name.casefold(), row.juror.pk))


def remind_now(*, by: User, jury: Jury, jurors: Collection[Juror], now: datetime | None = None) -> list[Juror]:
    """Write at once to these members about what they have to file; those who were written to.

    Left out, without a word: who has filed everything meanwhile, and who was already written to
    today. Raises ``Forbidden`` to anyone but the territory's coordination.
    """
    now = now or timezone.now()
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        wanted = {juror.pk for juror in jurors}
        chosen = [row for row in behind(locked, now=now) if row.juror.pk in wanted and not row.told]
        for row in chosen:
            row.juror.jury = locked
            key = f"jury-reading:{row.juror.uuid}:asked:{timezone.localdate(now).isoformat()}"
            notices.readings_left(by=by, juror=row.juror, left=row.left, dedupe_key=key)
        if chosen:
            journal.record(
                by=by,
                verb="jury.member_reminded",
                target=locked,
                data={"jurors": {str(row.juror.uuid): row.left for row in chosen}},
            )
        return [row.juror for row in chosen]


def _remind(juror: Juror, name: str, now: datetime) -> bool:
    with transaction.atomic():
        jury = lock_jury(juror.jury)
        locked = lock_juror(juror)
        assert jury.reads_to is not None
        key = f"jury-reading:{locked.uuid}:{jury.reads_to.isoformat()}:{name}"
        left = panel.owed(jury).filter(juror=locked).count()
        # Filed, or written to, while the list was read: nothing to say any more.
        if not left or OutgoingMail.objects.filter(dedupe_key=key).exists() or _told_today([locked], now):
            return False
        notices.readings_left(by=None, juror=locked, left=left, dedupe_key=key)
        journal.record(
            by=None, verb="jury.member_reminded", target=jury, data={"jurors": {str(locked.uuid): left}, "stage": name}
        )
        return True


def _recall(juror: Juror, key: str) -> bool:
    with transaction.atomic():
        locked = lock_juror(juror)
        # Answered, or invited again, meanwhile.
        if not locked.is_sitting or locked.joined_at is not None or notices.join_key(locked) != key:
            return False
        notices.still_invited(juror=locked)
        journal.record(
            by=None,
            verb="jury.member_reminded",
            target=locked.jury,
            data={"jurors": {str(locked.uuid): 0}, "stage": "invitation"},
        )
        return True


def _told_today(jurors: Iterable[Juror], now: datetime) -> set[str]:
    """Among these members, by ``uuid``, those a reading reminder was made for today. One query."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    wanted = {str(juror.uuid) for juror in jurors}
    rows = OutgoingMail.objects.filter(
        kind=notices.READING_REMINDER,
        about_type=Juror._meta.label_lower,
        about_id__in=wanted,
        created_at__gte=midnight,
        created_at__lt=midnight + timedelta(days=1),
    )
    return set(rows.values_list("about_id", flat=True))
