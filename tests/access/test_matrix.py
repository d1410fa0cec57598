"""Nobody opens a door that the matrix does not open."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from clea.accounts.models import User
from tests.access import public_pages, reading
from tests.access.matrix import ANONYMOUS, DENIED, LOGIN, Role, Row, addresses, agrees, all_rows, described
from tests.access.world import World, build_world

ROWS = all_rows()


def test_every_address_has_a_row() -> None:
    missing = sorted(set(addresses()) - {row.name for row in ROWS})
    assert not missing, "Addresses without a row in tests/access/rows_*.py:\n" + "\n".join(missing)


def test_every_row_has_an_address() -> None:
    stray = sorted({row.name for row in ROWS} - set(addresses()))
    assert not stray, "Rows of addresses that are gone:\n" + "\n".join(stray)


def test_no_address_has_two_rows() -> None:
    doubled = [name for name, count in Counter(row.name for row in ROWS).items() if count > 1]
    assert not doubled


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once: it costs more than all that is asked of it, and every request is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        world.sessions = {role: signed_in(person) for role, person in world.people.items()}
        yield world
        transaction.set_rollback(True)


def signed_in(person: User) -> str:
    """The cookie of a session, opened once: sixteen people come to every address."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class _RolledBack(Exception):
    """Leave the savepoint without keeping anything."""


def ask(world: World, row: Row, method: str, role: Role) -> Any:
    """One request as one role; whatever it changed is undone."""
    client = Client(raise_request_exception=False)
    if role is not ANONYMOUS:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    url = row.url(world)
    response: Any = None
    try:
        with transaction.atomic():
            response = client.get(url, row.query(world)) if method == "get" else client.post(url, row.data(world))
            raise _RolledBack
    except _RolledBack:
        pass
    if response.streaming:
        # Read to its end: closed from here, it would take the connection with it.
        b"".join(response.streaming_content)
    return response


def asked(row: Row, method: str) -> list[Role]:
    """Who knocks. ``ASK_GRANTED``: who is let in only, a second time round, on another database."""
    everyone = row.asked(method)
    if not os.environ.get("ASK_GRANTED"):
        return everyone
    return [role for role in everyone if row.expected(method, role) not in {LOGIN, DENIED}] or everyone[:1]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(world: World, row: Row, method: str) -> None:
    sign_in_urls = (resolve_url(settings.LOGIN_URL), reverse("admin:login"))
    faults = []
    for role in asked(row, method):
        expectation = row.expected(method, role)
        response = ask(world, row, method, role)
        who = f"{method.upper()} {row.url(world)} as {role.name}"
        if not agrees(response, expectation, sign_in_urls):
            faults.append(f"{who}: {described(response)}, expected {expectation}")
            continue
        if method == "get" and response.status_code == 200 and not response.streaming:
            page = response.content.decode(errors="replace")
            faults += [f"{who}: {fault}" for fault in reading.faults_of(page)]
            faults += [
                f"{who}: shows {text(world)!r}"
                for roles, text in row.hidden.items()
                if role in roles and text(world) in page
            ]
            faults += [
                f"{who}: does not show {text(world)!r}"
                for roles, text in row.shown.items()
                if role in roles and text(world) not in page
            ]
    assert not faults, "\n".join(faults)


@pytest.mark.django_db
def test_every_public_page_is_in_the_sitemap_or_left_aside_and_sets_no_cookie(world: World) -> None:
    assert not public_pages.faults(ROWS, world)
