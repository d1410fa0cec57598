"""A cleaned copy says nothing of its maker, and shows exactly the same pages."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name, String

from clea.documents import services as documents
from clea.documents.pdf.metadata import without_segments
from tests import pdfs
from tests.factories.documents import StoredFileFactory

WHO = b"Camille"


def telltale() -> bytes:
    """A file that tells about Camille wherever a file can."""
    pdf = pdfs.document(2)
    pdf.docinfo["/Author"], pdf.docinfo["/Producer"] = "Camille Martin", "Camille's PDF"
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Camille</x:xmpmeta>"
    pdf.Root.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
    page = pdf.pages[0].obj
    page.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
    page.PieceInfo = Dictionary(Atelier=Dictionary(LastModified="D:2026", Private=String("Camille")))
    page.LastModified = String("D:20260101 Camille")
    image = pdfs.picture(pdf, pdfs.jpeg_with_place())
    image.Metadata = pdf.make_stream(packet, Type=Name.Metadata, Subtype=Name.XML)
    image.PieceInfo = Dictionary(Atelier=Dictionary(Private=String("Camille")))
    page.Resources.XObject = Dictionary(Photo=image)
    page.Contents.write(page.Contents.read_bytes() + b" q 200 0 0 130 90 90 cm /Photo Do Q")
    pdfs.annotate(
        pdf, Subtype=Name.Square, T=String("Camille"), M=String("D:2026 Camille"), NM=String("Camille-1"),
        CreationDate=String("Camille"), C=[1, 0, 0],
    )  # fmt: skip
    signature = Dictionary(
        Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), ByteRange=[0, 1, 2, 3], Contents=b"x", Name=String("Camille")
    )
    pdf.Root.Perms = Dictionary(DocMDP=pdf.make_indirect(signature))
    pdfs.field(pdf, "signature", page=1)
    pdf.pages[1].obj.Annots[0].V = pdf.Root.Perms.DocMDP
    pdf.Root.AcroForm = Dictionary(Fields=[pdf.pages[1].obj.Annots[0]])
    pdf.trailer["/ID"] = pikepdf.Array([String("Camille-machine"), String("Camille-machine")])
    return pdfs.write(pdf, compress_streams=False)


def cleaned(data: bytes) -> bytes:
    return documents.cleaned(StoredFileFactory.create(content=data))


def pixels(data: bytes, tmp_path: Path) -> list[bytes]:
    folder = tmp_path / str(hash(data))
    folder.mkdir()
    (folder / "x.pdf").write_bytes(data)
    subprocess.run(["pdftoppm", "-r", "60", folder / "x.pdf", folder / "p"], check=True)
    return [path.read_bytes() for path in sorted(folder.glob("p*.ppm"))]


@pytest.mark.django_db
def test_nothing_tells_who_made_it(tmp_path: Path) -> None:
    before = telltale()
    after = cleaned(before)
    unpacked = io.BytesIO()
    with pikepdf.open(io.BytesIO(after)) as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        pdf.save(unpacked, qdf=True, static_id=True, fix_metadata_version=False)
    assert before.count(WHO) >= 12
    assert unpacked.getvalue().count(WHO) == 0
    assert b"D:2026" not in unpacked.getvalue()


@pytest.mark.django_db
def test_the_pages_are_the_same_to_the_pixel(tmp_path: Path) -> None:
    before = telltale()
    assert pixels(cleaned(before), tmp_path) == pixels(before, tmp_path)


@pytest.mark.django_db
def test_the_stored_file_is_left_as_it_came_and_the_copy_is_always_the_same() -> None:
    kept = StoredFileFactory.create(content=telltale())
    assert documents.cleaned(kept) == documents.cleaned(kept)
    with kept.file.open("rb") as file:
        assert WHO in file.read()


@pytest.mark.django_db
def test_two_files_with_the_same_pages_and_other_authors_become_one() -> None:
    copies = []
    for author in ("Camille", "Dominique"):
        pdf = pdfs.document(1)
        pdf.docinfo["/Author"] = author
        pdf.trailer["/ID"] = pikepdf.Array([String(author), String(author)])
        copies.append(cleaned(pdfs.write(pdf)))
    assert copies[0] == copies[1]


@pytest.mark.django_db
def test_a_resource_that_bears_a_telltale_s_name_stays() -> None:
    pdf = pdfs.document(1)
    picture = pdfs.picture(pdf, pdfs.jpeg_with_place())
    pdf.pages[0].obj.Resources.XObject = Dictionary(Metadata=picture, PieceInfo=picture, LastModified=picture)
    with pikepdf.open(io.BytesIO(cleaned(pdfs.write(pdf)))) as read:
        assert set(read.pages[0].Resources.XObject.keys()) == {"/Metadata", "/PieceInfo", "/LastModified"}


@pytest.mark.django_db
def test_only_a_pdf_can_be_cleaned() -> None:
    kept = StoredFileFactory.create(content=b"PK", content_type="application/zip")
    with pytest.raises(ValueError, match="only a PDF"):
        documents.cleaned(kept)


@pytest.mark.django_db
def test_fields_that_belong_to_no_form_are_no_obstacle(tmp_path: Path) -> None:
    pdf = pdfs.document(1)
    pdfs.annotate(pdf, Subtype=Name.Widget, FT=Name.Tx, T=String("nom"), V=String("Élise"))
    data = pdfs.write(pdf)
    assert pixels(cleaned(data), tmp_path) == pixels(data, tmp_path)


# JPEG ---------------------------------------------------------------------------------------------


def test_a_photograph_loses_its_place_and_keeps_its_colours() -> None:
    from PIL import Image

    before = pdfs.jpeg_with_place()
    after = without_segments(before)
    assert after is not None
    assert b"Camille" not in after
    assert b"Exif" not in after
    with Image.open(io.BytesIO(before)) as one, Image.open(io.BytesIO(after)) as two:
        assert two.info["icc_profile"] == one.info["icc_profile"]
        assert one.tobytes() == two.tobytes()


def test_pictures_hidden_behind_the_picture_go() -> None:
    plain = without_segments(pdfs.jpeg_with_place())
    assert plain is not None
    assert without_segments(plain + pdfs.jpeg_with_place()) == plain


def test_a_photograph_that_tells_nothing_is_not_touched() -> None:
    plain = without_segments(pdfs.jpeg_with_place())
    assert plain is not None
    assert without_segments(plain) is None


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"not a jpeg", pdfs.jpeg_with_place()[:60], b"\xff\xd8\xff\xe1\xff\xff"]
)
def test_what_cannot_be_read_is_left_alone(data: bytes) -> None:
    assert without_segments(data) is None


def test_a_progressive_photograph_keeps_all_its_scans() -> None:
    from PIL import Image

    out = io.BytesIO()
    image = Image.effect_noise((64, 64), 60).convert("RGB")
    image.save(out, "JPEG", progressive=True, comment=b"chez Camille")
    after = without_segments(out.getvalue())
    assert after is not None
    with Image.open(io.BytesIO(out.getvalue())) as one, Image.open(io.BytesIO(after)) as two:
        assert one.tobytes() == two.tobytes()
