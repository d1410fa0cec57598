"""Who may read what a job made: who asked for it, as long as they may still ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clea.documents.access import Grant
from clea.documents.models import StoredFile
from clea.jobs import rules
from clea.jobs.models import Job

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clea.accounts.models import User


def resolve(user: User | AnonymousUser, stored_file: StoredFile) -> Grant | None:
    """One query for those of the coordination, none for others."""
    if user.is_anonymous or not user.is_staff:
        return None
    job = Job.objects.of(user).filter(result=stored_file).first()
    if job is None or not rules.can_ask(user, job):
        return None
    return Grant(stored_file.original_name, inline=stored_file.is_pdf, journal_target=job)
