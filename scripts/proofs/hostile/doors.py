"""What happens to a file at a door, and to what the door let in; what may never happen is a problem."""

from __future__ import annotations

import io
import os
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.uploadedfile import SimpleUploadedFile

from clea.documents import services as documents
from clea.documents.models import StoredFile
from clea.documents.services import bounded
from proofs.hostile.pictures import SECRETS
from structures.reports.sheet_formats import FrenchCSV, SafeXLSX, Unreadable

MB = 1024 * 1024
#: The widest doors of the site.
PDF_BYTES, PDF_PAGES = 100 * MB, 200
IMAGE_BYTES, IMAGE_PIXELS, IMAGE_SIDE = 20 * MB, 50_000_000, 3600
MOST_SECONDS, MOST_BYTES = 10.0, 512 * MB
#: What Pillow tells of any picture, and no person wrote.
OF_THE_FORMAT = {
    "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "dpi", "loop", "background",
    "timestamp", "duration",
}  # fmt: skip
#: A process ends a moment after its time, and its file is copied before.
MARGIN = 1.5


@dataclass
class Outcome:
    """``answer``: ``accepted``, ``repaired`` or the code of the refusal. ``later``: seconds of all that followed."""

    name: str
    answer: str = ""
    seconds: float = 0.0
    later: float = 0.0
    problems: list[str] = field(default_factory=list)


class Doors:
    """Puts files through, each in an outcome. ``keep``: leave what was stored (a test rolls back by itself)."""

    def __init__(self, *, keep: bool = False) -> None:
        self.keep = keep
        self.cover = documents.render_pdf("pdf/text_piece.html", {"body": "Garde"}, title="Couverture")

    def paper(self, name: str, data: bytes) -> Outcome:
        outcome = Outcome(name)
        with _watched(outcome):
            stored = self._taken(outcome, data)
            if stored is not None:
                outcome.answer = "repaired" if stored.repaired else "accepted"
                self._taken_further(outcome, stored)
                self._leave(stored)
        return outcome

    def _taken(self, outcome: Outcome, data: bytes) -> StoredFile | None:
        start = time.monotonic()
        try:
            upload = SimpleUploadedFile("pièce.pdf", data, "application/pdf")
            return documents.intake_pdf(by=None, upload=upload, max_bytes=PDF_BYTES, max_pages=PDF_PAGES)
        except documents.PieceRefused as error:
            _refused(outcome, error)
            return None
        finally:
            outcome.seconds = time.monotonic() - start

    def _taken_further(self, outcome: Outcome, stored: StoredFile) -> None:
        """The dossier, the anonymous one, the cleaned copy, and the words of each: all that the site does later."""
        start = time.monotonic()
        with TemporaryDirectory(prefix="clea-doors-") as scratch, documents.local_path(stored) as path:
            folder = Path(scratch)
            for way, reword in (("dossier", None), ("anonymous", str.upper)):
                part = documents.Part("Pièce", path, stored.sha256, stored.pages or 0, reword=reword)
                out = folder / f"{way}.pdf"
                documents.assemble(cover_pdf=self.cover, parts=[part], footer="Dossier", title="Dossier", out=out)
                self._looked_at(outcome, way, out)
            clean = folder / "clean.pdf"
            clean.write_bytes(documents.cleaned(stored))
            self._looked_at(outcome, "clean", clean)
            documents.text_by_page(folder / "anonymous.pdf")
        outcome.later = time.monotonic() - start

    @staticmethod
    def _looked_at(outcome: Outcome, way: str, made: Path) -> None:
        """What we hand to jurors must come through the door it came from."""
        found = documents.inspect(made, max_bytes=2 * PDF_BYTES, max_pages=PDF_PAGES + 9)
        if not found.ok:
            outcome.problems.append(f"the {way} copy is refused: {found.code}")
        elif found.repaired:
            outcome.problems.append(f"the {way} copy is not sound")

    def picture(self, name: str, data: bytes) -> Outcome:
        outcome = Outcome(name)
        start = time.monotonic()
        with _watched(outcome):
            try:
                upload = SimpleUploadedFile("image.jpg", data, "image/jpeg")
                kept = documents.intake_image(
                    by=None, upload=upload, max_bytes=IMAGE_BYTES, max_pixels=IMAGE_PIXELS, max_side=IMAGE_SIDE
                )
            except documents.PieceRefused as error:
                outcome.seconds = time.monotonic() - start
                _refused(outcome, error)
                return outcome
            outcome.seconds, outcome.answer = time.monotonic() - start, "accepted"
            with kept.file.file.open("rb") as file:
                _check_drawn(outcome, file.read())
            copy = documents.image_copy(kept.file, by=None, max_side=800)
            outcome.later = time.monotonic() - start - outcome.seconds
            self._leave(copy.file)
            self._leave(kept.file)
        return outcome

    def sheet(self, name: str, data: bytes) -> Outcome:
        outcome = Outcome(name)
        start = time.monotonic()
        with _watched(outcome):
            try:
                dataset = (FrenchCSV() if name.startswith("csv") else SafeXLSX()).create_dataset(data)
            except Unreadable as error:
                outcome.answer = "unreadable"
                if not str(error).endswith("."):
                    outcome.problems.append(f"refused without a sentence: {error}")
            else:
                outcome.answer = "accepted"
                if len(dataset) > 5_000 or len(dataset.headers or ()) > 60:
                    outcome.problems.append("larger than any list")
        outcome.seconds = time.monotonic() - start
        return outcome

    def _leave(self, stored: StoredFile) -> None:
        if not self.keep:
            documents.discard(stored)


