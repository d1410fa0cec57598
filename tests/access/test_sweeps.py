"""A little of what ``make matrix`` asks at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.access import actions, forms, objects, texts
from tests.access.matrix import COORDINATOR, OTHER_COORDINATOR, STRANGER, all_rows
from tests.access.neighbours import two_worlds
from tests.access.world import World

pytestmark = pytest.mark.django_db
ROWS = {row.name: row for row in all_rows()}
DOORS = ["applications:detail", "studio:activity", "admin:residencies_residency_money", "documents:file"]


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[World, World]]:
    with django_db_blocker.unblock(), two_worlds() as pair:
        yield pair


def test_nobody_reaches_the_neighbours_things(worlds):
    found = objects.sweep([ROWS[name] for name in DOORS if name in ROWS], *worlds)
    assert not found.faults
    assert found.requests > 60


def test_no_action_of_the_desk_moves_the_neighbours_rows(worlds):
    found = actions.sweep(worlds[0], worlds[1], roles=(COORDINATOR,))
    assert not found.faults
    assert found.requests > 20


def test_hostile_words_break_no_form_no_query_and_no_verb(worlds):
    world, neighbour = worlds
    rows = [ROWS["calls:ask"], ROWS["applications:section"]]
    walked = forms.crawl(rows, world, neighbour)
    assert not walked.faults
    posted = [form for form in walked.forms if form.method == "post" and form.key[0] in {row.name for row in rows}]
    assert posted
    found = texts.sweep(posted, world)
    found.add(texts.malformed(posted, world))
    found.add(texts.queries([ROWS["calls:list"]], world))
    found.add(texts.arguments([ROWS["calls:detail"]], world))
    found.add(texts.methods(rows, world, (STRANGER, OTHER_COORDINATOR)))
    assert not found.faults
    assert found.requests > 100
