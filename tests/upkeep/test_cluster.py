"""A short version of ``make cluster``: this process, and a server that shares only database and files with it."""

from __future__ import annotations

import os
import sys
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))

from proofs import cluster
from proofs.faults import setting
from proofs.machines import Answer, Machine

from clea.documents import storage_url
from tests.documents.objects import free_port
from tests.factories.candidatures import ApplicationFactory


class Here:
    """This process, asked as a machine is."""

    def ask(self, method: str, path: str, *, cookies: dict[str, str], body: bytes, headers: dict[str, str]) -> Answer:
        client, kind = Client(), headers.pop("Content-Type", "application/octet-stream")
        client.cookies = SimpleCookie(cookies)
        got: Any = client.generic(method, path, body, content_type=kind, headers=headers)
        return Answer(got.status_code, dict(got.headers), b"".join(got) if got.streaming else got.content)


@pytest.mark.django_db(transaction=True)
def test_a_server_elsewhere_knows_files_sessions_and_limits_at_once(settings: Settings, tmp_path: Path) -> None:
    shared, own = tmp_path / "shared", tmp_path / "machine"
    own.mkdir()
    settings.MEDIA_ROOT, _described = storage_url.parse(f"file://{shared}", default=tmp_path)
    dossier = ApplicationFactory(complete=True)
    environment = os.environ | {
        "DATABASE_URL": setting.database_url(),
        "VAR_DIR": str(own),
        "STORAGE_URL": f"file://{shared}",
        "CONN_MAX_AGE": "60",
    }
    machine = Machine("machine", own, environment, free_port())
    try:
        machine.serve(processes=1)
        machine.ready()
        both = (Here(), machine)
        assert list(cluster.uploads(both, dossier, 2)) == []
        assert list(cluster.sessions(both, dossier.owner)) == []
        assert list(cluster.limits(both)) == []
    finally:
        machine.kill()
    assert not any(own.rglob("*.pdf"))
