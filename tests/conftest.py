"""The ground under every test.

The environment comes first: nothing of the developer's own ``.env`` may reach a test, and each
process (xdist runs several) has its own folder for the database, the files and the static root.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from pytest_django import DjangoDbBlocker

# A worker's folder lies in that of the process that started it, which removes them all.
VAR_DIR = Path(tempfile.mkdtemp(prefix="clea-tests-", dir=os.environ.get("CLEA_TESTS_DIR")))
os.environ.setdefault("CLEA_TESTS_DIR", str(VAR_DIR))

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "clea.settings",
    # The demonstration's settings; pytest-django then sets settings.DEBUG to False.
    "DEBUG": "true",
    "SECRET_KEY": "tests-only-0123456789-0123456789-0123456789-0123456789",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
    "CSRF_TRUSTED_ORIGINS": "",
    "SITE_URL": "http://testserver",
    "VAR_DIR": str(VAR_DIR),
    "STORAGE_URL": "",
    "X_ACCEL_LOCATION": "",
    "CONN_MAX_AGE": "0",
    "EMAIL_URL": "memorymail://",
    "DEFAULT_FROM_EMAIL": "CLEA <ne-pas-repondre@clea.invalid>",
    "TASKS_IMMEDIATE": "true",
    "STAFF_SECOND_FACTOR": "false",
    "BEHIND_PROXY": "false",
    "SECURE_SSL_REDIRECT": "false",
    "SENTRY_DSN": "",
    # A test is rolled back under a process that goes on: what it keeps would be another's. tests/ui/test_kept.py.
    "PUBLIC_CACHE": "false",
    # Playwright's synchronous interface keeps an event loop in the thread of the tests.
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
    "TZ": "UTC",
}
os.environ.update(ENVIRONMENT)
# The one thing a caller chooses: scripts/with_postgres.sh gives the address of its cluster.
if not os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = f"sqlite:///{VAR_DIR / 'clea.sqlite3'}"
else:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]

pytest_plugins = ["tests.plugins.browser", "tests.plugins.queries", "tests.plugins.readers", "tests.plugins.strict"]


def pytest_configure(config: pytest.Config) -> None:
    """Adjust what the settings leave to the tests: a quick hasher, a database in a file."""
    from django.conf import settings

    # A slow machine is not a fault: speed lives in benchmarks.
    hypothesis.settings.register_profile("clea", deadline=None)
    hypothesis.settings.load_profile("clea")
    # A worker finds the settings read already, with the folder of the process that started it: each has its own, or
    # what one sweeps away would be another's.
    settings.VAR_DIR, settings.MEDIA_ROOT = VAR_DIR, VAR_DIR / "files"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Look a static file up when it is asked for: each test client would list them all otherwise.
    settings.WHITENOISE_AUTOREFRESH = True
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file and not memory: each thread has its connection, as in production, and a
        # transaction that would block there blocks here.
        database.setdefault("TEST", {})["NAME"] = str(VAR_DIR / "test.sqlite3")
        # Nothing here outlives the run: no need to wait for the disk.
        options = database["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(VAR_DIR, ignore_errors=True)


# Also when pytest gives up before it is configured.
atexit.register(shutil.rmtree, VAR_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Tables made beforehand are kept: only what a migration of today would add is done."""
    return "TEST_TABLES" in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool) -> None:
    """Copy the tables that ``scripts/test.sh`` made once into this process's own database."""
    if not django_db_keepdb:
        return
    from django.db import connection

    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    source = os.environ["TEST_TABLES"]
    if connection.vendor == "sqlite":
        shutil.copyfile(f"{source}.sqlite3", name)
        return
    given = connection.get_connection_params()
    own = ["--host", str(given["host"]), "--username", str(given["user"])]
    subprocess.run(["createdb", *own, name], check=True)
    quiet = ["--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--file", f"{source}.sql", name]
    subprocess.run(["psql", *own, *quiet], check=True, stdout=subprocess.DEVNULL)


def _commits(item: pytest.Item) -> bool:
    """Whether this test commits, so that its database is emptied after it."""
    marker = item.get_closest_marker("django_db")
    return bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))) or (
        marker is not None and bool(marker.kwargs.get("transaction"))
    )


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Say which tests ask nothing of a database, and which count queries: one run of them is enough."""
    fixtures = set(getattr(item, "fixturenames", ()))
    asks = {"db", "transactional_db", "live_server", "django_db_setup"} & fixtures
    if not asks and item.get_closest_marker("django_db") is None:
        item.add_marker("pure")
    if {"assert_num_queries_constant", "assert_max_queries"} & fixtures:
        item.add_marker("counts")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that commit come last, as pytest-django has them, but the long stories before the short
    ones: two processes share the list, and neither waits at the end for a story of the other.
    """
    items.sort(key=lambda item: (2 - ("journeys" in item.path.parts)) if _commits(item) else 0)


@pytest.fixture(autouse=True)
def _fresh_shared_state(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """No test inherits another's language or rate limits.

    The cache is a table: a test that is rolled back cleans it by itself, one that commits does
    not, and no model names that table for the flush.
    """
    from django.core.cache import cache
    from django.utils import translation

    translation.activate("fr")
    yield
    if _commits(request.node):
        with django_db_blocker.unblock():
            cache.clear()
