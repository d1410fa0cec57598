"""Files to refuse, by the reason that each must get."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

from tests.pdfs.build import (
    BLANK,
    CATALOG,
    ONE_PAGE_TREE,
    SCRIPT,
    Maker,
    add_outline,
    annotate,
    attached,
    changed,
    document,
    field,
    link,
    raw,
    script,
    sound,
    uri,
    write,
)

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


def _opens_an_address_after_a_jump(pdf: Pdf) -> None:
    jump = Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]))
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.GoTo, D=jump.D, Next=uri("https://espion.example/")))


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
        "as an address": lambda: changed(lambda pdf: link(pdf, uri(" JavaScript:alert(1)"))),
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
            lambda pdf: setattr(pdf.Root, "OpenAction", uri("https://espion.example/"))
        ),
        "an address, after a jump": lambda: changed(_opens_an_address_after_a_jump),
        "an address, at each page": lambda: changed(lambda pdf: _page_event(pdf, "/O", uri("https://espion.example/"))),
        "a file by its address": lambda: changed(lambda pdf: link(pdf, uri("file:///C:/Windows/x.exe"))),
        "a share by its address": lambda: changed(lambda pdf: link(pdf, uri("\\\\serveur\\x"))),
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
