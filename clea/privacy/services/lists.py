"""A disposal list: prepared by the clock, read and approved by a person, then carried out line by line."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.jobs import services as jobs
from clea.journal import services as journal
from clea.privacy import rules
from clea.privacy.enums import DisposalState, LineState
from clea.privacy.models import DisposalLine, DisposalList

if TYPE_CHECKING:
    from uuid import UUID

    from clea.accounts.models import User
    from clea.jobs.models import Job

CARRY_OUT = "privacy.carry_out"
#: What was kept for a reason is asked about again after so long.
KEPT_FOR = timedelta(days=365)
_WHY_MAX = 500


def prepare(*, scope: str, today: date | None = None) -> DisposalList | None:
    """The list to read of this scope, as of today: made if something is due, brought up to date if it waits.

    Lines that somebody took off stay off; those no longer due leave; new ones come at the end. Nothing is
    written when nothing changed. ``None`` when nothing did.
    """
    today = today or timezone.localdate()
    try:
        with transaction.atomic():
            return _prepare(scope, today)
    except IntegrityError:
        return None  # another clock came first


def _prepare(scope: str, today: date) -> DisposalList | None:
    from clea.privacy.services.clock import coming

    disposal = DisposalList.objects.select_for_update().filter(scope=scope, state=DisposalState.PREPARED).first()
    elsewhere = set(
        DisposalLine.objects.filter(
            disposal__scope=scope, disposal__state=DisposalState.APPROVED, state=LineState.PENDING
        ).values_list("holding", "subject")
    ) | set(
        DisposalLine.objects.filter(
            disposal__scope=scope,
            disposal__state__in=[DisposalState.APPROVED, DisposalState.CARRIED_OUT],
            state=LineState.KEPT,
            disposal__approved_at__gt=timezone.now() - KEPT_FOR,
        ).values_list("holding", "subject")
    )
    due = {
        (found.holding.key, found.due.subject): found.due
        for found in coming(scope, today)
        if found.listed_from is not None and found.listed_from <= today
    }
    wanted = {key: one for key, one in due.items() if key not in elsewhere}
    if disposal is None:
        if not wanted:
            return None
        disposal = DisposalList(scope=scope, number=_number(scope))
        disposal.full_clean()
        disposal.save()
        journal.record(by=None, verb="disposal.prepared", target=disposal, data={"scope": scope, "lines": len(wanted)})
        present: set[tuple[str, str]] = set()
        changed = True
    else:
        lines = {(line.holding, line.subject): line for line in disposal.lines.all()}
        stale = [line.pk for key, line in lines.items() if key not in wanted]
        DisposalLine.objects.filter(pk__in=stale).delete()
        present = set(lines) & set(wanted)
        changed = bool(stale) or len(present) < len(wanted)
        for key in present:
            line, one = lines[key], wanted[key]
            if (line.rows, line.size, line.due_on) != (one.rows, one.size, one.due_on):
                line.rows, line.size, line.sha256, line.due_on = one.rows, one.size, list(one.sha256), one.due_on
                line.save()
                changed = True
    DisposalLine.objects.bulk_create(
        DisposalLine(
            disposal=disposal,
            holding=holding,
            subject=subject,
            reference=one.reference[:200],
            since=one.since,
            due_on=one.due_on,
            rows=one.rows,
            sha256=list(one.sha256),
            size=one.size,
        )
        for (holding, subject), one in wanted.items()
        if (holding, subject) not in present
    )
    if not disposal.lines.exists():
        # All that was due is no longer so: people agreed to be kept, or asked to go before their time.
        disposal.state, disposal.cancelled_at = DisposalState.CANCELLED, timezone.now()
        disposal.cancelled_why = _("Plus rien n'est à éliminer.")
        disposal.save()
        journal.record(by=None, verb="disposal.cancelled", target=disposal, data={"lines": 0})
    return disposal if changed else None


def _number(scope: str) -> str:
    """ELIM-2026-slug-1: a series a year and a scope; a list is never deleted."""
    year = timezone.localdate().year
    count = DisposalList.objects.filter(scope=scope, prepared_at__year=year).count()
    place = f"-{scope[:24]}" if scope else ""
    return f"ELIM-{year}{place}-{count + 1}"


def seen(disposal: DisposalList) -> str:
    """A fingerprint of the lines as they stand: what was read is what is approved. One query."""
    lines = [
        [line.holding, line.subject, line.reference, line.due_on.isoformat(), line.state, line.why]
        for line in disposal.lines.order_by("pk")
    ]
    return hashlib.sha256(json.dumps([disposal.number, lines]).encode()).hexdigest()


@transaction.atomic
def keep(*, by: User, disposal: DisposalList, line: UUID, why: str) -> DisposalLine:
    """Take a line off: a dispute, an appeal, an audit. The reason stays on the list."""
    locked = _locked(by, disposal)
    require(rules.can_change(locked))
    why = " ".join(why.split())
    if not why:
        raise Refused(
            _("Dites pourquoi cela est conservé : un litige, un recours, un contrôle."), code="why", field="why"
        )
    if len(why) > _WHY_MAX:
        raise Refused(_("Le motif tient en 500 caractères."), code="too_long", field="why")
    row = _line(locked, line)
    row.state, row.why = LineState.KEPT, why
    row.full_clean()
    row.save()
    journal.record(
        by=by, verb="disposal.line_kept", target=locked, data={"holding": row.holding, "subject": row.subject}
    )
    return row


@transaction.atomic
def put_back(*, by: User, disposal: DisposalList, line: UUID) -> DisposalLine:
    """Let a line that was taken off go with the others."""
    locked = _locked(by, disposal)
    require(rules.can_change(locked))
    row = _line(locked, line)
    if row.state == LineState.KEPT:
        row.state, row.why = LineState.PENDING, ""
        row.full_clean()
        row.save()
        journal.record(
            by=by, verb="disposal.line_put_back", target=locked, data={"holding": row.holding, "subject": row.subject}
        )
    return row


@transaction.atomic
def approve(*, by: User, disposal: DisposalList, shown: str, typed: str) -> Job:
    """Approve the list that was read, and have it carried out. ``typed``: its number, by hand.

    Raises :class:`StaleWrite` when the list changed since ``shown`` (:func:`seen`).
    """
    locked = _locked(by, disposal)
    require(rules.can_become(locked, DisposalState.APPROVED))
    if seen(locked) != shown:
        raise StaleWrite(
            _("Le bordereau a changé depuis que vous l'avez ouvert. Relisez-le, puis approuvez-le."), code="stale"
        )
    if " ".join(typed.split()).casefold() != locked.number.casefold():
        raise Refused(
            _("Recopiez le numéro du bordereau, %(number)s, pour confirmer.") % {"number": locked.number},
            code="typed", field="typed",
        )  # fmt: skip
    pending = locked.lines.filter(state=LineState.PENDING).count()
    if not pending:
        raise Refused(_("Toutes les lignes sont conservées : il n'y a rien à éliminer."), code="nothing")
    locked.state, locked.approved_at, locked.approved_by = DisposalState.APPROVED, timezone.now(), by
    locked.fingerprint = shown
    locked.full_clean()
    locked.save()
    journal.record(
        by=by,
        verb="disposal.approved",
        target=locked,
        data={
            "lines": pending,
            "kept": locked.lines.filter(state=LineState.KEPT).count(),
            "sha256": locked.fingerprint,
        },
    )
    return _start(by, locked)


@transaction.atomic
def resume(*, by: User, disposal: DisposalList) -> Job:
    """Have an approved list that stopped half-way carried on; what is done is done."""
    locked = _locked(by, disposal)
    require(rules.can_become(locked, DisposalState.CARRIED_OUT))
    return _start(by, locked)


def _start(by: User, disposal: DisposalList) -> Job:
    from django.urls import reverse

    return jobs.start(
        by=by,
        kind=CARRY_OUT,
        label=_("Élimination %(number)s") % {"number": disposal.number},
        params={"disposal": str(disposal.uuid)},
        territory=disposal.scope,
        back_url=reverse("admin:privacy_disposallist_change", args=[disposal.uuid]),
    )


@transaction.atomic
def cancel(*, by: User, disposal: DisposalList, why: str) -> DisposalList:
    """Give a list up before it is approved: another will be prepared by the next round, up to date."""
    locked = _locked(by, disposal)
    require(rules.can_become(locked, DisposalState.CANCELLED))
    why = why.strip()
    if not why:
        raise Refused(_("Dites pourquoi vous abandonnez ce bordereau."), code="why", field="why")
    locked.state, locked.cancelled_at, locked.cancelled_why = DisposalState.CANCELLED, timezone.now(), why
    locked.full_clean()
    locked.save()
    journal.record(by=by, verb="disposal.cancelled", target=locked, data={"lines": locked.lines.count()})
    return locked


def _locked(by: User, disposal: DisposalList) -> DisposalList:
    locked = DisposalList.objects.select_for_update().get(pk=disposal.pk)
    require(rules.can_handle(by, locked))
    return locked


def _line(disposal: DisposalList, key: UUID) -> DisposalLine:
    row = disposal.lines.filter(uuid=key).first()
    if row is None:
        raise Refused(_("Cette ligne n'est plus dans le bordereau : rechargez la page."), code="gone")
    return row
