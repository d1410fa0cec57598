"""One search over the whole desk: each app says how its rows are found, within the person's walls.

A source costs one query, two at most, whatever it finds; nothing is asked for an empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from clea.text import normalise, words
from clea.ui import keys

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Rows shown of one kind; the list shows the rest.
SHOWN = 6
#: Below this, half the database would answer.
SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """One row found: what it is called, what tells it from its namesakes, its page."""

    label: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Found:
    """The rows of one kind, the first ones; ``more_url`` leads to all of them when there are more."""

    label: str | _StrPromise
    hits: Sequence[Hit]
    more_url: str = ""


Find = Callable[[HttpRequest, str], Found | None]


@dataclass(frozen=True)
class Source:
    """A kind of rows and where it stands among the others."""

    key: str
    rank: int
    find: Find


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source, from an ``AppConfig.ready``. The same key replaces."""
    _sources[source.key] = source


def long_enough(text: str) -> bool:
    """Whether a text tells anything from anything else."""
    return len(normalise(text)) >= SHORTEST


def everything(request: HttpRequest, text: str) -> list[Found]:
    """What is found, kind by kind. A fixed number of queries: one a source, two at most."""
    if not long_enough(text):
        return []
    found = (source.find(request, text) for source in sorted(_sources.values(), key=lambda source: source.rank))
    return [one for one in found if one is not None and one.hits]


def rows(
    model: type[Model],
    label: str | _StrPromise,
    *,
    detail: Callable[[Any], Any] = lambda row: "",
    name: Callable[[Any], Any] = str,
    url: Callable[[Any], str] | None = None,
    narrow: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None,
    related: Sequence[str] = (),
) -> Find:
    """A source over the rows of a model of the desk: its page's walls and, unless ``narrow`` is given, its search."""

    def find(request: HttpRequest, text: str) -> Found | None:
        page = admin.site._registry[model]
        if not page.has_view_permission(request):
            return None
        queryset = page.get_queryset(request)
        if narrow is not None:
            queryset, several = narrow(queryset, text), False
        else:
            queryset, several = page.get_search_results(request, queryset, text)
        queryset = queryset.prefetch_related(None)
        if several:
            queryset = queryset.distinct()
        first = list(queryset.select_related(*related)[: SHOWN + 1] if related else queryset[: SHOWN + 1])
        address = url or _row_url
        hits = [Hit(str(name(row)), address(row), str(detail(row) or "")) for row in first[:SHOWN]]
        return Found(label, hits, _list_url(page, text) if len(first) > SHOWN and narrow is None else "")

    return find


def told(text: str, *said: object) -> bool:
    """Whether every word of the text is in what is said: for the few rows that keep no folded column."""
    folded = normalise(*said)
    return all(word in folded for word in words(text))


def among(
    model: type[Model],
    label: str | _StrPromise,
    *,
    said: Callable[[Any], Iterable[object]],
    detail: Callable[[Any], Any] = lambda row: "",
    related: Sequence[str] = (),
) -> Find:
    """A source over a table of a few hundred rows at most, compared here: accents are no matter. One query."""

    def find(request: HttpRequest, text: str) -> Found | None:
        page = admin.site._registry[model]
        if not page.has_view_permission(request):
            return None
        queryset = page.get_queryset(request).prefetch_related(None)
        known = queryset.select_related(*related) if related else queryset
        kept = [row for row in known if told(text, *said(row))]
        hits = [Hit(str(row), _row_url(row), str(detail(row) or "")) for row in kept[:SHOWN]]
        return Found(label, hits, _list_url(page, text) if len(kept) > SHOWN else "")

    return find


def _row_url(row: Model) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[keys.of(row)])


def _list_url(page: admin.ModelAdmin[Any], text: str) -> str:
    base = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    return f"{base}?{urlencode({'q': text})}"
