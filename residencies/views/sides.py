"""A space as these pages see it: a residency's or a structure's, with its addresses and its frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from clea.errors import Refused
from residencies.enums import ConfirmationSide
from residencies.models import Paper, Residency
from residencies.selectors import papers
from residencies.views.access import get_residency, get_structure, refused, studio_frame, team_frame
from structures.models import Structure


@dataclass(frozen=True)
class Side:
    """Whose space it is. ``names`` are the ends of the URLs' names, which differ for papers."""

    space: str
    side: ConfirmationSide
    frame: dict[str, Any]
    residency: Residency | None = None
    structure: Structure | None = None

    @property
    def uuid(self) -> UUID:
        owner = self.residency or self.structure
        assert owner is not None
        return owner.uuid

    @property
    def party(self) -> dict[str, Any]:
        """The arguments by which services and selectors know this side."""
        return {"residency": self.residency} if self.residency is not None else {"structure": self.structure}

    @property
    def papers(self) -> list[Paper]:
        if self.residency is not None:
            return papers.of_residency(self.residency)
        assert self.structure is not None
        return papers.of_structure(self.structure)

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.space}:{name}", args=[self.uuid, *args])

    def render(self, request: HttpRequest, page: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """``residencies/<space>/<page>.html``, which extends the space's frame."""
        template = f"residencies/{self.space}/{page}.html"
        return render(request, template, self.frame | {"side": self} | context, status=status)


def studio(request: HttpRequest, uuid: UUID) -> Side:
    """A residency's space, or 404."""
    residency = get_residency(request, uuid)
    return Side("studio", ConfirmationSide.ARTIST, studio_frame(residency), residency=residency)


def team(request: HttpRequest, uuid: UUID) -> Side:
    """A structure's space, or 404."""
    structure = get_structure(request, uuid)
    return Side("team", ConfirmationSide.STRUCTURE, team_frame(structure), structure=structure)


Fetch = Callable[[HttpRequest, UUID], Side]


def of_side(fetch: Fetch) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give the view its side, fetched through the scope of who asks; a refusal becomes a page with its reason."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, uuid: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
            side = fetch(request, uuid)
            try:
                return view(request, side, *args, **kwargs)
            except Refused as error:
                return refused(request, error, side.frame)

        return wrapped

    return decorate
