"""What the pages about traces show: at the desk, in an artist's space, and to a person about their own consent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.rules import Verdict
from residencies.models import Consent, Picture, Production, Residency, Testimony
from residencies.rules import traces as rules
from residencies.selectors.traces import pictures_shown, productions_shown, testimonies_shown


@dataclass(frozen=True)
class Line:
    """A testimony or a picture at the desk: whose consents it has, and what may be done with it."""

    row: Testimony | Picture
    consents: Collection[Consent]
    can_publish: Verdict
    can_kit: Verdict | None
    #: Published, and seen nowhere: a consent is over, or no longer covers it.
    hidden: bool


@dataclass(frozen=True)
class Given:
    """A consent at the desk: its state in words, and how much it covers."""

    row: Consent
    state: str
    tone: str
    uses: int


@dataclass(frozen=True)
class DeskTraces:
    """Everything of a residency, or of what belongs to the whole season."""

    productions: list[Production]
    pictures: list[Line]
    testimonies: list[Line]
    consents: list[Given]


def desk_traces(season: Season, residency: Residency | None) -> DeskTraces:
    """Six queries, whatever the number of rows."""
    today = timezone.localdate()
    made, pictures, words = _rows(season, residency)
    return DeskTraces(
        productions=list(made),
        pictures=[_picture(row, today) for row in pictures.prefetch_related("consents")],
        testimonies=[_testimony(row, today) for row in words.select_related("residency", "consent", "activity")],
        consents=consents_of(season, residency, today),
    )


def _rows(
    season: Season, residency: Residency | None
) -> tuple[QuerySet[Production], QuerySet[Picture], QuerySet[Testimony]]:
    here = {"season": season, "residency": residency}
    return (
        Production.objects.filter(**here, entry=None).select_related("residency", "activity"),
        Picture.objects.filter(**here).select_related("residency", "stored_file", "thumbnail", "activity"),
        Testimony.objects.filter(**here).select_related("residency", "activity"),
    )


def _picture(row: Picture, today: date) -> Line:
    given = list(row.consents.all())
    can = rules.can_publish_picture(row, given, today)
    kit = rules.can_put_in_kit(row, given, today)
    return Line(row, given, can, kit, (row.is_published and not can) or (row.in_kit and not kit))


def _testimony(row: Testimony, today: date) -> Line:
    can = rules.can_publish_testimony(row, today)
    return Line(row, [row.consent] if row.consent else [], can, None, row.is_published and not can)


def consents_of(season: Season, residency: Residency | None, today: date) -> list[Given]:
    """Those that cover something here, and those of the season that cover nothing yet. One query."""
    words = Testimony.objects.filter(consent=OuterRef("pk"))
    shown = Picture.consents.through.objects.filter(consent=OuterRef("pk"))
    unused = ~Exists(words) & ~Exists(shown)
    here = Exists(words.filter(residency=residency)) | Exists(shown.filter(picture__residency=residency))
    rows = (
        Consent.objects.filter(unused | here, season=season)
        .annotate(uses=Count("testimonies", distinct=True) + Count("pictures", distinct=True))
        .order_by("withdrawn_at", "person", "pk")
    )
    return [Given(row, *_state(row, today), uses=row.uses) for row in rows]


def _state(row: Consent, today: date) -> tuple[str, str]:
    if row.withdrawn_at is not None:
        return _("retiré"), "stop"
    if rules.is_over(row, today):
        return _("terminé"), "attention"
    return _("en vigueur"), "done"


def state_of(row: Consent) -> Given:
    """The same for one. No query."""
    return Given(row, *_state(row, timezone.localdate()), uses=0)


# What a person reads about their consent ----------------------------------------------------------


@dataclass(frozen=True)
class Covered:
    """What a consent covers. ``shown`` pictures may be seen here by anyone."""

    testimonies: list[Testimony]
    pictures: list[Picture]
    shown: set[int]

    def __bool__(self) -> bool:
        return bool(self.testimonies or self.pictures)


def covered_by(consent: Consent) -> Covered:
    """Three queries."""
    pictures = list(consent.pictures.select_related("residency", "stored_file", "thumbnail"))
    shown = set(pictures_shown("site").filter(consents=consent).values_list("pk", flat=True)) if pictures else set()
    return Covered(list(consent.testimonies.select_related("residency")), pictures, shown)


# The artist's space -------------------------------------------------------------------------------


@dataclass(frozen=True)
class StudioTraces:
    """What the residency leaves, as its artists write it."""

    productions: list[Production]
    pictures: list[Picture]
    testimonies: list[Testimony]


def studio_traces(residency: Residency) -> StudioTraces:
    """Three queries."""
    made, pictures, words = _rows(residency.season, residency)
    return StudioTraces(list(made), list(pictures), list(words))


# What the public reads of one residency -----------------------------------------------------------


@dataclass(frozen=True)
class PublicTraces:
    """What a residency left, as its page shows it today."""

    productions: list[Production]
    pictures: list[Picture]
    testimonies: list[Testimony]

    @property
    def pictures_weight(self) -> int:
        """In octets, said before they are asked for."""
        return sum(row.screen_bytes for row in self.pictures)

    def __bool__(self) -> bool:
        return bool(self.productions or self.pictures or self.testimonies)


def public_traces(residency: Residency) -> PublicTraces:
    """Three queries."""
    return PublicTraces(
        productions=list(productions_shown().filter(residency=residency)),
        pictures=list(pictures_shown("site").filter(residency=residency)),
        testimonies=list(testimonies_shown("site").filter(residency=residency)),
    )
