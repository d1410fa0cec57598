"""What a row says, asked of one role; and the whole matrix, every role of every row."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

from tests.access import reading
from tests.access.asking import ask
from tests.access.matrix import Role, Row, agrees, described
from tests.access.objects import Found
from tests.access.world import World


def sweep(rows: list[Row], world: World) -> Found:
    found = Found()
    for row in rows:
        for method in ("get", "post"):
            for role in Role:
                found.requests += 1
                found.faults += faults(world, row, method, role)
    return found


def faults(world: World, row: Row, method: str, role: Role) -> list[str]:
    """What is wrong with the answer to one request."""
    expectation = row.expected(method, role)
    response: Any = ask(world, row, method, role)
    who = f"{method.upper()} {row.url(world)} as {role.name}"
    if not agrees(response, expectation, (resolve_url(settings.LOGIN_URL), reverse("admin:login"))):
        return [f"{who}: {described(response)}, expected {expectation}"]
    if method != "get" or response.status_code != 200 or response.streaming:
        return []
    page = response.content.decode(errors="replace")
    said = [f"{who}: {fault}" for fault in reading.faults_of(page)]
    said += [
        f"{who}: shows {text(world)!r}" for roles, text in row.hidden.items() if role in roles and text(world) in page
    ]
    said += [
        f"{who}: does not show {text(world)!r}"
        for roles, text in row.shown.items()
        if role in roles and text(world) not in page
    ]
    return said
