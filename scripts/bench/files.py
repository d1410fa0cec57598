"""Files: a dossier assembled, dossiers zipped, lists written, what a jury's export costs.

No server: what a worker or a page does with files, in this process, beside what the machine needs for the same bytes.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure
from bench.site import HOST, Bench, alone

if TYPE_CHECKING:
    from clea.documents.services import Part

PART = "files"
MB = 1024 * 1024
#: A dossier: five pieces of twenty pages, 4.5 MB each.
PIECES, PAGES = 5, 20
DOSSIERS, DOSSIER_BYTES = 300, 8 * MB
ROWS = 30_000
#: The export of the same shape by pretalx, on such a machine: queries, seconds.
PEER_QUERIES, PEER_SECONDS = 2724, 4.6


def run(bench: Bench) -> list[Figure]:
    """Assembly, archive, lists and export of one product's files."""
    bench.setup()
    with tempfile.TemporaryDirectory(prefix="clea-bench-files-") as name:
        folder = Path(name)
        return [*assembled(bench, folder), *zipped(bench, folder), *lists(bench), *exported(bench)]


# One dossier --------------------------------------------------------------------------------------


def assembled(bench: Bench, folder: Path) -> list[Figure]:
    """The whole dossier, its cover included, against a bare merge of its pieces, in turns."""
    from clea.documents import services as documents

    parts = pieces(folder, *((2, 4) if bench.quick else (PIECES, PAGES)))
    whole, merged = folder / "whole.pdf", folder / "merged.pdf"

    def ours() -> None:
        cover = documents.render_pdf("pdf/text_piece.html", {"body": "Dossier"}, title="Dossier")
        documents.assemble(cover_pdf=cover, parts=parts, footer="Dossier 42", title="Dossier 42", out=whole)

    def bare() -> None:
        files = [str(part.path) for part in parts]
        subprocess.run(["qpdf", "--empty", "--pages", *files, "--", str(merged)], check=True)

    def inspected() -> None:
        documents.inspect(parts[0].path, max_bytes=100 * MB, max_pages=200)

    taken = turns({"ours": ours, "bare": bare, "inspected": inspected}, bench.rounds)
    size, pages = whole.stat().st_size / MB, sum(part.pages for part in parts)
    ratio = statistics.median(a / b for a, b in zip(taken["ours"], taken["bare"], strict=True))
    return [
        Figure(
            PART, f"a dossier of {pages} pages, assembled", ratio, "× a bare qpdf merge", 1.5,
            note=f"{size:.0f} MB; hashes checked, cover, contents, bookmarks, numbers, tags; median of "
            f"{bench.rounds} turns, {middle(taken['ours']):.2f} s against {middle(taken['bare']):.2f} s",
        ),
        Figure(
            PART, "a piece judged as it comes in", middle(taken["inspected"]), "s",
            note=f"{parts[0].path.stat().st_size / MB:.1f} MB, in a process of its own",
        ),
    ]  # fmt: skip


def pieces(folder: Path, count: int, pages: int) -> list[Part]:
    """PDFs as artists send them: a picture, a title and a text on each page; every other one with tags."""
    from PIL import Image
    from weasyprint import HTML

    from clea.documents import services as documents

    text = "Un texte qui dit la démarche, les publics et les étapes de la résidence. " * 12
    parts = []
    for number in range(count):
        chance = random.Random(number)  # noqa: S311 - the same pieces every time
        style = "div { break-before: page } img { width: 15cm }"
        page = [f"<html lang=fr><meta charset=utf-8><title>Pièce</title><style>{style}</style>"]
        for rank in range(pages):
            drawn = Image.frombytes("RGB", (700, 500), chance.randbytes(700 * 500 * 3))
            drawn.resize((900, 640), Image.Resampling.BICUBIC).save(folder / f"{rank}.jpg", "JPEG", quality=56)
            page.append(f'<div><h2>Œuvre {rank}</h2><img src="{rank}.jpg" alt="Vue"><p>{text}</p></div>')
        path = folder / f"piece-{number}.pdf"
        base = f"{folder.as_uri()}/"
        HTML(string="".join(page), base_url=base).write_pdf(path, pdf_variant="pdf/ua-1" if number % 2 else None)
        data = path.read_bytes()
        found = documents.inspect(path, max_bytes=100 * MB, max_pages=200)
        parts.append(documents.Part(f"Pièce {number + 1}", path, hashlib.sha256(data).hexdigest(), found.pages or 0))
    return parts


# Many dossiers ------------------------------------------------------------------------------------


