"""What the coordinator wrote in a call, read in one query and in the reader's language.

A call's page shows seven tables of small rows. A ``UNION`` of the seven keeps the page at four
queries for an anonymous visitor instead of ten.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, F, IntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language

from candidatures.models import (
    Axis,
    Call,
    CallPiece,
    CallSection,
    EligibilityCriterion,
    FrequentQuestion,
    Position,
    ScoringCriterion,
)
from clea.worded import Given, Question

_TEXTS = ("slug", "title", "title_en", "text", "text_en", "form")
_NUMBERS = ("count", "limit", "pages")


def _texts(first: str, second: str) -> dict[str, str]:
    return {"title": first, "title_en": f"{first}_en", "text": second, "text_en": f"{second}_en"}


#: For each part of the page: its table, and which of its columns holds what.
SOURCES: dict[str, tuple[type[models.Model], dict[str, str]]] = {
    "section": (CallSection, _texts("title", "text") | {"slug": "slug"}),
    "axis": (Axis, _texts("title", "text")),
    "question": (FrequentQuestion, _texts("question", "answer")),
    "criterion": (EligibilityCriterion, _texts("text", "help")),
    "scoring": (ScoringCriterion, _texts("title", "guidance") | {"count": "weight", "limit": "max_score"}),
    "position": (Position, {"title": "title", "title_en": "title_en", "count": "count"}),
    "piece": (
        CallPiece,
        _texts("title", "help")
        | {"slug": "code", "form": "form", "count": "required", "limit": "max_mb", "pages": "max_pages"},
    ),
}


@dataclass(frozen=True)
class Passage:
    """A small text of the call. ``*_lang`` is ``fr`` when an English page shows it untranslated."""

    title: str
    text: str
    title_lang: str = ""
    text_lang: str = ""
    slug: str = ""
    form: str = ""
    #: Residencies of a position, weight of a criterion, 1 for a required piece.
    count: int = 0
    #: Highest score of a criterion, own limit of a piece in megabytes.
    limit: int | None = None
    pages: int | None = None

    @property
    def required(self) -> bool:
        return bool(self.count)


def _told(*parts: str) -> QuerySet[Any, Any]:
    """What reads these parts of a call, seven tables at once."""
    first, *others = [_rows(part) for part in parts]
    return first.union(*others, all=True)


def _rows(part: str) -> QuerySet[Any, Any]:
    model, columns = SOURCES[part]
    shape: dict[str, Any] = {"c_part": Cast(Value(part), TextField()), "c_order": F("order"), "c_pk": F("pk")}
    for name in _TEXTS:
        source = F(columns[name]) if name in columns else Value("")
        shape[f"c_{name}"] = Cast(source, TextField())
    for name in _NUMBERS:
        source = F(columns[name]) if name in columns else Value(None, output_field=IntegerField())
        shape[f"c_{name}"] = Cast(source, IntegerField())
    rows = model._default_manager.filter(call=Given("call", BigIntegerField())).order_by().annotate(**shape)
    return rows.values_list(*shape)


_TOLD = Question(_told)


#: A space that must not break: before double punctuation, inside guillemets. A table's ":--" is left alone.
_BREAKS = re.compile(r"(?<=\S) (?=[:;!?»](?:[\s.,)]|$))|(?<=«) ", re.MULTILINE)


def typeset(text: str) -> str:
    """French text with the no-break spaces its punctuation wants, whatever was typed."""
    return _BREAKS.sub("\N{NO-BREAK SPACE}", text)


def pick(french: str, english: str) -> tuple[str, str]:
    """The text in the reader's language, and ``fr`` when it had to stay in French."""
    if not (get_language() or "fr").startswith("en"):
        return typeset(french), ""
    return (english, "") if english else (typeset(french), "fr" if french else "")


def passages(call: Call, parts: Iterable[str] = tuple(SOURCES)) -> dict[str, list[Passage]]:
    """The small texts of a call, by part and in the coordinator's order. One query."""
    rows = _TOLD.ask(*parts, call=call.pk)
    found: dict[str, list[Passage]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row[:3]):
        part, _order, _pk, slug, title, title_en, text, text_en, form, count, limit, pages = row
        shown, title_lang = pick(title, title_en)
        body, text_lang = pick(text, text_en)
        found[part].append(
            Passage(shown, body, title_lang, text_lang, slug, form, count=count or 0, limit=limit, pages=pages)
        )
    return found
