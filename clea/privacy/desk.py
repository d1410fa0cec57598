"""What retention asks of the coordinator: a list to read, or one that stopped half-way."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from clea.jobs.models import Job
from clea.privacy.enums import DisposalState
from clea.privacy.models import DisposalList
from clea.privacy.services.lists import CARRY_OUT
from clea.ui.desk import DeskItem


def items(request: HttpRequest) -> list[DeskItem]:
    """Two queries at most."""
    found = []
    rows = list(DisposalList.objects.visible_to(request.user).open())
    running: set[str] = set()
    if any(row.state == DisposalState.APPROVED for row in rows):
        running = {job.params["disposal"] for job in Job.objects.active().filter(kind=CARRY_OUT)}
    for row in rows:
        url = reverse("admin:privacy_disposallist_change", args=[row.uuid])
        if row.state == DisposalState.PREPARED:
            found.append(
                DeskItem(
                    label=ngettext_lazy("bordereau d'élimination à relire", "bordereaux d'élimination à relire"),
                    count=1,
                    url=url,
                    urgency="soon",
                    detail=row.number,
                    since=row.prepared_at,
                )
            )
        elif str(row.uuid) not in running:
            found.append(
                DeskItem(
                    label=_("élimination arrêtée en chemin"), count=1, url=url, urgency="now", detail=row.number,
                    since=row.approved_at,
                )
            )  # fmt: skip
    return found
