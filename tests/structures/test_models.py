"""What a row of the territory may not hold, and what it keeps of a person."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from structures.models import Commune, Professional, Structure
from tests.factories.structures import (
    CommuneFactory,
    ProfessionalFactory,
    SchoolDistrictFactory,
    StructureFactory,
    TerritoryFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"population_year": None}, "Une population s'écrit avec son année"),
        ({"latitude": None}, "ou aucune des deux"),
        ({"latitude": 120.0}, "ou aucune des deux"),
        ({"area_km2": 0}, "La surface est un nombre positif"),
    ],
)
def test_half_known_figures_are_refused(values: dict[str, Any], message: str) -> None:
    commune = CommuneFactory()
    for name, value in values.items():
        setattr(commune, name, value)
    with pytest.raises(ValidationError, match=message):
        commune.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        commune.save()


@pytest.mark.parametrize("insee", ["6249", "624981", "A2498", ""])
def test_an_insee_code_has_five_characters(insee: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CommuneFactory.build(territory=TerritoryFactory(), insee=insee).full_clean()
    assert "insee" in caught.value.message_dict


def test_corsican_codes_are_codes() -> None:
    CommuneFactory.build(territory=TerritoryFactory(), insee="2A004").full_clean()


def test_nothing_points_into_another_territory() -> None:
    commune, elsewhere = CommuneFactory(), SchoolDistrictFactory()
    commune.school_district = elsewhere
    with pytest.raises(ValidationError, match="autre territoire"):
        commune.full_clean()
    structure = StructureFactory()
    structure.commune = CommuneFactory()
    with pytest.raises(ValidationError, match="autre territoire"):
        structure.full_clean()


@pytest.mark.parametrize("slug", ["communes", "structures"])
def test_a_territory_does_not_take_the_address_of_a_page(slug: str) -> None:
    with pytest.raises(ValidationError, match="sert déjà d'adresse"):
        TerritoryFactory.build(slug=slug).full_clean()


def test_the_same_person_is_written_once_in_a_team() -> None:
    person = ProfessionalFactory(first_name="Élodie", last_name="Crête", email="")
    twin = Professional(structure=person.structure, first_name="ELODIE", last_name="crete")
    with pytest.raises(ValidationError, match="déjà dans l'équipe"):
        twin.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    Professional(structure=StructureFactory(), first_name="Élodie", last_name="Crête").full_clean()


def test_deleting_a_person_deletes_what_the_history_kept_of_them() -> None:
    person = ProfessionalFactory()
    person.role = "direction"
    person.save()
    assert Professional.history.count() == 2
    person.delete()
    assert Professional.history.count() == 0


def test_possible_duplicates_share_a_name_unless_two_known_communes_part_them() -> None:
    lens = CommuneFactory(name="Lens")
    avion = CommuneFactory(territory=lens.territory, name="Avion")
    first = StructureFactory(commune=lens, name="Médiathèque La Source")
    second = StructureFactory(commune=lens, name="mediatheque  la source")
    StructureFactory(commune=avion, name="Médiathèque La Source")
    StructureFactory(name="Médiathèque La Source")  # another territory
    assert set(Structure.objects.possible_duplicates()) == {first, second}
    unplaced = StructureFactory(territory=lens.territory, commune=None, name="Médiathèque la Source")
    assert set(Structure.objects.filter(territory=lens.territory).possible_duplicates()) == {
        *Structure.objects.filter(territory=lens.territory)
    }
    assert unplaced in Structure.objects.possible_duplicates()


def test_priority_communes_and_their_structures() -> None:
    structure = StructureFactory()
    assert not Structure.objects.in_priority_commune().exists()
    district = structure.territory.priority_districts.create(label="Cité", slug="cite")
    district.communes.add(structure.commune)
    structure.territory.priority_districts.create(label="Autre", slug="autre").communes.add(structure.commune)
    assert list(Structure.objects.in_priority_commune()) == [structure]
    assert list(Commune.objects.with_priority_district()) == [structure.commune]
