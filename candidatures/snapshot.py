"""What a deposit freezes: the answers, the list of pieces, and their digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from candidatures import sections
from candidatures.enums import LifeStage, PieceForm
from candidatures.money import summarise
from clea.i18n import localised

if TYPE_CHECKING:
    from candidatures.models import Application, CallPiece, Deposit
    from clea.documents.models import StoredFile

SCHEMA = 1
WHOLE = "dossier-unique"


@dataclass(frozen=True)
class FrozenPiece:
    """One piece as filed: a file, or a typed text (``stored_file`` is then ``None``)."""

    code: str
    title: str
    sha256: str
    identifying: bool
    stored_file: StoredFile | None = None
    original_name: str = ""
    pages: int | None = None
    size: int = 0

    def manifest(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": self.title,
            "sha256": self.sha256,
            "name": self.original_name,
            "pages": self.pages,
            "size": self.size,
            "typed": self.stored_file is None,
        }


@dataclass(frozen=True)
class Snapshot:
    """Everything a deposit keeps. ``sha256`` covers the answers and each piece's digest."""

    data: dict[str, Any]
    pieces: list[FrozenPiece] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        return digest(self.data)


def digest(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON: sorted keys, no spaces, UTF-8. Anyone can take it again."""
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _typed(piece: CallPiece, title: str, content: dict[str, Any]) -> FrozenPiece:
    return FrozenPiece(code=piece.code, title=title, sha256=digest(content), identifying=piece.identifying)


def of_file(code: str, title: str, stored: StoredFile, *, identifying: bool) -> FrozenPiece:
    return FrozenPiece(
        code=code,
        title=title,
        sha256=stored.sha256,
        identifying=identifying,
        stored_file=stored,
        original_name=stored.original_name,
        pages=stored.pages,
        size=stored.size,
    )


def take(application: Application) -> Snapshot:
    """Freeze the working copy, fetched with all its content. No query."""
    call = application.call
    answers: dict[str, Any] = {}
    frozen: list[FrozenPiece] = []
    held: list[str] = []
    whole = sections.document_of(application, None) if application.single_pdf else None
    if whole is not None:
        frozen.append(of_file(WHOLE, _("Dossier complet"), whole.stored_file, identifying=True))
    for piece in call.pieces.all():
        title = localised(piece, "title")
        answer = sections.answer_of(application, piece)
        document = sections.document_of(application, piece)
        if whole is not None and answer and answer.in_single_pdf:
            held.append(piece.code)
        content = _typed_content(application, piece)
        if content:
            answers[piece.code] = content
            frozen.append(_typed(piece, title, content))
        if document is not None:
            frozen.append(of_file(piece.code, title, document.stored_file, identifying=piece.identifying))
    data = _answers(application) | {
        "schema": SCHEMA,
        "answers": answers,
        "held_by_single_pdf": held,
        "pieces": [piece.manifest() for piece in frozen],
    }
    return Snapshot(data, frozen)


def _typed_content(application: Application, piece: CallPiece) -> dict[str, Any]:
    answer = sections.answer_of(application, piece)
    if piece.form == PieceForm.TEXT and answer and answer.text.strip():
        return {"text": answer.text.strip()}
    if piece.form == PieceForm.LINKS and answer and answer.links:
        return {"links": answer.links}
    if piece.form == PieceForm.WORKS and application.works.all():
        return {
            "works": [
                {"title": work.title, "year": work.year, "form": work.form, "needs": work.needs}
                for work in application.works.all()
            ]
        }
    return {}


def _answers(application: Application) -> dict[str, Any]:
    call = application.call
    declarations = {declaration.criterion_id: declaration for declaration in application.declarations.all()}
    lines = list(application.budget_lines.all())
    summary = summarise(lines, getattr(call, "money", None))
    return {
        "call": {"uuid": str(call.uuid), "slug": call.slug, "title": localised(call, "title")},
        "identity": {
            "kind": application.applicant_kind,
            "artist_name": application.artist_name,
            "first_name": application.first_name,
            "last_name": application.last_name,
            "email": application.owner.email,
            "phone": application.phone,
            "address": application.address,
            "postal_code": application.postal_code,
            "city": application.city,
            "country": application.country,
            "organisation": application.organisation,
            "members": [{"name": member.name, "role": member.role} for member in application.members.all()],
        },
        "practice": {
            "disciplines": [localised(discipline, "name") for discipline in application.disciplines.all()],
            "practice": application.practice,
            "website": application.website,
        },
        "declarations": [
            {
                "criterion": criterion.pk,
                "text": localised(criterion, "text"),
                "declared": bool(criterion.pk in declarations and declarations[criterion.pk].declared),
                "comment": declarations[criterion.pk].comment if criterion.pk in declarations else "",
            }
            for criterion in call.criteria.all()
        ],
        "articulation": {
            "axes": [localised(axis, "title") for axis in application.axes.all()],
            "territory_link": application.territory_link,
            "transitions_link": application.transitions_link,
            "life_stages": [str(LifeStage(stage).label) for stage in application.life_stages],
        },
        "budget": {
            "lines": [
                {
                    "nature": line.nature,
                    "nature_label": str(line.get_nature_display()),
                    "label": line.label,
                    "net": str(line.net),
                    "gross": str(line.gross),
                    "employer_charges": str(line.employer_charges),
                    "total": str(line.total),
                }
                for line in lines
            ],
            "net": str(summary.sums.net),
            "gross": str(summary.sums.gross),
            "employer_charges": str(summary.sums.employer_charges),
            "total": str(summary.sums.total),
            "comment": application.budget_comment,
            "notes": [finding.message for finding in summary.findings if not finding.blocking],
        },
        "other_territories": {
            "applies_elsewhere": application.applies_elsewhere,
            "claims": [
                {"territory": claim.territory, "jury_on": claim.jury_on.isoformat() if claim.jury_on else ""}
                for claim in application.claims.all()
            ],
        },
        "consent": {
            "accuracy_declared": application.accuracy_declared,
            "privacy_read": application.privacy_read,
            "keep_in_touch": application.keep_in_touch,
        },
    }


def supplemented(deposit: Deposit, piece: CallPiece, stored: StoredFile) -> Snapshot:
    """The last deposit with one piece given on request: its answers do not change."""
    frozen = [
        FrozenPiece(
            code=row.code,
            title=row.title,
            sha256=row.sha256,
            identifying=row.identifying,
            stored_file=row.stored_file,
            original_name=row.original_name,
            pages=row.pages,
            size=row.size,
        )
        for row in deposit.pieces.select_related("stored_file")
        if row.code != piece.code
    ]
    added = of_file(piece.code, localised(piece, "title"), stored, identifying=piece.identifying)
    frozen.append(added)
    answers = {code: value for code, value in deposit.data["answers"].items() if code != piece.code}
    data = deposit.data | {"answers": answers, "pieces": [item.manifest() for item in frozen]}
    return Snapshot(data, frozen)
