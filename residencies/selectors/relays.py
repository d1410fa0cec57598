"""Relays of the structures, information kits and who has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _

from residencies.enums import KitAudience
from residencies.models import Kit, KitDelivery, Relay
from structures.models import Professional, SchoolDistrict, Structure, StructureKind
from structures.search import words_in

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from clea.accounts.models import User
    from structures.models import Territory

#: Kinds of structures that are schools, by the identifiers every territory is loaded with.
SCHOOL_KINDS = ("primary", "secondary")


def relays_for(structures: Iterable[Structure]) -> dict[int, list[Relay]]:
    """By structure (its pk), the relays in office who open its door. Two queries; communes must be selected.

    Named for the structure itself, or for the school district of its commune.
    """
    rows = list(structures)
    districts = {
        row.pk: row.commune.school_district_id for row in rows if row.commune and row.commune.school_district_id
    }
    direct, through = Relay.structures.through, Relay.school_districts.through
    by_structure: dict[int, list[int]] = defaultdict(list)
    by_district: dict[int | None, list[int]] = defaultdict(list)
    relays: dict[int, Relay] = {}
    links = Relay.objects.filter(is_active=True).filter(
        Q(pk__in=direct.objects.filter(structure__in=[row.pk for row in rows]).values("relay"))
        | Q(pk__in=through.objects.filter(schooldistrict__in=set(districts.values()) - {None}).values("relay"))
    )
    for relay in links.prefetch_related(
        Prefetch("structures", queryset=Structure.objects.only("pk").order_by()),
        Prefetch("school_districts", queryset=SchoolDistrict.objects.only("pk").order_by()),
    ):
        relays[relay.pk] = relay
        for structure in relay.structures.all():
            by_structure[structure.pk].append(relay.pk)
        for district in relay.school_districts.all():
            by_district[district.pk].append(relay.pk)
    found: dict[int, list[Relay]] = {}
    for row in rows:
        keys = set(by_structure[row.pk]) | set(by_district[districts.get(row.pk)])
        found[row.pk] = [relay for key, relay in relays.items() if key in keys]
    return found


def kits_of(season_id: int) -> list[Kit]:
    """The kits of a season, for its artists. One query."""
    return list(Kit.objects.filter(season=season_id).select_related("stored_file"))


def received_by_team(user: User | AnonymousUser, kit_id: int) -> bool:
    """Whether a structure in whose team the person is received this kit. One query."""
    mine = Professional.objects.of(user).filter(structure__is_active=True).values("structure")
    return KitDelivery.objects.filter(kit=kit_id, structure__in=mine).exists()


def key_of(one: Relay | Structure) -> tuple[str, int]:
    """What tells a relay from a structure of the same number."""
    return ("relay" if isinstance(one, Relay) else "structure", one.pk)


def addresses_of(people: Iterable[Relay | Structure]) -> dict[tuple[str, int], str]:
    """Where to write: a relay's own; a structure's, else its first contact's. Nobody without. One query."""
    rows = list(people)
    found = {key_of(one): one.email for one in rows if one.email}
    silent = [one.pk for one in rows if isinstance(one, Structure) and not one.email]
    if silent:
        contacts = Professional.objects.filter(structure__in=silent).exclude(email="")
        for person in contacts.order_by("-is_contact", "last_name", "pk"):
            found.setdefault(("structure", person.structure_id), person.email)
    return found


def value_of(one: Relay | Structure) -> str:
    """What a ticked box sends."""
    return f"{'relais' if isinstance(one, Relay) else 'structure'}:{one.uuid}"


# Who received what -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What a list of recipients is narrowed to. ``had``: received, not received, or both (``None``)."""

    relays: bool = False
    had: bool | None = None
    district: int | None = None
    kind: str = ""
    text: str = ""


@dataclass(frozen=True)
class Recipient:
    """A line of the list: a structure or a relay, its address, what it received of this kit."""

    one: Relay | Structure
    detail: str
    address: str
    deliveries: Sequence[KitDelivery]

    @property
    def value(self) -> str:
        return value_of(self.one)

    @property
    def last(self) -> KitDelivery | None:
        return self.deliveries[0] if self.deliveries else None


def concerned(kit: Kit) -> QuerySet[Structure]:
    """The structures a kit is for: the schools, or all the others."""
    rows = Structure.objects.active().filter(territory=kit.season.programme.territory)
    schools = Structure.objects.of_kind(*SCHOOL_KINDS).values("pk")
    return rows.filter(pk__in=schools) if kit.audience == KitAudience.SCHOOLS else rows.exclude(pk__in=schools)


