"""The figures a territory plans with: who changed which, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from clea.journal import services as journal
from residencies.models import PlanningRules
from residencies.services.base import require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Words, whose content the journal does not keep.
_TEXTS = {"travel_source", "carbon_source"}


@transaction.atomic
def write(*, by: User, rules: PlanningRules, changed: Sequence[str]) -> PlanningRules:
    """Save a territory's figures; the journal keeps the new ones, not the sentences about them.

    Raises ``Forbidden`` to who does not coordinate it, ``ValidationError`` for a day that ends before it starts.
    """
    require_desk(by, rules.territory)
    rules.full_clean()
    rules.save()
    data: dict[str, object] = {}
    for name in changed:
        value = getattr(rules, name, None)
        if name in _TEXTS or name == "territory":
            continue
        data[name] = value if isinstance(value, int) else str(value)
    journal.record(by=by, verb="planning_rules.written", target=rules.territory, data=data)
    return rules
