"""The task list of a dossier: its pages, and what each still lacks.

Pure: works on an :class:`Application` whose relations were fetched by ``selectors.dossier``; no
query of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.enums import ApplicantKind, PieceForm
from candidatures.money import BudgetSummary, summarise
from clea.i18n import localised

if TYPE_CHECKING:
    from candidatures.models import Application, Call, CallPiece, Document, PieceAnswer

IDENTITY = "identite"
PRACTICE = "pratique"
ELIGIBILITY = "conditions"
SINGLE_PDF = "dossier-unique"
ARTICULATION = "articulation"
BUDGET = "budget"
TERRITORIES = "territoires"
CONSENT = "engagements"
PIECE_PREFIX = "piece-"


def titles() -> dict[str, str]:
    """The name of each fixed page, in the reader's language."""
    return {
        IDENTITY: _("Qui vous êtes"),
        PRACTICE: _("Votre pratique"),
        ELIGIBILITY: _("Conditions de candidature"),
        SINGLE_PDF: _("Dossier déjà prêt en un seul PDF ?"),
        ARTICULATION: _("Le territoire et les transitions"),
        BUDGET: _("Budget prévisionnel"),
        TERRITORIES: _("Autres territoires"),
        CONSENT: _("Engagements et données personnelles"),
    }


@dataclass(frozen=True)
class Section:
    """One page of the dossier and its state."""

    key: str
    title: str
    url: str
    missing: list[str] = field(default_factory=list)
    optional: bool = False
    started: bool = False
    piece: CallPiece | None = None

    @property
    def state(self) -> str:
        """``done``, ``todo`` (something required is missing) or ``optional`` (nothing given, fine)."""
        if self.missing:
            return "todo"
        return "optional" if self.optional and not self.started else "done"

    @property
    def state_label(self) -> str:
        if self.missing:
            return _("à compléter") if self.started else _("à commencer")
        return _("facultatif") if self.state == "optional" else _("complet")


@dataclass(frozen=True)
class TaskList:
    """All the pages, in the order one fills them."""

    sections: list[Section]
    budget: BudgetSummary | None

    @property
    def missing(self) -> list[str]:
        return [item for section in self.sections for item in section.missing]

    @property
    def complete(self) -> bool:
        return not self.missing

    @property
    def done(self) -> int:
        return sum(1 for section in self.sections if not section.missing)

    def get(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)


def keys(call: Call) -> list[str]:
    """The pages of a dossier for ``call``, in order. Two queries unless ``selectors.dossier`` read it."""
    money = getattr(call, "money", None)
    found = [IDENTITY, PRACTICE]
    if call.asks_conditions:
        found.append(ELIGIBILITY)
    pieces = [f"{PIECE_PREFIX}{piece.code}" for piece in call.pieces.all()]
    if call.accepts_single_pdf and pieces:
        found.append(SINGLE_PDF)
    found += pieces
    if call.ask_articulation:
        found.append(ARTICULATION)
    if money is not None and money.budget_required:
        found.append(BUDGET)
    if call.ask_other_territories:
        found.append(TERRITORIES)
    return [*found, CONSENT]


def url_after(application: Application, key: str) -> str:
    """The page that follows ``key``; the check page at the end."""
    order = keys(application.call)
    position = order.index(key) + 1 if key in order else len(order)
    if position < len(order):
        return reverse("applications:section", args=[application.uuid, order[position]])
    return reverse("applications:review", args=[application.uuid])


def place(application: Application, key: str) -> tuple[int, int]:
    """Where a page stands among those to fill: its rank from 1, and how many there are."""
    order = keys(application.call)
    return (order.index(key) + 1 if key in order else len(order)), len(order)


def document_of(application: Application, piece: CallPiece | None) -> Document | None:
    """The PDF given for ``piece`` (``None``: the whole dossier in one PDF)."""
    piece_id = piece.pk if piece else None
    return next((document for document in application.documents.all() if document.piece_id == piece_id), None)


def answer_of(application: Application, piece: CallPiece) -> PieceAnswer | None:
    return next((answer for answer in application.answers.all() if answer.piece_id == piece.pk), None)


def piece_is_given(application: Application, piece: CallPiece) -> bool:
    """Whether the dossier holds the piece, in one of the forms the call allows; not by a file that is held."""
    answer = answer_of(application, piece)
    document, whole = document_of(application, piece), document_of(application, None)
    if application.single_pdf and answer and answer.in_single_pdf and whole and not whole.stored_file.infected:
        return True
    if document and not document.stored_file.infected:
        return True
    if piece.form in (PieceForm.TEXT, PieceForm.LINKS) and answer and answer.text.strip():
        return True
    return piece.form == PieceForm.WORKS and bool(application.works.all())


