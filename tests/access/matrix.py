"""Who may open what: the mechanics of the matrix.

One ``Row`` an address of the project, in the ``rows_<app>.py`` beside this file. An address
without a row fails the build, and so does a row without an address. Whatever a row does not
grant is denied: sent to the sign-in page when anonymous, 403, 404 or 405 otherwise.

    Row("calls:detail", kwargs=lambda w: {"slug": w.call.slug}, get={EVERYONE: 200})
    Row(
        "applications:piece_add",
        kwargs=lambda w: {"uuid": w.application.uuid},
        get={OWNER | CO_EDITOR: 200, CO_READER: 403},
        post={OWNER | CO_EDITOR: 200, CO_READER: 403},
    )

Roles combine with ``|``; a later entry wins over an earlier one. An expectation is a status, or
several ``(200, 302)``; ``"/adresse/"``: a redirection that begins so; ``LOGIN``; ``DENIED``; or
``ABSENT``: the admin says that the row does not exist and goes back to its home, or 403, 404.
POST is sent with ``data`` (empty unless told): an empty form answers 200 with its errors, or
422, and proves that the door is open without changing anything.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

if TYPE_CHECKING:
    from tests.access.world import World


class Role(enum.Flag):
    """Who asks, seen from the one dossier and the one territory of the world."""

    ANONYMOUS = enum.auto()
    OWNER = enum.auto()  # the applicant whose dossier it is
    STRANGER = enum.auto()  # another applicant
    CO_EDITOR = enum.auto()
    CO_READER = enum.auto()
    COORDINATOR = enum.auto()
    OTHER_COORDINATOR = enum.auto()  # of another territory
    ADMINISTRATOR = enum.auto()
    JUROR = enum.auto()  # reads ``world.read_dossier``
    OTHER_JUROR = enum.auto()  # of the same jury, to whom that dossier was not given
    RECUSED_JUROR = enum.auto()  # it was given to them, then they stepped aside
    ARTIST = enum.auto()  # runs ``world.residency``
    OTHER_ARTIST = enum.auto()  # runs another residency of the same territory
    TEAM = enum.auto()  # of the team of ``world.host``, which takes part in ``world.activity``
    OTHER_TEAM = enum.auto()  # of another structure of the same territory


ANONYMOUS = Role.ANONYMOUS
OWNER = Role.OWNER
STRANGER = Role.STRANGER
CO_EDITOR = Role.CO_EDITOR
CO_READER = Role.CO_READER
COORDINATOR = Role.COORDINATOR
OTHER_COORDINATOR = Role.OTHER_COORDINATOR
ADMINISTRATOR = Role.ADMINISTRATOR
STAFF = COORDINATOR | OTHER_COORDINATOR | ADMINISTRATOR
APPLICANTS = OWNER | STRANGER | CO_EDITOR | CO_READER
JUROR = Role.JUROR
OTHER_JUROR = Role.OTHER_JUROR
RECUSED_JUROR = Role.RECUSED_JUROR
JURORS = JUROR | OTHER_JUROR | RECUSED_JUROR
ARTIST = Role.ARTIST
OTHER_ARTIST = Role.OTHER_ARTIST
TEAM = Role.TEAM
OTHER_TEAM = Role.OTHER_TEAM
ARTISTS = ARTIST | OTHER_ARTIST
TEAMS = TEAM | OTHER_TEAM
SIGNED_IN = APPLICANTS | STAFF | JURORS | ARTISTS | TEAMS
EVERYONE = ANONYMOUS | SIGNED_IN

LOGIN = "<sign in>"
DENIED = "<denied>"
ABSENT = "<absent>"

Expectation = int | str | tuple[int, ...]
Expectations = Mapping[Role, Expectation]
Arguments = Callable[["World"], dict[str, Any]]


def nothing(world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Row:
    """One address and what each role gets from it."""

    name: str
    get: Expectations = field(default_factory=dict)
    post: Expectations = field(default_factory=dict)
    kwargs: Arguments = nothing
    # For the rare address whose arguments have no names.
    args: Callable[[World], list[Any]] | None = None
    query: Arguments = nothing
    data: Arguments = nothing
    # An address without a name goes by its route, and gives its path here.
    path: Callable[[World], str] | None = None
    # What must not be in the page that a role gets: a thing of the other side of the wall.
    hidden: Mapping[Role, Callable[[World], str]] = field(default_factory=dict)
    # What must be in it.
    shown: Mapping[Role, Callable[[World], str]] = field(default_factory=dict)

    def url(self, world: World) -> str:
        if self.path:
            return self.path(world)
        name = self.name.partition("(")[0]
        if self.args:
            return reverse(name, args=self.args(world))
        return reverse(name, kwargs=self.kwargs(world) or None)

    def asked(self, method: str) -> list[Role]:
        """Who knocks: everyone whose answer is their own, and one of each family whose members get the same.

        Which one turns from row to row, so that each role knocks at its share of every space's doors. On a
        page of the desk that grants them nothing, two of those who are not of the staff: they are one class
        to the admin's single gate.
        """
        turn = crc32(f"{self.name} {method}".encode())
        others = [role for role in Role if role not in STAFF and role is not ANONYMOUS]
        if self.name.startswith("admin:") and all(self.expected(method, role) == DENIED for role in others):
            chosen = {others[turn % len(others)], others[(turn + len(others) // 2) % len(others)]}
            if self.expected(method, COORDINATOR) == self.expected(method, ADMINISTRATOR) and not self.hidden:
                # Both hold this desk: one of them opens the page.
                chosen |= {(COORDINATOR, ADMINISTRATOR)[turn % 2]}
                others += [COORDINATOR, ADMINISTRATOR]
            return [role for role in Role if role not in others or role in chosen]
        read = Role(0)
        for roles in (*self.hidden, *self.shown):
            read |= roles
        asked = {ANONYMOUS}
        for family in (APPLICANTS, JURORS, ARTISTS, TEAMS, STAFF):
            members = list(family)
            alike = len({self.expected(method, role) for role in members}) == 1
            asked |= {members[turn % len(members)]} if alike and not family & read else set(members)
        return [role for role in Role if role in asked]

    def expected(self, method: str, role: Role) -> Expectation:
        """The last entry that names the role, or the door is closed."""
        table = self.get if method == "get" else self.post
        found: Expectation = LOGIN if role is ANONYMOUS else DENIED
        for roles, expectation in table.items():
            if role in roles:
                found = expectation
        return found


def agrees(response: HttpResponse, expectation: Expectation, sign_in_urls: tuple[str, ...]) -> bool:
    status = response.status_code
    location = response.headers.get("Location", "")
    sent_to_sign_in = status == 302 and location.startswith(sign_in_urls)
    if expectation == LOGIN:
        # A method that is refused before anyone is asked who they are is as closed.
        return sent_to_sign_in or status == 405
    if expectation == DENIED:
        return sent_to_sign_in or status in {403, 404, 405}
    if expectation == ABSENT:
        return status in {403, 404} or (status == 302 and location == reverse("admin:index"))
    if isinstance(expectation, str):
        return status in {301, 302, 303} and location.startswith(expectation)
    return status in expectation if isinstance(expectation, tuple) else status == expectation


def described(response: HttpResponse) -> str:
    location = response.headers.get("Location")
    return f"{response.status_code} → {location}" if location else str(response.status_code)


@dataclass(frozen=True)
class Address:
    """A pattern of the URL configuration."""

    name: str
    route: str
    arguments: tuple[str, ...]


def walk(resolver: URLResolver, namespace: str = "", prefix: str = "") -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern, inner, route)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}" if pattern.name else ""
            yield Address(name, route, tuple(re.findall(r"<(?:\w+:)?(\w+)>", route)))


def addresses() -> dict[str, Address]:
    """Every address of the project, the admin's and allauth's too, by the name its row bears.

    A name that serves several routes is followed by the arguments that tell them apart,
    ``territory:index(territory)``; an address without a name goes by its route.
    """
    found = list(walk(get_resolver()))
    shared = Counter(address.name for address in found)
    by_key: dict[str, Address] = {}
    for address in found:
        key = address.name or address.route
        if address.name and shared[address.name] > 1 and address.arguments:
            key = f"{key}({','.join(address.arguments)})"
        assert key not in by_key, f"two addresses go by {key}"
        by_key[key] = address
    return by_key


def row_modules() -> list[Any]:
    folder = Path(__file__).parent
    return [import_module(f"tests.access.{path.stem}") for path in sorted(folder.glob("rows_*.py"))]


def all_rows() -> list[Row]:
    """The rows of every app. ``ROWS`` is a list, or a function when it needs the admin's registry."""
    rows: list[Row] = []
    for module in row_modules():
        found: Iterable[Row] = module.ROWS() if callable(module.ROWS) else module.ROWS
        rows.extend(found)
    return rows
