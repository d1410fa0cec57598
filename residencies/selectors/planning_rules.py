"""The figures a territory plans with."""

from __future__ import annotations

from residencies.models import PlanningRules
from structures.models import Territory


def planning_rules(territory: Territory) -> PlanningRules:
    """The territory's own, or the usual ones, unsaved, while nobody set any. One query."""
    return PlanningRules.objects.filter(territory=territory).first() or PlanningRules(territory=territory)
