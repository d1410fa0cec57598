"""What the home page tells of the residencies beside its week: the last news, the last bilan."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import Cast

from clea.worded import Question
from residencies.models import Bilan, News
from residencies.selectors.communication import LATEST


def latest() -> tuple[list[News], Bilan | None]:
    """The last news of all, and the published bilan of the last season that has one. One query.

    What the home page shows of each and nothing else: these rows are not for writing.
    """
    rows: list[tuple[Any, int, News]] = []
    bilan = None
    for kind, pk, slug, title, text, at in _LATEST.ask():
        if kind == "introduction":
            bilan = Bilan(slug=slug, title=title, introduction=text)
        else:
            rows.append((at, pk, News(slug=slug, title=title, summary=text, published_at=at)))
    return [row for _at, _pk, row in sorted(rows, key=lambda one: one[:2], reverse=True)], bilan


def _latest() -> QuerySet[Any, Any]:
    news = News.objects.published().order_by("-published_at", "-pk")[:LATEST]
    bilans = Bilan.objects.published().order_by("-season__starts_on", "-published_at")[:1]
    told = _words(News.objects.filter(pk__in=news.values("pk")), "summary")
    return told.union(_words(Bilan.objects.filter(pk__in=bilans.values("pk")), "introduction"), all=True)


def _words(rows: QuerySet[Any], text: str) -> QuerySet[Any, Any]:
    words = {"c_slug": F("slug"), "c_title": F("title"), "c_text": F(text)}
    shape: dict[str, Any] = {name: Cast(column, TextField()) for name, column in words.items()}
    return (
        rows.order_by()
        .annotate(c_kind=Cast(Value(text), TextField()), **shape)
        .values_list("c_kind", "pk", *shape, "published_at")
    )


_LATEST = Question(_latest)
