"""Look inside a PDF, in a process of its own that may be killed.

Run as a script, never imported by the site: a hostile file can at worst make this process die.
It imports no Django, so it starts in a tenth of a second.

    python -I inspector.py FILE MAX_PAGES REPAIRED MEMORY_BYTES CPU_SECONDS

Writes one JSON object on stdout: ``{"code": "", "pages": 3, "repaired": false, "title": "…"}``;
``code`` is empty when the file is fit, else a refusal of ``clea.documents.enums``. When only the
cross-reference table was broken, a sound copy is written at REPAIRED.

What is refused, and why. A dossier is paper: it is read, printed and kept. So anything that runs,
opens or fetches something else is refused wherever it hides; we look at *every* object of the
file, not at the usual places only. A link that a reader may choose to follow (``/URI`` to the
web, mail, telephone) or that moves inside the file is fine. Refused as well:

- ``Launch`` starts a program; ``GoToR`` and ``Thread`` with a file open another file of the
  reader's machine, and make Windows send the reader's credentials to whoever wrote the path;
  ``GoToE`` opens an embedded file; ``SubmitForm`` and ``ImportData`` send and load data; streams
  and forms kept in another file are the same thing by another door;
- a web address opened *by itself*, when the file or a page opens: it tells somebody when a juror
  reads;
- every XFA form, static ones too: their XML holds scripts, and most readers show "please wait".

What is left is then put through all that will be done with it later: taken into a dossier, into an anonymous one,
cleaned. A file that does not come through here, in these limits, would have left a dossier without its PDF.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import pikepdf

DEPTH_OF_ACTION_CHAIN = 200
STACK_BYTES = 4 * 1024 * 1024  # half of what a thread of the site has
HEADER_ZONE = 1024
#: So many times the pages allowed are not worth a closer look.
FAR_TOO_MANY = 20

RUNS_SCRIPT = {"/JavaScript"}
LEAVES_THE_FILE = {"/Launch", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData"}
PLAYS_MEDIA = {"/Rendition", "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView"}
MEDIA_ANNOTATIONS = {"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/Projection"}
# Events that nobody asks for: the file or the page opens, closes, shows, prints, is saved.
BY_ITSELF = {"/O", "/C", "/PO", "/PC", "/PV", "/PI", "/WC", "/WS", "/DS", "/WP", "/DP"}

# Objects without any of these words need no closer look. qpdf writes names in their plain form,
# so "/J#61vaScript" is met as what it means.
WORTH_A_LOOK = re.compile(
    rb"/(?:JavaScript|JS|Launch|GoToR|GoToE|SubmitForm|ImportData|Thread|Rendition|Movie|Sound|RichMedia|"
    rb"RichMediaExecute|GoTo3DView|Screen|3D|Projection|EF|EmbeddedFile|FileAttachment|URI|AA|Ref|Standard)"
    rb"(?![A-Za-z0-9_.-])"
)
SCRIPT_ADDRESS = re.compile(rb"[\x00-\x20]*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
FILE_ADDRESS = re.compile(rb"[\x00-\x20]*(?:file\s*:|smb\s*:|\\\\)", re.IGNORECASE)
REFERENCE = re.compile(rb"(?<![\w.])(\d{1,9})\s+\d{1,5}\s+R(?![A-Za-z])")
STREAM = re.compile(rb"(?<!end)stream\r?\n.*?endstream", re.DOTALL)
OPEN_STREAM = re.compile(rb"(?<!end)stream\r?\n")
REBUILT = "reconstruct cross-reference table"


class Unfit(Exception):
    """The file is refused with this code."""


def main(argv: list[str]) -> int:
    path, max_pages, repaired_path = argv[1], int(argv[2]), argv[3]
    limit_this_process(memory=int(argv[4]), cpu=int(argv[5]))
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    answer = judge(path, max_pages, repaired_path)
    if answer["code"] == "truncated" and peak_memory() > int(argv[4]) // 4:
        # qpdf out of memory says that it cannot find things: the file is not damaged, it inflates.
        answer = {"code": "too_complex"}
    sys.stdout.write(json.dumps(answer))
    return 0


def judge(path: str, max_pages: int, repaired_path: str) -> dict[str, Any]:
    """The answer of :func:`look`, whatever happens."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return look(path, max_pages, repaired_path)
    except Unfit as error:
        return {"code": str(error)}
    except MemoryError:
        return {"code": "too_complex"}
    except Exception as error:  # noqa: BLE001 - a file that confuses the reader is damaged: no crash
        sys.stderr.write(f"{type(error).__name__}\n")
        return {"code": "truncated"}


