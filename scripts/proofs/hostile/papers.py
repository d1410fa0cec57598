# ruff: noqa: E501 - the body of an object reads better on one line
"""PDFs written by hand to hurt whoever reads them, besides those that the tests already name."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

import pikepdf

from tests import pdfs
from tests.pdfs.build import BLANK, CATALOG, ONE_PAGE_TREE, raw

Maker = Callable[[], bytes]

MEGA = 1_000_000


def stream(body: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), entries, body)


def page(extra: bytes, box: bytes = b"[0 0 595 842]") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox %s %s >>" % (box, extra)


def one(extra: bytes, *more: bytes, box: bytes = b"[0 0 595 842]", catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """One page with ``extra`` in its dictionary; ``more`` are objects 4, 5…"""
    root = CATALOG if not catalog else b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog
    return raw(root, ONE_PAGE_TREE, page(extra, box), *more, extra=trailer)


def drawn(content: bytes, *more: bytes, entries: bytes = b"", extra: bytes = b"") -> bytes:
    return one(b"/Contents 4 0 R " + extra, stream(content, entries), *more)


def nested(opening: bytes, closing: bytes, depth: int) -> bytes:
    return opening * depth + closing * depth


def bomb(size: int, times: int) -> bytes:
    """Blanks deflated ``times`` over: ``size`` bytes for whoever inflates them all."""
    packer = zlib.compressobj(9)
    data = b"".join([packer.compress(b" " * MEGA) for _ in range(size // MEGA)]) + packer.flush()
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


def chained(number: int, body: Callable[[int], bytes], first: int = 4) -> list[bytes]:
    """``number`` objects, each made from its own number."""
    return [body(first + step) for step in range(number)]


def object_stream(entries: bytes, body: bytes) -> bytes:
    return raw(CATALOG, ONE_PAGE_TREE, BLANK, stream(body, b"/Type /ObjStm " + entries), b"<< /X 9 0 R >>")


def with_form(fields: bytes, *more: bytes, extra: bytes = b"/Annots [4 0 R]") -> bytes:
    return one(extra, *more, catalog=b"/AcroForm << /NeedAppearances true /Fields %s >>" % fields)


WIDGET = b"<< /Type /Annot /Subtype /Widget /Rect [10 10 300 300] /FT /Tx /F 4 %s >>"
MARKS = b"/MarkInfo << /Marked true >> "

TREES: dict[str, Maker] = {
    "the tree is its own branch": lambda: raw(CATALOG, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>", BLANK),
    "two branches hold each other": lambda: raw(
        CATALOG, b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"
    ),
    "a hundred thousand branches deep": lambda: raw(
        CATALOG,
        ONE_PAGE_TREE,
        *chained(100_000, lambda n: b"<< /Type /Pages /Count 1 /Kids [%d 0 R] /Parent %d 0 R >>" % (n + 1, n - 1), 3),
        BLANK,
    ),
    "count below nothing": lambda: raw(CATALOG, b"<< /Type /Pages /Count -7 /Kids [3 0 R] >>", BLANK),
    "count of a thousand million": lambda: raw(CATALOG, b"<< /Type /Pages /Count 999999999 /Kids [3 0 R] >>", BLANK),
    "count that is a word": lambda: raw(CATALOG, b"<< /Type /Pages /Count (deux) /Kids [3 0 R] >>", BLANK),
    "kids that are numbers": lambda: raw(CATALOG, b"<< /Type /Pages /Count 3 /Kids [1 2 3] >>", BLANK),
    "kids that are words": lambda: raw(CATALOG, b"<< /Type /Pages /Count 1 /Kids (3 0 R) >>", BLANK),
    "a page that is its own parent": lambda: raw(
        CATALOG, ONE_PAGE_TREE, b"<< /Type /Page /Parent 3 0 R /Resources 3 0 R >>"
    ),
    "the catalog is the tree": lambda: raw(b"<< /Type /Catalog /Pages 1 0 R /Kids [1 0 R] /Count 1 >>"),
    "a reference to itself": lambda: raw(b"1 0 R", ONE_PAGE_TREE, BLANK),
    "references in a ring": lambda: raw(b"2 0 R", b"3 0 R", b"1 0 R"),
    "references in a row": lambda: raw(CATALOG, ONE_PAGE_TREE, *chained(50_000, lambda n: b"%d 0 R" % (n + 1), 3)),
    "a million objects": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK, *[b"null"] * MEGA),
    "a million dictionaries": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK, *[b"<</A 1>>"] * MEGA),
    "ten thousand pages": lambda: raw(
        CATALOG,
        b"<< /Type /Pages /Count 10000 /Kids [%s] >>" % b" ".join(b"%d 0 R" % n for n in range(3, 10_003)),
        *[BLANK] * 10_000,
    ),
}

NESTS: dict[str, Maker] = {
    "arrays in arrays": lambda: one(b"/X " + nested(b"[", b"]", 100_000)),
    "arrays never closed": lambda: one(b"/X " + b"[" * MEGA),
    "dictionaries in dictionaries": lambda: one(b"/X " + nested(b"<</A ", b">>", 100_000)),
    "nested just below the limit": lambda: one(b"/X " + nested(b"[", b"]", 450)),
    "deep in the annotations": lambda: one(b"/Annots " + nested(b"[", b"]", 400)),
    "a key of 64 KB": lambda: one(b"/" + b"K" * 65_536 + b" 1"),
    "a string of ten million bytes": lambda: one(b"/X (" + b"a" * 10 * MEGA + b")"),
    "a hundred thousand keys": lambda: one(b" ".join(b"/K%d %d" % (n, n) for n in range(100_000))),
    "a number of a million digits": lambda: one(b"/Rotate " + b"9" * MEGA),
    "a real of a million digits": lambda: one(b"/UserUnit 1." + b"3" * MEGA),
    "ten million bytes of comment": lambda: one(b"%" + b"x" * 10 * MEGA + b"\n"),
    "sixty million blanks": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK + b" " * 60 * MEGA),
    "stream words without end": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK)[:-30] + b"\nstream\n" * 200_000,
    "objects named twice": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK) + b"3 0 obj\n<<>>\nendobj\n" * 100_000,
}

TABLES: dict[str, Maker] = {
    "the table before itself": lambda: _previous(lambda start: start),
    "the table far beyond": lambda: _previous(lambda start: 10**9),
    "the table before the beginning": lambda: _previous(lambda start: -1),
    "a size of a thousand million": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK).replace(b"/Size 4", b"/Size 999999999"),
    "a table of a thousand million lines": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK).replace(
        b"xref\n0 4", b"xref\n0 999999999"
    ),
    "an object stream of a thousand million": lambda: object_stream(b"/N 999999999 /First 9", b"1 0 2 5 null"),
    "an object stream that begins before it": lambda: object_stream(b"/N 2 /First -9", b"1 0 2 5 null"),
    "an object stream that extends itself": lambda: object_stream(b"/N 1 /First 4 /Extends 4 0 R", b"6 0 null"),
    "a length that is its own stream": lambda: one(b"/Contents 4 0 R", b"<< /Length 4 0 R >>\nstream\nq Q\nendstream"),
    "a length below nothing": lambda: one(b"/Contents 4 0 R", b"<< /Length -5 >>\nstream\nq Q\nendstream"),
    "a length beyond the file": lambda: one(b"/Contents 4 0 R", b"<< /Length 99999999999 >>\nstream\nq Q\nendstream"),
    "generations beyond": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK).replace(b"3 0 R", b"3 65536 R"),
}


def _previous(where: Callable[[int], int]) -> bytes:
    data = raw(CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Prev %10d ")
    start = data.index(b"xref\n")
    return data.replace(b"%10d", b"%10d" % where(start))


def _lzw() -> bytes:
    """A hundred megabytes of nothing, as LZW packs them worst: codes of nine bits that say the same byte."""
    return bytes([0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01]) * 200_000


BOMBS: dict[str, Maker] = {
    "a page that inflates to 2 GB": lambda: drawn(bomb(2000 * MEGA, 1), entries=b"/Filter /FlateDecode"),
    "deflated twice": lambda: drawn(bomb(1000 * MEGA, 2), entries=b"/Filter [/FlateDecode /FlateDecode]"),
    "deflated four times": lambda: drawn(
        bomb(1000 * MEGA, 4), entries=b"/Filter [/FlateDecode /FlateDecode /FlateDecode /FlateDecode]"
    ),
    "run lengths": lambda: drawn(b"\x81 " * MEGA + b"\x80", entries=b"/Filter /RunLengthDecode"),
    "run lengths, deflated": lambda: drawn(
        zlib.compress(b"\x81 " * 5 * MEGA + b"\x80", 9), entries=b"/Filter [/FlateDecode /RunLengthDecode]"
    ),
    "lzw": lambda: drawn(_lzw(), entries=b"/Filter /LZWDecode"),
    "a hundred filters": lambda: drawn(b"00>" * 100, entries=b"/Filter [" + b"/ASCIIHexDecode " * 100 + b"]"),
    "ten thousand filters": lambda: drawn(b"zzz~>", entries=b"/Filter [" + b"/ASCII85Decode " * 10_000 + b"]"),
    "a filter nobody knows": lambda: drawn(b"x", entries=b"/Filter /Devinette"),
    "the filter is the stream": lambda: drawn(b"x", entries=b"/Filter 4 0 R /DecodeParms 4 0 R"),
    "a predictor out of reason": lambda: drawn(
        zlib.compress(b"a" * 9999), entries=b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns 2000000000 >>"
    ),
    "a page described at length": lambda: one(
        b"/Metadata 4 0 R", stream(bomb(500 * MEGA, 1), b"/Type /Metadata /Subtype /XML /Filter /FlateDecode")
    ),
    "a map of letters that inflates": lambda: drawn(
        b"BT /F1 12 Tf (Bonjour) Tj ET",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /X /ToUnicode 6 0 R >>",
        stream(bomb(500 * MEGA, 1), b"/Filter /FlateDecode"),
        extra=b"/Resources << /Font << /F1 5 0 R >> >>",
    ),
}


def _image(body: bytes, entries: bytes, width: int = 100_000, height: int = 100_000) -> bytes:
    told = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceRGB " % (
        width,
        height,
    )
    return drawn(
        b"q 500 0 0 500 0 0 cm /I Do Q", stream(body, told + entries), extra=b"/Resources << /XObject << /I 5 0 R >> >>"
    )


DRAWINGS: dict[str, Maker] = {
    "a picture of ten thousand million points": lambda: _image(bomb(100 * MEGA, 1), b"/Filter /FlateDecode"),
    "jbig2 out of reason": lambda: _image(b"\0\0\0\0\x30\0\1\0\0\0\x13\x7f\xff\xff\xff" * 9, b"/Filter /JBIG2Decode"),
    "jpeg 2000 out of reason": lambda: _image(
        b"\xff\x4f\xff\x51\0\x2f\0\0\x7f\xff\xff\xff\x7f\xff\xff\xff" + b"\0" * 40, b"/Filter /JPXDecode"
    ),
    "jpeg of 65 500 by 65 500": lambda: _image(
        b"\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\x03\1\x22\0\2\x11\1\3\x11\1\xff\xd9", b"/Filter /DCTDecode"
    ),
    "a jpeg of a million segments": lambda: _image(
        b"\xff\xd8" + b"\xff\xe1\0\2" * MEGA + b"\xff\xd9", b"/Filter /DCTDecode"
    ),
    "a jpeg of a million scans": lambda: _image(
        b"\xff\xd8" + b"\xff\xda\0\2\x11\xff\0" * MEGA + b"\xff\xd9", b"/Filter /DCTDecode", 24, 16
    ),
    "a drawing that holds itself": lambda: drawn(
        b"/F Do",
        stream(b"/F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>"),
        extra=b"/Resources << /XObject << /F 5 0 R >> >>",
    ),
    "drawings that double thirty times": lambda: drawn(
        b"/F Do",
        *chained(
            30,
            lambda n: stream(
                b"/F Do /F Do",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>" % (n + 1),
            ),
            5,
        ),
        stream(b"BT (a) Tj ET", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
        extra=b"/Resources << /XObject << /F 5 0 R >> >>",
    ),
    "a letter that draws itself": lambda: drawn(
        b"BT /F1 12 Tf (a) Tj ET",
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /CharProcs << /a 6 0 R >> /Encoding"
        b" << /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [9] /Resources << /Font << /F1 5 0 R >> >> >>",
        stream(b"9 0 d0 BT /F1 12 Tf (a) Tj ET"),
        extra=b"/Resources << /Font << /F1 5 0 R >> >>",
    ),
    "a font that is noise": lambda: drawn(
        b"BT /F1 12 Tf (Bonjour) Tj ET",
        b"<< /Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor 6 0 R >>",
        b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 7 0 R >>",
        stream(b"\0\1\0\0\xff\xff" + bytes(range(256)) * 40),
        extra=b"/Resources << /Font << /F1 5 0 R >> >>",
    ),
    "a million states kept": lambda: drawn(b"q " * MEGA),
    "a million restored": lambda: drawn(b"Q " * MEGA),
    "a million texts begun": lambda: drawn(b"BT " * MEGA),
    "a content of arrays": lambda: drawn(b"[" * MEGA),
    "a million marks": lambda: drawn(b"".join(b"/P <</MCID %d>> BDC EMC\n" % n for n in range(200_000))),
    "a million words": lambda: drawn(b"BT /F1 9 Tf " + b"(mot) Tj " * MEGA + b"ET"),
    "a picture in the line, never closed": lambda: drawn(b"BI /W 9 /H 9 ID " + b"x" * MEGA),
    "a page of a million by a million": lambda: one(b"", box=b"[0 0 1000000 1000000]"),
    "a page beyond numbers": lambda: one(b"/UserUnit 1" + b"0" * 320, box=b"[0 0 1%s 1%s]" % (b"0" * 320, b"0" * 320)),
    "a page without a size": lambda: one(b"", box=b"[0 0 0 0]"),
    "a page of words": lambda: one(b"/Rotate /Nord", box=b"[(a) (b) (c) (d)]"),
    "turned beyond numbers": lambda: one(b"/Rotate 9" + b"0" * 40),
    "contents in a ring": lambda: one(b"/Contents [4 0 R 4 0 R]", b"[4 0 R 4 0 R]"),
    "a hundred thousand contents": lambda: one(b"/Contents [%s]" % (b"4 0 R " * 100_000), stream(b"q Q")),
}

OUTLINES: dict[str, Maker] = {
    "a bookmark after itself": lambda: one(
        b"", b"<< /First 5 0 R >>", b"<< /Title (a) /Next 5 0 R /First 5 0 R >>", catalog=b"/Outlines 4 0 R"
    ),
    "a hundred thousand bookmarks": lambda: one(
        b"",
        b"<< /First 5 0 R >>",
        *chained(100_000, lambda n: b"<< /Title (a) /Next %d 0 R /Dest [3 0 R /Fit] >>" % (n + 1), 5),
        catalog=b"/Outlines 4 0 R",
    ),
    "bookmarks a hundred thousand deep": lambda: one(
        b"",
        b"<< /First 5 0 R >>",
        *chained(100_000, lambda n: b"<< /Title (a) /First %d 0 R >>" % (n + 1), 5),
        catalog=b"/Outlines 4 0 R",
    ),
    "a bookmark of ten million letters": lambda: one(
        b"", b"<< /First 5 0 R >>", b"<< /Title (%s) >>" % (b"a" * 10 * MEGA), catalog=b"/Outlines 4 0 R"
    ),
    "names in a ring": lambda: one(
        b"/Annots [5 0 R]",
        b"<< /Kids [4 0 R 4 0 R] >>",
        b"<< /Subtype /Link /Rect [0 0 9 9] /Dest (a) >>",
        catalog=b"/Names << /Dests 4 0 R >>",
    ),
    "a hundred thousand links": lambda: one(
        b"/Annots [%s]" % (b"<< /Subtype /Link /Rect [0 0 9 9] /Dest (a) >>" * 100_000),
        catalog=b"/Names << /Dests << /Names [(a) [3 0 R /Fit]] >> >>",
    ),
    "a hundred thousand comments": lambda: one(
        b"/Annots [%s]" % (b"<< /Subtype /Text /Rect [0 0 9 9] /Contents (a) /T (moi) >>" * 100_000)
    ),
    "comments that answer each other": lambda: one(
        b"/Annots [4 0 R 5 0 R]",
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /IRT 5 0 R /Popup 5 0 R /Parent 5 0 R >>",
        b"<< /Type /Annot /Subtype /Popup /Rect [0 0 9 9] /IRT 4 0 R /Popup 4 0 R /Parent 4 0 R >>",
    ),
    "annotations that are pages": lambda: one(b"/Annots [3 0 R 2 0 R 1 0 R null 9 (a) /b]"),
}

FORMS: dict[str, Maker] = {
    "a field that is its own child": lambda: with_form(b"[4 0 R]", WIDGET % b"/Kids [4 0 R] /Parent 4 0 R /V (a)"),
    "a field of a million letters": lambda: with_form(
        b"[4 0 R]", WIDGET % (b"/T (a) /Ff 4096 /V (%s)" % (b"mot " * 250_000))
    ),
    "a field of a million letters, huge": lambda: with_form(
        b"[4 0 R]",
        (WIDGET % (b"/T (a) /Ff 4096 /V (%s)" % (b"mot " * 250_000))).replace(b"300 300", b"9000000 9000000"),
    ),
    "twenty thousand fields": lambda: with_form(
        b"[]",
        WIDGET % b"/T (a) /V (valeur)",
        extra=b"/Annots [%s]" % ((WIDGET % b"/T (a) /V (valeur)") * 20_000),
    ),
    "a field whose drawing holds itself": lambda: with_form(
        b"[4 0 R]",
        WIDGET % b"/T (a) /AP << /N 5 0 R >>",
        stream(b"/F Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >>"),
    ),
    "fields in a ring": lambda: with_form(b"4 0 R", b"[4 0 R]"),
    "a field of noise": lambda: with_form(b"[4 0 R]", WIDGET % b"/T 9 /V << /A 1 >> /DA 7 /MK [1] /AP 3 /Q (a) /Ff /b"),
    "a field without a size": lambda: with_form(b"[4 0 R]", b"<< /Subtype /Widget /FT /Tx /V (a) /Rect [1 1 1 1] >>"),
    "tags in a ring": lambda: one(
        b"/StructParents 0",
        b"<< /Type /StructTreeRoot /K 5 0 R /ParentTree << /Nums [0 5 0 R] >> /RoleMap << /A /B /B /A >> >>",
        b"<< /S /A /K [5 0 R 4 0 R] /P 5 0 R >>",
        catalog=MARKS + b"/StructTreeRoot 4 0 R",
    ),
    "tags a hundred thousand deep": lambda: one(
        b"",
        b"<< /Type /StructTreeRoot /K 5 0 R /ParentTree << /Nums [] >> >>",
        *chained(100_000, lambda n: b"<< /S /P /K %d 0 R >>" % (n + 1), 5),
        catalog=MARKS + b"/StructTreeRoot 4 0 R",
    ),
    "a million numbers of tags": lambda: one(
        b"/StructParents 99999",
        b"<< /K << /S /P >> /ParentTree << /Nums [%s] >> >>" % b" ".join(b"%d null" % n for n in range(500_000)),
        catalog=MARKS + b"/StructTreeRoot 4 0 R",
    ),
    "a hundred thousand layers": lambda: one(
        b"",
        b"<< /Type /OCG /Name (a) >>",
        catalog=b"/OCProperties << /OCGs [%s] /D << /OFF [4 0 R] /Order [4 0 R] >> >>" % (b"4 0 R " * 100_000),
    ),
    "layers in a ring": lambda: one(
        b"", b"[4 0 R [4 0 R]]", catalog=b"/OCProperties << /OCGs 4 0 R /D << /OFF 4 0 R /Order 4 0 R /AS 4 0 R >> >>"
    ),
    "signed": lambda: with_form(
        b"[4 0 R]",
        b"<< /Subtype /Widget /FT /Sig /T (s) /Rect [0 0 0 0] /V << /Type /Sig /ByteRange [0 9 9 9] /Contents <00> >> >>",
    ),
}


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("virus.exe", b"MZ")
    return out.getvalue()


def _updated(new: bytes, number: int = 3) -> bytes:
    """A later version of one object, over a sound file: what a signature or a hurried eye would not see."""
    first = raw(CATALOG, ONE_PAGE_TREE, BLANK)
    before = first.index(b"xref\n")
    at = len(first)
    return (
        first
        + b"%d 0 obj\n%s\nendobj\n" % (number, new)
        + (
            b"xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
            % (number, at, before, at + len(b"%d 0 obj\n%s\nendobj\n" % (number, new)))
        )
    )


def _locked(**options: object) -> bytes:
    out = io.BytesIO()
    pdfs.document().save(out, encryption=pikepdf.Encryption(**options))  # type: ignore[arg-type]
    return out.getvalue()


DISGUISES: dict[str, Maker] = {
    "a zip behind": lambda: pdfs.sound(1) + _zip(),
    "a zip inside": lambda: one(b"/X 4 0 R", stream(_zip())),
    "a web page in a comment": lambda: pdfs.sound(1).replace(b"\n", b"\n%<html><script>alert(1)</script></html>\n", 1),
    "a web page behind": lambda: pdfs.sound(1) + b"<html><script>alert(1)</script></html>",
    "a jpeg before": lambda: pdfs.jpeg_with_place() + pdfs.sound(1),
    "a program before": lambda: b"MZ\x90\0" + b"\0" * 500 + pdfs.sound(1),
    "a header after 1 024 bytes": lambda: b"\n" * 1025 + pdfs.sound(1),
    "a script in a later version": lambda: _updated(b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (1) >> >>", 1),
    "a script in an earlier version": lambda: raw(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>", ONE_PAGE_TREE, BLANK
    ) + _updated(BLANK)[len(raw(CATALOG, ONE_PAGE_TREE, BLANK)) :],
    "another page in a later version": lambda: _updated(page(b"/Rotate 90")),
    "two whole files": lambda: pdfs.sound(1) + pdfs.sound(2),
    "a script under another spelling": lambda: one(b"/AA << /#4f << /#53 /JavaScript /J#53 <61> >> >>"),
    "a script packed in a form": lambda: one(b"/Annots [<< /Subtype /Widget /Rect [0 0 9 9] /AA << /F << /S /JavaScript /JS (1) >> >> >>]"),
    "a launch in a chain of arrays": lambda: one(b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /GoTo /Next [[[<< /S /Launch /F (a.exe) >>]]] >> >>]"),
}  # fmt: skip

LOCKS: dict[str, Maker] = {
    f"R{revision}, {who}{', metadata in clear' if clear else ''}": (
        lambda revision=revision, user=user, clear=clear: _locked(
            user=user, owner="secret", R=revision, aes=revision >= 4, metadata=revision >= 4 and not clear
        )
    )
    for revision in (2, 3, 4, 6)
    for who, user in (("to open", "secret"), ("owner only", ""))
    for clear in ((False, True) if revision >= 4 else (False,))
} | {
    "public key": lambda: raw(
        CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Encrypt << /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 >> /ID [<00><00>] "
    ),
    "identity": lambda: raw(
        CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Encrypt << /Filter /Standard /V 4 /R 4 /StmF /Identity /StrF /Identity /CF << >> "
        b"/O (%s) /U (%s) /P -4 /Length 128 >> /ID [<00><00>] " % (b"o" * 32, b"u" * 32)
    ),
    "nothing": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Encrypt null "),
    "a number": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Encrypt 9 "),
    "noise": lambda: raw(CATALOG, ONE_PAGE_TREE, BLANK, extra=b"/Encrypt << /Filter /Standard /V 99 /R -1 /O 1 /U 2 >> "),
}  # fmt: skip

KINDS = {
    "tree": TREES, "nest": NESTS, "table": TABLES, "bomb": BOMBS, "drawing": DRAWINGS, "outline": OUTLINES,
    "form": FORMS, "disguise": DISGUISES, "lock": LOCKS,
}  # fmt: skip


def by_hand() -> Iterator[tuple[str, Maker]]:
    """Every file of this module, then those that the tests name."""
    for kind, makers in KINDS.items():
        for name, maker in makers.items():
            yield f"{kind}: {name}", maker
    for code, way, maker in pdfs.hostile():
        yield f"{code}: {way}", maker
    for kind, makers in (("benign", pdfs.BENIGN), ("odd", pdfs.ODD_PAGES), ("repairable", pdfs.REPAIRABLE)):
        for name, maker in makers.items():
            yield f"{kind}: {name}", maker
