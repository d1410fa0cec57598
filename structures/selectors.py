"""What the public pages read: one call, a known number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clea.journal import standing
from clea.text import normalise
from clea.ui import dates
from clea.ui.addresses import address
from clea.worded import Given, Question
from structures.enums import Circle
from structures.filters import StructureFilter
from structures.maps import neighbours
from structures.models import (
    Commune,
    FormerStructure,
    Institution,
    PriorityDistrict,
    SchoolDistrict,
    Structure,
    StructureKind,
    Territory,
)
from structures.services.merging import pointers
from structures.venues import Venues, venues

#: Structures on a page: the directory has the others.
PAGE_SIZE = 24

COMMUNE_ORDERS = ("nom", "population", "structures", "circonscription")


@dataclass(frozen=True)
class KindCount:
    """A kind of structure, and how many there are of it."""

    slug: str
    label: str
    label_en: str
    plural: str
    plural_en: str
    venue_count: int


@dataclass(frozen=True)
class Partner:
    """An institution, as a list names it."""

    name: str
    role: str
    website: str
    selection_committee: bool

    @property
    def get_role_display(self) -> str:
        return str(dict(Institution._meta.get_field("role").flatchoices).get(self.role, self.role))


@dataclass(frozen=True)
class TerritoryPage:
    """A territory as its public page shows it."""

    territory: Territory
    communes: Sequence[Commune]
    districts: list[tuple[SchoolDistrict, list[Commune]]]
    priority_districts: list[tuple[PriorityDistrict, list[Commune]]]
    kinds: list[KindCount]
    categories: list[str]
    institutions: list[Partner]

    @property
    def population(self) -> int:
        return sum(commune.population or 0 for commune in self.communes)

    @property
    def population_years(self) -> list[int]:
        """The years the populations are of: one, or the page says which."""
        return sorted({commune.population_year for commune in self.communes if commune.population_year})

    @property
    def rural_count(self) -> int:
        return sum(commune.rural_heart for commune in self.communes)

    @property
    def priority_communes(self) -> int:
        return sum(bool(commune.priority_districts.all()) for commune in self.communes)

    @property
    def selecting(self) -> list[Partner]:
        return [institution for institution in self.institutions if institution.selection_committee]

    @property
    def supporting(self) -> list[Partner]:
        return [institution for institution in self.institutions if not institution.selection_committee]


def territories() -> QuerySet[Territory]:
    """Territories with what a list says of each: communes, population, venues. One query.

    Each figure is counted apart: joined to its communes, a territory would have its venues counted once for each.
    """
    venues = Structure.objects.active().venues().filter(territory=OuterRef("pk"))
    communes = Commune.objects.filter(territory=OuterRef("pk"))
    return Territory.objects.annotate(
        commune_count=_of_territory(communes, Count("*")),
        population=_of_territory(communes, Sum("population")),
        venue_count=_of_territory(venues, Count("*")),
    )


def _of_territory(rows: QuerySet[Any], figure: Aggregate) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("territory").annotate(total=figure).values("total")), 0)


def known(slug: str) -> Territory | None:
    """One territory; ``mark``: where everything public stands. One query."""
    return Territory.objects.annotate(mark=standing.word()).filter(slug=slug).first()


def lone() -> Territory | None:
    """The only territory there is, as :func:`known` gives it; nothing with several. One query."""
    found = list(Territory.objects.annotate(mark=standing.word())[:2])
    return found[0] if len(found) == 1 else None


def territory_page(territory: Territory) -> TerritoryPage:
    """Everything of a territory's page. Four queries, three while nobody writes, whatever the size.

    The territory is one that :func:`known` or :func:`lone` found.
    """
    counts = venues(territory)
    territory.venue_count = counts.territories[territory.pk]  # type: ignore[attr-defined]
    communes = list(
        Commune.objects.filter(territory=territory)
        .select_related("school_district")
        .prefetch_related("priority_districts")
    )
    districts: dict[int, tuple[SchoolDistrict, list[Commune]]] = {}
    priority: dict[int, tuple[PriorityDistrict, list[Commune]]] = {}
    for commune in communes:
        commune.territory = territory
        commune.venue_count = counts.communes.get(commune.pk, 0)  # type: ignore[attr-defined]
        if commune.school_district is not None:
            districts.setdefault(commune.school_district.pk, (commune.school_district, []))[1].append(commune)
        for district in commune.priority_districts.all():
            priority.setdefault(district.pk, (district, []))[1].append(commune)
    kinds, categories, institutions = _lists(territory, counts)
    return TerritoryPage(
        territory=territory,
        communes=communes,
        districts=sorted(districts.values(), key=lambda pair: (pair[0].order, pair[0].name)),
        priority_districts=sorted(priority.values(), key=lambda pair: (pair[0].order, pair[0].label)),
        kinds=kinds,
        categories=categories,
        institutions=institutions,
    )


_KIND, _CATEGORY, _INSTITUTION = 0, 1, 2
_WORDS = ("c_slug", "c_name", "c_more", "c_plural", "c_plural_en")


def _lists(territory: Territory, counts: Venues) -> tuple[list[KindCount], list[str], list[Partner]]:
    """The kinds met there, what is not named one by one, the partners. One query."""
    kinds, categories, institutions = [], [], []
    for part, _order, pk, selecting, slug, name, more, plural, plural_en in _LISTS.ask(territory=territory.pk):
        if part == _CATEGORY:
            categories.append(name)
        elif part == _INSTITUTION:
            institutions.append(Partner(name, slug, more, bool(selecting)))
        elif counts.kinds.get(pk):
            kinds.append(KindCount(slug, name, more, plural, plural_en, counts.kinds[pk]))
    return kinds, sorted(categories, key=normalise), institutions


def _of_territory_lists() -> QuerySet[Any, Any]:
    there = Given("territory", BigIntegerField())
    kinds = StructureKind.objects.filter(territory=there)
    categories = Structure.objects.active().filter(territory=there, is_category=True, commune=None)
    institutions = Institution.objects.filter(territory=there)
    parts = (
        _listed(kinds, _KIND, F("order"), ("slug", "label", "label_en", "plural", "plural_en")),
        _listed(categories, _CATEGORY, Value(0), ("", "name", "", "", "")),
        _listed(institutions, _INSTITUTION, F("order"), ("role", "name", "website", "", ""), F("selection_committee")),
    )
    return parts[0].union(*parts[1:], all=True).order_by("c_part", "c_order", "c_name", "c_pk")


def _listed(
    rows: QuerySet[Any], part: int, order: Any, words: Sequence[str], selecting: Any = None
) -> QuerySet[Any, Any]:
    named: dict[str, Any] = {
        "c_part": Value(part, IntegerField()),
        "c_order": Cast(order, IntegerField()),
        "c_pk": F("pk"),
        "c_selecting": Cast(selecting or Value(False), IntegerField()),
    }
    for name, column in zip(_WORDS, words, strict=True):
        named[name] = Cast(F(column) if column else Value(""), TextField())
    return rows.order_by().annotate(**named).values_list(*named)


_LISTS = Question(_of_territory_lists)


def ordered(communes: Sequence[Commune], order: str, descending: bool) -> list[Commune]:
    """Communes by one of :data:`COMMUNE_ORDERS`; equal ones, and unknown orders, by name."""
    keys: dict[str, Any] = {
        "nom": lambda commune: commune.slug,
        "population": lambda commune: commune.population or 0,
        "structures": lambda commune: commune.venue_count,
        "circonscription": lambda commune: normalise(commune.school_district.name if commune.school_district else ""),
    }
    by_name = sorted(communes, key=lambda commune: commune.slug)
    return sorted(by_name, key=keys.get(order, keys["nom"]), reverse=descending)


@dataclass(frozen=True)
class KindLine:
    """A kind of structure, as a list names it."""

    label: str
    label_en: str


@dataclass(frozen=True)
class StructureLine:
    """A structure of a list: what is said of it there, and no row."""

    territory_slug: str
    slug: str
    name: str
    circle: str
    is_category: bool
    shown_kinds: list[KindLine] = field(default_factory=list)

    def get_absolute_url(self) -> str:
        return address("territory:structure", self.territory_slug, self.slug)

    @property
    def get_circle_display(self) -> str:
        return str(Circle(self.circle).label)


@dataclass(frozen=True)
class CommunePage:
    """A commune as its public page shows it. ``more``: the directory has other structures of it."""

    commune: Commune
    districts: list[str]
    communes: list[Commune]
    venues: list[StructureLine]
    categories: list[StructureLine]
    around: list[Commune]
    more: bool

    @property
    def density(self) -> float | None:
        """Inhabitants per square kilometre, when both are known."""
        if self.commune.population is None or not self.commune.area_km2:
            return None
        return self.commune.population / float(self.commune.area_km2)


def commune_page(territory_slug: str, slug: str) -> CommunePage | None:
    """A commune, its structures and its neighbours; ``None`` if there is none. Three queries."""
    # One row for each of its priority districts, in their order.
    rows = list(
        Commune.objects.filter(territory__slug=territory_slug, slug=slug)
        .select_related("territory", "school_district")
        .annotate(district=F("priority_districts__label"))
        .order_by("priority_districts__order", "priority_districts__label")
    )
    if not rows:
        return None
    commune = rows[0]
    communes = list(Commune.objects.filter(territory=commune.territory).located())
    for other in communes:
        other.territory = commune.territory
    lines = _lines_of(commune)
    venues = [line for line in lines if not line.is_category]
    return CommunePage(
        commune=commune,
        districts=[row.district for row in rows if row.district],
        communes=communes,
        venues=venues[:PAGE_SIZE],
        categories=[line for line in lines if line.is_category],
        around=neighbours(commune, communes),
        more=len(venues) > PAGE_SIZE,
    )


def _lines_of(commune: Commune) -> list[StructureLine]:
    """What a commune has: one structure more than a page shows, and every category. One query."""
    found: dict[int, StructureLine] = {}
    for pk, slug, name, circle, category, label, label_en in _OF_COMMUNE.ask(commune=commune.pk):
        line = found.setdefault(pk, StructureLine(commune.territory.slug, slug, name, circle, category))
        if label is not None:
            line.shown_kinds.append(KindLine(label, label_en))
    return list(found.values())


def _of_commune() -> QuerySet[Any, Any]:
    """A row for each kind of each structure."""
    there = Structure.objects.active().filter(commune=Given("commune", BigIntegerField()))
    first = there.venues().order_by("name_key", "slug")[: PAGE_SIZE + 1]
    return (
        there.filter(Q(is_category=True) | Q(pk__in=first.values("pk")))
        .order_by("name_key", "slug", "kinds__order", "kinds__label")
        .values_list("pk", "slug", "name", "circle", "is_category", "kinds__label", "kinds__label_en")
    )


_OF_COMMUNE = Question(_of_commune)


@dataclass(frozen=True)
class Directory:
    """One page of the directory, with the filters that led to it."""

    territory: Territory
    filterset: StructureFilter
    page: Page[Structure]

    @property
    def filtered(self) -> bool:
        """Whether the reader asked for anything."""
        return any(self.filterset.data.get(name) for name in self.filterset.filters)


def directory(territory: Territory, query: QueryDict) -> Directory:
    """Named structures in activity that match the query, 24 a page. Five queries at most.

    The territory is one that :func:`known` or :func:`lone` found.
    """
    filterset = StructureFilter(
        query,
        queryset=Structure.objects.active()
        .venues()
        .filter(territory=territory)
        .select_related("commune")
        .prefetch_related("kinds")
        .only("slug", "name", "circle", "commune__slug", "commune__name"),
        communes=list(Commune.objects.filter(territory=territory).only("slug", "name", "other_names")),
        kinds=list(StructureKind.objects.filter(territory=territory).only("slug", "plural", "plural_en")),
    )
    paginator = Paginator(filterset.qs, PAGE_SIZE)
    if not any(query.get(name) for name in filterset.filters):
        paginator.count = venues(territory).territories[territory.pk]
    page = paginator.get_page(query.get("page"))
    for structure in page.object_list:
        structure.territory = territory
        if structure.commune is not None:
            structure.commune.territory = territory
    return Directory(territory, filterset, page)


@dataclass(frozen=True)
class StructurePage:
    """A structure as its public page shows it: never a person's name, nor the coordination's note."""

    structure: Structure
    nearby: list[Structure]

    @property
    def reach(self) -> str:
        """What the circle means, in the model's own words."""
        return str(Circle(self.structure.circle).label) if self.structure.circle else ""


