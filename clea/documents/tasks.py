"""Work done outside the request. Idempotent, by services."""

from django_tasks import task

from clea.documents.services import scanning


@task()
def scan_waiting() -> None:
    """Ask the antivirus again about the files that wait for it."""
    scanning.run_again()
