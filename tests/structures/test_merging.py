"""Two structures become one: nothing that pointed to either is lost."""

from __future__ import annotations

import pytest

from clea.errors import Refused
from clea.journal.models import Entry
from structures.models import FormerStructure, Professional, Structure
from structures.services.merging import merge_structures, pointers
from tests.factories.structures import CoordinatorFactory, ProfessionalFactory, StructureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def gare() -> tuple[Structure, Structure]:
    """The case of the call: one venue in both lists."""
    centre = StructureFactory(name="Espace La Gare", slug="gare", kinds=["culture_center"], note="au fond")
    library = StructureFactory(
        commune=centre.commune, name="La Gare (médiathèque)", slug="gare-mediatheque", kinds=["library"],
        email="gare@exemple.test", note="à droite",
    )  # fmt: skip
    return centre, library


def test_kinds_add_up_blanks_are_filled_and_notes_follow(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    kept = merge_structures(by=None, keep=centre, others=[library])
    kept.refresh_from_db()
    assert {kind.slug for kind in kept.kinds.all()} == {"culture_center", "library"}
    assert (kept.name, kept.email, kept.note) == ("Espace La Gare", "gare@exemple.test", "au fond\n\nà droite")
    assert list(Structure.objects.all()) == [kept]


def test_what_the_kept_one_says_is_never_overwritten(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    Structure.objects.filter(pk=centre.pk).update(email="accueil@exemple.test")
    kept = merge_structures(by=None, keep=centre, others=[library])
    assert kept.email == "accueil@exemple.test"


def test_the_team_moves_and_the_same_person_is_completed(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    here = ProfessionalFactory(structure=centre, first_name="Zoé", last_name="Hélin", email="", role="", phone="")
    ProfessionalFactory(
        structure=library, first_name="zoe", last_name="HELIN", email="zoe@exemple.test", role="direction",
        is_contact=True,
    )  # fmt: skip
    other = ProfessionalFactory(structure=library, first_name="Yann", last_name="Obry")
    merge_structures(by=None, keep=centre, others=[library])
    here.refresh_from_db()
    assert (here.email, here.role, here.is_contact) == ("zoe@exemple.test", "direction", True)
    assert set(Professional.objects.filter(structure=centre)) == {here, other}
    assert Professional.objects.count() == 2


def test_two_people_of_the_same_name_with_two_addresses_stay_two(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    for structure, email in ((centre, "a@exemple.test"), (library, "b@exemple.test")):
        ProfessionalFactory(structure=structure, first_name="Zoé", last_name="Hélin", email=email)
    merge_structures(by=None, keep=centre, others=[library])
    assert Professional.objects.filter(structure=centre).count() == 2


def test_three_become_one_and_every_old_address_is_kept(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    third = StructureFactory(commune=centre.commune, slug="troisieme")
    merge_structures(by=None, keep=library, others=[third])
    merge_structures(by=None, keep=centre, others=[library])
    former = FormerStructure.objects.order_by("slug")
    assert [(row.slug, row.structure) for row in former] == [("gare-mediatheque", centre), ("troisieme", centre)]
    assert {row.uuid for row in former} == {library.uuid, third.uuid}


def test_it_is_journaled_without_names(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    ProfessionalFactory(structure=library, last_name="Secret")
    coordinator = CoordinatorFactory(territory=centre.territory)
    merge_structures(by=coordinator, keep=centre, others=[library])
    entry = Entry.objects.get(verb="structure.merged")
    assert entry.target_id == str(centre.uuid)
    assert entry.data["merged"] == [str(library.uuid)]
    assert entry.data["moved"]["structures.professional.structure"] == 1
    assert "Secret" not in str(entry.data)
    assert centre.history.first().history_user == coordinator


def test_a_neighbour_cannot_and_nothing_moves(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    with pytest.raises(Refused):
        merge_structures(by=CoordinatorFactory(), keep=centre, others=[library])
    with pytest.raises(Refused):
        merge_structures(by=None, keep=centre, others=[StructureFactory()])
    assert Structure.objects.count() == 3
    assert not Entry.objects.filter(verb="structure.merged").exists()


def test_a_structure_gone_meanwhile_is_refused(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    Structure.objects.filter(pk=library.pk).delete()
    with pytest.raises(Refused, match="vient d'être"):
        merge_structures(by=None, keep=centre, others=[library])


def test_every_column_that_points_to_a_structure_is_found() -> None:
    """A new foreign key, in any app, is moved without a word here; history tables never are."""
    found = {f"{pointer.model.__name__}.{pointer.name}" for pointer in pointers(Structure)}
    assert {"Professional.structure", "Structure_kinds.structure", "FormerStructure.structure"} <= found
    assert not [name for name in found if name.startswith("Historical")]


def test_a_named_place_in_activity_wins(gare: tuple[Structure, Structure]) -> None:
    centre, library = gare
    Structure.objects.filter(pk=centre.pk).update(is_category=True, is_active=False)
    kept = merge_structures(by=None, keep=centre, others=[library])
    assert (kept.is_category, kept.is_active) == (False, True)
