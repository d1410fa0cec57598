"""Closed and opened by one command, on this machine or on all those that share an object store."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from clea.errors import Unavailable
from clea.ui import unavailable


class Shared(InMemoryStorage):
    """Where every machine looks."""

    shared, away, looks = True, False, 0

    def _open(self, name: str, mode: str = "rb") -> object:
        Shared.looks += 1
        if Shared.away:
            raise Unavailable("away")
        return super()._open(name, mode)  # type: ignore[misc]


def said(capsys: pytest.CaptureFixture[str], *words: str, **options: bool) -> str:
    call_command("maintenance", *words, **options)
    return capsys.readouterr().out.strip()


def test_one_machine_is_closed_and_opened(
    settings: Settings, tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.VAR_DIR = tmp_path
    assert said(capsys) == "Le site est ouvert."
    assert said(capsys, "Le site rouvre à 14 h.") == "Le site est fermé. Le site rouvre à 14 h."
    assert (tmp_path / "MAINTENANCE").read_text() == "Le site rouvre à 14 h."
    assert said(capsys, open=True) == "Le site est ouvert."
    assert not (tmp_path / "MAINTENANCE").exists()


def test_every_machine_hears_it_from_the_store_and_a_store_that_is_away_closes_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.VAR_DIR = tmp_path
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "tests.upkeep.test_maintenance.Shared"}}
    said(capsys, "Au soir.")
    assert not (tmp_path / "MAINTENANCE").exists()
    other = unavailable._ToldToAll()
    monkeypatch.setattr(unavailable, "_told_to_all", other)
    assert [unavailable.notice() for _ in range(3)] == ["Au soir."] * 3
    looks = Shared.looks
    # Opened from elsewhere: known at the next look, some seconds later.
    default_storage.delete("MAINTENANCE")
    assert (unavailable.notice(), Shared.looks) == ("Au soir.", looks)
    other.next_look = 0.0
    assert unavailable.notice() is None
    monkeypatch.setattr(Shared, "away", True)
    other.next_look = 0.0
    assert unavailable.notice() is None