def peak_memory() -> int:
    """The most memory this process held at once, in bytes; 0 where the system does not say.

    Not ``getrusage``, which counts the process that started this one.
    """
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            lines = [line.split() for line in status if line.startswith("VmHWM:")]
    except OSError:
        return 0
    return int(lines[0][1]) * 1024 if lines else 0


def limit_this_process(*, memory: int, cpu: int) -> None:
    """Bound memory and written files (bytes) and processor time (seconds); leave no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTES, STACK_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def look(path: str, max_pages: int, repaired_path: str) -> dict[str, Any]:
    """Inspect the file at ``path``; raise :class:`Unfit` at the first reason to refuse it."""
    check_header(path)
    try:
        pdf = pikepdf.open(path)
    except pikepdf.PasswordError:
        raise Unfit("encrypted") from None
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Unfit("encrypted" if "encrypt" in str(error).lower() else "truncated") from None
    with pdf:
        if pdf.is_encrypted or "/Encrypt" in pdf.trailer:
            raise Unfit("encrypted")
        pages = len(pdf.pages)
        if not pages:
            raise Unfit("no_pages")
        if pages > max_pages * FAR_TOO_MANY:
            return {"code": "too_many_pages", "pages": pages}
        check_catalog(pdf.Root)
        for obj in objects_worth_a_look(pdf):
            check_object(obj)
        take_pages(pdf)
        # Asked last: a table may be found wrong when an object is fetched, long after opening.
        rebuilt = any(REBUILT in str(warning) for warning in pdf.get_warnings())
        if rebuilt:
            check_nothing_lost(path, pdf)
            if "/Size" not in pdf.trailer:
                pdf.trailer["/Size"] = 0  # qpdf writes the right one, but only where there was one
            pdf.save(repaired_path, deterministic_id=True)
        title = title_of(pdf)
    if rebuilt:
        with pikepdf.open(repaired_path, attempt_recovery=False) as copy:
            if len(copy.pages) != pages:
                raise Unfit("truncated")
    if pages <= max_pages:
        rehearse(repaired_path if rebuilt else path)
    return {
        "code": "too_many_pages" if pages > max_pages else "",
        "pages": pages,
        "repaired": rebuilt,
        "title": title,
    }


def check_header(path: str) -> None:
    """A PDF starts with its header at byte 0. Readers forgive bytes before it; archives do not."""
    with open(path, "rb") as file:
        start = file.read(HEADER_ZONE + 5)
    if not start:
        raise Unfit("empty")
    if not start.startswith(b"%PDF-"):
        raise Unfit("leading_bytes" if b"%PDF-" in start else "not_pdf")


def check_catalog(root: pikepdf.Object) -> None:
    """What has its meaning from the place where it stands."""
    if "/Collection" in root:
        raise Unfit("embedded_files")
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        raise Unfit("xfa")
    rendering: object = root.get("/NeedsRendering")
    if rendering is True:
        raise Unfit("xfa")
    check_not_by_itself(root.get("/OpenAction"))
    base = root.get("/URI")
    if isinstance(base, pikepdf.Dictionary):
        check_address(base.get("/Base"))


def objects_worth_a_look(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every object of the file, reachable or not, that holds a word we fear.

    Writing an object out in C++ and searching the bytes is some fifty times quicker than walking
    it from Python, and most objects hold none.
    """
    for obj in (*pdf.objects, pdf.trailer):
        if isinstance(obj, pikepdf.Stream):
            # Its data kept in another file: nothing of a dossier lies elsewhere.
            if "/F" in obj.stream_dict:
                raise Unfit("launch")
            obj = obj.stream_dict
        if not isinstance(obj, (pikepdf.Dictionary, pikepdf.Array)):
            continue
        if WORTH_A_LOOK.search(obj.unparse(resolved=True)):
            yield obj


def check_object(obj: pikepdf.Object) -> None:
    """Check ``obj`` and all that it holds directly; references are objects of their own."""
    stack = [obj]
    while stack:
        current = stack.pop()
        if isinstance(current, pikepdf.Dictionary):
            check_dictionary(current)
            children = [value for _, value in current.items()]
        else:
            children = list(current)
        stack.extend(
            child
            for child in children
            if isinstance(child, (pikepdf.Dictionary, pikepdf.Array)) and not child.is_indirect
        )


