"""What the workers of the cluster's proof run: a task that writes down that it ran, and where."""

from __future__ import annotations

import socket

from django.db import connection
from django_tasks import task

TABLE = "proof_run"


@task()
def run_once(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE} (number, machine) VALUES (%s, %s)", [number, socket.gethostname()])  # noqa: S608


@task(queue_name="travaux")
def run_once_beside(number: int) -> None:
    run_once.call(number)
