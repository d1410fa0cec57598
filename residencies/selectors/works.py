"""What the pages of works show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet

from residencies.enums import ResidencyState
from residencies.models import Residency, Work, WorkBooking
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from uuid import UUID


def catalogue(territory: Territory | None = None) -> QuerySet[Work]:
    """Works anybody may read, by artist then title; none of a residency broken off, or not announced. One query.

    A territory's own teams read them before the announcement of the names.
    """
    rows = (
        Work.objects.filter(is_published=True)
        .exclude(residency__state=ResidencyState.STOPPED)
        .select_related("residency__season__programme__territory")
        .order_by("residency__artist_name", "title", "pk")
    )
    if territory is None:
        return rows.filter(residency__published_at__isnull=False)
    return rows.filter(residency__season__programme__territory=territory)


def published(uuid: UUID) -> Work | None:
    """One of them. One query."""
    return catalogue().filter(uuid=uuid).first()


def bookings_of_structure(structure: Structure) -> list[WorkBooking]:
    """What the structure asked for, the latest first. One query."""
    return list(
        WorkBooking.objects.filter(structure=structure)
        .select_related("work__residency", "activity", "structure")
        .order_by("-made_at", "-pk")
    )


def works_of(residency: Residency) -> list[Work]:
    """The residency's works, each with its requests in ``asked``. Two queries."""
    return list(
        Work.objects.filter(residency=residency)
        .prefetch_related(
            Prefetch(
                "bookings",
                WorkBooking.objects.select_related("structure__commune", "activity").order_by("-made_at", "-pk"),
                to_attr="asked",
            )
        )
        .order_by("title", "pk")
    )


def dossier_titles(residency: Residency, works: list[Work]) -> list[str]:
    """Titles of the dossier that are not here yet. One query, or none without a dossier."""
    if residency.application_id is None:
        return []
    known = {work.title.casefold() for work in works}
    titles = residency.application.works.values_list("title", flat=True)  # type: ignore[union-attr]
    return [title for title in dict.fromkeys(titles) if title.strip().casefold() not in known]
