"""Somebody else's things in every address: each argument of each row replaced by its twin of the neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from clea.ui import keys
from tests.access.asking import send
from tests.access.matrix import (
    ABSENT,
    ADMINISTRATOR,
    ANONYMOUS,
    DENIED,
    LOGIN,
    OTHER_COORDINATOR,
    OTHER_TEAM,
    STAFF,
    STRANGER,
    Role,
    Row,
    addresses,
    described,
)
from tests.access.world import World

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CLOSED = (LOGIN, DENIED, ABSENT, 403, 404, 405, 409, 410)
#: What belongs to the installation: both worlds have the same.
_COMMON = {
    "residencies.scaleversion",
    "candidatures.discipline",
    "contenttypes.contenttype",
    "auth.permission",
    "auth.group",
}
#: Taking off what is gone already says so, whatever was named: nothing is looked up outside one's own.
_GONE_ALREADY = {"team:closure_remove"}
#: People of the neighbour, as ``neighbours.rename`` leaves them.
_THEIRS = re.compile(r"\bz[a-z-]+@exemple\.test")


@dataclass
class Found:
    """How many requests were made, and what is wrong."""

    requests: int = 0
    faults: list[str] = field(default_factory=list)
    #: Of the actions of the desk, those that do something when they may.
    acted: int = 0

    def add(self, other: Found) -> None:
        self.requests += other.requests
        self.faults += other.faults
        self.acted += other.acted


def reason(response: Any) -> str:
    """The exception, where the client kept it."""
    kind, error, trace = getattr(response, "exc_info", None) or (None, "", None)
    where = ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "site-packages" not in name and "/tests/" not in name:
            where = f"{name.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{kind.__name__ if kind else ''} {str(error)[:160]!r} {where}"


def closed(response: HttpResponse) -> bool:
    location = response.headers.get("Location", "")
    doors = (resolve_url(settings.LOGIN_URL), reverse("admin:login"))
    away = response.status_code == 302 and (location.startswith(doors) or location == reverse("admin:index"))
    return away or response.status_code in {400, 403, 404, 405, 409, 410}


def shut_to_outsiders(row: Row, method: str, role: Role) -> bool:
    """Whether somebody who has nothing to do with the world gets nothing from this row."""
    if row.expected(method, ANONYMOUS) not in _CLOSED:
        return False
    if role in STAFF:
        return row.expected(method, OTHER_COORDINATOR) in _CLOSED
    return all(row.expected(method, one) in _CLOSED for one in (STRANGER, OTHER_TEAM))


def addresses_of(row: Row, world: World, neighbour: World) -> Iterator[tuple[str, str, bool]]:
    """(what was replaced, address, whether everything was)."""
    mine, theirs = row.url(world), row.url(neighbour)
    if mine == theirs:
        return
    yield "everything", theirs, True
    if row.path or row.args:
        return
    own, other = row.kwargs(world), row.kwargs(neighbour)
    differ = [name for name in own if own[name] != other.get(name)]
    if len(differ) < 2:
        return
    for name in differ:
        try:
            yield name, reverse(row.name.partition("(")[0], kwargs=own | {name: other[name]}), False
        except NoReverseMatch:
            continue


def sweep(rows: list[Row], world: World, neighbour: World) -> Found:
    """Each address with the neighbour's things, as each role, read and written."""
    found = Found()
    for row in rows:
        if not addresses()[row.name].arguments:
            continue
        for what, url, whole in addresses_of(row, world, neighbour):
            for method in ("get", "post"):
                for role in Role:
                    data = row.query(neighbour) if method == "get" else row.data(neighbour)
                    response = send(world, role, method, url, data)
                    found.requests += 1
                    who = f"{method.upper()} {row.name} as {role.name} with their {what}"
                    if response.status_code >= 500:
                        found.faults.append(f"{who}: {response.status_code} {reason(response)}")
                    elif role is ADMINISTRATOR and whole:
                        continue  # an administrator's territories are all of them
                    elif row.name in _GONE_ALREADY and not whole:
                        continue
                    elif shut_to_outsiders(row, method, role) and not closed(response):
                        found.faults.append(f"{who}: {described(response)}")
    return found


def bodies(rows: list[Row], world: World, neighbour: World) -> Found:
    """One's own address, and in the form sent the neighbour's things: refused, whoever sends it."""
    found = Found()
    for row in rows:
        own, other = row.data(world), row.data(neighbour)
        for name in [name for name in own if is_key(own[name]) and own[name] != other.get(name)]:
            for role in Role:
                if role is ADMINISTRATOR or row.expected("post", role) in _CLOSED:
                    continue
                response = send(world, role, "post", row.url(world), own | {name: other[name]})
                found.requests += 1
                if response.status_code >= 500 or response.status_code in {301, 302, 303}:
                    found.faults.append(f"POST {row.name} as {role.name} with their {name}: {described(response)}")
    return found


def is_key(value: Any) -> bool:
    return bool(_UUID.fullmatch(str(value))) or (not isinstance(value, bool) and isinstance(value, int))


def keys_of_everything() -> dict[str, str]:
    """The public key of every row there is, and its model."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        if model._meta.label_lower in _COMMON or isinstance(model._meta.pk, type(None)):
            continue
        if not model._meta.pk.get_internal_type().endswith(("AutoField", "UUIDField")):
            continue
        for row in model._base_manager.all().iterator(chunk_size=500):
            found[str(keys.of(row))] = model._meta.label_lower
    return found


def pks_of_everything() -> dict[type[Model], set[Any]]:
    """What the choices of a form must not hold."""
    found = {}
    for model in apps.get_models():
        if model._meta.label_lower not in _COMMON:
            found[model] = set(model._base_manager.values_list("pk", flat=True))
    return found


def leaks(rows: list[Row], world: World, neighbour: World) -> Found:
    """What the pages of one's own world show of the neighbour's: a key, a person's address."""
    found, known = Found(), neighbour.keys
    for row in rows:
        if row.expected("get", ANONYMOUS) not in _CLOSED:
            continue
        for role in Role:
            if role in ADMINISTRATOR | OTHER_COORDINATOR | ANONYMOUS or row.expected("get", role) in _CLOSED:
                continue
            response = send(world, role, "get", row.url(world), row.query(world))
            found.requests += 1
            if response.streaming or response.status_code != 200:
                continue
            page = response.content.decode(errors="replace")
            shown = {known[key] for key in _UUID.findall(page) if key in known} | set(_THEIRS.findall(page))
            if shown:
                found.faults.append(f"GET {row.name} as {role.name} shows the neighbour's {', '.join(sorted(shown))}")
    return found
