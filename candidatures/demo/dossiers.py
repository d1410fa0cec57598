"""Filling one dossier page by page, through the services an artist's browser calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from candidatures import sections
from candidatures.demo import content, pdfs
from candidatures.demo.content import Persona
from candidatures.enums import BudgetNature, LifeStage
from candidatures.models import Application, Discipline, PieceRequest
from candidatures.services import applications, deposits, pieces
from candidatures.services.applications import Changes
from clea.documents.models import StoredFile

if TYPE_CHECKING:
    from clea.accounts.models import User

Step = Callable[["Draft"], None]

_G, _C, _A = BudgetNature.GENERAL, BudgetNature.CACHET, BudgetNature.AUTHOR
#: Budgets that hold the real call's rules, in euros: nature, label, net, gross, employer's charges.
#: The last one does not: its total is above the ceiling, so that its dossier cannot be filed.
BUDGETS: dict[str, list[tuple[BudgetNature, str, str, str, str]]] = {
    "salary": [(_G, "Salaire, quatre mois", "12000.00", "15384.62", "6461.54")],
    "author": [
        (_G, "Médiation et gestes artistiques", "8400.00", "10769.23", "4523.08"),
        (_A, "Droits d'auteur, diffusion des œuvres", "3600.00", "4285.71", "47.14"),
    ],
    "cachets": [
        (_G, "Rencontres et gestes artistiques", "8600.00", "11025.64", "4630.77"),
        (_C, "Cachets de diffusion, 18 représentations", "3400.00", "4358.97", "2179.49"),
    ],
    "two": [
        (_G, "Salaire, premier membre", "6000.00", "7692.31", "3384.62"),
        (_G, "Salaire, second membre", "6000.00", "7692.31", "3384.62"),
    ],
    "both": [
        (_G, "Médiation", "7600.00", "9743.59", "4092.31"),
        (_C, "Cachets de diffusion", "2000.00", "2564.10", "1282.05"),
        (_A, "Droits d'auteur", "2400.00", "2857.14", "31.43"),
    ],
    "over": [(_G, "Salaire, quatre mois", "12600.00", "17500.00", "8662.50")],
}


@dataclass
class Draft:
    """A dossier being filled by its owner."""

    owner: User
    persona: Persona
    application: Application

    def save(self, section: str, changes: Changes) -> None:
        applications.save_section(
            by=self.owner, application=self.application, section=section, changes=changes, version=None
        )

    def send(self, code: str | None, make: Callable[[Persona], bytes], name: str) -> None:
        """Send a PDF for the piece ``code``, or as the whole dossier."""
        piece = self.application.call.pieces.get(code=code) if code else None
        document = pieces.add(
            by=self.owner,
            application=self.application,
            piece=piece,
            upload=upload(make(self.persona), f"{self.persona.last} {name}.pdf"),
        )
        backdate(document.stored_file)


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def backdate(stored: StoredFile) -> None:
    """Give the file the demonstration's hour: its default keeps the machine's own clock."""
    StoredFile.objects.filter(pk=stored.pk).update(created_at=timezone.now())


def identity(draft: Draft) -> None:
    persona = draft.persona
    draft.save(
        sections.IDENTITY,
        Changes(
            columns={
                "applicant_kind": persona.kind,
                "artist_name": persona.stage_name,
                "first_name": persona.first,
                "last_name": persona.last,
                "phone": persona.phone,
                "address": f"{persona.rank} rue de l'Exemple",
                "postal_code": persona.postal,
                "city": persona.city,
                "country": persona.country,
                "organisation": persona.organisation,
            },
            rows=[{"name": name, "role": role} for name, role in persona.members],
        ),
    )


def practice(draft: Draft) -> None:
    persona = draft.persona
    draft.save(
        sections.PRACTICE,
        Changes(
            columns={"practice": persona.practice, "website": persona.website},
            choices={"disciplines": list(Discipline.objects.filter(name__in=persona.disciplines))},
        ),
    )


def conditions(draft: Draft) -> None:
    criteria = draft.application.call.criteria.all()
    draft.save(sections.ELIGIBILITY, Changes(declarations={criterion.pk: (True, "") for criterion in criteria}))


def half_letter(draft: Draft) -> None:
    draft.save("piece-courrier", Changes(text="\n\n".join(content.letter(draft.persona)[:3])))


def letter(draft: Draft) -> None:
    draft.save("piece-courrier", Changes(text="\n\n".join(content.letter(draft.persona))))


def letter_pdf(draft: Draft) -> None:
    draft.send("courrier", pdfs.letter_pdf, "courrier")


def cv(draft: Draft) -> None:
    draft.send("cv", pdfs.cv_pdf, "CV")


def portfolio(draft: Draft) -> None:
    draft.send("portfolio", pdfs.portfolio_pdf, "dossier")


def damaged_portfolio(draft: Draft) -> None:
    """A PDF whose table is broken: received, repaired, the original kept."""
    draft.send("portfolio", lambda persona: pdfs.damaged(pdfs.portfolio_pdf(persona)), "dossier (copie)")


def links(draft: Draft) -> None:
    site = draft.persona.website
    draft.save("piece-portfolio", Changes(text=f"{site}\n{site}travaux/"))


def works(draft: Draft) -> None:
    rows = [
        {"title": title, "year": year, "form": form, "needs": needs} for title, year, form, needs in draft.persona.works
    ]
    if rows:
        draft.save("piece-oeuvres", Changes(rows=rows))


def single_pdf(make: Callable[[Persona], bytes]) -> Step:
    """One PDF said to hold the letter, the CV and the portfolio, then the ticks that say so."""

    def send(draft: Draft) -> None:
        draft.send(None, make, "candidature complète")
        held = draft.application.call.pieces.filter(code__in=["courrier", "cv", "portfolio"])
        draft.save(sections.SINGLE_PDF, Changes(columns={"single_pdf": True}, ticked_pieces={p.pk for p in held}))

    return send


def articulation(draft: Draft) -> None:
    persona = draft.persona
    stages = [stage.value for rank, stage in enumerate(LifeStage) if (persona.rank >> rank) & 1 or rank == 0]
    axes = list(draft.application.call.axes.all())
    draft.save(
        sections.ARTICULATION,
        Changes(
            columns={
                "territory_link": f"{persona.place}\n\n{persona.idea}",
                "transitions_link": persona.transitions,
                "life_stages": stages,
            },
            choices={"axes": axes if persona.transitions else axes[:1]},
        ),
    )


def budget(name: str) -> Step:
    """The page of the budget, filled with one of :data:`BUDGETS`."""

    def fill(draft: Draft) -> None:
        rows = []
        for nature, label, net, gross, charges in BUDGETS[name]:
            amounts = Decimal(net), Decimal(gross), Decimal(charges)
            rows.append(
                {
                    "nature": nature,
                    "label": label,
                    "net": amounts[0],
                    "gross": amounts[1],
                    "employer_charges": amounts[2],
                    "total": amounts[1] + amounts[2],
                }
            )
        draft.save(sections.BUDGET, Changes(rows=rows))

    return fill


def territories(draft: Draft) -> None:
    results: date | None = draft.application.call.results_on
    rows = [
        {"territory": name, "jury_on": results - timedelta(days=2 + rank) if results and rank else None}
        for rank, name in enumerate(draft.persona.elsewhere)
    ]
    draft.save(sections.TERRITORIES, Changes(columns={"applies_elsewhere": bool(rows)}, rows=rows))


def consent(draft: Draft) -> None:
    keep = draft.persona.rank % 3 == 0
    draft.save(
        sections.CONSENT,
        Changes(columns={"accuracy_declared": True, "privacy_read": True, "keep_in_touch": keep}),
    )


def file(draft: Draft) -> None:
    deposits.file(by=draft.owner, application=draft.application)


def supply(draft: Draft) -> None:
    """Answer the coordination's waiting request with a fresh PDF."""
    request = PieceRequest.objects.waiting().get(application=draft.application)
    again = upload(pdfs.cv_pdf(draft.persona), f"{draft.persona.last} CV lisible.pdf")
    deposit = deposits.supplement(by=draft.owner, request=request, upload=again)
    added = deposit.pieces.get(code=request.piece.code).stored_file
    assert added is not None
    backdate(added)


#: The pages, in the order one fills them; the pieces and the budget vary.
def pages(*, pieces: list[Step], budget_name: str = "salary") -> list[Step]:
    return [identity, practice, conditions, *pieces, works, articulation, budget(budget_name), territories, consent]


TYPED: list[Step] = [letter, cv]
TYPED_LINKS: list[Step] = [letter, cv, links]
TYPED_FOLDER: list[Step] = [letter, cv, portfolio]
ALL_PDF: list[Step] = [letter_pdf, cv, portfolio]
