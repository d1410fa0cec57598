"""Where what waits on the desk's first page is: in the seasons that are open, in their residencies."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from candidatures.models import Season
from clea.ui.waiting import counted
from structures.admin.scope import coordinated


def open_seasons(request: HttpRequest) -> list[int]:
    """Keys of this person's seasons that are not closed: a closed one asks nothing. One query, then kept.

    Their keys, rather than how they are found, go into the queries: the database then knows how few they are.
    """
    if not hasattr(request, "_open_seasons"):
        territories = [territory.pk for territory in coordinated(request)]
        rows = Season.objects.filter(programme__territory__in=territories, closed_at=None).order_by()
        request._open_seasons = list(rows.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return request._open_seasons  # type: ignore[attr-defined]


def by_season(
    request: HttpRequest, kind: str, rows: QuerySet[Any], path: str = "season__", **told: Any
) -> QuerySet[Any]:
    """These rows, counted in each open season. ``path`` leads to its columns; the other words are :func:`counted`'s."""
    inside = rows.filter(**{f"{path}pk__in": open_seasons(request)})
    return counted(kind, inside, key=f"{path}uuid", name=f"{path}name", order=f"{path}starts_on", **told)


def by_residency(
    request: HttpRequest, kind: str, rows: QuerySet[Any], path: str = "residency__", **told: Any
) -> QuerySet[Any]:
    """These rows, counted in each residency of the open seasons."""
    inside = rows.filter(**{f"{path}season__in": open_seasons(request)})
    return counted(kind, inside, key=f"{path}uuid", name=f"{path}artist_name", **told)


def by_territory(request: HttpRequest, kind: str, rows: QuerySet[Any], path: str = "season__") -> QuerySet[Any]:
    """These rows, counted in each territory, of the open seasons."""
    inside, place = rows.filter(**{f"{path}pk__in": open_seasons(request)}), f"{path}programme__territory__"
    return counted(kind, inside, key=f"{place}uuid", name=f"{place}short_name")


def everywhere(
    request: HttpRequest, kind: str, rows: QuerySet[Any], path: str = "season__", **told: Any
) -> QuerySet[Any]:
    """These rows, counted in all the open seasons together."""
    return counted(kind, rows.filter(**{f"{path}pk__in": open_seasons(request)}), **told)
