"""Territories, their communes, structures and people. Every name is invented."""

from __future__ import annotations

from copy import copy
from typing import Any

import factory
from django.db.models import Model
from factory.django import DjangoModelFactory

from structures.enums import Circle, InstitutionRole
from structures.models import (
    Commune,
    Institution,
    PriorityDistrict,
    Professional,
    SchoolDistrict,
    Structure,
    StructureKind,
    Territory,
    TerritoryMembership,
)
from structures.services.loading import load_territory
from tests.factories.accounts import UserFactory

# What a load wrote, in the order of its foreign keys.
_LOADED: list[list[Model]] = []
_TABLES: tuple[type[Model], ...] = (
    Territory, SchoolDistrict, Commune, PriorityDistrict, PriorityDistrict.communes.through, StructureKind,
    Structure, Structure.kinds.through, Institution,
)  # fmt: skip


def real_territory() -> Territory:
    """The territory of the project's files, without its history.

    Loaded once a process, then copied from memory: a load checks every row, in 2 600 queries.
    """
    if not _LOADED:
        assert not Territory.objects.exists(), "it would be copied with the others"
        load_territory(by=None)
        _LOADED.extend(list(table._base_manager.all()) for table in _TABLES)
    else:
        for table, rows in zip(_TABLES, _LOADED, strict=True):
            table._base_manager.bulk_create([copy(row) for row in rows])
    return Territory.objects.get(pk=_LOADED[0][0].pk)


class TerritoryFactory(DjangoModelFactory[Territory]):
    class Meta:
        model = Territory

    name = factory.Sequence(lambda n: f"Communauté de communes du Val {n}")
    short_name = factory.Sequence(lambda n: f"Val {n}")
    slug = factory.Sequence(lambda n: f"val-{n}")
    service_name = "Service culture"
    contact_email = factory.LazyAttribute(lambda territory: f"culture@{territory.slug}.exemple.test")


class SchoolDistrictFactory(DjangoModelFactory[SchoolDistrict]):
    class Meta:
        model = SchoolDistrict

    territory = factory.SubFactory(TerritoryFactory)
    name = factory.Sequence(lambda n: f"Circonscription {n}")
    slug = factory.Sequence(lambda n: f"circonscription-{n}")


class CommuneFactory(DjangoModelFactory[Commune]):
    class Meta:
        model = Commune

    territory = factory.SubFactory(TerritoryFactory)
    insee = factory.Sequence(lambda n: f"{10_000 + n:05d}")
    name = factory.Sequence(lambda n: f"Bourg-{n}")
    slug = factory.Sequence(lambda n: f"bourg-{n}")
    postal_code = "62000"
    population = 1200
    population_year = 2023
    latitude = factory.Sequence(lambda n: 50.4 + (n % 7) / 100)
    longitude = factory.Sequence(lambda n: 2.8 + (n % 11) / 100)


class PriorityDistrictFactory(DjangoModelFactory[PriorityDistrict]):
    class Meta:
        model = PriorityDistrict
        skip_postgeneration_save = True

    territory = factory.SubFactory(TerritoryFactory)
    label = factory.Sequence(lambda n: f"Cité {n}")
    slug = factory.Sequence(lambda n: f"cite-{n}")

    @factory.post_generation
    def communes(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            self.communes.set(extracted)


class StructureKindFactory(DjangoModelFactory[StructureKind]):
    class Meta:
        model = StructureKind
        django_get_or_create = ("territory", "slug")

    territory = factory.SubFactory(TerritoryFactory)
    slug = factory.Sequence(lambda n: f"kind-{n}")
    label = factory.Sequence(lambda n: f"type {n}")
    plural = factory.LazyAttribute(lambda kind: f"{kind.label}s")


class StructureFactory(DjangoModelFactory[Structure]):
    """A venue in a commune of its territory. ``kinds=["library"]`` gives it kinds by slug."""

    class Meta:
        model = Structure
        skip_postgeneration_save = True

    territory = factory.LazyAttribute(
        lambda structure: structure.commune.territory if structure.commune else TerritoryFactory()
    )
    commune = factory.SubFactory(CommuneFactory)
    name = factory.Sequence(lambda n: f"Médiathèque {n}")
    slug = factory.Sequence(lambda n: f"mediatheque-{n}")
    circle = Circle.NEAR

    @factory.post_generation
    def kinds(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create:
            self.kinds.set(
                StructureKindFactory(territory=self.territory, slug=slug) for slug in (extracted or ["library"])
            )


class ProfessionalFactory(DjangoModelFactory[Professional]):
    class Meta:
        model = Professional

    structure = factory.SubFactory(StructureFactory)
    first_name = factory.Sequence(lambda n: ["Ninon", "Oscar", "Perrine", "Quentin"][n % 4])
    last_name = factory.Sequence(lambda n: f"Équipe{n}")
    role = "médiation"
    email = factory.Sequence(lambda n: f"equipe{n}@exemple.test")
    phone = "00 00 00 00 00"


class InstitutionFactory(DjangoModelFactory[Institution]):
    class Meta:
        model = Institution

    territory = factory.SubFactory(TerritoryFactory)
    name = factory.Sequence(lambda n: f"Institution {n}")
    slug = factory.Sequence(lambda n: f"institution-{n}")
    role = InstitutionRole.FUNDER


class CoordinatorFactory(UserFactory):
    """A member of the coordination. ``CoordinatorFactory(territory=…)`` holds that desk; a new one by default."""

    is_staff = True

    @factory.post_generation
    def territory(self, create: bool, extracted: Territory | None, **kwargs: Any) -> None:
        if create:
            TerritoryMembership.objects.get_or_create(territory=extracted or TerritoryFactory(), user=self)
