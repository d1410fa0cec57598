"""The deadline rush: artists who send five PDFs each and file in the last seconds of a call.

Full size: 300 artists in two minutes, five PDFs of 4 MB, each behind an address of their own. Counted afterwards in
the database and on the disk: every deposit that was acknowledged is there with its files and its receipt, everybody
else read a page of ours that said what to do, a visitor read the home page meanwhile. The load comes from locust, in a
virtual environment of its own (``.venv-bench``): it brings a web framework that the project must not see.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import os
import random
import resource
import statistics
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from proofs import tools

from bench.figures import Figure
from bench.site import HOST, ROOT, Bench, alone

PART = "rush"
TOOLS = ROOT / ".venv-bench"
LOCUST, VERSION = "locust", "2.47.0"
MEGABYTE = 1024 * 1024
PIECES = ("cv", "lettre", "dossier-artistique", "presse", "intentions")
MARK = "x" * 48


@dataclass(frozen=True)
class Size:
    artists: int
    seconds: float
    megabytes: float


FULL, QUICK = Size(300, 120, 4), Size(6, 12, 0.5)
#: Everyone files so many seconds before the close.
LAST_SECONDS = (1.0, 10.0)


def run(bench: Bench) -> list[Figure]:
    """All acknowledged or clearly told, none lost, others' pages still answering."""
    return measured(bench, asked(bench.quick))


def asked(quick: bool) -> Size:
    """``RUSH_SIZE=60,40,4``: artists, seconds, megabytes a piece; else the issue's."""
    if own := os.environ.get("RUSH_SIZE"):
        artists, seconds, megabytes = own.split(",")
        return Size(int(artists), float(seconds), float(megabytes))
    return QUICK if quick else FULL


def measured(bench: Bench, size: Size) -> list[Figure]:
    tools.install(TOOLS, LOCUST, VERSION)
    bench.setup()
    folder = bench.folder / "rush"
    folder.mkdir(exist_ok=True)
    (folder / "answers").unlink(missing_ok=True)
    call, artists = people(size.artists)
    model = folder / "model.pdf"
    model.write_bytes(heavy_pdf(int(size.megabytes * MEGABYTE)))
    with bench.serving(BEHIND_PROXY="true", TRUSTED_PROXY_COUNT="1") as served, served.working():
        for _ in range(8):  # each process has read its templates
            visit(served.base_url)
        opens = time.time() + 4
        closes = opens + size.seconds
        set_close(call, closes)
        plan = {
            "pdf": str(model), "mark": MARK, "pieces": PIECES, "artists": artists, "answers": str(folder / "answers"),
            "csrf": csrf(), "opens": opens, "closes": closes, "last_seconds": LAST_SECONDS,
        }  # fmt: skip
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        with Watch(served) as watch:
            client = play(served, folder, size)
        answers = [json.loads(line) for line in (folder / "answers").read_text(encoding="utf-8").splitlines()]
        reading = reading_time(served, answers, artists)
    return figures(bench, size, answers, artists, watch, client, reading, closes)


# Who comes ------------------------------------------------------------------------------------------


def people(count: int) -> tuple[int, list[dict[str, Any]]]:
    """A call of five pieces, so many dossiers that only lack them, and a session each."""
    from django.db import transaction
    from proofs import machines

    from candidatures.enums import PieceForm
    from candidatures.models import CallPiece, Season
    from tests.factories.accounts import UserFactory
    from tests.factories.candidatures import ApplicationFactory, CallFactory

    stamp = f"{time.time_ns():x}"
    artists = []
    with transaction.atomic():
        season = Season.objects.order_by("-starts_on").first()
        given = {} if season is None else {"season": season}
        # Nobody's number is taken by another call of the same year.
        call = CallFactory(slug=f"ruee-{stamp}", reference_prefix=f"R{stamp[-8:].upper()}", **given)
        dossiers = [
            ApplicationFactory(call=call, owner=UserFactory(email=f"ruee{rank}-{stamp}@exemple.test"), complete=True)
            for rank in range(count)
        ]
        CallPiece.objects.bulk_create(
            CallPiece(call=call, code=code, title=code.capitalize(), form=PieceForm.FILE, required=True, order=order)
            for order, code in enumerate(PIECES)
        )
        for rank, dossier in enumerate(dossiers):
            cookies = machines.signed_in(dossier.owner)
            artists.append(
                {
                    "rank": rank,
                    "dossier": str(dossier.uuid),
                    "cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
                    "address": f"198.51.{100 + rank // 250}.{rank % 250 + 1}",
                }
            )
    return call.pk, artists


def csrf() -> str:
    from proofs import machines

    return machines.CSRF


