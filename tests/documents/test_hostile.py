"""A short version of ``make hostile``: some sixty files made to hurt, through the doors and all that follows."""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from proofs.hostile import doors, papers, pictures, spoiling, workbooks

from clea.documents import image_inspector, inspector, sheet_inspector
from clea.documents.enums import PictureRefusal, Refusal
from tests import pdfs

#: Sent through the whole path, each in processes of its own.
WHOLE = {
    "papers": ("table: the table before itself", "form: a field of noise", "disguise: a zip behind"),
    "pictures": ("jpeg with a place", "png of 50 000 by 50 000"),
    "sheets": ("xlsx: laughs in the strings", "csv: noise"),
}
QUICK = 25


@pytest.mark.django_db
def test_hostile_files_are_refused_in_words_or_harmless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    site = doors.Doors(keep=True)
    through = {"papers": site.paper, "pictures": site.picture, "sheets": site.sheet}
    makers = {"papers": papers.by_hand, "pictures": pictures.by_hand, "sheets": workbooks.by_hand}
    outcomes = [through[kind](name, maker()) for kind in WHOLE for name, maker in makers[kind]() if name in WHOLE[kind]]
    assert {outcome.name: outcome.problems for outcome in outcomes if outcome.problems} == {}
    assert [outcome.answer for outcome in outcomes if outcome.name.startswith(("jpeg", "disguise"))] == ["accepted"] * 2
    assert list(scratch.iterdir()) == []


def test_spoilt_files_get_an_answer(tmp_path: Path) -> None:
    path, out = tmp_path / "file", str(tmp_path / "out")

    def said(data: bytes, judge: str) -> str:
        path.write_bytes(data)
        if judge == "paper":
            return str(inspector.judge(str(path), 40, out)["code"])
        if judge == "picture":
            return str(image_inspector.judge(str(path), out, max_pixels=10**6)["code"])
        return str(sheet_inspector.judge(str(path), max_rows=50, max_columns=9)["code"])

    bases = {
        "paper": [("a", pdfs.sound(2)), ("b", pdfs.BENIGN["form"]())],
        "picture": pictures.bases(),
        "sheet": workbooks.bases(),
    }
    answers = {kind: [said(make(), kind) for _, make in spoiling.spoilt(bases[kind], QUICK, 7)] for kind in bases}
    assert set(answers["paper"]) <= {"", *Refusal.values}
    assert set(answers["picture"]) <= {"", *PictureRefusal.values}
    assert set(answers["sheet"]) <= {"", "unreadable", "too_complex", "too_many_rows", "too_many_columns"}
    assert all(set(told) != {""} for told in answers.values())
    # One that nobody can open to change it is spoilt all the same.
    assert spoiling.regrow(pdfs.HOSTILE["encrypted"]["to open"](), random.Random(7))
