"""Work done outside the request. Tasks take ids, are idempotent, call services."""

from django_tasks import task

from candidatures.services import assembly


@task()
def assemble_deposit(deposit_id: int) -> None:
    """Make the one PDF of a deposit, unless it exists."""
    assembly.ensure(deposit_id)
