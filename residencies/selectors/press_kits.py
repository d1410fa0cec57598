"""What the press may take of a residency: words, practical facts, the agenda, pictures with their rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import slugify

from clea.documents.models import EXTENSIONS
from residencies.models import Picture, Production, Residency, ResidencyArtist, Testimony
from residencies.selectors import public
from residencies.selectors.traces import pictures_shown, productions_shown, testimonies_shown

if TYPE_CHECKING:
    from residencies.models import Period
    from residencies.selectors.public import AgendaItem


@dataclass(frozen=True)
class KitPicture:
    """A picture of the kit: ``name`` is its file's, safe anywhere. ``on_site``: the page may show it too."""

    row: Picture
    name: str
    on_site: bool


@dataclass(frozen=True)
class PressKit:
    """Everything a kit holds."""

    residency: Residency
    artists: list[ResidencyArtist]
    periods: list[Period]
    axes: list[object]
    items: list[AgendaItem]
    productions: list[Production]
    testimonies: list[Testimony]
    pictures: list[KitPicture]

    @property
    def pictures_weight(self) -> int:
        """In octets, of those the page shows: said before they are asked for."""
        return sum(one.row.screen_bytes for one in self.pictures if one.on_site)

    @property
    def size(self) -> int:
        """About what the archive weighs: pictures are not compressed again."""
        return sum(one.row.stored_file.size for one in self.pictures)


def press_kit(slug: str) -> PressKit | None:
    """The kit of a published residency. Twelve queries at most, whatever the size."""
    residency = Residency.objects.published().with_place().prefetch_related("periods", "axes").filter(slug=slug).first()
    if residency is None:
        return None
    pictures = list(pictures_shown("press").filter(residency=residency))
    on_site = set(pictures_shown("site").filter(residency=residency).values_list("pk", flat=True))
    return PressKit(
        residency=residency,
        artists=list(ResidencyArtist.objects.filter(residency=residency, left_at=None)),
        periods=list(residency.periods.all()),
        axes=list(residency.axes.all()),
        items=public.agenda(public.Window(), residency=residency),
        productions=list(productions_shown().filter(residency=residency)),
        testimonies=list(testimonies_shown("press").filter(residency=residency)),
        pictures=[KitPicture(row, _name(row, rank), row.pk in on_site) for rank, row in enumerate(pictures, start=1)],
    )


def _name(row: Picture, rank: int) -> str:
    """``03-une-classe-devant-le-terril.jpg``."""
    said = slugify(row.caption or row.alt)[:60].strip("-") or "image"
    return f"{rank:02d}-{said}{EXTENSIONS[row.stored_file.content_type]}"
