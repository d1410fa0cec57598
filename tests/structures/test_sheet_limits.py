"""A sheet is a list that somebody keeps: anything else is said, and costs nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clea.documents import sheet_inspector
from structures.reports.sheet_formats import FrenchCSV, SafeXLSX, Unreadable

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from proofs.hostile import workbooks


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("five million line ends", ""),
        ("five million separators", ""),
        ("a hundred thousand rows", "plus de 5000 lignes"),
        ("a nul", "n'est pas du CSV"),
        ("five million quotes", "n'est pas du CSV lisible"),
    ],
)
def test_a_csv_out_of_measure(name: str, words: str) -> None:
    content = workbooks.CSVS[name]()
    if not words:
        assert len(FrenchCSV().create_dataset(content)) == 0
        return
    with pytest.raises(Unreadable, match=words):
        FrenchCSV().create_dataset(content)


@pytest.mark.parametrize("name", ["semicolons, cp1252", "utf-16", "utf-8 with its mark"])
def test_excel_writes_accents_in_many_ways(name: str) -> None:
    dataset = FrenchCSV().create_dataset(workbooks.CSVS[name]())
    assert list(dataset) == [("École", "Béthune")]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("5 001 rows", "plus de 5000 lignes"),
        ("16 384 columns", "plus de 60 colonnes"),
        ("a thousand million laughs", "n'est pas un classeur Excel lisible"),
        ("a csv under the name", "n'est pas un classeur Excel lisible"),
    ],
)
def test_a_workbook_out_of_measure(name: str, words: str) -> None:
    content = workbooks.BOOKS[name]()
    with pytest.raises(Unreadable, match=words):
        SafeXLSX().create_dataset(content)


def test_a_workbook_that_would_unfold_is_not_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbooks.book(b" " * 100_000))
    monkeypatch.setattr(sheet_inspector, "MAX_UNFOLDED", 90_000)
    assert sheet_inspector.judge(str(path), max_rows=9, max_columns=9) == {"code": "too_complex"}
