"""A page kept while somebody writes, over two connections: never longer than what it says was true."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from candidatures.models import Call
from candidatures.services import calls
from clea.journal import changes
from clea.journal.models import ChainHead
from clea.ui import kept
from tests.factories.candidatures import CallFactory
from tests.factories.structures import CoordinatorFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(settings: Any) -> Iterator[Call]:
    settings.PUBLIC_CACHE = True
    kept.shelf.clear()
    ChainHead.objects.get_or_create(pk=1)
    yield CallFactory(complete=True, title="Avant")
    kept.shelf.clear()


def title(call: Call) -> str:
    page = Client().get(call.get_absolute_url()).content.decode()
    return "Avant" if "Avant" in page else "Après"


def elsewhere(act: Callable[[], None]) -> threading.Thread:
    """By another process: a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def rename(call: Call, *, told: bool) -> None:
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(title="Après")
        if told:
            calls.changed(by=CoordinatorFactory(territory=call.territory), call=call, fields=["title"])


@pytest.mark.parametrize("told", [True, False])
def test_a_page_made_across_a_commit_is_not_shown_again(call: Call, told: bool, monkeypatch: Any) -> None:
    keeps = kept.may_keep

    def keep_late(response: Any) -> bool:
        """What it read is out of date before it is kept."""
        monkeypatch.setattr(kept, "may_keep", keeps)
        elsewhere(lambda: rename(call, told=told)).join()
        return keeps(response)

    monkeypatch.setattr(kept, "may_keep", keep_late)
    assert [title(call) for _visit in range(3)] == ["Avant", "Après", "Après"]


@pytest.mark.parametrize("commits", [True, False])
def test_a_page_kept_before_a_late_commit_goes_with_it(call: Call, commits: bool, assert_max_queries: Any) -> None:
    """The mark to come is written, and nobody else reads it yet, nor anything of what it tells."""
    written, go = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            rename(call, told=True)
            written.set()
            assert go.wait(60)
            transaction.set_rollback(not commits)

    changes._move()
    writer = elsewhere(late)
    assert written.wait(60)
    assert title(call) == "Avant"
    assert_max_queries(1, lambda: title(call))
    go.set()
    writer.join()
    assert title(call) == ("Après" if commits else "Avant")
