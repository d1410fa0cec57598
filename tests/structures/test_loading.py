"""Loading a territory: the real files hold the call's facts; bad files change nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clea.journal.models import Entry
from structures.models import Commune, Institution, PriorityDistrict, SchoolDistrict, Structure, Territory
from structures.services.loading import DEFAULT_FOLDER, load_territory
from structures.services.merging import merge_structures
from structures.services.tables import LoadRefused
from tests.factories.structures import CommuneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's files, to be spoiled."""
    return Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "territory"))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def refusal(folder: Path, **kwargs: Path) -> list[str]:
    with pytest.raises(LoadRefused) as caught:
        load_territory(by=None, folder=folder, **kwargs)
    return [str(problem) for problem in caught.value.problems]


def nothing_loaded() -> bool:
    return not (Territory.objects.exists() or Commune.objects.exists() or Structure.objects.exists())


def test_the_real_territory_holds_the_facts_of_the_call() -> None:
    load_territory(by=None)
    territory = Territory.objects.get(slug="lens-lievin")
    communes = Commune.objects.filter(territory=territory)
    assert communes.count() == 36
    assert sum(commune.population or 0 for commune in communes) == 242_013
    assert {commune.population_year for commune in communes} == {2023}
    assert communes.rural().count() == 11
    assert communes.with_priority_district().count() == 19
    assert PriorityDistrict.objects.count() == 15
    assert set(PriorityDistrict.objects.values_list("official_code", flat=True)) == {""}
    assert SchoolDistrict.objects.count() == 10
    assert not communes.filter(school_district=None).exists()
    assert Institution.objects.selecting().count() == 5


def test_la_gare_is_one_venue_of_two_kinds() -> None:
    load_territory(by=None)
    venues = Structure.objects.venues()
    assert venues.of_kind("culture_center").count() == 11
    assert venues.of_kind("library").count() == 27
    assert venues.of_kind("culture_center", "library").count() == 37
    gare = Structure.objects.get(commune__name="Méricourt", name__contains="Gare")
    assert {kind.slug for kind in gare.kinds.all()} == {"culture_center", "library"}


def test_official_names_are_kept_and_the_others_recognised() -> None:
    load_territory(by=None)
    annay = Commune.objects.get(insee="62033")
    assert (annay.name, annay.other_name_list) == ("Annay", ["Annay-sous-Lens"])
    assert Commune.objects.matching("annay sous lens").get() == annay
    carency = Commune.objects.matching("carenny").get()
    assert (carency.name, carency.other_name_list) == ("Carency", [])
    assert Structure.objects.matching("bibliotheque annay-sous-lens").get().commune == annay


def test_no_person_is_named_in_the_files() -> None:
    load_territory(by=None)
    territory = Territory.objects.get()
    assert territory.contact_email == "clea@agglo-lenslievin.fr"
    assert territory.contact_phone == ""
    assert set(Structure.objects.values_list("email", "phone")) == {("", "")}


def test_a_second_load_changes_nothing_and_is_not_journaled_twice() -> None:
    load_territory(by=None)
    history = Structure.history.count()
    report = load_territory(by=None)
    assert not report.changed
    assert report.unchanged["structure"] == 76
    assert Structure.objects.count() == 76
    assert Structure.history.count() == history
    assert Entry.objects.filter(verb="territory.loaded").count() == 1


def test_reference_facts_come_back_and_the_coordinators_words_stay() -> None:
    load_territory(by=None)
    Commune.objects.filter(insee="62498").update(population=1, other_names="Lens-les-Mines")
    Territory.objects.update(contact_email="autre@exemple.test", service_name="")
    structure = Structure.objects.get(slug="louvre-lens")
    structure.name, structure.email, structure.note = "Musée du Louvre-Lens", "accueil@exemple.test", "appeler le mardi"
    structure.save()
    Structure.objects.filter(slug="mediatheque-la-source").update(circle="")

    report = load_territory(by=None)

    lens = Commune.objects.get(insee="62498")
    assert (lens.population, lens.other_names) == (32_920, "Lens-les-Mines")
    structure.refresh_from_db()
    assert (structure.name, structure.email, structure.note) == (
        "Musée du Louvre-Lens",
        "accueil@exemple.test",
        "appeler le mardi",
    )
    assert Structure.objects.get(slug="mediatheque-la-source").circle == "proximite"
    territory = Territory.objects.get()
    assert (territory.contact_email, bool(territory.service_name)) == ("autre@exemple.test", True)
    assert dict(report.updated) == {"territory": 1, "commune": 1, "structure": 1}


