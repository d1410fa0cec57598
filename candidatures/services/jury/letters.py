"""Letters: which rule writes to whom, what it says, drafts in the outbox. Nothing leaves by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from candidatures.messages.letter_texts import DEFAULTS
from candidatures.models import Jury, LetterRule
from candidatures.services.jury.base import lock_jury, require_desk
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User


def seed_rules(*, by: User, jury: Jury) -> list[LetterRule]:
    """Give a jury the rules it starts with, unless it has some. The coordination changes them at will."""
    with transaction.atomic():
        locked = lock_jury(jury)
        require_desk(by, locked.call)
        if locked.letter_rules.exists():
            return list(locked.letter_rules.all())
        rules = LetterRule.objects.bulk_create(
            LetterRule(
                jury=locked,
                order=order,
                name=text.name,
                outcome=text.outcome,
                interviewed=text.interviewed,
                reasoned=text.reasoned,
                subject=text.subject,
                body=text.body,
                subject_en=text.subject_en,
                body_en=text.body_en,
            )
            for order, text in enumerate(DEFAULTS, start=1)
        )
        journal.record(by=by, verb="letter_rules.seeded", target=locked, data={"rules": len(rules)})
        return rules