def structure_page(territory_slug: str, slug: str) -> StructurePage | None:
    """A structure and the others of its commune; ``None`` if there is none. Four queries."""
    structure = (
        Structure.objects.active()
        .filter(territory__slug=territory_slug, slug=slug)
        .select_related("territory", "commune__school_district")
        .prefetch_related("kinds", "commune__priority_districts")
        .first()
    )
    if structure is None:
        return None
    nearby: list[Structure] = []
    if structure.commune is not None:
        structure.commune.territory = structure.territory
        others = Structure.objects.active().venues().filter(commune=structure.commune).exclude(pk=structure.pk)
        nearby = list(others.only("slug", "name")[:PAGE_SIZE])
    for other in nearby:
        other.territory = structure.territory
    return StructurePage(structure, nearby)


def kept_structure(territory_slug: str, slug: str) -> Structure | None:
    """The structure that a merged one lives in. One query."""
    former = (
        FormerStructure.objects.filter(territory__slug=territory_slug, slug=slug, structure__is_active=True)
        .select_related("structure__territory")
        .first()
    )
    return former.structure if former else None


@dataclass(frozen=True)
class Comparison:
    """A line of the page that compares structures before a merge."""

    label: str
    values: list[str]

    @property
    def differs(self) -> bool:
        return len({value for value in self.values if value}) > 1


def merge_comparison(structures: Sequence[Structure]) -> list[Comparison]:
    """What each structure says, field by field, and what points to it. About ten queries a structure."""
    rows = []
    for name in (
        "name", "slug", "commune", "circle", "is_category", "is_active", "address", "email", "phone", "website",
        "note", "source", "updated_at",
    ):  # fmt: skip
        title = getattr(Structure._meta.get_field(name), "verbose_name", name)
        rows.append(Comparison(capfirst(str(title)), [_shown(structure, name) for structure in structures]))
    rows.insert(
        3,
        Comparison(_("Types"), [", ".join(kind.label for kind in structure.kinds.all()) for structure in structures]),
    )
    for pointer in pointers(Structure):
        if pointer.model is Structure.kinds.through:
            continue
        counts = [pointer.model._base_manager.filter(**{pointer.name: structure}).count() for structure in structures]
        if any(counts):
            label = capfirst(str(pointer.model._meta.verbose_name_plural))
            rows.append(Comparison(label, [str(count) if count else "" for count in counts]))
    return rows


def _shown(structure: Structure, name: str) -> str:
    value = getattr(structure, name)
    if name == "circle":
        return str(structure.get_circle_display())
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime):
        return dates.moment(value)
    return str(value or "")
