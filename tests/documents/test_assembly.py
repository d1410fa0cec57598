"""The dossier is its pieces, in order, whole, with numbers that hide nothing."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image, ImageChops

from clea.documents import services as documents
from clea.documents.samples import sample_pdf
from clea.documents.services import Assembled, AssemblyFailed, Part
from tests import pdfs

FOOTER = "CLEA-2026-0042 · Compagnie « Les Œuvres » – Élise"
TITLE = "Dossier CLEA-2026-0042"
BODY = "Un texte assez long pour tenir sur la page. " * 20


@pytest.fixture(scope="session")
def cover() -> bytes:
    return documents.render_pdf("pdf/text_piece.html", {"body": "Garde"}, title="Couverture")


class Desk:
    """Puts pieces in a folder and assembles them."""

    def __init__(self, folder: Path, cover: bytes) -> None:
        self.folder, self.cover, self.parts = folder, cover, list[Part]()
        self.out = folder / "sortie" / "dossier.pdf"

    def add(self, data: bytes, title: str = "") -> Part:
        path = self.folder / f"{len(self.parts)}.pdf"
        path.write_bytes(data)
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
        part = Part(title or f"Pièce {len(self.parts) + 1}", path, hashlib.sha256(data).hexdigest(), pages)
        self.parts.append(part)
        return part

    def assemble(self, **options: object) -> Assembled:
        values = {"cover_pdf": self.cover, "parts": self.parts, "footer": FOOTER, "title": TITLE, "out": self.out}
        return documents.assemble(**values | options)  # type: ignore[arg-type]

    def open(self) -> Pdf:
        return pikepdf.open(self.out)


@pytest.fixture
def desk(tmp_path: Path, cover: bytes) -> Desk:
    return Desk(tmp_path, cover)


def text_of(path: Path, page: int) -> str:
    done = subprocess.run(
        ["pdftotext", "-f", str(page), "-l", str(page), "-layout", path, "-"], capture_output=True, check=True
    )
    return done.stdout.decode()


def label(number: int, total: int) -> str:
    return f" {number}/{total}"


def squeeze(text: str) -> str:
    """Poppler guesses spaces from distances: none is sure around a slash."""
    return re.sub(r"\s*/\s*", "/", text)


def check(path: Path) -> None:
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    with pikepdf.open(path, attempt_recovery=False) as pdf:
        assert pdf.check_pdf_syntax() == []


def image_of(path: Path, page: int, resolution: int = 60) -> Image.Image:
    done = subprocess.run(
        ["pdftoppm", "-r", str(resolution), "-f", str(page), "-l", str(page), "-cropbox", path],
        capture_output=True,
        check=True,
    )
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


def page_index(pdf: Pdf, destination: pikepdf.Object) -> int:
    return [page.obj.objgen for page in pdf.pages].index(destination[0].objgen)


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


# Nothing hidden ----------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", [pytest.param(maker, id=name) for name, maker in pdfs.ODD_PAGES.items()])
def test_the_page_above_the_strip_is_untouched_to_the_pixel(maker: pdfs.Maker, desk: Desk) -> None:
    part = desk.add(maker())
    desk.assemble()
    before = image_of(part.path, 1, 72)
    after = image_of(desk.out, 3, 72)
    assert after.width == before.width
    assert after.height > before.height
    kept = after.crop((0, 0, before.width, before.height))
    # The last row of pixels is shared with the strip when the page does not end on a pixel.
    inside = (0, 0, before.width, before.height - 1)
    assert ImageChops.difference(kept.crop(inside), before.crop(inside)).getbbox() is None
    strip = after.crop((0, before.height, before.width, after.height))
    colours = strip.getcolors(strip.width * strip.height)
    assert colours is not None
    share_of_white = max(count for count, colour in colours if colour == (255, 255, 255)) / strip.width / strip.height
    assert 0.5 < share_of_white < 1
    assert not any(red > 200 and green < 150 for _, (red, green, _) in colours)  # type: ignore[misc]
    check(desk.out)


@pytest.mark.parametrize("name", [name for name in pdfs.ODD_PAGES if name != "tiny"])
def test_the_number_reads_upright_on_every_page(name: str, desk: Desk) -> None:
    desk.add(pdfs.ODD_PAGES[name]())
    desk.assemble()
    assert label(3, 3) in squeeze(text_of(desk.out, 3))


def test_the_strip_is_the_same_on_a_portrait_and_on_a_landscape_sheet(desk: Desk) -> None:
    desk.add(pdfs.sound(1, size=(595, 842)))
    desk.add(pdfs.sound(1, size=(842, 595)))
    desk.assemble()
    with desk.open() as pdf:
        heights = [float(page.obj.CropBox[3]) - float(page.obj.CropBox[1]) for page in list(pdf.pages)[2:]]
    assert heights[0] - 842 == pytest.approx(24, abs=0.1)
    assert heights[1] - 595 == pytest.approx(24, abs=0.1)


def test_the_contents_are_a_sheet_of_A4_strip_included(desk: Desk) -> None:
    desk.add(pdfs.sound(1))
    desk.assemble()
    with desk.open() as pdf:
        box = [float(value) for value in pdf.pages[1].obj.CropBox]
    assert (box[2] - box[0], box[3] - box[1]) == pytest.approx((595.28, 841.89), abs=0.5)


def test_a_dossier_sent_again_as_a_piece_keeps_its_own_numbers(desk: Desk, tmp_path: Path, cover: bytes) -> None:
    desk.add(pdfs.sound(2))
    desk.assemble()
    (tmp_path / "suite").mkdir()
    second = Desk(tmp_path / "suite", cover)
    second.add(desk.out.read_bytes(), "Dossier précédent")
    second.assemble(footer="CLEA-2027-0001")
    text = text_of(second.out, 5)
    assert label(3, 4) in squeeze(text)
    assert label(5, 6) in squeeze(text)
    assert FOOTER in text
    assert "CLEA-2027-0001" in text


def test_pages_that_share_their_resources_are_all_numbered(desk: Desk) -> None:
    desk.add(sample_pdf("Portfolio", [BODY], 4, author="X"))
    desk.assemble()
    assert [label(page, 6) in squeeze(text_of(desk.out, page)) for page in range(3, 7)] == [True] * 4


@pytest.mark.parametrize(
    "change",
    [
        lambda page: page.__delitem__("/Contents"),
        lambda page: page.__delitem__("/Resources"),
        lambda page: page.__setitem__("/Contents", Array()),
        lambda page: page.__setitem__("/MediaBox", Array([0, 0, 0, 0])),
        lambda page: page.__setitem__("/Rotate", 45),
        lambda page: page.__setitem__("/UserUnit", -1),
        lambda page: page.__setitem__("/CropBox", Array([5000, 5000, 6000, 6000])),
        lambda page: page.__setitem__("/Annots", Name.Nothing),
    ],
    ids=["no contents", "no resources", "empty contents", "flat", "askew", "unit", "crop elsewhere", "annotations"],
)
def test_a_page_that_is_wrong_is_still_a_page(change: object, desk: Desk) -> None:
    pdf = pdfs.document(1)
    change(pdf.pages[0].obj)  # type: ignore[operator]
    desk.add(pdfs.write(pdf))
    assert desk.assemble().pages == 3
    assert label(3, 3) in squeeze(text_of(desk.out, 3))
    check(desk.out)


# Forms, layers, tags ------------------------------------------------------------------------------


def test_what_was_typed_in_a_form_stays_readable_and_is_no_field_any_more(desk: Desk) -> None:
    pdf = pdfs.document(1, text="Formulaire")
    pdfs.field(pdf, "nom", "Élise Œuvré – 50 €", Rect=[40, 700, 300, 720])
    long = "Première ligne assez longue pour tourner à la marge\nseconde"
    pdfs.field(pdf, "texte", long, Rect=[40, 500, 200, 600], Ff=4096)
    pdfs.field(pdf, "secret", "motdepasse", Rect=[40, 400, 200, 420], Ff=8192)
    drawn = pdf.make_stream(
        b"BT /F1 12 Tf 2 4 Td (Deja trace) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 20],
        Resources=Dictionary(Font=Dictionary(F1=pdf.pages[0].obj.Resources.Font.F1)),
    )  # fmt: skip
    pdfs.field(pdf, "fait", "autre chose", Rect=[40, 300, 240, 320], AP=Dictionary(N=drawn))
    pdfs.link(pdf, Dictionary(S=Name.URI, URI=String("https://www.exemple.fr/")))
    desk.add(pdfs.write(pdf))
    desk.assemble()
    text = text_of(desk.out, 3)
    assert "Élise Œuvré – 50 €" in text
    assert re.search(r"Première ligne assez.*\n.*seconde", text, re.DOTALL)
    assert "Deja trace" in text
    assert "motdepasse" not in text
    with desk.open() as read:
        assert "/AcroForm" not in read.Root
        assert [str(one.Subtype) for one in read.pages[2].obj.Annots] == ["/Link"]
    check(desk.out)


def test_values_a_program_left_to_the_reader_are_drawn_again(desk: Desk) -> None:
    pdf = pdfs.document(1)
    stale = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 20])
    pdfs.field(pdf, "nom", "Valeur récente", Rect=[40, 700, 300, 720], AP=Dictionary(N=stale))
    pdf.Root.AcroForm.NeedAppearances = True
    desk.add(pdfs.write(pdf))
    desk.assemble()
    assert "Valeur récente" in text_of(desk.out, 3)


def test_two_forms_with_the_same_field_do_not_mix(desk: Desk) -> None:
    for value in ("Alice", "Basile"):
        pdf = pdfs.document(1)
        pdfs.field(pdf, "nom", value, Rect=[40, 700, 300, 720])
        desk.add(pdfs.write(pdf))
    desk.assemble()
    assert ["Alice" in text_of(desk.out, 3), "Basile" in text_of(desk.out, 4)] == [True, True]


def test_a_layer_that_was_hidden_stays_hidden(desk: Desk) -> None:
    pdf = pdfs.document(1)
    off = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("brouillon")))
    shown = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("final")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([off, shown]), D=Dictionary(OFF=Array([off])))
    page = pdf.pages[0].obj
    page.Resources.Properties = Dictionary(Off=off, On=shown)
    page.Contents.write(
        page.Contents.read_bytes()
        + b" /OC /Off BDC 0 0 1 rg 100 100 200 200 re f EMC /OC /On BDC 0 1 0 rg 100 400 200 200 re f EMC"
    )
    part = desk.add(pdfs.write(pdf))
    desk.add(pdfs.sound(1))
    desk.assemble()
    colours = {colour for _, colour in image_of(desk.out, 3).getcolors(100_000) or []}
    assert (0, 255, 0) in colours
    assert (0, 0, 255) not in colours
    assert (
        image_of(part.path, 1).tobytes() == image_of(desk.out, 3).crop((0, 0, *image_of(part.path, 1).size)).tobytes()
    )


def structure_of(path: Path) -> str:
    return subprocess.run(
        ["pdfinfo", "-enc", "UTF-8", "-struct-text", path],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        errors="replace",
    ).stdout


def test_tags_are_kept_and_untagged_pages_can_be_heard(desk: Desk) -> None:
    tagged = documents.render_pdf("pdf/text_piece.html", {"body": "Corps balisé"}, title="Pièce balisée")
    desk.add(tagged, "Balisée")
    desk.add(pdfs.sound(2, text="Muette"), "Sans balise")
    desk.add(tagged, "Balisée encore")
    desk.assemble()
    heard = structure_of(desk.out)
    assert heard.count('"Corps balisé"') == 2
    assert re.findall(r'"(Muette \d)\s*"', heard) == ["Muette 1", "Muette 2"]
    assert heard.index("Muette 1") < heard.index("Muette 2") < heard.rindex("Corps balisé")
    assert heard.count("H1") >= 3
    assert FOOTER not in heard
    with desk.open() as pdf:
        assert [str(pdf.Root.Lang), pdf.Root.MarkInfo.Marked] == ["fr", True]
        keys = [int(page.obj.StructParents) for page in pdf.pages]
        assert len(set(keys)) == len(keys)
        parts = pdf.Root.StructTreeRoot.K[0].K
        assert [str(part.T) for part in parts] == [
            "Page de garde",
            "Sommaire",
            "Balisée",
            "Sans balise",
            "Balisée encore",
        ]


def test_marks_left_without_a_tree_are_heard_too(desk: Desk) -> None:
    pdf = pdfs.document(1, text="Reste")
    stream = pdf.pages[0].obj.Contents
    stream.write(b"/P <</MCID 3>> BDC " + stream.read_bytes() + b" EMC")
    desk.add(pdfs.write(pdf))
    desk.assemble()
    assert '"Reste 1"' in structure_of(desk.out)


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
    with pytest.raises(OSError, match="disk full"):
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
