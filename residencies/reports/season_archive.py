"""The exports of a season that closes, in one ZIP: a manifest says what each file is, and its SHA-256.

A part is a name, a title, and what makes its files. Every part is in the manifest: one that has nothing to hold
says so; one that fails stops the closing, so that no archive lacks something silently.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidatures.models import Season
from candidatures.reports.rows import Cell
from candidatures.reports.spreadsheets import csv_lines
from clea.documents import services as documents
from clea.journal.models import Entry
from clea.journal.selectors import entries_for
from residencies.enums.steering import MeetingState
from residencies.models import (
    Activity,
    ActivityRequest,
    Bilan,
    Event,
    Meeting,
    Paper,
    Payment,
    Residency,
    Session,
)
from residencies.reports import bilan_pdf, bilan_workbook, payment_export
from residencies.reports import coverage as coverage_sheets
from residencies.reports import funding as funding_sheets
from residencies.selectors import bilan_pages, coverage_pages, money
from residencies.selectors.funding import plan_of

#: A file of the archive: its path in the ZIP, and its bytes, at once or by pieces.
File = tuple[str, bytes | Iterable[bytes]]
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Part:
    """``make`` yields the files; none where the season has nothing of the kind."""

    name: str
    title: Any
    make: Callable[[Season], Iterator[File]]


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


# What is kept ----------------------------------------------------------------------------------


def _bilan(season: Season) -> Iterator[File]:
    """As it stands: published or not, under the consents that stand."""
    bilan = Bilan.objects.filter(season=season).select_related("season__programme__territory").first()
    if bilan is not None:
        page = bilan_pages.page(bilan, where="print")
        yield "bilan/bilan.pdf", bilan_pdf.pdf(page)
        yield "bilan/bilan.xlsx", bilan_workbook.workbook(page)
    yield "bilan/seances.csv", bilan_workbook.sessions_csv(season)


def _payments(season: Season) -> Iterator[File]:
    rows = list(money.payments(season))
    if rows:
        yield "paiements/paiements.xlsx", payment_export.workbook(rows)
        yield "paiements/paiements.csv", payment_export.lines(rows)


def _funding(season: Season) -> Iterator[File]:
    plan = plan_of(season)
    if not plan.is_empty:
        for form in funding_sheets.FORMS:
            made: Any = funding_sheets.sheet(plan, form)
            yield f"financement/financement.{form}", _pieces(made) if form == "xlsx" else made


def _coverage(season: Season) -> Iterator[File]:
    found = coverage_pages.page(season, coverage_pages.Asked()).found
    for form in coverage_sheets.FORMS:
        yield f"couverture/couverture.{form}", coverage_sheets.sheet(found, form, title=_("Couverture"))


def _minutes(season: Season) -> Iterator[File]:
    """The minutes that were settled, as they were signed off."""
    meetings = (
        Meeting.objects.filter(season=season, state=MeetingState.SETTLED, minutes__isnull=False)
        .select_related("minutes")
        .order_by("starts_at", "pk")
    )
    for number, meeting in enumerate(meetings, 1):
        assert meeting.minutes is not None
        held = timezone.localtime(meeting.starts_at)
        name = slugify(meeting.title)[:60] or "reunion"
        yield f"comptes-rendus/{held:%Y-%m-%d}-{number:02d}-{name}.pdf", _pieces(documents.opened(meeting.minutes))


def _journal(season: Season) -> Iterator[File]:
    """Who did what to this season, by role: a name may be taken out of the journal one day, not out of here."""
    yield "journal/journal.csv", csv_lines(
        [
            _("Numéro"), _("Date"), _("Action"), _("Libellé"), _("Objet"), _("Identifiant"), _("Rôle de l'auteur"),
            _("Détails"), _("Empreinte"),
        ],
        _entries(season),
    )  # fmt: skip


def _entries(season: Season) -> Iterator[list[Cell]]:
    targets = [
        season,
        *Residency.objects.filter(season=season),
        *Activity.objects.filter(season=season),
        *Session.objects.filter(activity__season=season),
        *ActivityRequest.objects.filter(season=season),
        *Event.objects.filter(season=season),
        *Meeting.objects.filter(season=season),
        *Payment.objects.filter(season=season),
        *Paper.objects.filter(residency__season=season),
        *Paper.objects.filter(activity__season=season),
        *Bilan.objects.filter(season=season),
    ]
    entries: dict[int, Entry] = {}
    for start in range(0, len(targets), 5000):
        entries |= {entry.seq: entry for entry in entries_for(*targets[start : start + 5000])}
    for seq in sorted(entries):
        entry = entries[seq]
        details = json.dumps(entry.data, ensure_ascii=False, sort_keys=True) if entry.data else ""
        role = str(entry.actor.get_role_display())
        yield [
            entry.seq, timezone.localtime(entry.at), entry.verb, entry.label, entry.target_type, entry.target_id,
            role, details, entry.hash,
        ]  # fmt: skip


PARTS: tuple[Part, ...] = (
    Part("bilan", gettext_lazy("Bilan de la saison et ses séances"), _bilan),
    Part("paiements", gettext_lazy("Paiements"), _payments),
    Part("financement", gettext_lazy("Plan de financement"), _funding),
    Part("couverture", gettext_lazy("Couverture du territoire"), _coverage),
    Part("comptes-rendus", gettext_lazy("Comptes rendus arrêtés des réunions"), _minutes),
    Part("journal", gettext_lazy("Extrait du journal, sans nom de personne"), _journal),
)


# The ZIP ---------------------------------------------------------------------------------------


def write(season: Season, path: Path, *, closed_at: datetime, left: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Write the archive at ``path``; give its manifest back. Pieces stream to the disk; no two parts at once."""
    listed: list[dict[str, Any]] = []
    sums: list[str] = []
    stamp = timezone.localtime(closed_at).timetuple()[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in PARTS:
            files = []
            for name, content in part.make(season):
                size, digest = _add(archive, name, stamp, content)
                files.append({"path": name, "size": size, "sha256": digest})
                sums.append(f"{digest}  {name}\n")
            listed.append({"part": part.name, "title": str(part.title), "files": files, "empty": not files})
        manifest = {
            "season": {
                "uuid": str(season.uuid),
                "name": season.name,
                "programme": season.programme.name,
                "territory": season.programme.territory.name,
                "starts_on": season.starts_on.isoformat(),
                "ends_on": season.ends_on.isoformat(),
            },
            "closed_at": closed_at.isoformat(),
            "left_unfinished": list(left),
            "parts": listed,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        _add(archive, "manifeste.json", stamp, text.encode())
        _add(archive, "SHA256SUMS", stamp, "".join(sums).encode())
        _add(archive, "LISEZ-MOI.txt", stamp, _readme(manifest).encode())
    return manifest


def _add(archive: zipfile.ZipFile, name: str, stamp: Any, content: bytes | Iterable[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name, stamp)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w") as out:
        for piece in (content,) if isinstance(content, bytes) else content:
            out.write(piece)
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()


def _readme(manifest: dict[str, Any]) -> str:
    """The same, for whoever opens the ZIP in ten years."""
    season = manifest["season"]
    lines = [
        _("Archive de la saison %(season)s – %(territory)s")
        % {"season": season["name"], "territory": season["territory"]},
        "",
        _("Chaque fichier est dans le manifeste avec son empreinte ; « sha256sum -c SHA256SUMS » les vérifie."),
        "",
    ]
    nothing = _("rien dans cette saison")
    for part in manifest["parts"]:
        lines.append(f"{part['title']}\N{NO-BREAK SPACE}:")
        lines += [f"  {one['path']}" for one in part["files"]] or [f"  {nothing}"]
    if manifest["left_unfinished"]:
        lines += ["", _("Ce qui n'était pas terminé à la clôture")]
        lines += [f"  {one['label']} {one['reason']}" for one in manifest["left_unfinished"]]
    return "\n".join(lines) + "\n"
