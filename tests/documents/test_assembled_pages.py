"""Numbers hide nothing; what a page showed and said, it shows and says in the dossier."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageChops

from clea.documents import services as documents
from clea.documents.samples import sample_pdf
from tests import pdfs
from tests.documents.desk import BODY, FOOTER, Desk, check, image_of, label, squeeze, text_of

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
