"""The jury's own rules, its discussion, and the end of a blind reading."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Jury
from candidatures.services.jury.base import lock_jury, require_desk
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What :func:`set_rules` writes, in the order of the page.
RULES = (
    "reads_from",
    "reads_to",
    "readers_per_dossier",
    "institutions_per_dossier",
    "quorum_percent",
    "quorum_institutions",
    "answer_days",
    "charter",
)


def rules_mark(jury: Jury) -> str:
    """What a page showed of the rules, so that two people do not overwrite each other."""
    return hashlib.sha256("\n".join(str(getattr(jury, name)) for name in RULES).encode()).hexdigest()[:16]


def set_rules(
    *,
    by: User,
    jury: Jury,
    reads_from: date | None,
    reads_to: date | None,
    readers_per_dossier: int,
    institutions_per_dossier: int,
    quorum_percent: int,
    quorum_institutions: int,
    answer_days: int,
    charter: str,
    seen: str | None = None,
) -> Jury:
    """Write the jury's rules. Days, both included.

    ``seen`` is the :func:`rules_mark` of the page: rules changed since are a ``StaleWrite``. Raises
    ``Refused`` or ``ValidationError`` on the field concerned.
    """
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if seen is not None and seen != rules_mark(locked):
            raise StaleWrite(
                _("Ces règles ont changé depuis que vous avez ouvert cette page. Relisez-les, puis enregistrez."),
                code="stale",
            )
        if reads_from and reads_to and reads_to < reads_from:
            raise Refused(
                _("La lecture doit finir le jour où elle commence, ou après."), code="backwards", field="reads_to"
            )
        if institutions_per_dossier > readers_per_dossier:
            raise Refused(
                _("Il ne peut pas y avoir plus d'institutions que de lectures par dossier."),
                code="too_many_institutions",
                field="institutions_per_dossier",
            )
        before = {name: getattr(locked, name) for name in RULES}
        after = {
            "reads_from": reads_from,
            "reads_to": reads_to,
            "readers_per_dossier": readers_per_dossier,
            "institutions_per_dossier": institutions_per_dossier,
            "quorum_percent": quorum_percent,
            "quorum_institutions": quorum_institutions,
            "answer_days": answer_days,
            "charter": charter.strip(),
        }
        changed = [name for name in RULES if before[name] != after[name]]
        if not changed:
            return locked
        for name in changed:
            setattr(locked, name, after[name])
        locked.full_clean()
        locked.save(update_fields=[*changed, "updated_at"])
        values = {
            name: after[name].isoformat() if isinstance(after[name], date) else after[name]  # type: ignore[union-attr]
            for name in changed
            if name != "charter"
        }
        journal.record(by=by, verb="jury.rules_changed", target=locked, data={"fields": changed, "values": values})
        return locked


def open_discussion(*, by: User, jury: Jury) -> Jury:
    """Let members who filed a reading see the others' and talk. Doing it twice changes nothing."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if locked.discussion_opened_at is None:
            locked.discussion_opened_at = timezone.now()
            locked.save(update_fields=["discussion_opened_at", "updated_at"])
            journal.record(by=by, verb="jury.discussion_opened", target=locked)
        return locked


def close_discussion(*, by: User, jury: Jury) -> Jury:
    """Hide readings from one another again. What was read was read."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if locked.discussion_opened_at is not None:
            locked.discussion_opened_at = None
            locked.save(update_fields=["discussion_opened_at", "updated_at"])
            journal.record(by=by, verb="jury.discussion_closed", target=locked)
        return locked


def show_identities(*, by: User, jury: Jury, reason: str) -> Jury:
    """End the blind reading for good: nobody forgets a name. The reason stays with the jury."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if not locked.call.blind_reading:
            raise Refused(_("La lecture de cet appel n'est pas anonyme."), code="not_blind")
        if locked.identities_shown_at is not None:
            raise Refused(_("Les identités sont déjà dévoilées."), code="already_shown")
        if not reason.strip():
            raise Refused(
                _("Dites pourquoi l'anonymat est levé : le motif est conservé."), code="reason_needed", field="reason"
            )
        locked.identities_shown_at = timezone.now()
        locked.identities_why = reason.strip()
        locked.full_clean()
        locked.save(update_fields=["identities_shown_at", "identities_why", "updated_at"])
        journal.record(by=by, verb="jury.identities_shown", target=locked)
        return locked
