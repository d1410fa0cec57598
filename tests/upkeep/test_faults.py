"""A short version of ``make faults``: servers killed while dossiers are filed, approved and told."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))

from proofs.faults import whole_proof


@pytest.mark.django_db(transaction=True)
def test_nothing_acknowledged_is_lost_when_processes_are_killed(tmp_path, monkeypatch, settings):
    # Files of its own: menage, at zero hours, takes what no row names yet.
    settings.VAR_DIR = folder = tmp_path / "var"
    settings.MEDIA_ROOT = folder / "files"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with whole_proof.season(folder, random.Random(7), artists=1, temporary=tmp_path) as season:
        tally = season.play(4, at_once=1, every=10)

    assert tally.faults == []
    assert tally.rounds == 4
    assert tally.kills.total() >= 2
    assert len(season.artists[0].filed) == 4
