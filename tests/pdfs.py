"""PDFs of every kind, made on the spot: sound ones, odd ones, broken ones, hostile ones.

``HOSTILE`` maps each refusal to the ways we know of earning it; ``BENIGN`` holds what looks
suspicious and must be accepted; ``ODD_PAGES`` what an assembly must not spoil.
"""

from __future__ import annotations

import io
import re
import warnings
import zlib
from collections.abc import Callable, Iterator

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


# Hostile ----------------------------------------------------------------------------------------


def _encrypted(**passwords: object) -> bytes:
    out = io.BytesIO()
    document().save(out, encryption=pikepdf.Encryption(**passwords))  # type: ignore[arg-type]
    return out.getvalue()


def _truncated(share: float, mode: ObjectStreamMode) -> bytes:
    data = write(document(12), mode)
    return data[: int(len(data) * share)]


def _obfuscated_script() -> bytes:
    body = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /J#61va#53cript /#4a#53 (app.alert\\(1\\)) >> >>"
    return raw(body, ONE_PAGE_TREE, BLANK)


def _script_in_stream() -> bytes:
    def change(pdf: Pdf) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pdf.make_stream(SCRIPT.encode()))

    return changed(change)


def _script_at_the_end_of_a_chain() -> bytes:
    """Behind harmless actions, in a loop."""

    def change(pdf: Pdf) -> None:
        last = pdf.make_indirect(script())
        middle = pdf.make_indirect(Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([last])))
        first = pdf.make_indirect(Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]), Next=middle))
        last.Next = first
        add_outline(pdf, A=first)

    return changed(change)


def _orphan_script() -> bytes:
    page = BLANK
    return raw(CATALOG, ONE_PAGE_TREE, page, b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>")


def _names_tree_script(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(script())])))


def _rendition_with_script(pdf: Pdf) -> None:
    link(pdf, Dictionary(S=Name.Rendition, OP=0, JS=String(SCRIPT)))


def _page_event(pdf: Pdf, key: str, action: Dictionary) -> None:
    pdf.pages[0].obj.AA = Dictionary({key: action})


def _uri(address: str) -> Dictionary:
    return Dictionary(S=Name.URI, URI=String(address))


def _opens_an_address_after_a_jump(pdf: Pdf) -> None:
    jump = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]))
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.GoTo, D=jump.D, Next=_uri("https://espion.example/")))


def _external_stream(pdf: Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.F = Dictionary(Type=Name.Filespec, F="//serveur/partage/x")
    pdf.pages[0].Contents = stream


def _reference_form(pdf: Pdf) -> None:
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
    form.Ref = Dictionary(F="autre.pdf", Page=0)
    pdf.pages[0].obj.Resources.XObject = Dictionary(X=form)


def _associated_files(pdf: Pdf) -> None:
    pdf.Root.AF = Array([attached(pdf)])


def _portfolio(pdf: Pdf) -> None:
    pdf.Root.Collection = Dictionary(Type=Name.Collection, View=Name.T)


def _named_files(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String("facture.exe"), attached(pdf)])))


def _loose_file(pdf: Pdf) -> None:
    """Its type says file, nothing names it but a private key."""
    pdf.Root.Anything = pdf.make_stream(b"x", Type=Name.EmbeddedFile)


def _sound_and_script() -> bytes:
    pdf = document(2)
    field(pdf, "total", AA=Dictionary(K=script()))
    return write(pdf, ObjectStreamMode.generate)


def _xfa(pdf: Pdf, value: object) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array(), XFA=value)


def _inflating() -> bytes:
    """An object stream of 600 KB that unpacks to 600 MB."""
    block_size, times = 10_000_000, 60
    packer = zlib.compressobj(9)
    head = packer.compress(b"1 0 << /Type /Catalog /Pages 2 0 R >>") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * block_size) + packer.flush(zlib.Z_FULL_FLUSH)
    data = head + block * times
    body = b"<< /Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (
        len(data),
        data,
    )
    out = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, text in ((2, ONE_PAGE_TREE), (3, BLANK), (4, body)):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    start = len(out)
    rows = [(0, 0, 65535), (2, 4, 0), (1, offsets[2], 0), (1, offsets[3], 0), (1, offsets[4], 0), (1, start, 0)]
    table = b"".join(bytes([kind]) + at.to_bytes(4, "big") + more.to_bytes(2, "big") for kind, at, more in rows)
    out += b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
        len(table),
        table,
    )
    out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def _endless_chain() -> bytes:
    """Three hundred thousand objects, each holding the next: whoever follows them runs out of stack."""
    count = 300_000
    bodies = [
        CATALOG,
        ONE_PAGE_TREE,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources 4 0 R >>",
        *(b"<</A %d 0 R>>" % (number + 1) for number in range(4, count)),
        b"<<>>",
    ]
    return raw(*bodies)


