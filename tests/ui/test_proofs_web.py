"""What ``make scan`` and ``make dependencies`` conclude from what their tools say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


def test_a_finding_of_medium_fails_the_scan_and_a_low_one_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    from proofs.scan import Scan, told

    low = {"category": "Headers", "info": "x", "level": 1, "method": "GET", "path": "/", "role": "juror"}
    assert told([Scan("juror", 1, 2, [low])], whole=False) == 0
    assert told([Scan("juror", 1, 2, [low, low | {"category": "XSS", "level": 2}])], whole=False) == 1
    assert "medium: XSS: x (GET /, as juror)" in capsys.readouterr().out


def test_a_weakness_is_told_with_what_mends_it_and_silence_is_not_health(monkeypatch: pytest.MonkeyPatch) -> None:
    from proofs import dependencies, tools

    one = {"name": "paquet", "version": "1.0", "vulns": [{"id": "X-1", "fix_versions": ["1.1"], "aliases": ["Y-1"]}]}
    assert dependencies.weaknesses([one]) == [("paquet 1.0", "X-1", "1.1")]
    monkeypatch.setattr(dependencies, "EXCUSED", {"Y-1": "why"})
    assert dependencies.weaknesses([one]) == []
    assert dependencies.heard([one]) == [one]
    assert dependencies.heard([one, {"name": "autre", "skip_reason": "not found"}]) is None
    monkeypatch.setattr(tools, "installed", lambda folder, package, version: True)
    monkeypatch.setattr(dependencies, "ask", lambda lock, source: None)
    assert (dependencies.main([]), dependencies.main(["--strict"])) == (0, 1)
    assert sys.modules["proofs.dependencies"] is dependencies
