"""Doors for the task queue. A task takes an identifier and calls a service that may be called twice."""

from __future__ import annotations

from django_tasks import task

from clea.mail.services.delivery import deliver


@task()
def deliver_mail(mail_id: int) -> str:
    """Deliver one message; returns the outcome, empty when there was nothing to do."""
    return str(deliver(mail_id) or "")
