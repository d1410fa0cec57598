"""Regular talks between the coordination and an artist."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.models import CheckIn, Residency
from residencies.rules import welcome as rules
from residencies.services.base import lock_residency, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User


@dataclass(frozen=True)
class Account:
    """What is noted of a check-in. ``words`` are the coordination's own; the artist reads the rest."""

    due_on: date
    held_on: date | None = None
    words: str = ""
    shared: str = ""
    next_steps: str = ""


def mark(row: CheckIn) -> str:
    """What a page shows of a check-in. Another since is a stale page."""
    text = repr((row.due_on, row.held_on, row.words, row.shared, row.next_steps))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plan_series(*, by: User, residency: Residency, first: date, weeks: int | None = None) -> list[CheckIn]:
    """Plan a check-in every so many weeks over the periods, or one alone. Days already planned are left.

    ``Refused`` when no day falls within the periods, or nothing is left to add.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require_reach(locked.season, first, field="first")
        days = [first] if weeks is None else rules.check_in_days(list(locked.periods.all()), first, weeks)
        if not days:
            raise Refused(
                _("Aucun de ces jours n'est dans les périodes de la résidence : choisissez un autre premier jour."),
                code="outside",
                field="first",
            )
        known = set(locked.check_ins.values_list("due_on", flat=True))
        rows = [CheckIn(residency=locked, due_on=day) for day in days if day not in known]
        if not rows:
            raise Refused(_("Ces points sont déjà prévus."), code="known", field="first")
        if len(rows) > rules.MOST_CHECK_INS:
            raise Refused(
                _("Cela ferait %(n)d points : espacez-les.") % {"n": len(rows)}, code="too_many", field="weeks"
            )
        CheckIn.objects.bulk_create(rows)
        journal.record(
            by=by,
            verb="check_in.planned",
            target=locked,
            data={"days": [row.due_on.isoformat() for row in rows]},
        )
        return rows


def write(*, by: User, check_in: CheckIn, account: Account, seen: str | None = None) -> CheckIn:
    """Note what a check-in said, or move it. ``seen`` is the :func:`mark` of the page."""
    with transaction.atomic():
        locked = lock_residency(check_in.residency)
        require_desk(by, locked.territory)
        row = CheckIn.objects.select_for_update().get(pk=check_in.pk)
        if seen is not None and seen != mark(row):
            raise StaleWrite(
                _(
                    "Quelqu'un a écrit dans ce point pendant que vous l'écriviez. Rien n'est enregistré : relisez ce "
                    "qui est enregistré, puis enregistrez de nouveau."
                ),
                code="stale",
            )
        texts = (account.words.strip(), account.shared.strip(), account.next_steps.strip())
        if account.held_on is not None and account.held_on > timezone.localdate():
            raise Refused(_("Un point se note une fois tenu."), code="future", field="held_on")
        if account.held_on is None and any(texts):
            raise Refused(_("Dites quel jour ce point a été tenu."), code="day_needed", field="held_on")
        before = astuple(_account(row))
        row.due_on, row.held_on = account.due_on, account.held_on
        row.words, row.shared, row.next_steps = texts
        if astuple(_account(row)) == before:
            return row
        row.full_clean()
        row.save()
        journal.record(
            by=by,
            verb="check_in.written",
            target=locked,
            data={
                "check_in": str(row.uuid),
                "due_on": row.due_on.isoformat(),
                "held_on": row.held_on.isoformat() if row.held_on else None,
                "shared": bool(row.shared),
            },
        )
        return row


def remove(*, by: User, check_in: CheckIn) -> None:
    """Take a check-in that was not held off the list."""
    with transaction.atomic():
        locked = lock_residency(check_in.residency)
        require_desk(by, locked.territory)
        row = CheckIn.objects.select_for_update().get(pk=check_in.pk)
        require(rules.can_remove_check_in(row))
        day = row.due_on.isoformat()
        row.delete()
        journal.record(by=by, verb="check_in.removed", target=locked, data={"due_on": day})


def _account(row: CheckIn) -> Account:
    return Account(row.due_on, row.held_on, row.words, row.shared, row.next_steps)
