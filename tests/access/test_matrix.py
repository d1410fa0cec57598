"""Nobody opens a door that the matrix does not open."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.access import kept_pages, public_pages, whole
from tests.access.asking import a_world
from tests.access.matrix import DENIED, LOGIN, Role, Row, addresses, all_rows
from tests.access.world import World

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
    with django_db_blocker.unblock(), a_world() as world:
        yield world


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
    faults = [fault for role in asked(row, method) for fault in whole.faults(world, row, method, role)]
    assert not faults, "\n".join(faults)


@pytest.mark.django_db
def test_every_public_page_is_in_the_sitemap_or_left_aside_and_sets_no_cookie(world: World) -> None:
    assert not public_pages.faults(ROWS, world)


@pytest.mark.django_db
def test_a_public_page_that_is_kept_is_the_page_made_anew(world: World) -> None:
    addresses = public_pages.sitemap()
    assert len(addresses) > 30
    assert not kept_pages.faults(addresses)