def _refused(outcome: Outcome, error: documents.PieceRefused) -> None:
    outcome.answer = error.code
    if not str(error).endswith("."):
        outcome.problems.append(f"refused without a sentence: {error}")
    if error.code == "busy":
        outcome.problems.append("refused for want of a place")


def _check_drawn(outcome: Outcome, data: bytes) -> None:
    from PIL import Image

    outcome.problems += [f"{secret!r} came through" for secret in SECRETS if secret in data]
    with Image.open(io.BytesIO(data)) as drawn:
        if drawn.getexif() or set(drawn.info) - OF_THE_FORMAT:
            outcome.problems.append(f"more than pixels came through: {sorted(drawn.info)}")
        if max(drawn.size) > IMAGE_SIDE:
            outcome.problems.append("larger than asked")


@contextmanager
def _watched(outcome: Outcome) -> Iterator[None]:
    """Whatever else is raised would have been a 500."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        outcome.problems.append(f"{type(error).__name__}: {error}")
    if outcome.seconds > MOST_SECONDS + MARGIN:
        outcome.problems.append(f"took {outcome.seconds:.1f} s")


class Children:
    """Watches the processes that read for this one: how many at once, how much memory each and together."""

    def __init__(self) -> None:
        self.most = self.together = self.largest = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Children:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            peaks = [peak for peak in map(_peak, children()) if peak]
            self.most = max(self.most, len(peaks))
            self.together = max(self.together, sum(peaks))
            self.largest = max([self.largest, *peaks])


def children() -> list[int]:
    """Those of this process, the readers' servers left out, those not yet buried too, and their own taken in."""
    servers = {server.process.pid for server in bounded._servers}
    found: list[int] = []
    for pid in _children_of("self"):
        found += _children_of(pid) if pid in servers else [pid]
    return found


def _children_of(parent: int | str) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{parent}/task"):
            told = Path(f"/proc/{parent}/task/{task}/children").read_text()
            found += [int(pid) for pid in told.split()]
    return found


def _peak(pid: int) -> int:
    """The most memory this process held, in bytes, once it is no more a copy of this one."""
    with suppress(OSError, IndexError, ValueError):
        if (
            b"python" not in Path(f"/proc/{pid}/cmdline").read_bytes()
            and b"pdftotext" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        ):
            return 0
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
