"""Work done outside the request. Tasks take ids, are idempotent, call services."""

from django_tasks import task

from candidatures.services import assembly, making_again
from candidatures.services.jury import blind, minutes


@task()
def assemble_deposit(deposit_id: int) -> None:
    """Make the one PDF of a deposit, unless it exists; its anonymous copy too, when a jury awaits it."""
    assembly.ensure(deposit_id)
    if blind.is_wanted(deposit_id):
        blind.ensure(deposit_id)


@task()
def blind_copy(deposit_id: int) -> None:
    """Make the anonymous copy of a deposit, unless it exists."""
    blind.ensure(deposit_id)


@task()
def make_minutes(minutes_id: int) -> None:
    """Make the PDF of an edition of a session's minutes, unless it exists."""
    minutes.ensure(minutes_id)


@task()
def make_again(deposit_id: int) -> None:
    """Make the PDFs of a deposit again, if the antivirus has said something of its pieces since."""
    making_again.make(deposit_id)
