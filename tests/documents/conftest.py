from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def private_folder(settings: Settings, tmp_path: Path) -> Path:
    """Each test has its own storage, so that it can count what lies there."""
    settings.MEDIA_ROOT = tmp_path / "private"
    return tmp_path / "private"


@pytest.fixture
def no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody grants anything, whatever the installed apps registered."""
    from clea.documents import access

    monkeypatch.setattr(access, "_resolvers", [])
