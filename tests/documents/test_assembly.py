"""The dossier is its pieces, in order, whole, and the same pieces always give the same dossier."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from clea.documents import services as documents
from clea.documents.samples import sample_pdf
from clea.documents.services import Assembled, AssemblyFailed, Part
from tests import pdfs
from tests.documents.desk import BODY, FOOTER, TITLE, Desk, check, label, page_index, squeeze, text_of

# Order, numbers, bookmarks -----------------------------------------------------------------------


def test_the_pieces_follow_in_order_each_page_with_its_number(desk: Desk) -> None:
    for pages, word in ((3, "Lettre"), (1, "Parcours"), (5, "Budget")):
        desk.add(pdfs.sound(pages, text=word), f"Titre {word}")
    made = desk.assemble()
    assert made == Assembled(11, hashlib.sha256(desk.out.read_bytes()).hexdigest())
    expected = [f"Lettre {n}" for n in (1, 2, 3)] + ["Parcours 1"] + [f"Budget {n}" for n in range(1, 6)]
    for number, words in enumerate(expected, start=3):
        text = text_of(desk.out, number)
        assert words in text
        assert label(number, 11) in squeeze(text)
        assert FOOTER in text
    assert label(2, 11) in squeeze(text_of(desk.out, 2))
    assert "/11" not in squeeze(text_of(desk.out, 1))
    check(desk.out)


def test_the_contents_say_the_page_where_each_piece_really_begins(desk: Desk) -> None:
    for pages in (4, 1, 12, 7):
        desk.add(pdfs.sound(pages))
    desk.assemble()
    said = re.findall(r"Pièce (\d)\s+(\d+) pages?\s+(\d+)$", text_of(desk.out, 2), re.MULTILINE)
    assert [(int(rank), int(length)) for rank, length, _ in said] == [(1, 4), (2, 1), (3, 12), (4, 7)]
    for _, _, page in said:
        assert "Page 1" in text_of(desk.out, int(page))
    with desk.open() as pdf:
        links = [one for one in pdf.pages[1].obj.Annots if one.Subtype == Name.Link]
        assert [page_index(pdf, link.Dest) + 1 for link in links] == [int(page) for _, _, page in said]
        assert b"piece.invalid" not in pdf.pages[1].obj.unparse(resolved=True)


def test_contents_longer_than_a_page_still_count_right(desk: Desk) -> None:
    for rank in range(40):
        desk.add(pdfs.sound(1, text=f"Corps{rank}x"), f"Œuvre {rank}")
    made = desk.assemble()
    said = [
        (int(rank), int(page))
        for number in range(2, made.pages - 40 + 1)
        for rank, page in re.findall(r"Œuvre (\d+)\s+1 page\s+(\d+)$", text_of(desk.out, number), re.MULTILINE)
    ]
    assert made.pages > 42
    assert said == [(rank, rank + made.pages - 39) for rank in range(40)]
    assert "Corps39x" in text_of(desk.out, made.pages)


def test_a_cover_of_two_pages_moves_everything_by_one(desk: Desk) -> None:
    desk.cover = documents.render_pdf("pdf/text_piece.html", {"body": f"{BODY}\n\n" * 9}, title="Longue couverture")
    desk.add(pdfs.sound(2))
    with pikepdf.open(io.BytesIO(desk.cover)) as pdf:
        before = len(pdf.pages)
    assert before > 1
    made = desk.assemble()
    assert made.pages == before + 1 + 2
    assert f"{before + 2}" in text_of(desk.out, before + 1).split("Pièce 1")[1]


def test_a_dossier_without_piece_is_a_cover_and_empty_contents(desk: Desk) -> None:
    assert desk.assemble().pages == 2


def outline(item: pikepdf.Object, pdf: Pdf) -> list[tuple[str, int | None, list[Any]]]:
    found = []
    child = item.get("/First")
    while child is not None:
        place = page_index(pdf, child.Dest) + 1 if "/Dest" in child else None
        found.append((str(child.Title), place, outline(child, pdf)))
        child = child.get("/Next")
    return found


def test_bookmarks_nest_each_piece_s_own(desk: Desk) -> None:
    pdf = pdfs.document(4)
    with pdf.open_outline() as own:
        chapter = pikepdf.OutlineItem("Chapitre «\xa0un\xa0»", 1)
        chapter.children.append(pikepdf.OutlineItem("Détail", 2, "XYZ", left=10, top=500))
        own.root.extend([chapter, pikepdf.OutlineItem("Fin", 3)])
    desk.add(pdfs.sound(2), "Lettre")
    desk.add(pdfs.write(pdf), "Portfolio")
    desk.assemble()
    with desk.open() as read:
        assert outline(read.Root.Outlines, read) == [
            ("Page de garde", 1, []),
            ("Sommaire", 2, []),
            ("Lettre", 3, []),
            ("Portfolio", 5, [("Chapitre « un »", 6, [("Détail", 7, [])]), ("Fin", 8, [])]),
        ]
        assert read.Root.PageMode == Name.UseOutlines
        portfolio = read.Root.Outlines.Last
        assert [read.Root.Outlines.Count, portfolio.Count] == [4, -2]
        detail = portfolio.First.First
        assert list(detail.Dest)[1:] == [Name.XYZ, 10, 500, 0]


def test_bookmarks_by_name_are_resolved_and_loops_end(desk: Desk) -> None:
    pdf = pdfs.document(3)
    pdf.Root.Dests = Dictionary({"/vieux": Array([pdf.pages[1].obj, Name.Fit])})
    leaf = Dictionary(Names=Array([String("neuf"), Dictionary(D=Array([pdf.pages[2].obj, Name.FitH, 700]))]))
    tree = pdf.make_indirect(Dictionary(Kids=Array([pdf.make_indirect(leaf)])))
    tree.Kids.append(tree)
    pdf.Root.Names = Dictionary(Dests=tree)
    root = pdf.make_indirect(Dictionary(Type=Name.Outlines))
    items = [
        pdf.make_indirect(Dictionary(Title=String("Par nom"), Parent=root, Dest=Name("/vieux"))),
        pdf.make_indirect(
            Dictionary(Title=String("Par arbre"), Parent=root, A=Dictionary(S=Name.GoTo, D=String("neuf")))
        ),
        pdf.make_indirect(Dictionary(Title=String("Nulle part"), Parent=root, Dest=String("inconnu"))),
    ]
    items[0].Next, items[1].Next, items[2].Next = items[1], items[2], items[0]
    root.First, root.Last = items[0], items[2]
    pdf.Root.Outlines = root
    desk.add(pdfs.write(pdf), "Pièce")
    desk.assemble()
    with desk.open() as read:
        own = outline(read.Root.Outlines, read)[2][2]
        assert own == [("Par nom", 4, []), ("Par arbre", 5, []), ("Nulle part", None, [])]


def test_links_inside_a_piece_lead_where_they_led(desk: Desk) -> None:
    pdf = pdfs.document(4)
    pdf.Root.Names = Dictionary(Dests=Dictionary(Names=Array([String("fin"), Array([pdf.pages[3].obj, Name.Fit])])))
    pdfs.annotate(pdf, Subtype=Name.Link, Dest=Array([pdf.pages[2].obj, Name.XYZ, 0, 842, None]))
    pdfs.link(pdf, Dictionary(S=Name.GoTo, D=String("fin")))
    pdfs.link(pdf, Dictionary(S=Name.URI, URI=String("https://www.exemple.fr/")))
    pdfs.link(pdf, Dictionary(S=Name.GoTo, D=String("inconnu")))
    pdfs.annotate(pdf, 3, Subtype=Name.Link, Dest=Array([pdf.pages[0].obj, Name.Fit]))
    data = pdfs.write(pdf)
    desk.add(data)
    desk.add(data)
    desk.assemble()
    with desk.open() as read:
        for first in (3, 7):
            links = read.pages[first - 1].obj.Annots
            assert page_index(read, links[0].Dest) + 1 == first + 2
            assert page_index(read, links[1].Dest) + 1 == first + 3
            assert str(links[2].A.URI) == "https://www.exemple.fr/"
            assert "/Dest" not in links[3]
            assert "/A" not in links[3]
            assert page_index(read, read.pages[first + 2].obj.Annots[0].Dest) + 1 == first


# Faithful, anonymous, atomic ----------------------------------------------------------------------


def test_the_pieces_lose_their_metadata_and_the_dossier_has_only_its_title(desk: Desk) -> None:
    desk.add(sample_pdf("Portfolio", [BODY], 2, author="Camille Martin"))
    desk.assemble()
    unpacked = io.BytesIO()
    with desk.open() as pdf:
        assert dict(pdf.docinfo.items()) == {"/Title": String(TITLE)}
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == TITLE
        pdf.save(unpacked, qdf=True, static_id=True)
    assert b"Camille Martin" not in unpacked.getvalue()
    assert b"Atelier" not in unpacked.getvalue()
    for word in (b"pikepdf", b"qpdf", b"WeasyPrint", b"CreateDate", b"ModifyDate"):
        assert word not in desk.out.read_bytes()


def test_the_same_pieces_give_the_same_bytes(desk: Desk) -> None:
    desk.add(sample_pdf("Portfolio", [BODY], 3, author="X"))
    desk.add(pdfs.sound(2))
    first = desk.assemble()
    assert desk.assemble() == first
    assert desk.assemble(footer="autre").sha256 != first.sha256


def test_a_piece_that_is_not_the_one_we_know_stops_everything(desk: Desk) -> None:
    part = desk.add(pdfs.sound(2))
    desk.assemble()
    before = desk.out.read_bytes()
    part.path.write_bytes(pdfs.sound(2, text="Autre"))
    with pytest.raises(AssemblyFailed, match="SHA-256"):
        desk.assemble()
    assert desk.out.read_bytes() == before


def test_a_wrong_number_of_pages_stops_everything(desk: Desk) -> None:
    part = desk.add(pdfs.sound(2))
    desk.parts = [Part(part.title, part.path, part.sha256, 3)]
    with pytest.raises(AssemblyFailed, match="2 pages where 3"):
        desk.assemble()
    assert not desk.out.exists()


def test_a_failure_while_writing_leaves_no_half_of_a_dossier(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.add(pdfs.sound(1))

    def fail(self: Pdf, *args: object, **kwargs: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Pdf, "save", fail)
    with pytest.raises(AssemblyFailed, match="OSError"):
        desk.assemble()
    assert list(desk.out.parent.iterdir()) == []


def test_pieces_are_read_and_never_written(desk: Desk) -> None:
    pdf = pdfs.document(2)
    pdfs.field(pdf, "nom", "Élise")
    part = desk.add(pdfs.write(pdf))
    desk.assemble()
    assert hashlib.sha256(part.path.read_bytes()).hexdigest() == part.sha256


def test_words_that_could_be_markup_are_words(desk: Desk) -> None:
    desk.add(pdfs.sound(1), "<b>Budget</b> & (parenthèse) \\ «\xa0guillemets\xa0»")
    desk.assemble(footer="<i>Pied</i> & fin", title="Titre <x> & (y) é")
    assert "<b>Budget</b> & (parenthèse)" in text_of(desk.out, 2)
    assert "<i>Pied</i> & fin" in text_of(desk.out, 3)
    with desk.open() as pdf:
        assert str(pdf.Root.Outlines.Last.Title) == desk.parts[0].title
        assert str(pdf.docinfo["/Title"]) == "Titre <x> & (y) é"


def test_a_footer_too_long_is_cut_before_the_number(desk: Desk) -> None:
    desk.add(pdfs.sound(1))
    desk.assemble(footer="Un intitulé vraiment interminable " * 12)
    text = text_of(desk.out, 3)
    assert "…" in text
    assert label(3, 3) in squeeze(text)


def test_the_words_of_the_frame_follow_the_language(desk: Desk) -> None:
    desk.add(pdfs.sound(1))
    desk.assemble(language="en")
    with desk.open() as pdf:
        assert str(pdf.Root.Lang) == "en"


def test_every_benign_file_can_be_assembled(desk: Desk) -> None:
    for name, maker in pdfs.BENIGN.items():
        desk.add(maker(), name)
    made = desk.assemble()
    assert made.pages == 2 + sum(part.pages for part in desk.parts)
    check(desk.out)
