"""One request as one role, undone: what the matrix of the suite and the long proofs share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from clea.accounts.models import User
from tests.access.matrix import ANONYMOUS, Role, Row
from tests.access.world import World, build_world


@contextmanager
def a_world() -> Iterator[World]:
    """Built once: it costs more than all that is asked of it, and every request is undone."""
    with transaction.atomic():
        world = build_world()
        sign_in(world)
        yield world
        transaction.set_rollback(True)


def sign_in(world: World) -> None:
    world.sessions = {role: signed_in(person) for role, person in world.people.items()}


def signed_in(person: User) -> str:
    """The cookie of a session, opened once: everybody comes to every address."""
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class _RolledBack(Exception):
    """Leave the savepoint without keeping anything."""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is not kept."""
    try:
        with transaction.atomic():
            yield
            raise _RolledBack
    except _RolledBack:
        pass


def visitor(world: World, role: Role) -> Client:
    client = Client(raise_request_exception=False)
    if role is not ANONYMOUS:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[role]
    return client


def send(world: World, role: Role, method: str, url: str, data: Any = None, **extra: Any) -> Any:
    """One request; a file is read to its end: closed from here, it would take the connection with it."""
    response: Any = None
    with undone():
        response = getattr(visitor(world, role), method)(url, data, **extra)
        if response.streaming:
            response.kept = b"".join(response.streaming_content)
    return response


def ask(world: World, row: Row, method: str, role: Role) -> HttpResponse:
    """What a row says, asked."""
    return send(world, role, method, row.url(world), row.query(world) if method == "get" else row.data(world))
