"""Long work on the desk: for who asked for it, and nobody else."""

from __future__ import annotations

from typing import Any

from clea.jobs.models import Job
from tests.access.matrix import COORDINATOR, STAFF, Role, Row
from tests.access.world import World


def build(world: World) -> None:
    world.job = Job.objects.create(owner=world.people[Role.COORDINATOR], kind="essai", label="Travail du monde")


def one_job(w: World) -> dict[str, Any]:
    return {"uuid": w.job.uuid}


ROWS = [
    Row("jobs:list", get={STAFF: 200}, shown={COORDINATOR: lambda w: "Travail du monde"}),
    Row("jobs:page", kwargs=one_job, get={COORDINATOR: 200}),
    Row("jobs:cancel", kwargs=one_job, post={COORDINATOR: 302}),
    Row("jobs:restart", kwargs=one_job, post={COORDINATOR: 302}),
]
