"""Disposal lists: each territory's own; the installation's are the administrators'."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from clea.privacy.models import DisposalLine, DisposalList
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, OTHER_COORDINATOR, Row
from tests.access.world import World


def build(world: World) -> None:
    world.disposal = DisposalList.objects.create(scope=world.territory.slug, number="ELIM-2026-1")
    today = timezone.localdate()
    world.disposal_line = DisposalLine.objects.create(
        disposal=world.disposal, holding="essai", subject="1", reference="CLEA-2026-0001", since=today, due_on=today
    )


DESK = {"privacy.disposallist": Desk(lambda w: w.disposal, add=NOBODY, delete=NOBODY)}

READ = {COORDINATOR | ADMINISTRATOR: 200, OTHER_COORDINATOR: 404}
ACT = {COORDINATOR | ADMINISTRATOR: 302, OTHER_COORDINATOR: 404}


def one_list(w: World) -> dict[str, Any]:
    return {"key": w.disposal.uuid}


def one_line(w: World) -> dict[str, Any]:
    return one_list(w) | {"line": w.disposal_line.uuid}


ROWS = [
    Row("admin:privacy_disposallist_printed", kwargs=one_list, get=READ),
    # Nothing typed: refused in words, on the list's own page.
    Row("admin:privacy_disposallist_keep", kwargs=one_line, post=ACT),
    Row("admin:privacy_disposallist_put_back", kwargs=one_line, post=ACT),
    Row("admin:privacy_disposallist_approve", kwargs=one_list, post=ACT),
    Row("admin:privacy_disposallist_cancel", kwargs=one_list, post=ACT),
    Row("admin:privacy_disposallist_resume", kwargs=one_list, post=ACT),
]