def test_a_merged_structure_does_not_come_back() -> None:
    load_territory(by=None)
    keep, double = Structure.objects.filter(commune__name="Liévin").of_kind("library")
    merge_structures(by=None, keep=keep, others=[double])
    load_territory(by=None)
    assert Structure.objects.count() == 75


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "communes.csv",
            "62003,acheville",
            "62001,acheville",
            "communes.csv, ligne 3 : insee « 62001 » est déjà pris à la ligne 2.",
        ),
        (
            "communes.csv",
            "3.12,1,arras-iii",
            "3.12,1,arras-xxx",
            "communes.csv, ligne 3 : school_district : le code « arras-xxx » est inconnu.",
        ),
        (
            "priority_districts.csv",
            "camus,Camus,62032",
            "camus,Camus,62999",
            "priority_districts.csv, ligne 2 : communes : le code « 62999 » est inconnu.",
        ),
        (
            "structures.csv",
            "Louvre-Lens,museum,62498",
            "Louvre-Lens,museum,99999",
            "structures.csv, ligne 4 : commune : le code « 99999 » est inconnu.",
        ),
        (
            "structures.csv",
            "Louvre-Lens,museum,",
            "Louvre-Lens,musee,",
            "structures.csv, ligne 4 : kinds : le code « musee » est inconnu.",
        ),
        (
            "structures.csv",
            "espace-jean-ferrat,Espace Jean Ferrat",
            "louvre-lens,Espace Jean Ferrat",
            "structures.csv, ligne 19 : slug « louvre-lens » est déjà pris à la ligne 4.",
        ),
        (
            "structures.csv",
            "louvre-lens-vallee,Louvre-Lens Vallée",
            "louvre-lens-vallee,LOUVRE LENS",
            "structures.csv, ligne 6 : même nom et même commune qu'à la ligne 4.",
        ),
        (
            "communes.csv",
            ",,62153,216200014,1994,",
            ",,62153,216200014,mille,",
            "communes.csv, ligne 2 : population : « mille » n'est pas un nombre entier.",
        ),
        (
            "communes.csv",
            "acheville,Acheville,,",
            "acheville,Acheville,Carenny,",
            "communes.csv, ligne 12 : le nom « carenny » désigne déjà la commune de la ligne 3.",
        ),
        ("communes.csv", ",population_year,", ",annee,", "communes.csv, ligne 1 : la colonne « annee » est inconnue."),
        ("kinds.csv", "slug,label,plural", "slug,label,pluriel", "kinds.csv, ligne 1 : la colonne « plural » manque."),
        (
            "institutions.csv",
            ",operator,1,",
            ",chef,1,",
            "institutions.csv, ligne 2 : role : « chef » n'est pas proposé : choisissez dans la liste.",
        ),
    ],
)
def test_a_bad_code_is_refused_with_its_line_and_nothing_is_loaded(
    folder: Path, name: str, old: str, new: str, message: str
) -> None:
    spoil(folder, name, old, new)
    assert message in refusal(folder)
    assert nothing_loaded()
    assert not Entry.objects.filter(verb="territory.loaded").exists()


def test_every_problem_is_told_at_once(folder: Path) -> None:
    spoil(folder, "communes.csv", "62003,acheville", "62001,acheville")
    spoil(folder, "structures.csv", "Louvre-Lens,museum,62498", "Louvre-Lens,museum,99999")
    (folder / "institutions.csv").write_bytes("slug,name,role\né,é,relay\n".encode("latin-1"))
    messages = refusal(folder)
    assert len({message.split(",")[0].split(" ")[0] for message in messages}) == 3
    assert any("CSV UTF-8" in message for message in messages)


def test_a_commune_of_another_territory_is_refused(folder: Path) -> None:
    CommuneFactory(insee="62498", name="Lens")
    assert "communes.csv, ligne 21 : la commune « 62498 » appartient déjà à un autre territoire." in refusal(folder)
    assert Territory.objects.filter(slug="lens-lievin").count() == 0


def test_a_line_number_counts_lines_of_the_file_even_after_a_cell_on_several(folder: Path) -> None:
    spoil(folder, "structures.csv", "commune du siège non trouvée", '"commune du siège\nnon trouvée"')
    spoil(folder, "structures.csv", "Vallée,digital,62498", "Vallée,digital,0")
    assert "structures.csv, ligne 7 : commune : le code « 0 » est inconnu." in refusal(folder)


def test_another_territory_comes_from_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "communes.csv").write_text(
        "\ufeffinsee;slug;name;population;population_year\n80001;abbeville;Abbeville;22000;2023\n", encoding="utf-8"
    )
    (tmp_path / "structures.csv").write_text(
        "slug;name;kinds;commune\nle-rex;Le Rex;culture_center|library;80001\n", encoding="utf-8"
    )
    description = tmp_path / "baie.json"
    description.write_text(
        json.dumps(
            {"slug": "baie", "name": "Baie de Somme", "short_name": "Baie", "contact_email": "culture@exemple.test"}
        ),
        encoding="utf-8",
    )
    call_command("load_territory", dir=tmp_path, territory=description)
    load_territory(by=None)
    assert Territory.objects.count() == 2
    rex = Structure.objects.get(slug="le-rex")
    assert (rex.territory.slug, rex.kinds.count()) == ("baie", 2)


def test_a_folder_cannot_take_the_name_of_a_page(folder: Path) -> None:
    spoil(folder, "territory.csv", "lens-lievin,Commu", "structures,Commu")
    assert any("sert déjà d'adresse" in message for message in refusal(folder))


def test_the_command_fails_with_the_problems(folder: Path) -> None:
    spoil(folder, "communes.csv", "62003,acheville", "62001,acheville")
    with pytest.raises(CommandError, match="communes.csv, ligne 3"):
        call_command("load_territory", dir=folder)