def task_list(application: Application) -> TaskList:
    """Every section of the dossier for its call, with what is missing in words."""
    call = application.call

    def at(key: str) -> str:
        return reverse("applications:section", args=[application.uuid, key])

    sections = [_identity(application, at(IDENTITY)), _practice(application, at(PRACTICE))]
    if call.criteria.all():
        sections.append(_eligibility(application, at(ELIGIBILITY)))
    if call.accepts_single_pdf and call.pieces.all():
        sections.append(_single_pdf(application, at(SINGLE_PDF)))
    for piece in call.pieces.all():
        key = f"{PIECE_PREFIX}{piece.code}"
        given = piece_is_given(application, piece)
        title = localised(piece, "title")
        missing = [] if given or not piece.required else [_("%(piece)s : à fournir") % {"piece": title}]
        document = document_of(application, piece)
        held = document is not None and document.stored_file.infected
        if held:
            # Asked for or not: what is filed can be read.
            missing = [_("%(piece)s : fichier retenu par l'antivirus, à remplacer ou à retirer") % {"piece": title}]
        started = given or held
        sections.append(
            Section(key, title, at(key), missing, optional=not piece.required, started=started, piece=piece)
        )
    if call.ask_articulation:
        sections.append(_articulation(application, at(ARTICULATION)))
    budget: BudgetSummary | None = None
    money = getattr(call, "money", None)
    if money is not None and money.budget_required:
        lines = list(application.budget_lines.all())
        budget = summarise(lines, money)
        sections.append(
            Section(
                BUDGET,
                titles()[BUDGET],
                at(BUDGET),
                [finding.message for finding in budget.blocking],
                started=bool(lines),
            )
        )
    if call.ask_other_territories:
        missing = []
        if application.applies_elsewhere is None:
            missing = [_("dire si vous candidatez dans d'autres territoires")]
        elif application.applies_elsewhere and not application.claims.all():
            missing = [_("nommer les autres territoires")]
        sections.append(
            Section(
                TERRITORIES,
                titles()[TERRITORIES],
                at(TERRITORIES),
                missing,
                started=application.applies_elsewhere is not None,
            )
        )
    sections.append(_consent(application, at(CONSENT)))
    return TaskList(sections, budget)


def _identity(application: Application, url: str) -> Section:
    missing = [
        label
        for name, label in (
            ("first_name", _("votre prénom")),
            ("last_name", _("votre nom")),
            ("artist_name", _("le nom d'artiste ou du collectif")),
            ("phone", _("un téléphone")),
            ("address", _("une adresse")),
            ("postal_code", _("un code postal")),
            ("city", _("une ville")),
            ("country", _("un pays")),
        )
        if not getattr(application, name).strip()
    ]
    if application.applicant_kind == ApplicantKind.COLLECTIVE and not application.members.all():
        missing.append(_("au moins un autre membre du collectif"))
    started = bool(application.first_name or application.last_name or application.artist_name)
    return Section(IDENTITY, titles()[IDENTITY], url, missing, started=started)


def _practice(application: Application, url: str) -> Section:
    missing = []
    if not application.disciplines.all():
        missing.append(_("au moins une discipline"))
    if not application.practice.strip():
        missing.append(_("votre pratique en quelques lignes"))
    return Section(
        PRACTICE,
        titles()[PRACTICE],
        url,
        missing,
        started=bool(application.practice or application.disciplines.all()),
    )


def _eligibility(application: Application, url: str) -> Section:
    declared = {declaration.criterion_id for declaration in application.declarations.all() if declaration.declared}
    total = len(application.call.criteria.all())
    left = total - len(declared)
    missing = []
    if left > 0:
        missing.append(
            ngettext(
                "%(left)s condition sur %(total)s à déclarer", "%(left)s conditions sur %(total)s à déclarer", left
            )
            % {"left": left, "total": total}
        )
    return Section(ELIGIBILITY, titles()[ELIGIBILITY], url, missing, started=bool(declared))


def _single_pdf(application: Application, url: str) -> Section:
    whole = document_of(application, None)
    missing = []
    if application.single_pdf and not whole:
        missing.append(_("le PDF unique que vous annoncez"))
    if application.single_pdf and whole and whole.stored_file.infected:
        missing.append(_("le PDF unique : fichier retenu par l'antivirus, à remplacer ou à retirer"))
    if application.single_pdf and whole and not any(a.in_single_pdf for a in application.answers.all()):
        missing.append(_("cocher les pièces que contient votre PDF unique"))
    return Section(
        SINGLE_PDF,
        titles()[SINGLE_PDF],
        url,
        missing,
        optional=True,
        started=application.single_pdf or whole is not None,
    )


def _articulation(application: Application, url: str) -> Section:
    started = bool(
        application.territory_link.strip()
        or application.transitions_link.strip()
        or application.life_stages
        or application.axes.all()
    )
    # Invited and scored, never a ground for refusal (rules.md 4): nothing here is missing.
    return Section(ARTICULATION, titles()[ARTICULATION], url, [], optional=True, started=started)


def _consent(application: Application, url: str) -> Section:
    missing = []
    if not application.accuracy_declared:
        missing.append(_("certifier l'exactitude de votre dossier"))
    if not application.privacy_read:
        missing.append(_("confirmer avoir lu l'information sur vos données"))
    return Section(CONSENT, titles()[CONSENT], url, missing, started=application.accuracy_declared)
