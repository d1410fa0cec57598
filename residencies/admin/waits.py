"""Where what waits on the desk's first page is: in the seasons that are open, in their residencies."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from candidatures.models import Season
from clea.ui.waiting import counted
from structures.admin.scope import coordinated


def own_seasons(request: HttpRequest) -> list[Season]:
    """This person's seasons, the latest first, with what the menu says of them. One query a request."""
    if not hasattr(request, "_own_seasons"):
        rows = Season.objects.filter(programme__territory__in=[territory.pk for territory in coordinated(request)])
        request._own_seasons = list(  # type: ignore[attr-defined]
            rows.select_related("programme__territory")
            .only("uuid", "name", "starts_on", "ends_on", "closed_at", "programme__territory__short_name")
            .order_by("-starts_on", "programme__territory__short_name")
        )
    return request._own_seasons  # type: ignore[attr-defined]


def open_seasons(request: HttpRequest) -> list[int]:
    """Keys of those that are not closed: a closed one asks nothing. The query of the menu.

    Their keys, rather than how they are found, go into the queries: the database then knows how few they are.
    """
    return [season.pk for season in own_seasons(request) if season.closed_at is None]


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
