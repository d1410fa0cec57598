"""Tools: a sound PDF, what one may add to it, and one written by hand."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String

Maker = Callable[[], bytes]


def write(pdf: Pdf, mode: ObjectStreamMode = ObjectStreamMode.disable, **options: object) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore", category=pikepdf.PageCopyWarning):  # fields without a form
        pdf.save(out, object_stream_mode=mode, static_id=True, **options)  # type: ignore[arg-type]
    return out.getvalue()


def document(
    pages: int = 3, *, text: str = "Page", size: tuple[float, float] = (595, 842), title: str = "", rotate: int = 0
) -> Pdf:
    """An open PDF whose page n says ``<text> n`` in Helvetica, with a frame drawn close to the edges."""
    pdf = pikepdf.new()
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )
    width, height = size
    for number in range(1, pages + 1):
        pdf.add_blank_page(page_size=size)
        page = pdf.pages[-1].obj
        page.Resources = Dictionary(Font=Dictionary(F1=font))
        words = f"{text} {number}".encode("cp1252").hex()
        page.Contents = pdf.make_stream(
            b"BT /F1 %d Tf 0.1 0.1 0.1 rg %d %d Td <%s> Tj ET "
            b"0.6 0.2 0.1 RG 2 w 3 3 %d %d re S 0.9 0.8 0.3 rg 0 0 20 20 re f"
            % (max(min(width, height) // 20, 4), width // 5, height // 2, words.encode(), width - 6, height - 6)
        )
        if rotate:
            page.Rotate = rotate
    if title:
        pdf.docinfo["/Title"] = title
    return pdf


def sound(pages: int = 3, **options: object) -> bytes:
    return write(document(pages, **options))  # type: ignore[arg-type]


def changed(change: Callable[[Pdf], object], mode: ObjectStreamMode = ObjectStreamMode.disable) -> bytes:
    """A sound document after ``change``."""
    pdf = document(2)
    change(pdf)
    return write(pdf, mode)


def slashed(entries: dict[str, object]) -> dict[str, object]:
    return {f"/{key}": value for key, value in entries.items()}


def annotate(pdf: Pdf, page: int = 0, **entries: object) -> pikepdf.Object:
    """Add an annotation to a page."""
    entries.setdefault("Rect", [20, 20, 120, 60])
    annotation = pdf.make_indirect(Dictionary({"/Type": Name.Annot} | slashed(entries)))
    target = pdf.pages[page].obj
    if "/Annots" not in target:
        target.Annots = Array()
    target.Annots.append(annotation)
    return annotation


def link(pdf: Pdf, action: Dictionary, page: int = 0) -> pikepdf.Object:
    return annotate(pdf, page, Subtype=Name.Link, A=action)


SCRIPT = "app.alert('bonjour')"


def script() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String(SCRIPT))


def uri(address: str) -> Dictionary:
    return Dictionary(S=Name.URI, URI=String(address))


def field(pdf: Pdf, name: str, value: str = "", page: int = 0, **entries: object) -> pikepdf.Object:
    """Add a text field of a form, without appearance unless told."""
    widget = annotate(pdf, page, Subtype=Name.Widget, FT=Name.Tx, T=String(name), F=4, **entries)
    if value:
        widget.V = String(value)
    if "/AcroForm" not in pdf.Root:
        pdf.Root.AcroForm = Dictionary(Fields=Array())
    pdf.Root.AcroForm.Fields.append(widget)
    return widget


def add_outline(pdf: Pdf, **entries: object) -> None:
    root = pdf.make_indirect(Dictionary(Type=Name.Outlines, Count=1))
    item = pdf.make_indirect(Dictionary({"/Title": String("Chapitre"), "/Parent": root} | slashed(entries)))
    root.First = root.Last = item
    pdf.Root.Outlines = root


def attached(pdf: Pdf) -> pikepdf.Object:
    """A file specification that carries a file."""
    body = pdf.make_stream(b"MZ\x90\x00", Type=Name.EmbeddedFile)
    return pdf.make_indirect(Dictionary(Type=Name.Filespec, F="facture.exe", UF="facture.exe", EF=Dictionary(F=body)))


def raw(*objects: bytes, root: int = 1, extra: bytes = b"") -> bytes:
    """A PDF written by hand, its table right: ``objects[n]`` is the body of object n + 1."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, extra, start)
    return bytes(out)


CATALOG, ONE_PAGE_TREE = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"
BLANK = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"


# Broken -----------------------------------------------------------------------------------------


def wrong_startxref() -> bytes:
    """Whole, but the address of its table is wrong: readers and qpdf find everything again."""
    return re.sub(rb"startxref\n\d+", b"startxref\n9", sound())


def wrong_offsets() -> bytes:
    """Whole, but every line of its table points seven bytes too far."""
    return re.sub(rb"(\d{10}) 00000 n", lambda match: b"%010d 00000 n" % (int(match[1]) + 7), sound())


def without_table() -> bytes:
    """Whole, but its table and its trailer are gone."""
    data = sound()
    return data[: data.rindex(b"xref\n0 ")] + b"%%EOF\n"


REPAIRABLE: dict[str, Maker] = {
    "wrong startxref": wrong_startxref,
    "wrong offsets": wrong_offsets,
    "without table": without_table,
}


def jpeg_with_place() -> bytes:
    """A one-colour JPEG as a telephone writes it: Exif with a place, a comment, Adobe's mark."""
    from PIL import Image

    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telephone de Camille"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (24, 16), (180, 60, 40)).save(
        out, "JPEG", exif=exif.tobytes(), comment=b"chez Camille", icc_profile=b"ICC" * 50
    )
    return out.getvalue()


def picture(pdf: Pdf, jpeg: bytes) -> Stream:
    """A JPEG as an image of ``pdf``."""
    return pdf.make_stream(
        jpeg,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=24,
        Height=16,
        BitsPerComponent=8,
        ColorSpace=Name.DeviceRGB,
        Filter=Name.DCTDecode,
    )