HOSTILE: dict[str, dict[str, Maker]] = {
    "empty": {"no byte": lambda: b""},
    "not_pdf": {
        "a web page": lambda: b"<!doctype html><title>Bonjour</title>" * 40,
        "a zip": lambda: b"PK\x03\x04" + b"\0" * 400,
        "a word in a text": lambda: b"PDF",
        "blanks": lambda: b" " * 3000,
        "header too far": lambda: b"x" * 2000 + sound(),
    },
    "leading_bytes": {
        "a line feed": lambda: b"\n" + sound(),
        "a byte order mark": lambda: b"\xef\xbb\xbf" + sound(),
        "a mail's header": lambda: b"Content-Type: application/pdf\r\n\r\n" + sound(),
    },
    "truncated": {
        "half, plain": lambda: _truncated(0.5, ObjectStreamMode.disable),
        "a third, plain": lambda: _truncated(0.33, ObjectStreamMode.disable),
        "half, packed": lambda: _truncated(0.5, ObjectStreamMode.generate),
        "nearly all, packed": lambda: _truncated(0.9, ObjectStreamMode.generate),
        # qpdf alone would open it without its last object, and say nothing.
        "just before its table": lambda: sound()[: sound().rindex(b"xref\n0 ")],
        "header only": lambda: b"%PDF-1.7\n",
        "header and noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20,
        "hole in the middle": lambda: _hole(sound(6)),
        "no catalog": lambda: raw(b"<< /Type /Nothing >>", ONE_PAGE_TREE, BLANK, root=9),
    },
    "encrypted": {
        "to open": lambda: _encrypted(user="secret", owner="secret", R=6),
        "to print only": lambda: _encrypted(user="", owner="secret", R=6),
        "older, owner only": lambda: _encrypted(user="", owner="secret", R=4),
        "rc4": lambda: _encrypted(user="", owner="secret", R=3, aes=False, metadata=False),
        "protected, then cut": lambda: _encrypted(user="", owner="secret", R=4)[:-120],
        "by a stranger's filter": lambda: raw(
            CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Encrypt << /Filter /Adobe.PubSec /V 4 >> /ID [<00><00>] "
        ),
    },
    "javascript": {
        "when the file opens": lambda: changed(lambda pdf: setattr(pdf.Root, "OpenAction", script())),
        "in a stream": _script_in_stream,
        "in the names": lambda: changed(_names_tree_script),
        "when a page opens": lambda: changed(lambda pdf: _page_event(pdf, "/O", script())),
        "when the file is saved": lambda: changed(lambda pdf: setattr(pdf.Root, "AA", Dictionary(WS=script()))),
        "behind a link": lambda: changed(lambda pdf: link(pdf, script())),
        "behind a bookmark": lambda: changed(lambda pdf: add_outline(pdf, A=script())),
        "in a field, packed": _sound_and_script,
        "at the end of a looping chain": _script_at_the_end_of_a_chain,
        "with disguised names": _obfuscated_script,
        "in an object nobody names": _orphan_script,
        "in a rendition": lambda: changed(_rendition_with_script),
        "as an address": lambda: changed(lambda pdf: link(pdf, _uri(" JavaScript:alert(1)"))),
        "as an address, in UTF-16": lambda: changed(
            lambda pdf: link(pdf, Dictionary(S=Name.URI, URI=String("javascript:é")))
        ),
        "packed": lambda: changed(lambda pdf: link(pdf, script()), ObjectStreamMode.generate),
    },
    "launch": {
        "a program": lambda: changed(lambda pdf: link(pdf, Dictionary(S=Name.Launch, F="cmd.exe"))),
        "a program, from a bookmark": lambda: changed(
            lambda pdf: add_outline(pdf, A=Dictionary(S=Name.Launch, F="cmd.exe"))
        ),
        "another file": lambda: changed(
            lambda pdf: link(pdf, Dictionary(S=Name.GoToR, F="//serveur/partage/x.pdf", D=Array([0, Name.Fit])))
        ),
        "an embedded file": lambda: changed(lambda pdf: link(pdf, Dictionary(S=Name.GoToE, T=Dictionary(R=Name.C)))),
        "sends a form": lambda: changed(lambda pdf: link(pdf, Dictionary(S=Name.SubmitForm, F="https://x.example/"))),
        "loads data": lambda: changed(lambda pdf: link(pdf, Dictionary(S=Name.ImportData, F="x.fdf"))),
        "an article elsewhere": lambda: changed(lambda pdf: link(pdf, Dictionary(S=Name.Thread, F="x.pdf", D=0))),
        "an address, by itself": lambda: changed(
            lambda pdf: setattr(pdf.Root, "OpenAction", _uri("https://espion.example/"))
        ),
        "an address, after a jump": lambda: changed(_opens_an_address_after_a_jump),
        "an address, at each page": lambda: changed(
            lambda pdf: _page_event(pdf, "/O", _uri("https://espion.example/"))
        ),
        "a file by its address": lambda: changed(lambda pdf: link(pdf, _uri("file:///C:/Windows/x.exe"))),
        "a share by its address": lambda: changed(lambda pdf: link(pdf, _uri("\\\\serveur\\x"))),
        "base address on the disk": lambda: changed(
            lambda pdf: setattr(pdf.Root, "URI", Dictionary(Base=String("file:///")))
        ),
        "a stream kept elsewhere": lambda: changed(_external_stream),
        "a page kept elsewhere": lambda: changed(_reference_form),
    },
    "embedded_files": {
        "by name": lambda: changed(_named_files),
        "pinned to a page": lambda: changed(lambda pdf: annotate(pdf, Subtype=Name.FileAttachment, FS=attached(pdf))),
        "associated": lambda: changed(_associated_files),
        "portfolio": lambda: changed(_portfolio),
        "loose": lambda: changed(_loose_file),
        "by name, packed": lambda: changed(_named_files, ObjectStreamMode.generate),
    },
    "rich_media": {
        "flash or video": lambda: changed(lambda pdf: annotate(pdf, Subtype=Name.RichMedia)),
        "film": lambda: changed(lambda pdf: annotate(pdf, Subtype=Name.Movie, Movie=Dictionary(F="x.avi"))),
        "screen": lambda: changed(lambda pdf: annotate(pdf, Subtype=Name.Screen)),
        "sound behind a link": lambda: changed(lambda pdf: link(pdf, Dictionary(S=Name.Sound))),
        "object in 3D": lambda: changed(lambda pdf: annotate(pdf, Subtype=Name("/3D"))),
    },
    "xfa": {
        "in one stream": lambda: changed(lambda pdf: _xfa(pdf, pdf.make_stream(b"<xdp/>"))),
        "in packets": lambda: changed(lambda pdf: _xfa(pdf, Array([String("template"), pdf.make_stream(b"<t/>")]))),
        "waiting to be drawn": lambda: changed(lambda pdf: setattr(pdf.Root, "NeedsRendering", True)),
    },
    "no_pages": {
        "empty tree": lambda: raw(CATALOG, b"<< /Type /Pages /Count 0 /Kids [] >>"),
        "empty branches": lambda: raw(
            CATALOG,
            b"<< /Type /Pages /Count 0 /Kids [3 0 R] >>",
            b"<< /Type /Pages /Parent 2 0 R /Count 0 /Kids [] >>",
        ),
    },
    "too_many_pages": {
        "honest": lambda: sound(41),
        "lies about its number": lambda: sound(41).replace(b"/Count 41", b"/Count 1 "),
        "one page named 5 000 times": lambda: raw(
            CATALOG, b"<< /Type /Pages /Count 5000 /Kids [%s] >>" % (b"3 0 R " * 5000), BLANK
        ),
    },
    "too_complex": {"inflates": _inflating, "endless chain": _endless_chain},
}


def _hole(data: bytes) -> bytes:
    """The same length, its middle zeroed: a transfer that lost a block."""
    middle = len(data) // 2
    return data[: middle - 300] + b"\0" * 600 + data[middle + 300 :]


def hostile() -> Iterator[tuple[str, str, Maker]]:
    """(code, way, maker) of every hostile file but those that only the limits stop."""
    for code, ways in HOSTILE.items():
        for way, maker in ways.items():
            yield code, way, maker


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
    link(pdf, _uri("https://www.exemple.fr/é?q=javascript:"))
    link(pdf, _uri("mailto:accueil@exemple.fr"))
    link(pdf, _uri("www.exemple.fr"))
    link(pdf, Dictionary(S=Name.GoTo, D=Array([pdf.pages[1].obj, Name.Fit])))
    link(pdf, Dictionary(S=Name.Named, N=Name.NextPage))
    annotate(pdf, Subtype=Name.Link, Dest=Array([pdf.pages[1].obj, Name.Fit]))
    # A button's own event, which a person presses.
    annotate(pdf, Subtype=Name.Widget, FT=Name.Btn, T="bouton", AA=Dictionary(U=_uri("https://www.exemple.fr/")))


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
