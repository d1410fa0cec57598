from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_django import Settings

if TYPE_CHECKING:
    from tests.documents.desk import Desk


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


@pytest.fixture(scope="session")
def cover() -> bytes:
    from clea.documents import services as documents

    return documents.render_pdf("pdf/text_piece.html", {"body": "Garde"}, title="Couverture")


@pytest.fixture
def desk(tmp_path: Path, cover: bytes) -> Desk:
    from tests.documents.desk import Desk

    return Desk(tmp_path, cover)
