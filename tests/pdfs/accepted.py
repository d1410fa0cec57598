"""Files to accept: those that only look suspicious, and pages that an assembly must not spoil."""

from __future__ import annotations

import re
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

from tests.pdfs.build import (
    BLANK,
    CATALOG,
    ONE_PAGE_TREE,
    Maker,
    annotate,
    changed,
    document,
    field,
    link,
    raw,
    sound,
    uri,
    write,
)

# Suspicious, and sound ----------------------------------------------------------------------------


def _names_like_actions(pdf: Pdf) -> None:
    """Resources may bear any name."""
    resources = pdf.pages[0].obj.Resources
    image = pdf.make_stream(b"\xff", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
    image.ColorSpace = Name.DeviceGray
    resources.XObject = Dictionary(JS=image, JavaScript=image, EmbeddedFile=image, XFA=image)
    resources.Font.EF = resources.Font.F1
    resources.Font.Launch = resources.Font.F1


def _ordinary_links(pdf: Pdf) -> None:
    link(pdf, uri("https://www.exemple.fr/é?q=javascript:"))
    link(pdf, uri("mailto:accueil@exemple.fr"))
    link(pdf, uri("www.exemple.fr"))
    link(pdf, Dictionary(S=Name.GoTo, D=Array([pdf.pages[1].obj, Name.Fit])))
    link(pdf, Dictionary(S=Name.Named, N=Name.NextPage))
    annotate(pdf, Subtype=Name.Link, Dest=Array([pdf.pages[1].obj, Name.Fit]))
    # A button's own event, which a person presses.
    annotate(pdf, Subtype=Name.Widget, FT=Name.Btn, T="bouton", AA=Dictionary(U=uri("https://www.exemple.fr/")))


def _opens_on_a_page(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[1].obj, Name.XYZ, None, None, 0])


def _words(pdf: Pdf) -> None:
    pdf.docinfo["/Title"] = "/JavaScript /Launch /EmbeddedFiles 🏔 \x07"
    annotate(pdf, Subtype=Name.Text, Contents=String("/S /JavaScript"))


def _emptied_trees(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array()), JavaScript=Dictionary(Names=Array()))


def _updated() -> bytes:
    """Written twice, as signing or commenting does: the second table points at the first."""
    data = raw(CATALOG, ONE_PAGE_TREE, BLANK)
    previous = int(re.findall(rb"startxref\n(\d+)", data)[-1])
    body = b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>\nendobj\n"
    start = len(data) + len(body)
    table = b"xref\n3 1\n%010d 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Prev %d >>\n" % (len(data), previous)
    return data + body + table + b"startxref\n%d\n%%%%EOF\n" % start


BENIGN: dict[str, Maker] = {
    "plain": sound,
    "packed": lambda: write(document(), ObjectStreamMode.generate),
    "linearized": lambda: write(document(), linearize=True),
    "links": lambda: changed(_ordinary_links),
    "opens on a page": lambda: changed(_opens_on_a_page),
    "names like actions": lambda: changed(_names_like_actions),
    "words": lambda: changed(_words),
    "emptied trees": lambda: changed(_emptied_trees),
    "form": lambda: changed(lambda pdf: field(pdf, "nom", "Élise")),
    "updated": _updated,
    "blanks after the end": lambda: sound() + b"\r\n" * 20,
    "nested array": lambda: changed(lambda pdf: setattr(pdf.Root, "Deep", _nested(100))),
}


def _nested(depth: int) -> Array:
    array = Array()
    for _ in range(depth):
        array = Array([array])
    return array


# Pages that an assembly must not spoil -----------------------------------------------------------


def _page(change: Callable[[pikepdf.Object], object], **options: object) -> Maker:
    def make() -> bytes:
        pdf = document(1, text="Bord", **options)  # type: ignore[arg-type]
        change(pdf.pages[0].obj)
        return write(pdf)

    return make


def _bleeding(page: pikepdf.Object) -> None:
    """Cut marks and colour outside of what shows, as printers' files have."""
    page.MediaBox = Array([-20, -20, 615, 862])
    page.CropBox = Array([0, 0, 595, 842])
    stream = page.Contents
    stream.write(b"q 1 0.2 0.2 rg -20 -20 700 60 re f -20 -20 40 900 re f Q " + stream.read_bytes())


def _careless(page: pikepdf.Object) -> None:
    """Leaves a scale, a colour and an open state behind."""
    stream = page.Contents
    stream.write(stream.read_bytes() + b" q 3 0 0 3 50 50 cm 1 0 0 rg 0.5 0 0 0.5 9 9 cm")


ODD_PAGES: dict[str, Maker] = {
    **{f"turned by {angle}": _page(lambda page: None, rotate=angle) for angle in (90, 180, 270)},
    "turned backwards": _page(lambda page: setattr(page, "Rotate", -90)),
    "A3": _page(lambda page: None, size=(842, 1191)),
    "landscape": _page(lambda page: None, size=(842, 595)),
    "slide": _page(lambda page: None, size=(1920, 1080)),
    "business card": _page(lambda page: None, size=(240, 150)),
    "tiny": _page(lambda page: None, size=(90, 60)),
    "scroll": _page(lambda page: None, size=(595, 3000)),
    "not from zero": _page(lambda page: setattr(page, "MediaBox", Array([-100, -50, 495, 792]))),
    "corners swapped": _page(lambda page: setattr(page, "MediaBox", Array([595, 842, 0, 0]))),
    "cropped": _page(lambda page: setattr(page, "CropBox", Array([60, 90, 535, 700]))),
    "cropped and turned": _page(lambda page: setattr(page, "CropBox", Array([60, 90, 535, 700])), rotate=90),
    "cropped beyond its sheet": _page(lambda page: setattr(page, "CropBox", Array([-50, -50, 900, 900]))),
    "larger unit": _page(lambda page: setattr(page, "UserUnit", 2)),
    "bleeding": _page(_bleeding),
    "bleeding and turned": _page(_bleeding, rotate=270),
    "careless": _page(_careless),
}
