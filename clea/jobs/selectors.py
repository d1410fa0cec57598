"""What the pages read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q

from clea.jobs.enums import ACTIVE, JobState
from clea.jobs.models import Job, JobQuerySet

if TYPE_CHECKING:
    from clea.accounts.models import User


def counts(user: User) -> dict[str, int]:
    """For the head of the desk: what goes on, what ended and was not looked at, what there is. One query."""
    unseen = Q(seen_at=None)
    return Job.objects.of(user).aggregate(
        running=Count("pk", filter=Q(state__in=ACTIVE)),
        ready=Count("pk", filter=Q(state=JobState.DONE) & unseen),
        failed=Count("pk", filter=Q(state=JobState.FAILED) & unseen),
        known=Count("pk"),
    )


def latest(user: User, limit: int = 50) -> JobQuerySet:
    """One's own jobs, the last asked first. One query."""
    return Job.objects.of(user).select_related("result")[:limit]