def check_dictionary(found: pikepdf.Object) -> None:
    kind, subtype = name_of(found, "/S"), name_of(found, "/Subtype")
    if kind in RUNS_SCRIPT or holds_script(found.get("/JS")):
        raise Unfit("javascript")
    if kind in LEAVES_THE_FILE or (kind == "/Thread" and "/F" in found):
        raise Unfit("launch")
    if subtype == "/Form" and "/Ref" in found:
        raise Unfit("launch")
    if kind in PLAYS_MEDIA or subtype in MEDIA_ANNOTATIONS:
        raise Unfit("rich_media")
    if subtype == "/FileAttachment" or name_of(found, "/Type") == "/EmbeddedFile" or holds_file(found.get("/EF")):
        raise Unfit("embedded_files")
    if name_of(found, "/Filter") == "/Standard" and "/O" in found and "/U" in found:
        # The key of a protected file whose trailer was lost: what is left cannot be read.
        raise Unfit("encrypted")
    if kind == "/URI":
        check_address(found.get("/URI"))
    events = found.get("/AA")
    if isinstance(events, pikepdf.Dictionary):
        for event in BY_ITSELF:
            check_not_by_itself(events.get(event))


def name_of(found: pikepdf.Object, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def holds_script(value: Any) -> bool:
    """Whether the value of a ``/JS`` key is a program (a font or a picture may be *named* "JS")."""
    if isinstance(value, pikepdf.Stream):
        return name_of(value.stream_dict, "/Subtype") not in {"/Image", "/Form"}
    return isinstance(value, pikepdf.String)


def holds_file(value: Any) -> bool:
    """Whether the value of an ``/EF`` key carries a file (same remark)."""
    return isinstance(value, pikepdf.Dictionary) and any(
        isinstance(value.get(key), pikepdf.Stream) for key in ("/F", "/UF", "/DOS", "/Mac", "/Unix")
    )


def check_address(value: Any) -> None:
    if isinstance(value, pikepdf.String):
        address = bytes(value)
        if address.startswith((b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf")):
            address = str(value).encode()
        if SCRIPT_ADDRESS.match(address):
            raise Unfit("javascript")
        if FILE_ADDRESS.match(address):
            raise Unfit("launch")


def check_not_by_itself(action: Any) -> None:
    """Refuse a web address reached without anybody's wish; follows ``/Next``, loops included."""
    waiting, seen = [action], 0
    while waiting and seen < DEPTH_OF_ACTION_CHAIN:
        current = waiting.pop()
        seen += 1
        if isinstance(current, pikepdf.Array):
            waiting.extend(list(current))
        elif isinstance(current, pikepdf.Dictionary):
            if name_of(current, "/S") == "/URI":
                raise Unfit("launch")
            waiting.append(current.get("/Next"))


def take_pages(pdf: pikepdf.Pdf) -> None:
    """Copy the pages, which fetches every object of theirs and tells whether the table is right.

    qpdf follows references by calling itself: a chain of some hundred thousand objects is enough to run out of stack.
    """
    with pikepdf.new() as trial:
        for page in pdf.pages:
            trial.pages.append(page)


class Nowhere(io.RawIOBase):
    """Where a rehearsal writes."""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return len(data)


def rehearse(path: str) -> None:
    """Do with this piece all that the site will, within limits closer than those of the day itself."""
    from clea.documents.pdf.merge import Source, clean, merge
    from clea.documents.pdf.pen import Pen

    class PlainPen(Pen):
        """Writes nothing, and takes the room that letters take."""

        def __init__(self) -> None:
            self.fonts, self._glyphs = {}, {}

        def width(self, text: str, size: float) -> float:
            return len(text) * size / 2

    nowhere = cast(BinaryIO, Nowhere())
    for reword in (None, str):
        merge(
            [Source("", path, reword=reword)],
            contents=None,
            stamp=None,
            pen=lambda *_: PlainPen(),
            key="",
            title="",
            language="fr",
            out=nowhere,
        )
    clean(path, nowhere)


def check_nothing_lost(path: str, pdf: pikepdf.Pdf) -> None:
    """Tell a broken table from a file cut short.

    qpdf rebuilds the table from the objects that it still finds, and says nothing of pages and
    pictures that went with the missing end. So: nothing may be referred to that is not there, and
    no stream may be left open.
    """
    with open(path, "rb") as file:
        raw = file.read()
    outside = STREAM.sub(b" ", raw)
    if OPEN_STREAM.search(outside):
        raise Unfit("truncated")
    present, texts = set(), [outside]
    for obj in pdf.objects:
        if obj is None:
            continue
        present.add(obj.objgen[0])
        if isinstance(obj, pikepdf.Stream) and name_of(obj.stream_dict, "/Type") == "/ObjStm":
            texts.append(obj.read_bytes())
    referred = {int(match) for text in texts for match in REFERENCE.findall(text)}
    if referred - present:
        raise Unfit("truncated")


def title_of(pdf: pikepdf.Pdf) -> str:
    info = pdf.trailer.get("/Info")
    title = info.get("/Title") if isinstance(info, pikepdf.Dictionary) else None
    if not isinstance(title, pikepdf.String):
        return ""
    return "".join(char for char in str(title) if char.isprintable())[:200].strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