def zipped(bench: Bench, folder: Path) -> list[Figure]:
    """The archive as it leaves, to the disk, against copying the same files; nothing written in the database stays."""
    from django.db import transaction

    from candidatures.models import Application, Assembly
    from candidatures.reports import archive
    from clea.documents import services as documents

    wanted = 12 if bench.quick else DOSSIERS
    source = folder / "dossier.pdf"
    source.write_bytes(random.Random(8).randbytes(DOSSIER_BYTES))  # noqa: S311
    with transaction.atomic():
        stored = documents.store_path(by=None, path=source, name="dossier.pdf", content_type="application/pdf")
        try:
            filed = Application.objects.filter(last_deposit__isnull=False).order_by("last_deposit__number")
            chosen = list(filed.select_related("last_deposit")[:wanted])
            Assembly.objects.filter(deposit__in=[row.last_deposit_id for row in chosen]).delete()
            Assembly.objects.bulk_create(
                Assembly(deposit=row.last_deposit, stored_file=stored) for row in chosen if row.last_deposit
            )
            peaks: list[float] = []

            def ours() -> None:
                before = start_of_peak()
                write(folder / "dossiers.zip", archive.stream(chosen))
                peaks.append((peak() - before) / MB)
                (folder / "dossiers.zip").unlink()

            def copied() -> None:
                into = folder / "copies"
                into.mkdir()
                for number in range(len(chosen)):
                    shutil.copyfile(source, into / str(number))
                shutil.rmtree(into)

            taken = turns({"ours": ours, "copied": copied}, max(min(bench.rounds, 3), 1))
        finally:
            Path(stored.file.path).unlink(missing_ok=True)
            transaction.set_rollback(True)
    speed = statistics.median(b / a for a, b in zip(taken["ours"], taken["copied"], strict=True))
    note = f"{len(chosen)} dossiers of {DOSSIER_BYTES // MB} MB and their pieces"
    return [
        Figure(
            PART, "an archive as it leaves", speed, "× the speed of copying", 0.5, at_least=True,
            note=f"{note}; {middle(taken['ours']):.1f} s against {middle(taken['copied']):.1f} s",
        ),
        Figure(PART, "more memory for an archive", max(peaks), "MB", 50.0, note=f"{note}; at the highest"),
    ]  # fmt: skip


def write(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("wb") as out:
        out.writelines(chunks)


# Lists --------------------------------------------------------------------------------------------


def lists(bench: Bench) -> list[Figure]:
    """The list of dossiers in its two formats: ten times the lines, the same memory."""
    from candidatures.models import Application
    from candidatures.reports import spreadsheets
    from candidatures.reports.rows import rows, titles

    filed = Application.objects.filter(last_deposit__isnull=False).order_by("last_deposit__number")

    def lines(count: int) -> Iterable[Any]:
        again = (line for _ in itertools.count() for line in rows(filed))
        return itertools.islice(again, count)

    def xlsx(count: int) -> None:
        spreadsheets.xlsx(titles(), lines(count), title="Candidatures").close()

    def csv(count: int) -> None:
        for _line in spreadsheets.csv_lines(titles(), lines(count)):
            pass

    figures = []
    most = ROWS // 100 if bench.quick else ROWS
    for name, make in (("XLSX", xlsx), ("CSV", csv)):
        make(most // 10)  # what is loaded once, and a run of dossiers
        before = start_of_peak()
        began = time.perf_counter()
        make(most)
        seconds = time.perf_counter() - began
        note = f"over what {most // 10:,} lines took; {seconds:.1f} s".replace(",", " ")
        what = f"more memory for a {name} of {most:,} lines".replace(",", " ")
        figures.append(Figure(PART, what, max(peak() - before, 0) / MB, "MB", 50.0, note=note))
    return figures


# The export of a jury -----------------------------------------------------------------------------


def exported(bench: Bench) -> list[Figure]:
    """Ranking and readings of the jury with most of them, asked as a coordinator does."""
    from django.db import connection
    from django.db.models import Count
    from django.test import Client
    from django.urls import reverse

    from candidatures.models import Jury

    jury = Jury.objects.annotate(read=Count("jurors__reviews")).order_by("-read", "pk").first()
    if jury is None:
        return []
    client = Client(SERVER_NAME=HOST, HTTP_COOKIE=bench.cookie())
    address = reverse("admin:candidatures_jury_export", args=[jury.uuid])
    figures = []
    for form in ("classement.xlsx", "lectures.csv"):

        def ask(form: str = form) -> None:
            answer = client.post(address, {"form": form})
            if answer.status_code != 200:
                raise SystemExit(f"{form} was answered {answer.status_code}")
            answer.getvalue()

        ask()
        asked = 0

        def counted(execute: Any, *arguments: Any) -> Any:
            nonlocal asked
            asked += 1
            return execute(*arguments)

        with connection.execute_wrapper(counted):
            ask()
        taken = middle(turns({form: ask}, bench.rounds)[form])
        figures += [
            Figure(PART, f"{form}: queries", asked, "queries", PEER_QUERIES / 5, note=f"pretalx {PEER_QUERIES}"),
            Figure(
                PART, f"{form}: quicker than pretalx's export", PEER_SECONDS / taken, "×", 5.0, at_least=True,
                note=f"{jury.read} readings, {taken:.2f} s against {PEER_SECONDS} s",
            ),
        ]  # fmt: skip
    return figures


# Time and memory ----------------------------------------------------------------------------------


def turns(acts: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each act, one after the other, the first of a round changing; once before, for nothing."""
    names = list(acts)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for act in acts.values():
        act()
    for turn in range(rounds):
        for place in range(len(names)):
            name = names[(turn + place) % len(names)]
            began = time.perf_counter()
            acts[name]()
            taken[name].append(time.perf_counter() - began)
    return taken


def middle(values: list[float]) -> float:
    return statistics.median(values)


def start_of_peak() -> int:
    """Bytes held now, from which the kernel counts the peak anew."""
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
    return status("VmRSS")


def peak() -> int:
    return status("VmHWM")


def status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    alone(run, serving=False)
