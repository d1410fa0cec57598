"""What anyone reads of the residencies."""

from __future__ import annotations

from django.utils import timezone

from tests.access.matrix import EVERYONE, Row
from tests.access.world import World

PUBLIC = {EVERYONE: 200}


def build(world: World) -> None:
    world.residency.published_at = timezone.now()
    world.residency.save()


ROWS: list[Row] = [
    Row("residencies:list", get=PUBLIC, hidden={EVERYONE: lambda w: w.other_residency.artist_name}),
    Row("residencies:residency", kwargs=lambda w: {"slug": w.residency.slug}, get=PUBLIC),
    Row("residencies:agenda", get=PUBLIC, hidden={EVERYONE: lambda w: w.activity.title}),
    Row("residencies:agenda_calendar", get=PUBLIC),
    Row("residencies:agenda_feed", get=PUBLIC, post=PUBLIC),
]
