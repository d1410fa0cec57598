"""Who opens the pages of interviews."""

from __future__ import annotations

from typing import Any

from tests.access.matrix import ADMINISTRATOR, COORDINATOR, Row
from tests.access.world import World


def jury(w: World) -> dict[str, Any]:
    return {"key": w.jury.uuid}


DESK = COORDINATOR | ADMINISTRATOR

ROWS = [Row("admin:candidatures_jury_interviews", kwargs=jury, get={DESK: 200}, post={DESK: 200})]
