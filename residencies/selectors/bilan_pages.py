"""What a bilan shows: its words, its figures, what is compared with them, what people said and made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from candidatures.models import Season
from clea.journal import standing
from residencies.methods.bilan import Figures
from residencies.models import Bilan, Picture, Production, Residency, Testimony
from residencies.rules.publishing import claim_holds
from residencies.rules.traces import Where
from residencies.selectors.bilan import beside, compare
from residencies.selectors.traces import productions_of, published_pictures, published_testimonies
from structures.models import Territory

#: Seasons shown beside this one.
EARLIER = 4
#: Another layout of the documents, another fingerprint: they are made again.
EDITION = "1"


@dataclass(frozen=True)
class Beside:
    """A season among those compared. ``slug``: of its own published bilan."""

    name: str
    figures: Figures
    slug: str = ""
    current: bool = False


@dataclass(frozen=True)
class Part:
    """A residency of the bilan: its figures, what it made, what was said of it."""

    figures: Figures
    productions: tuple[Production, ...] = ()
    testimonies: tuple[Testimony, ...] = ()


@dataclass(frozen=True)
class BilanPage:
    """Everything of a bilan, for the site (``where`` "site") or for a document ("print")."""

    bilan: Bilan
    season: Season
    figures: Figures
    where: Where
    beside: tuple[Beside, ...] = ()
    testimonies: tuple[Testimony, ...] = ()
    pictures: tuple[Picture, ...] = ()
    productions: tuple[Production, ...] = ()
    #: Residencies whose name may be said: their slugs.
    announced: frozenset[str] = frozenset()
    #: The day the figures are of.
    as_of: date = field(default_factory=timezone.localdate)

    @property
    def territory(self) -> Territory:
        return self.season.programme.territory

    @property
    def pictures_weight(self) -> int:
        """In octets, said before they are asked for."""
        return sum(row.screen_bytes for row in self.pictures)

    @property
    def claimed(self) -> int | None:
        """The « plus de N » that the figures bear out; nothing otherwise."""
        claimed = self.bilan.claimed_people
        return claimed if claimed and claim_holds(claimed, self.figures) else None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """One a residency of which something is known, in the order of the figures."""
        found = []
        for figures in self.figures.parts:
            if figures.empty:
                continue
            made = tuple(one for one in self.productions if _belongs(one, figures.key))
            told = tuple(one for one in self.testimonies if one.residency and one.residency.slug == figures.key)
            found.append(Part(figures, made, told))
        return tuple(found)

    def says(self, figures: Figures) -> bool:
        """Whether the name of this residency may be said: it was announced, or it is of an older report."""
        return figures.by_hand or figures.key in self.announced

    @cached_property
    def compared(self) -> bool:
        return len(self.beside) > 1


def _belongs(production: Production, key: str) -> bool:
    if production.residency is not None:
        return production.residency.slug == key
    return production.entry is not None and str(production.entry.uuid) == key


def find(slug: str) -> Bilan | None:
    """A published bilan with its season, territory and files; ``mark``: where everything public stands. One query."""
    return (
        Bilan.objects.published()
        .select_related("season__programme__territory", "pdf", "workbook")
        .annotate(mark=standing.word())
        .filter(slug=slug)
        .first()
    )


def published() -> list[Bilan]:
    """Every published bilan, the latest season first. One query."""
    rows = Bilan.objects.published().select_related("season__programme__territory", "pdf")
    return list(rows.order_by("-season__starts_on", "season__programme__territory__name"))


def of_season(season: Season) -> Bilan | None:
    """The bilan of a season, published or not. One query."""
    return Bilan.objects.select_related("pdf", "workbook").filter(season=season).first()


#: Slices that the public page shows of each residency; documents show others.
_SHOWN = ("groupe", "commune")


@dataclass(frozen=True)
class _Counted:
    """What is long to count: the figures of a season, those of the seasons before, whose name may be said."""

    figures: Figures
    earlier: tuple[Figures, ...]
    announced: frozenset[str]


#: While nobody writes: of the last few bilans that were read.
_COUNTED = standing.Standing(room=24)


def public_page(bilan: Bilan) -> BilanPage:
    """What the public page shows, its figures dated. Five queries while nobody writes, thirteen after a write.

    A season that is not closed is dated by its documents, whose mark is of every figure.
    """
    season, before = bilan.season, _before(bilan)
    seasons = [one.season for one in before]

    def count() -> _Counted:
        if season.closed_at is None:
            return _counted(season, compare([season, *seasons]))
        return _counted(season, beside(season, seasons, cuts=_SHOWN))

    key = (season.pk, season.closed_at is None, tuple(one.pk for one in seasons), get_language())
    counted = _COUNTED.get(standing.since(getattr(bilan, "mark", None)), key, count)
    return dated(_page(bilan, before, counted, "site"))


def page(bilan: Bilan, *, where: Where = "site") -> BilanPage:
    """The whole of a bilan. Thirteen queries, whatever took place; the season comes with its territory."""
    before = _before(bilan)
    return _page(bilan, before, _counted(bilan.season, compare([bilan.season, *(one.season for one in before)])), where)


def _before(bilan: Bilan) -> list[Bilan]:
    """The published bilans of the seasons just before, the latest first. One query."""
    season = bilan.season
    return list(
        Bilan.objects.published()
        .filter(season__programme__territory=season.programme.territory_id, season__starts_on__lt=season.starts_on)
        .select_related("season__programme__territory")
        .order_by("-season__starts_on")[:EARLIER]
    )


def _counted(season: Season, found: Sequence[Figures]) -> _Counted:
    """One query."""
    announced = Residency.objects.published().filter(season=season).values_list("slug", flat=True)
    return _Counted(found[0], tuple(found[1:]), frozenset(announced))


def _page(bilan: Bilan, before: Sequence[Bilan], counted: _Counted, where: Where) -> BilanPage:
    """Three queries."""
    season = bilan.season
    told = [
        Beside(one.season.name, figures, one.slug)
        for one, figures in zip(before, counted.earlier, strict=True)
        if not figures.empty
    ]
    return BilanPage(
        bilan=bilan,
        season=season,
        figures=counted.figures,
        where=where,
        beside=(*reversed(told), Beside(season.name, counted.figures, bilan.slug, current=True)),
        testimonies=tuple(published_testimonies(season, where=where)),
        pictures=tuple(published_pictures(season, where=where)),
        productions=tuple(productions_of(season)),
        announced=counted.announced,
    )


# The fingerprint -----------------------------------------------------------------------------


def fingerprint(page: BilanPage) -> str:
    """What the documents say, the day apart: half of it for the figures, half for the rest. No query."""
    said = {
        "edition": EDITION,
        "territory": [page.territory.name, page.territory.short_name],
        "season": page.season.name,
        "announced": sorted(page.announced),
        "words": [
            page.bilan.title, page.bilan.introduction, page.bilan.highlights, page.bilan.outlook, page.bilan.slug,
            page.bilan.claimed_people,
        ],
        "testimonies": [[str(one.uuid), one.text, one.signature, one.residency_id] for one in page.testimonies],
        "pictures": [
            [str(one.uuid), one.stored_file.sha256, one.alt, one.caption, one.credit, one.residency_id]
            for one in page.pictures
        ],
        "productions": [
            [one.kind, one.title, one.description, one.count, one.qualifier, one.url, one.residency_id, one.entry_id]
            for one in page.productions
        ],
    }  # fmt: skip
    return figures_mark(page) + _hashed(said)


def figures_mark(page: BilanPage) -> str:
    """The half of the fingerprint that is of the figures, those of other seasons too. No query."""
    return _hashed([[one.name, one.current, _told(one.figures)] for one in page.beside])


def _told(figures: Figures) -> list[Any]:
    """The figures without the words around them, which are in the reader's language."""
    rows = [
        [row.key, row.label if cut.name in _NAMED else "", asdict(row.values)]
        for cut in figures.slices
        for row in cut.rows
    ]
    reach = [asdict(figures.rural), asdict(figures.priority)]
    told = [figures.key, figures.title, figures.subtitle, figures.floor, asdict(figures.values), rows, reach]
    return [*told, [_told(part) for part in figures.parts]]


#: Slices whose rows are called by what somebody typed.
_NAMED = {"residence", "commune", "type"}


def _hashed(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()[:32]


def files_stand(bilan: Bilan, mark: str) -> bool:
    """Whether the stored documents say what the rows say now."""
    return bilan.fingerprint == mark and bilan.pdf_id is not None and bilan.workbook_id is not None


def dated(page: BilanPage) -> BilanPage:
    """The same, its figures dated: of the closing of the season, or of the day of the documents when they are theirs,
    or of today. No query."""
    if page.season.closed_at is not None:
        return replace(page, as_of=timezone.localtime(page.season.closed_at).date())
    pdf = page.bilan.pdf
    if pdf is None or not page.bilan.fingerprint.startswith(figures_mark(page)):
        return page
    return replace(page, as_of=timezone.localtime(pdf.created_at).date())
