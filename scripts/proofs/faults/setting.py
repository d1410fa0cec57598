"""A call that is open, dossiers ready to be filed, a coordinator; made by the tests' own factories."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from proofs.faults.people import Account, Artist


def people(port: int, count: int) -> tuple[list[Artist], str, str]:
    """Artists with a session each, the coordinator's identifier, and her territory's slug."""
    from clea.accounts.models import User
    from structures.models import TerritoryMembership
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory, CallFactory

    with transaction.atomic():
        call = CallFactory(complete=True)
        dossiers = [ApplicationFactory(call=call, complete=True) for _rank in range(count)]
        coordinator = UserFactory(email="coordination@exemple.test", is_staff=True)
        territory = call.season.programme.territory
        TerritoryMembership.objects.get_or_create(territory=territory, user=coordinator)
    artists = []
    for rank, dossier in enumerate(dossiers):
        client = Client()
        client.force_login(User.objects.get(pk=dossier.owner_id), backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        account = Account(settings.SESSION_COOKIE_NAME, cookie, settings.CSRF_COOKIE_NAME)
        artists.append(Artist(rank, str(dossier.uuid), account, port))
    return artists, str(coordinator.uuid), territory.slug


def database_url() -> str:
    """The database this process uses, for the servers."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    # A socket's folder is an option of the address: the parameters know it, the settings' HOST does not.
    given = connection.get_connection_params()
    return f"postgres:///{given['dbname']}?host={given['host']}&user={given['user']}"


def environment(
    folder: Path, *, database: str, smtp: int, temporary: Path | None = None, **more: str
) -> dict[str, str]:
    """What the servers are started with: the demonstration's settings unless ``more`` says otherwise."""
    kept = {name: value for name, value in os.environ.items() if name not in ("TEST_TABLES", "PYTEST_CURRENT_TEST")}
    return (
        kept
        | {
            "DJANGO_SETTINGS_MODULE": "clea.settings",
            "DEBUG": "true",
            "SECRET_KEY": settings.SECRET_KEY if settings.configured else os.environ["SECRET_KEY"],
            "VAR_DIR": str(folder),
            "TMPDIR": str(temporary or folder / "tmp"),
            "DATABASE_URL": database,
            "CONN_MAX_AGE": "60",
            "TASKS_IMMEDIATE": "false",
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "SECURE_SSL_REDIRECT": "false",
            "BEHIND_PROXY": "true",
            "STAFF_SECOND_FACTOR": "false",
        }
        | more
    )
