"""From a page of the dossier to its forms, and from its forms to what the service writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.models import model_to_dict
from django.http import QueryDict

from candidatures import sections
from candidatures.enums import PieceForm
from candidatures.forms import dossier
from candidatures.forms.base import RowFormSet
from candidatures.selectors import asked
from candidatures.services.applications import CHOICES, COLUMNS, ROWS, WORKS, Changes

if TYPE_CHECKING:
    from candidatures.models import Application, CallPiece

ROW_FORMSETS: dict[str, type[RowFormSet]] = {
    sections.IDENTITY: dossier.MemberRows,
    sections.BUDGET: dossier.BudgetRows,
    sections.TERRITORIES: dossier.ClaimRows,
}
TEMPLATES = {
    sections.IDENTITY: "identity",
    sections.ELIGIBILITY: "eligibility",
    sections.SINGLE_PDF: "single_pdf",
    sections.BUDGET: "budget",
    sections.TERRITORIES: "territories",
    sections.CONSENT: "consent",
}


@dataclass
class PageForms:
    """The forms of one page, bound or not."""

    section: str
    application: Application
    form: forms.BaseForm | None = None
    rows: RowFormSet | None = None
    piece: CallPiece | None = None

    @property
    def template(self) -> str:
        name = "piece" if self.piece else TEMPLATES.get(self.section, "simple")
        return f"candidatures/applicant/sections/{name}.html"

    def is_valid(self) -> bool:
        valid = [part.is_valid() for part in (self.form, self.rows) if part is not None]
        return all(valid)

    def all_forms(self) -> list[forms.BaseForm]:
        """Every form of the page, for the error summary."""
        found = [self.form] if self.form is not None else []
        return found + (list(self.rows.forms) if self.rows is not None else [])

    def errors(self) -> dict[str, list[str]]:
        """Messages by HTML field name, for the page's script."""
        return {
            bound.html_name: [str(message) for message in bound.errors]
            for form in self.all_forms()
            for bound in form
            if bound.errors
        }

    def _sent(self) -> Mapping[str, Any]:
        """The valid values of the fields that were sent: a field left out of a page is not an empty one.

        An unticked box is never sent, which is its way to say no.
        """
        form = self.form
        if form is None or not hasattr(form, "cleaned_data"):
            return {}
        return {
            name: value
            for name, value in form.cleaned_data.items()
            if not form.fields[name].widget.value_omitted_from_data(form.data, form.files, form.add_prefix(name))
        }

    def changes(self) -> Changes:
        """What is valid in what was sent; an invalid field, or invalid rows, is left as stored."""
        data = self._sent()
        if isinstance(self.form, dossier.EligibilityForm):
            return Changes(declarations=self.form.declarations())
        if isinstance(self.form, dossier.SinglePdfForm):
            answer = data.get("single_pdf", "")
            if answer == "":
                return Changes()
            ticked = set(data["holds"]) if answer and "holds" in data else None
            return Changes(columns={"single_pdf": answer}, ticked_pieces=ticked if answer else set())
        rows = None
        if self.rows is not None and self.rows.is_valid():
            rows = self.rows.values()
        if self.piece is not None:
            return Changes(text=data.get("text"), rows=rows)
        return Changes(
            columns={name: data[name] for name in COLUMNS.get(self.section, ()) if name in data},
            choices={name: list(data[name]) for name in CHOICES.get(self.section, ()) if name in data},
            rows=rows,
        )


def build(application: Application, section: str, data: QueryDict | None = None) -> PageForms | None:
    """The forms of ``section``, filled from the dossier or bound to ``data``; ``None``: no such page.

    Reads only what ``selectors.SECTION_PREFETCH`` fetched for the page.
    """
    if section.startswith(sections.PIECE_PREFIX):
        return _piece(application, section, data)
    page = PageForms(section, application)
    call = application.call
    initial = _initial(application, section)
    extra: dict[str, Any] = {"data": data, "initial": initial}
    if section == sections.IDENTITY:
        page.form = dossier.IdentityForm(**extra)
    elif section == sections.PRACTICE:
        page.form = dossier.PracticeForm(**extra, disciplines=asked.disciplines(application.read_at))
    elif section == sections.ELIGIBILITY and call.criteria.all():
        page.form = dossier.EligibilityForm(**extra, criteria=list(call.criteria.all()))
    elif section == sections.SINGLE_PDF and call.accepts_single_pdf:
        page.form = dossier.SinglePdfForm(**extra, call=call)
    elif section == sections.ARTICULATION and call.ask_articulation:
        page.form = dossier.ArticulationForm(**extra, call=call)
    elif section == sections.BUDGET and getattr(call, "money", None) and call.money.budget_required:
        page.form = dossier.BudgetForm(**extra)
    elif section == sections.TERRITORIES and call.ask_other_territories:
        page.form = dossier.ElsewhereForm(**extra)
    elif section == sections.CONSENT:
        page.form = dossier.ConsentForm(**extra, call=call)
    else:
        return None
    if section in ROW_FORMSETS:
        page.rows = _rows(ROW_FORMSETS[section], ROWS[section][0], application, data)
    return page


def _rows(kind: type[RowFormSet], relation: str, application: Application, data: QueryDict | None) -> RowFormSet:
    columns = kind.form._meta.fields
    stored = getattr(application, relation).all() if data is None else []
    initial = [model_to_dict(row, fields=columns) for row in stored]
    return kind(data=data, initial=initial, prefix="lignes")


def _piece(application: Application, section: str, data: QueryDict | None) -> PageForms | None:
    code = section.removeprefix(sections.PIECE_PREFIX)
    piece = next((item for item in application.call.pieces.all() if item.code == code), None)
    if piece is None:
        return None
    page = PageForms(section, application, piece=piece)
    answer = sections.answer_of(application, piece)
    initial = {"text": answer.text if answer else ""}
    if piece.form == PieceForm.TEXT:
        page.form = dossier.PieceTextForm(data=data, initial=initial)
    elif piece.form == PieceForm.LINKS:
        page.form = dossier.PieceLinksForm(data=data, initial=initial)
    elif piece.form == PieceForm.WORKS:
        page.rows = _rows(dossier.WorkRows, WORKS[0], application, data)
    return page


def _initial(application: Application, section: str) -> dict[str, Any]:
    initial: dict[str, Any] = {name: getattr(application, name) for name in COLUMNS.get(section, ())}
    for name in CHOICES.get(section, ()):
        initial[name] = [row.pk for row in getattr(application, name).all()]
    if section == sections.ELIGIBILITY:
        for declaration in application.declarations.all():
            initial[f"declared_{declaration.criterion_id}"] = declaration.declared
            initial[f"comment_{declaration.criterion_id}"] = declaration.comment
    elif section == sections.SINGLE_PDF:
        initial["single_pdf"] = "1" if application.single_pdf else "0"
        initial["holds"] = [answer.piece_id for answer in application.answers.all() if answer.in_single_pdf]
    elif section == sections.TERRITORIES:
        initial["applies_elsewhere"] = {True: "1", False: "0", None: ""}[application.applies_elsewhere]
    return initial


def budget_lines(rows: RowFormSet | None) -> list[Any]:
    """Unsaved budget lines from what is being typed, for the running totals. Invalid rows are left out."""
    from candidatures.models import BudgetLine

    if rows is None or not rows.is_bound:
        return []
    return [BudgetLine(**form.cleaned_data) for form in rows.forms if form.is_valid() and not form.is_blank()]
