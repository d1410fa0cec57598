"""Step aside from a dossier, and come back from it.

A standing recusal hides the dossier, its readings and its discussion from the member everywhere
(``Application.objects.readable_by``) and takes their own reading out of every count (``Review.objects.standing``).
Nothing they wrote is erased: were the recusal lifted, it would count again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import DELIBERATED_STATES, ConflictOrigin, ConflictReason
from candidatures.models import Application, Assignment, Juror, Recusal, Review
from candidatures.rules.jury import can_declare_conflict
from candidatures.services.applications import lock
from candidatures.services.jury.base import lock_juror, lock_jury, require_desk
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Of what is said about a conflict, in signs.
LONGEST = 1000


def declare(*, by: User, juror: Juror, application: Application, reason: str, words: str = "") -> Recusal:
    """Recuse a member from a dossier, by themselves or by the coordination.

    The dossier leaves their list at once; their assignment goes, unless they wrote something about it:
    that stays, hidden and uncounted. Declared again, it changes nothing. Raises ``Refused`` once the
    committee has decided, or when "other" has no words, ``Forbidden`` to anyone else: a member may
    name only a dossier that is open to them.
    """
    with transaction.atomic():
        jury = lock_jury(juror.jury)
        dossier = lock(application)
        member = lock_juror(juror)
        origin = _origin(by, member, dossier)
        _require_same_call(member, dossier)
        if origin == ConflictOrigin.JUROR:
            require(can_declare_conflict(member, dossier))
        else:
            _require_deliberated(dossier)
        row = Recusal.objects.select_for_update().filter(juror=member, application=dossier).first()
        if row is not None and row.standing:
            return row
        row = row or Recusal(juror=member, application=dossier)
        row.standing, row.origin = True, origin
        row.reason, row.words = _reason(reason, words)
        row.declared_at, row.declared_by = timezone.now(), by
        row.set_aside_at, row.set_aside_by, row.set_aside_words = None, None, ""
        row.full_clean()
        row.save()
        released = _release(member, dossier)
        journal.record(
            by=by,
            verb="recusal.declared",
            target=dossier,
            data={
                "jury": str(jury.uuid),
                "juror": str(member.uuid),
                "reason": row.reason,
                "origin": row.origin,
                "released": released,
            },
        )
        return row


def set_aside(*, by: User, juror: Juror, application: Application, words: str, evidence: str = "") -> Recusal:
    """Lift a recusal, or find that what the machine noticed is no conflict. Coordination only.

    ``words`` say why, and are kept. ``evidence``: what was noticed, for a hint that nobody had
    declared. The machine does not suggest this pair again.
    """
    words = _brief(words)
    with transaction.atomic():
        jury = lock_jury(juror.jury)
        require_desk(by, jury.call)
        dossier = lock(application)
        member = lock_juror(juror)
        _require_same_call(member, dossier)
        _require_deliberated(dossier)
        if not words:
            raise Refused(_("Dites pourquoi : ces mots sont conservés."), code="words_needed", field="words")
        row = Recusal.objects.select_for_update().filter(juror=member, application=dossier).first()
        if row is not None and not row.standing:
            return row
        lifted = row is not None
        now = timezone.now()
        if row is None:
            row = Recusal(
                juror=member,
                application=dossier,
                reason=ConflictReason.OTHER,
                words=evidence.strip()[:LONGEST] or words,
                origin=ConflictOrigin.COORDINATION,
                declared_at=now,
                declared_by=by,
            )
        row.standing = False
        row.set_aside_at, row.set_aside_by, row.set_aside_words = now, by, words
        row.full_clean()
        row.save()
        journal.record(
            by=by,
            verb="recusal.set_aside",
            target=dossier,
            data={"jury": str(jury.uuid), "juror": str(member.uuid), "lifted": lifted},
        )
        return row


def _origin(by: User, juror: Juror, application: Application) -> ConflictOrigin:
    """In whose name: the member's own when it is theirs, and open to them."""
    if juror.user_id == by.pk:
        recused = Recusal.objects.standing().filter(juror=juror, application=application)
        if Application.objects.readable_by(juror).filter(pk=application.pk).exists() or recused.exists():
            return ConflictOrigin.JUROR
    if coordinates(by, juror.jury.territory):
        return ConflictOrigin.COORDINATION
    raise Forbidden(_("Ce dossier ne vous est pas attribué."), code="not_assigned")


def _require_same_call(juror: Juror, application: Application) -> None:
    if juror.jury.call_id != application.call_id or not application.last_deposit_id:
        raise Refused(_("Ce dossier n'est pas de l'appel de ce jury."), code="foreign")


def _require_deliberated(application: Application) -> None:
    if application.state not in DELIBERATED_STATES:
        raise Refused(
            _(
                "Le jury s'est prononcé sur ce dossier, ou il n'est plus à l'étude : les déports ne changent plus. "
                "Corrigez d'abord la séance."
            ),
            code="decided",
        )


def _reason(reason: str, words: str) -> tuple[str, str]:
    words = _brief(words)
    if reason not in ConflictReason.values:
        raise Refused(_("Choisissez un motif."), code="reason_needed", field="reason")
    if reason == ConflictReason.OTHER and not words:
        raise Refused(_("Précisez cet autre motif en quelques mots."), code="words_needed", field="words")
    return reason, words


def _brief(words: str) -> str:
    words = words.strip()
    if len(words) > LONGEST:
        raise Refused(_("%(n)d signes au plus.") % {"n": LONGEST}, code="too_long", field="words")
    return words


def _release(juror: Juror, application: Application) -> bool:
    """Take the assignment away when nothing was written; whether it went."""
    if Review.objects.filter(juror=juror, application=application).exists():
        return False
    return bool(Assignment.objects.filter(juror=juror, application=application).delete()[0])