def set_close(call: int, closes: float) -> None:
    from candidatures.models import Call

    row = Call.objects.get(pk=call)
    row.closes_at = datetime.fromtimestamp(closes, UTC)
    row.save(update_fields=["closes_at"])


def heavy_pdf(size: int) -> bytes:
    """Ten pages, each a photograph, as a scanner leaves them."""
    import pikepdf

    out, picture = io.BytesIO(), photograph(size // 10)
    with pikepdf.new() as made:
        for number in range(10):
            made.add_blank_page(page_size=(595, 842))
            page = made.pages[-1]
            # A comment of its own makes each stream another: nothing is shared between the pages.
            seen = made.make_stream(picture[0] + f"\xff\xfe\x00\x06{number:04d}".encode("latin-1"))
            seen.Type, seen.Subtype, seen.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
            seen.Width, seen.Height = picture[1]
            seen.BitsPerComponent, seen.ColorSpace = 8, pikepdf.Name.DeviceGray
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=seen))
            words = f"% {MARK if number == 9 else number}\nq 500 0 0 700 40 60 cm /P Do Q\n"
            page.Contents = made.make_stream(words.encode())
        made.save(out, compress_streams=False)
    return out.getvalue()


def photograph(size: int) -> tuple[bytes, tuple[int, int]]:
    """A JPEG of about so many bytes, and its width and height."""
    from PIL import Image

    width = 1200

    def taken(height: int) -> bytes:
        grain = Image.frombytes("L", (width, height), random.Random(8).randbytes(width * height))  # noqa: S311 - a picture
        out = io.BytesIO()
        grain.save(out, "JPEG", quality=85)
        return out.getvalue()

    height = max(16, size * 64 // len(taken(64)))
    return taken(height), (width, height)


# The load -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Client:
    """What locust took, and the latencies it saw: median and 95th, in milliseconds, by what was asked."""

    cpu: float
    seen: dict[str, tuple[float, float]]


def play(served: Bench, folder: Path, size: Size) -> Client:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    with (folder / "locust.log").open("wb") as log:
        subprocess.run(
            [
                str(TOOLS / "bin" / "python"), "-m", "locust", "-f", str(Path(__file__).with_name("rush_visitors.py")),
                "--headless", "--only-summary", "--json-file", str(folder / "seen"), "--host", served.base_url,
                "--users", str(size.artists), "--spawn-rate", str(size.artists),
                "--run-time", f"{int(size.seconds) + 90}s", "--stop-timeout", "5",
            ],
            env=kept | {"RUSH": str(folder / "plan.json")}, stdout=log, stderr=log, check=False,
        )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seen = {}
    with suppress(OSError, ValueError):
        for row in json.loads((folder / "seen.json").read_text(encoding="utf-8")):
            times = sorted(float(ms) for ms, count in row["response_times"].items() for _ in range(int(count)))
            if times:
                seen[row["name"]] = quantiles(times)
    return Client(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, seen)


def quantiles(times: list[float]) -> tuple[float, float]:
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def visit(base_url: str, path: str = "/", cookie: str = "") -> tuple[int, float, int]:
    """Status, milliseconds, bytes of one page, asked by somebody who just came."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(HOST, int(urlsplit(base_url).port or 80), timeout=60)
    try:
        said = {"X-Forwarded-For": "203.0.113.7", "Accept-Language": "fr", "Connection": "close"}
        connection.request("GET", path, headers=said | ({"Cookie": cookie} if cookie else {}))
        answer = connection.getresponse()
        size = len(answer.read())
        return answer.status, (time.perf_counter() - began) * 1000, size
    except (OSError, http.client.HTTPException):
        return 0, (time.perf_counter() - began) * 1000, 0
    finally:
        connection.close()


@dataclass
class Watch:
    """A visitor who reads the home page once a second, and the memory of the site meanwhile."""

    served: Bench
    times: list[float] = field(default_factory=list)
    refused: int = 0
    rest: float = 0.0
    peak: float = 0.0

    def __enter__(self) -> Watch:
        self.rest = self.peak = memory(self.served.pids())
        self.over = threading.Event()
        self.threads = [threading.Thread(target=one) for one in (self.visitor, self.scales)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def visitor(self) -> None:
        while not self.over.wait(1):
            status, ms, _size = visit(self.served.base_url)
            self.times.append(ms)
            self.refused += status != 200

    def scales(self) -> None:
        while not self.over.wait(1):
            self.peak = max(self.peak, memory(self.served.pids()))


def memory(pids: list[int]) -> float:
    """Megabytes of these processes, what they share counted once."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


# What is there --------------------------------------------------------------------------------------


def reading_time(served: Bench, answers: list[dict[str, Any]], artists: list[dict[str, Any]]) -> float:
    """Milliseconds to read one's own piece again, the median of nine."""
    from django.urls import reverse

    from candidatures.models import Document

    cookies = {artist["rank"]: artist["cookie"] for artist in artists}
    dossiers = {artist["rank"]: artist["dossier"] for artist in artists}
    times = []
    for answer in answers[:9]:
        found = (
            Document.objects.filter(application__uuid=dossiers[answer["rank"]]).select_related("stored_file").first()
        )
        if found is not None:
            path = reverse("documents:file", args=[found.stored_file.uuid])
            times.append(visit(served.base_url, path, cookies[answer["rank"]])[1])
    return statistics.median(times) if times else 0.0


@dataclass
class Found:
    """What the database and the disk say of what was acknowledged."""

    acknowledged: int = 0
    told: int = 0
    neither: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def checked(answers: list[dict[str, Any]], artists: list[dict[str, Any]], closes: float) -> Found:
    """Every acknowledged deposit, its five files read again from the disk, its receipt; every other artist's draft."""
    from candidatures.models import Application, Deposit
    from clea.mail.models import OutgoingMail

    found, said = Found(), {answer["rank"]: answer for answer in answers}
    for artist in artists:
        who, answer = f"artist {artist['rank']}", said.get(artist["rank"])
        application = Application.objects.get(uuid=artist["dossier"])
        documents = application.documents.select_related("piece", "stored_file")
        kept = {doc.piece.code: doc for doc in documents if doc.piece is not None}
        sent = answer["sent"] if answer else {}
        for code, sha256 in sent.items():
            if code not in kept or kept[code].stored_file.sha256 != sha256 or not whole(kept[code].stored_file):
                found.missing.append(f"{who}: {code}")
        number = answer["number"] if answer else ""
        if not number:
            told = answer is not None and not answer["last"].startswith("not told") and answer["last"]
            if told:
                found.told += 1
            else:
                found.neither.append(f"{who}: {answer}")
            continue
        found.acknowledged += 1
        deposit = Deposit.objects.filter(application=application, number=number).prefetch_related("pieces").first()
        if deposit is None or deposit.received_at.timestamp() >= closes:
            found.missing.append(f"{who}: deposit {number}")
            continue
        if {piece.code: piece.sha256 for piece in deposit.pieces.all()} != sent:
            found.missing.append(f"{who}: pieces of {number}")
        if not OutgoingMail.objects.filter(dedupe_key__startswith=f"ack:{deposit.uuid}").exists():
            found.missing.append(f"{who}: receipt of {number}")
    return found


def whole(stored: Any) -> bool:
    with stored.file.open("rb") as file:
        return bool(hashlib.file_digest(file, "sha256").hexdigest() == stored.sha256)


def figures(
    bench: Bench,
    size: Size,
    answers: list[dict[str, Any]],
    artists: list[dict[str, Any]],
    watch: Watch,
    client: Client,
    reading: float,
    closes: float,
) -> list[Figure]:
    found = checked(answers, artists, closes)
    for line in [*found.neither, *found.missing][:20]:
        print(f"  {line}", flush=True)
    statuses: dict[str, int] = {}
    for answer in answers:
        for status, count in answer["statuses"].items():
            statuses[status] = statuses.get(status, 0) + count
    note = f"{size.artists} artists, {size.seconds:.0f} s, 5 PDFs of {size.megabytes:g} MB"
    middle, worst = quantiles(watch.times or [0.0])
    answered = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    made = [
        Figure(PART, "artists neither acknowledged nor told", len(found.neither), "artists", 0, note=note),
        Figure(PART, "acknowledged and not found whole afterwards", len(found.missing), "things", 0, note=note),
        Figure(PART, "artists whose deposit was acknowledged", found.acknowledged, "artists",
               note=f"{found.told} told why not; answers: {answered}"),
        Figure(PART, "home pages that a visitor was refused meanwhile", watch.refused, "pages", 0,
               note=f"{len(watch.times)} asked, one a second"),
        Figure(PART, "home page meanwhile, median", middle, "ms"),
        Figure(PART, "home page meanwhile, 95th percentile", worst, "ms", 1500),
        Figure(PART, "memory of web processes and readers above rest, at most", watch.peak - watch.rest, "MB", 300,
               note=f"{watch.rest:.0f} MB before"),
        Figure(PART, "a piece read again by its artist", reading, "ms"),
        Figure(PART, "processor taken by the visitors themselves", client.cpu, "s"),
    ]  # fmt: skip
    made += [
        Figure(PART, f"{name}, median (95th: {high:.0f} ms)", median, "ms")
        for name, (median, high) in client.seen.items()
    ]
    return made


if __name__ == "__main__":
    alone(run, serving=False)
