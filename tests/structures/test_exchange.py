"""Lists that come from a spreadsheet and go back to one: preview, report, nothing half-done."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from clea.documents.models import StoredFile
from clea.jobs import running
from clea.jobs.enums import JobState
from clea.jobs.models import Job
from clea.journal.models import Entry
from structures.models import Commune, FormerStructure, Professional, Structure, Territory
from structures.reports.sheet_formats import FrenchCSV, SafeXLSX, Unreadable
from structures.reports.sheets import defuse, unarm, write_csv, write_xlsx
from tests.factories.structures import (
    CommuneFactory,
    CoordinatorFactory,
    ProfessionalFactory,
    StructureFactory,
    StructureKindFactory,
    TerritoryFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Territory:
    territory = TerritoryFactory()
    CommuneFactory(territory=territory, name="Annay", other_names="Annay-sous-Lens", insee="62033", slug="annay")
    CommuneFactory(territory=territory, name="Éleu-dit-Leauwette", slug="eleu")
    StructureKindFactory(territory=territory, slug="library", label="bibliothèque", plural="bibliothèques")
    StructureKindFactory(territory=territory, slug="school", label="école", plural="écoles")
    return territory


@pytest.fixture
def desk(client: Client, here: Territory) -> Client:
    client.force_login(CoordinatorFactory(territory=here))
    return client


def xlsx(*rows: list[Any]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("liste.xlsx", out.getvalue())


def csv_file(text: str, encoding: str = "utf-8-sig") -> SimpleUploadedFile:
    return SimpleUploadedFile("Liste.CSV", text.encode(encoding))


def send(desk: Client, file: SimpleUploadedFile, model: str = "structure", **extra: Any) -> Any:
    """Send a file: the preview, or its errors."""
    form = {"import_file": file, "territory": Territory.objects.order_by("pk").first().pk} | extra
    return desk.post(reverse(f"admin:structures_{model}_import"), form)


def confirm(desk: Client, preview: Any, model: str = "structure") -> str:
    """Press "Confirmer l'import": the page one lands on."""
    form = {field.html_name: field.value() for field in preview.context["confirm_form"]}
    response = desk.post(reverse(f"admin:structures_{model}_process_import"), form, follow=True)
    return str(response.content.decode())


def problems(response: Any) -> list[tuple[int, str]]:
    """Line and message of each problem of a refused file."""
    result = response.context["result"]
    assert "confirm_form" not in response.context or response.context["confirm_form"] is None
    found = [(0, str(error.error)) for error in result.base_errors]
    found += [(row.number, str(error.error)) for row in result.error_rows for error in row.errors]
    for row in result.invalid_rows:
        for column, messages in row.error_dict.items():
            found += [(row.number, f"{column} : {message}") for message in messages]
    return found


class TestStructures:
    def test_a_preview_writes_nothing_then_the_confirmation_does(self, desk: Client, here: Territory) -> None:
        preview = send(
            desk,
            xlsx(
                ["Nom", "Types", "Commune", "Cercle", "Téléphone", "Site internet"],
                ["Médiathèque du Pré", "bibliothèque, école", "annay sous lens", "1er cercle", 321000000, "pre.test"],
                [None, None, None, None, None, None],
                ["L'Étoile", "écoles", None, None, None, None],
            ),
        )
        content = preview.content.decode()
        assert "2 à créer, 0 à modifier, 0 sans changement." in content
        assert "Médiathèque du Pré" in content
        assert not Structure.objects.exists()

        assert "Import terminé : 2 lignes créées" in confirm(desk, preview)
        structure = Structure.objects.get(name="Médiathèque du Pré")
        assert structure.commune is not None
        assert (structure.slug, structure.territory, structure.commune.name, structure.circle) == (
            "mediatheque-du-pre",
            here,
            "Annay",
            "premier_cercle",
        )
        assert (structure.phone, structure.website) == ("321000000", "https://pre.test")
        assert {kind.slug for kind in structure.kinds.all()} == {"library", "school"}
        entry = Entry.objects.get(verb="structure.imported")
        assert (entry.target_id, entry.data["created"]) == (str(here.uuid), 2)

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    def test_csv_of_any_french_spreadsheet(self, desk: Client, here: Territory, encoding: str, separator: str) -> None:
        text = "nom;TYPES;commune\r\nMédiathèque d'été;Bibliotheque;Eleu dit Leauwette\r\n".replace(";", separator)
        confirm(desk, send(desk, csv_file(text, encoding)))
        structure = Structure.objects.get()
        assert structure.commune is not None
        assert (structure.name, structure.commune.slug) == ("Médiathèque d'été", "eleu")

    def test_every_bad_line_is_told_with_its_number_and_nothing_is_written(self, desk: Client, here: Territory) -> None:
        response = send(
            desk,
            csv_file(
                "Nom;Types;Commune;Cercle;Adresse électronique;En activité\n"
                "Bonne;bibliothèque;Annay;;;\n"
                "Loin;bibliothèque;Atlantide;;;\n"
                ";;;;;\n"
                "Genre;cabaret;Annay;;;\n"
                "Sans type;;Annay;;;\n"
                ";bibliothèque;Annay;;;\n"
                "Rond;bibliothèque;Annay;troisième;pas-une-adresse;peut-être\n"
            ),
        )
        found = dict(problems(response))
        assert "Commune : La commune « Atlantide » n'est pas du territoire" in found[3]
        assert "Types : Type inconnu : cabaret." in found[5]
        assert "Types : Indiquez au moins un type." in found[6]
        assert "Nom : " in found[7]
        last = " ".join(message for line, message in problems(response) if line == 8)
        for part in ("Cercle : « troisième »", "Adresse électronique : ", "En activité : « peut-être »"):
            assert part in last
        assert set(found) == {3, 5, 6, 7, 8}
        assert not Structure.objects.exists()

    def test_known_by_identifier_then_by_name_and_commune(self, desk: Client, here: Territory) -> None:
        commune = here.communes.get(slug="annay")
        first = StructureFactory(commune=commune, name="Le Préau", slug="preau", email="ancien@exemple.test")
        second = StructureFactory(commune=commune, name="La Cour", slug="cour", phone="03 11 11 11 11")
        preview = send(
            desk,
            csv_file(
                "Identifiant;Nom;Commune;Adresse électronique\n"
                "preau;Le Grand Préau;Annay;nouveau@exemple.test\n"
                ";LA COUR;62033;\n"
            ),
        )
        assert "0 à créer, 2 à modifier" in preview.content.decode()
        assert "<del>ancien@exemple.test</del> <ins>nouveau@exemple.test</ins>" in preview.content.decode()
        confirm(desk, preview)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.name, first.slug, first.email) == ("Le Grand Préau", "preau", "nouveau@exemple.test")
        assert (second.name, second.phone) == ("LA COUR", "03 11 11 11 11")  # no column, no change
        assert Structure.objects.count() == 2

    def test_an_empty_cell_erases_but_for_yes_or_no(self, desk: Client, here: Territory) -> None:
        structure = StructureFactory(territory=here, commune=None, phone="03 11 11 11 11", is_category=True)
        confirm(desk, send(desk, csv_file(f"Nom;Téléphone;Catégorie\n{structure.name};;\n")))
        structure.refresh_from_db()
        assert (structure.phone, structure.is_category) == ("", True)

    def test_duplicates_are_caught(self, desk: Client, here: Territory) -> None:
        commune = here.communes.get(slug="annay")
        StructureFactory(commune=commune, name="Le Préau", slug="preau")
        for number in range(2):
            StructureFactory(commune=commune, name="Jumelle", slug=f"jumelle-{number}")
        response = send(
            desk,
            csv_file(
                "Identifiant;Nom;Types;Commune\n"
                ";Neuve;école;Annay\n"
                ";neuve;école;Annay-sous-Lens\n"
                "preaux;Le Préau;école;Annay\n"
                ";Jumelle;école;Annay\n"
                "preau;Le Préau;école;Annay\n"
                ";LE PREAU;école;Annay\n"
            ),
        )
        found = dict(problems(response))
        assert set(found) == {3, 4, 5, 7}
        assert "Même ligne que la ligne 2" in found[3]
        assert "cette structure existe : « preau »" in found[4]
        assert "indiquez l'identifiant" in found[5]
        assert "Même ligne que la ligne 6" in found[7]

    def test_a_merged_structure_is_known_by_its_former_identifier(self, desk: Client, here: Territory) -> None:
        kept = StructureFactory(territory=here, commune=None, slug="gardee")
        FormerStructure.objects.create(
            territory=here, structure=kept, uuid="12345678-1234-4234-8234-123456789012", slug="ancienne", name="A"
        )
        confirm(desk, send(desk, csv_file("Identifiant;Nom;Note\nancienne;Nouveau nom;vu\n")))
        kept.refresh_from_db()
        assert (kept.slug, kept.name, kept.note) == ("gardee", "Nouveau nom", "vu")
        assert Structure.objects.count() == 1

    def test_two_names_that_make_the_same_identifier(self, desk: Client, here: Territory) -> None:
        confirm(
            desk,
            send(
                desk, csv_file("Nom;Types;Commune\nL'Arc;école;Annay\nL Arc !;école;\nLArc;école;Eleu-dit-Leauwette\n")
            ),
        )
        assert set(Structure.objects.values_list("slug", flat=True)) == {"larc", "l-arc", "larc-eleu"}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("Nom;Couleur\nA;bleu\n", "Colonnes inconnues : Couleur. Les colonnes possibles sont : Identifiant, Nom,"),
            ("Types\nécole\n", "Il manque la colonne Nom."),
            ("Nom;NOM\nA;B\n", "Deux colonnes portent le même titre."),
        ],
    )
    def test_bad_headings_are_told(self, desk: Client, here: Territory, text: str, message: str) -> None:
        assert message in problems(send(desk, csv_file(text)))[0][1]

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("liste.ods", b"x", "Envoyez un fichier .xlsx ou .csv."),
            ("liste.xlsx", b"ceci n'est pas un classeur", "pas un classeur Excel lisible"),
            ("liste.csv", b"\x00\x01", "n'est pas du CSV"),
            ("liste.csv", b"\n\n", "Ce fichier est vide."),
            ("liste.csv", b"Nom;\nA;B\n", "n'a pas de titre"),
        ],
    )
    def test_an_unreadable_file_is_refused_in_words(
        self, desk: Client, here: Territory, name: str, content: bytes, message: str
    ) -> None:
        response = send(desk, SimpleUploadedFile(name, content))
        assert message in response.context["form"].errors["import_file"][0]

    def test_what_changed_since_the_preview_stops_the_whole_file(self, desk: Client, here: Territory) -> None:
        preview = send(desk, csv_file("Nom;Types;Commune\nUne;école;Annay\nDeux;école;Eleu-dit-Leauwette\n"))
        here.communes.filter(slug="eleu").delete()
        assert "la base a changé depuis" in confirm(desk, preview)
        assert not Structure.objects.exists()
        assert not Entry.objects.filter(verb="structure.imported").exists()

    def test_a_long_sheet_goes_in_by_parts_in_a_job(self, desk: Client, here: Territory) -> None:
        sheet = "".join(f"Lieu {row};école;{'Eleu-dit-Leauwette' if row == 44 else 'Annay'}\n" for row in range(45))
        confirm(desk, send(desk, csv_file(f"Nom;Types;Commune\n{sheet}")))
        job = Job.objects.get()
        assert job.label.replace("\N{NO-BREAK SPACE}", " ") == "Importer 45 lignes de « Liste.CSV »"
        # Tried whole first: what changed since the preview stops it before the first row.
        here.communes.filter(slug="eleu").update(territory=TerritoryFactory())
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.total) == (JobState.FAILED, 0, 45)
        assert "Ligne 46" in job.message
        assert not Structure.objects.exists()
        Commune.objects.filter(slug="eleu").update(territory=here)
        desk.post(reverse("jobs:restart", args=[job.uuid]))
        running.run(job.pk)
        job.refresh_from_db()
        assert (job.state, job.done, job.sent) == (JobState.DONE, 45, None), job.message
        assert "45 lignes créées" in job.message
        assert Structure.objects.count() == 45
        assert [entry.data["created"] for entry in Entry.objects.filter(verb="structure.imported").order_by("seq")] == [
            20, 20, 5
        ]  # fmt: skip
        assert Structure.history.first().history_user == job.owner
        assert not StoredFile.objects.exists(), "what was sent is not kept"

    def test_a_confirmation_that_comes_too_late_says_so(self, desk: Client, here: Territory) -> None:
        preview = send(desk, csv_file("Nom;Types\nUne;école\n"))
        cache.clear()
        assert "une heure a passé" in confirm(desk, preview)

    def test_the_same_file_twice_changes_nothing(self, desk: Client, here: Territory) -> None:
        text = "Nom;Types;Commune\nUne;école, bibliothèque;Annay\n"
        confirm(desk, send(desk, csv_file(text)))
        history = Structure.history.count()
        preview = send(desk, csv_file(text))
        assert "0 à créer, 0 à modifier, 1 sans changement." in preview.content.decode()
        confirm(desk, preview)
        assert Structure.history.count() == history
        assert Entry.objects.filter(verb="structure.imported").count() == 1

    def test_nothing_goes_into_another_territory(self, desk: Client, here: Territory) -> None:
        foreign = TerritoryFactory()
        StructureKindFactory(territory=foreign, label="école")
        text = "Nom;Types\nUne;école\n"
        response = send(desk, csv_file(text), territory=foreign.pk)
        assert "territory" in response.context["form"].errors
        preview = send(desk, csv_file(text))
        form = {field.html_name: field.value() for field in preview.context["confirm_form"]}
        desk.post(reverse("admin:structures_structure_process_import"), form | {"territory": foreign.pk})
        assert not Structure.objects.exists()


class TestProfessionals:
    @pytest.fixture
    def structure(self, here: Territory) -> Structure:
        return StructureFactory(commune=here.communes.get(slug="annay"), name="Le Préau", slug="preau")

    def test_people_find_their_structure_by_name_or_identifier(self, desk: Client, structure: Structure) -> None:
        StructureFactory(commune=structure.territory.communes.get(slug="eleu"), name="Le Préau", slug="preau-eleu")
        preview = send(
            desk,
            csv_file(
                "Structure;Commune;Prénom;Nom;Fonction;Adresse électronique;Téléphone;À contacter\n"
                "le preau;Annay;Lou;Marin;direction;lou@exemple.test;03 11 11 11 11;oui\n"
                "preau-eleu;;Noa;Serin;;;;non\n"
            ),
            "professional",
        )
        assert "Import terminé : 2 lignes créées" in confirm(desk, preview, "professional")
        lou = structure.professionals.get()
        assert (str(lou), lou.is_contact, lou.role) == ("Lou Marin", True, "direction")
        assert Professional.objects.get(last_name="Serin").structure.slug == "preau-eleu"
        assert "Marin" not in str(Entry.objects.get(verb="professional.imported").data)

    def test_the_same_person_is_completed_not_doubled(self, desk: Client, structure: Structure) -> None:
        person = ProfessionalFactory(structure=structure, first_name="Éloi", last_name="Crête", email="", role="")
        text = "Structure;Prénom;Nom;Fonction;Adresse électronique\npreau;ELOI;CRETE;accueil;eloi@exemple.test\n"
        confirm(desk, send(desk, csv_file(text), "professional"), "professional")
        person.refresh_from_db()
        assert (person.role, person.email, Professional.objects.count()) == ("accueil", "eloi@exemple.test", 1)

    def test_unknown_and_ambiguous_structures_are_row_errors(self, desk: Client, structure: Structure) -> None:
        StructureFactory(commune=structure.territory.communes.get(slug="eleu"), name="Le Préau")
        foreign = StructureFactory(name="Voisine")
        response = send(
            desk,
            csv_file(f"Structure;Nom\nLe Préau;A\nInconnue;B\n;C\n{foreign.slug};D\npreau;\npreau;E\npreau;e\n"),
            "professional",
        )
        found = dict(problems(response))
        assert "ajoutez la commune" in found[2]
        assert "est inconnue" in found[3]
        assert "Indiquez la structure" in found[4]
        assert "est inconnue" in found[5]
        assert "Nom : " in found[6]
        assert "Même ligne que la ligne 7" in found[8]
        assert not Professional.objects.exists()


class TestExport:
    def export(self, desk: Client, kind: str, model: str = "structure", query: str = "") -> bytes:
        form = {"format": {"xlsx": "0", "csv": "1"}[kind], "resource": "0"}
        response = desk.post(reverse(f"admin:structures_{model}_export") + query, form)
        assert response.status_code == 200
        assert response["Content-Disposition"].endswith(f'.{kind}"')
        return bytes(response.content)

    def test_csv_opens_right_in_french_excel_and_no_cell_runs(self, desk: Client, here: Territory) -> None:
        commune = here.communes.get(slug="eleu")
        StructureFactory(commune=commune, name="=HYPERLINK(1)", slug="formule", note="+33", kinds=["school"])
        content = self.export(desk, "csv")
        assert content.startswith(b"\xef\xbb\xbf")
        header, row = content.decode("utf-8-sig").splitlines()
        assert header.startswith("Identifiant;Nom;Types;Commune;Cercle")
        assert row.startswith("formule;'=HYPERLINK(1);école;Éleu-dit-Leauwette;proximité;non;")
        assert ";'+33;oui" in row

    def test_xlsx_writes_texts_as_texts(self, desk: Client, here: Territory) -> None:
        StructureFactory(territory=here, commune=None, name="=1+1", note="ligne\nsonnée")
        sheet = load_workbook(io.BytesIO(self.export(desk, "xlsx"))).worksheets[0]
        cell = sheet["B2"]
        assert (cell.value, cell.data_type) == ("=1+1", "s")
        assert sheet["K2"].value == "ligne\nsonnée"

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_what_goes_out_comes_back_unchanged(self, desk: Client, here: Territory, kind: str) -> None:
        StructureFactory(
            commune=here.communes.get(slug="annay"), name="=A1", phone="+33 3 00 00 00 00", kinds=["school", "library"],
            address="1 rue Haute\n62880 Annay", is_active=False,
        )  # fmt: skip
        file = SimpleUploadedFile(f"retour.{kind}", self.export(desk, kind))
        assert "0 à créer, 0 à modifier, 1 sans changement." in send(desk, file).content.decode()

    def test_filters_and_walls_hold_and_it_is_journaled(self, desk: Client, here: Territory) -> None:
        StructureFactory(territory=here, commune=None, name="Ouverte")
        StructureFactory(territory=here, commune=None, name="Fermée", is_active=False)
        StructureFactory(name="Voisine")
        text = self.export(desk, "csv", query="?is_active__exact=1").decode("utf-8-sig")
        assert "Ouverte" in text
        assert "Fermée" not in text
        assert "Voisine" not in text
        assert Entry.objects.get(verb="structure.exported").data == {"format": "csv", "rows": 1}

    def test_teams(self, desk: Client, here: Territory) -> None:
        structure = StructureFactory(commune=here.communes.get(slug="annay"), name="Le Préau")
        ProfessionalFactory(structure=structure, first_name="Lou", last_name="Marin", is_contact=True)
        ProfessionalFactory(last_name="Voisin")
        text = self.export(desk, "csv", "professional").decode("utf-8-sig")
        assert "Le Préau;Annay;Lou;Marin;médiation;" in text
        assert text.rstrip().endswith(";oui")
        assert "Voisin" not in text

    def test_it_costs_the_same_at_3_and_at_30_rows(
        self, desk: Client, here: Territory, assert_num_queries_constant: Any
    ) -> None:
        commune = here.communes.get(slug="annay")
        StructureFactory.create_batch(3, commune=commune)
        assert_num_queries_constant(
            lambda: self.export(desk, "csv"), lambda: StructureFactory.create_batch(27, commune=commune)
        )


class TestSheets:
    @pytest.mark.parametrize("text", ["=1", "+33", "-1", "@a", "\tx", "\rx"])
    def test_what_a_spreadsheet_would_run_is_quoted_and_unquoted(self, text: str) -> None:
        assert defuse(text) == f"'{text}"
        assert unarm(defuse(text)) == text

    @pytest.mark.parametrize("text", ["", "L'Étoile", "'t Huis", "a=b"])
    def test_the_rest_is_left_alone(self, text: str) -> None:
        assert defuse(text) == text
        assert unarm(text) == text

    def test_numbers_stay_numbers_in_xlsx(self) -> None:
        content = write_xlsx(["Nom", "Nombre"], [["a", 12.5], ["b", None]], title="Une feuille : essai"[:12])
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        assert [cell.value for cell in sheet[2]] == ["a", 12.5]
        assert sheet.freeze_panes == "A2"

    def test_a_cell_on_several_lines_keeps_them(self) -> None:
        content = write_csv(["Note"], [["a\nb"]])
        assert FrenchCSV().create_dataset(content)[0] == ("a\nb",)

    def test_an_endless_sheet_is_refused(self) -> None:
        content = write_csv(["Nom"], ([str(number)] for number in range(5001)))
        with pytest.raises(Unreadable, match="plus de 5000 lignes"):
            FrenchCSV().create_dataset(content)

    def test_empty_lines_and_columns_around_a_table_are_ignored(self) -> None:
        content = write_xlsx(["Nom", "", "Ville"], [["a", "", "b"], ["", "", ""], ["", "", ""]])
        dataset = SafeXLSX().create_dataset(content)
        assert dataset.headers == ["Nom", "Ville"]
        assert list(dataset) == [("a", "b")]
