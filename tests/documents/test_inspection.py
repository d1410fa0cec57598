"""Pieces are judged by what they hold, and the reason says what to do."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clea.documents import inspector
from clea.documents import services as documents
from clea.documents.enums import Refusal
from tests import pdfs

MB = 1024 * 1024
ONLY_THE_LIMITS_STOP = {"empty", "too_complex"}


def look(data: bytes, tmp_path: Path, max_pages: int = 40) -> tuple[dict[str, object], Path]:
    """What the inspector says, asked in this process: the limits have their own tests."""
    source, repaired = tmp_path / "source.pdf", tmp_path / "repaired.pdf"
    source.write_bytes(data)
    repaired.unlink(missing_ok=True)
    return inspector.judge(str(source), max_pages, str(repaired)), repaired


def inspect(data: bytes, tmp_path: Path, **limits: int) -> documents.Inspection:
    path = tmp_path / "pièce à lire.pdf"
    path.write_bytes(data)
    return documents.inspect(path, max_bytes=limits.get("max_bytes", 20 * MB), max_pages=limits.get("max_pages", 40))


@pytest.mark.parametrize(
    ("code", "maker"),
    [
        pytest.param(code, maker, id=f"{code}: {way}")
        for code, way, maker in pdfs.hostile()
        if code not in ONLY_THE_LIMITS_STOP
    ],
)
def test_a_hostile_file_is_refused_for_its_reason(code: str, maker: pdfs.Maker, tmp_path: Path) -> None:
    found, repaired = look(maker(), tmp_path)
    assert found["code"] == code
    assert not repaired.exists()


@pytest.mark.parametrize("maker", [pytest.param(maker, id=name) for name, maker in pdfs.BENIGN.items()])
def test_what_only_looks_suspicious_is_accepted_as_it_is(maker: pdfs.Maker, tmp_path: Path) -> None:
    found, repaired = look(maker(), tmp_path)
    assert found["code"] == ""
    assert found["repaired"] is False
    assert not repaired.exists()


@pytest.mark.parametrize("maker", [pytest.param(maker, id=name) for name, maker in pdfs.ODD_PAGES.items()])
def test_an_odd_page_is_no_reason_to_refuse(maker: pdfs.Maker, tmp_path: Path) -> None:
    found, _ = look(maker(), tmp_path)
    assert (found["code"], found["pages"]) == ("", 1)


@pytest.mark.parametrize("maker", [pytest.param(maker, id=name) for name, maker in pdfs.REPAIRABLE.items()])
def test_a_broken_table_is_repaired_with_every_page(maker: pdfs.Maker, tmp_path: Path) -> None:
    found, repaired = look(maker(), tmp_path)
    assert (found["code"], found["pages"], found["repaired"]) == ("", 3, True)
    with pikepdf.open(repaired, attempt_recovery=False) as pdf:
        assert [page.Contents.read_bytes()[:8] for page in pdf.pages] == [b"BT /F1 2"] * 3
        assert pdf.check_pdf_syntax() == []


@pytest.mark.parametrize("code", sorted(pdfs.HOSTILE))
def test_each_refusal_goes_through_the_bounded_process(code: str, tmp_path: Path) -> None:
    maker = next(iter(pdfs.HOSTILE[code].values()))
    found = inspect(maker(), tmp_path)
    assert (found.ok, found.code) == (False, code)
    assert str(found.message).endswith(".")


def test_a_file_that_kills_its_reader_is_refused_and_nothing_else_dies(tmp_path: Path) -> None:
    found = inspect(pdfs.HOSTILE["too_complex"]["endless chain"](), tmp_path)
    assert found.code == Refusal.TOO_COMPLEX


def test_a_reader_that_never_answers_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("while True: pass")
    monkeypatch.setattr("clea.documents.services.inspection.INSPECTOR", slow)
    monkeypatch.setattr("clea.documents.services.inspection.WALL_SECONDS", 0.3)
    assert inspect(pdfs.sound(), tmp_path).code == Refusal.TOO_COMPLEX


def test_a_sound_file_gives_its_pages_and_its_title(tmp_path: Path) -> None:
    data = pdfs.sound(4, title="Été — « œuvre » 漢字")
    assert inspect(data, tmp_path) == documents.Inspection(True, pages=4, title="Été — « œuvre » 漢字")


def test_a_title_cannot_carry_control_characters(tmp_path: Path) -> None:
    assert inspect(pdfs.sound(1, title="a\x00b\u202ec\n"), tmp_path).title == "abc"


@pytest.mark.parametrize(("extra", "ok"), [(0, True), (-1, False)])
def test_the_limit_of_size_is_the_last_byte_accepted(extra: int, ok: bool, tmp_path: Path) -> None:
    data = pdfs.sound()
    assert inspect(data, tmp_path, max_bytes=len(data) + extra).ok is ok


@pytest.mark.parametrize(("pages", "ok"), [(40, True), (41, False)])
def test_the_limit_of_pages_is_the_last_page_accepted(pages: int, ok: bool, tmp_path: Path) -> None:
    assert inspect(pdfs.sound(pages), tmp_path, max_pages=40).ok is ok


def test_the_reason_names_the_figures_and_the_way_out(tmp_path: Path) -> None:
    heavy = inspect(pdfs.sound(1) + b"\0" * (3 * MB), tmp_path, max_bytes=2 * MB)
    assert str(heavy.message).startswith("Ce fichier pèse 3,0\xa0Mo\xa0; la limite est de 2\xa0Mo. Réduisez")
    long = inspect(pdfs.sound(5), tmp_path, max_pages=4)
    assert "5 pages\xa0; la limite est de 4 pages." in str(long.message)


@pytest.mark.parametrize("code", Refusal)
def test_every_refusal_has_words_of_its_own(code: Refusal) -> None:
    from clea.documents.services.inspection import refusal

    with translation.override("fr"):
        messages = [str(refusal(one, size=9, max_bytes=5, pages=9, max_pages=5).message) for one in Refusal]
        mine = str(refusal(code, size=9, max_bytes=5, pages=9, max_pages=5).message)
    assert messages.count(mine) == 1
    assert mine.count(".") >= 2


BASES = [
    pdfs.sound(5),
    pdfs.write(pdfs.document(5), pikepdf.ObjectStreamMode.generate),
    pdfs.write(pdfs.document(5), linearize=True),
]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.sampled_from(BASES), share=st.floats(0, 1, exclude_max=True))
def test_a_file_cut_anywhere_is_refused_or_whole(base: bytes, share: float, tmp_path: Path) -> None:
    found, repaired = look(base[: int(len(base) * share)], tmp_path)
    if found["code"]:
        assert found["code"] in {"empty", "not_pdf", "truncated", "no_pages"}
        return
    result = repaired.read_bytes() if found["repaired"] else base[: int(len(base) * share)]
    with pikepdf.open(io.BytesIO(result)) as pdf, pikepdf.open(io.BytesIO(base)) as before:
        assert [page.Contents.read_bytes() for page in pdf.pages] == [
            page.Contents.read_bytes() for page in before.pages
        ]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    base=st.sampled_from(BASES),
    places=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=30),
)
def test_a_file_spoilt_anywhere_gets_an_answer(base: bytes, places: list[tuple[float, int]], tmp_path: Path) -> None:
    spoilt = bytearray(base)
    for share, value in places:
        spoilt[int(len(spoilt) * share)] = value
    found, repaired = look(bytes(spoilt), tmp_path)
    assert found["code"] in {"", *Refusal.values}
    if found.get("repaired"):
        with pikepdf.open(repaired, attempt_recovery=False) as pdf:
            assert len(pdf.pages) == found["pages"]