def counts(kit: Kit) -> dict[str, int]:
    """How many structures the kit is for, and how many have it; how many relays have it. Three queries."""
    structures = concerned(kit)
    given = KitDelivery.objects.filter(kit=kit)
    return {
        "concerned": structures.count(),
        "received": structures.filter(pk__in=given.exclude(structure=None).values("structure")).count(),
        "relays": given.exclude(relay=None).values("relay").distinct().count(),
    }


def candidates(kit: Kit, choice: Choice) -> Any:
    """The structures or relays of a choice, each with what it received of this kit (``given``)."""
    mine = KitDelivery.objects.filter(kit=kit)
    had = Prefetch("kits", queryset=mine.select_related("given_by"), to_attr="given")
    rows: Any
    if choice.relays:
        rows = Relay.objects.filter(territory=kit.season.programme.territory, is_active=True)
        rows = rows.filter(words_in(choice.text, "search")) if choice.text else rows
        if choice.district:
            links = Relay.school_districts.through.objects.filter(schooldistrict=choice.district)
            rows = rows.filter(pk__in=links.values("relay"))
        received = mine.filter(relay=OuterRef("pk"))
    else:
        rows = concerned(kit).select_related("commune__school_district")
        rows = rows.matching(choice.text) if choice.text else rows
        if choice.district:
            rows = rows.filter(commune__school_district=choice.district)
        if choice.kind:
            rows = rows.of_kind(choice.kind)
        received = mine.filter(structure=OuterRef("pk"))
    if choice.had is not None:
        rows = rows.filter(Exists(received) if choice.had else ~Exists(received))
    return rows.prefetch_related(had)


def recipients(rows: Iterable[Any]) -> list[Recipient]:
    """The lines of a page of :func:`candidates`. One query, for the addresses of teams."""
    people = list(rows)
    addresses = addresses_of(people)
    return [
        Recipient(
            one,
            _detail(one),
            addresses.get(key_of(one), ""),
            one.given,
        )
        for one in people
    ]


def _detail(one: Relay | Structure) -> str:
    if isinstance(one, Relay):
        return ", ".join(part for part in (one.get_kind_display(), one.function, one.organisation) if part)
    if one.commune is None:
        return ""
    district = one.commune.school_district
    return ", ".join(part for part in (one.commune.name, district.name if district else "") if part)


def named(kit: Kit, values: Iterable[str]) -> tuple[list[Relay], list[Structure]]:
    """The relays and structures behind ticked boxes, of this territory. Two queries."""
    keys: dict[str, list[UUID]] = {"relais": [], "structure": []}
    for value in values:
        kind, _sep, text = value.partition(":")
        try:
            keys[kind].append(UUID(text))
        except (KeyError, ValueError):
            continue
    territory = kit.season.programme.territory
    return (
        list(Relay.objects.filter(territory=territory, is_active=True, uuid__in=keys["relais"])),
        list(Structure.objects.active().filter(territory=territory, uuid__in=keys["structure"])),
    )


def districts(territory: Territory) -> QuerySet[SchoolDistrict]:
    return SchoolDistrict.objects.filter(territory=territory)


def kinds(kit: Kit) -> QuerySet[StructureKind]:
    """The kinds a list may be narrowed to: schools, or the others."""
    rows = StructureKind.objects.filter(territory=kit.season.programme.territory)
    schools = Q(slug__in=SCHOOL_KINDS)
    return rows.filter(schools if kit.audience == KitAudience.SCHOOLS else ~schools)


def sheet(kit: Kit, choice: Choice) -> tuple[list[Any], list[list[Any]]]:
    """The list as a sheet: one line a delivery, and one for who received nothing. Dates are days."""
    headers = [_("Destinataire"), _("Précision"), _("Adresse"), _("Remis le"), _("Moyen de remise"), _("Par")]
    rows = recipients(candidates(kit, choice))
    none: list[KitDelivery | None] = [None]
    return headers, [_line(row, given) for row in rows for given in (list(row.deliveries) or none)]


def _line(row: Recipient, given: KitDelivery | None) -> list[Any]:
    who = [str(row.one), row.detail, row.address]
    if given is None:
        return [*who, "", "", ""]
    return [*who, _day(given.given_on), given.get_channel_display(), str(given.given_by or "")]


def _day(value: date) -> str:
    return f"{value:%d/%m/%Y}"
