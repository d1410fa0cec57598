"""Lists and folders that leave the house: they open right, nothing in them runs, nothing is lost."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook

from candidatures.enums import ApplicantKind, CheckResult
from candidatures.models import Application, DepositPiece, EligibilityCheck, TerritoryClaim
from candidatures.reports import archive, spreadsheets
from candidatures.reports.rows import rows, titles
from candidatures.services import assembly
from clea.documents.names import safe_name
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
    PieceRequestFactory,
    file_again,
    file_application,
    fill_application,
)

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("https://exemple.test";"cliquez")'


@pytest.fixture
def call():
    return CallFactory(complete=True)


def everything():
    return Application.objects.order_by("last_deposit__number")


def lines():
    """Each dossier as a mapping of titles to cells."""
    return [dict(zip(titles(), row, strict=True)) for row in rows(everything())]


def sheet(out):
    with out:
        return load_workbook(out).worksheets[0]


def as_csv():
    return b"".join(spreadsheets.csv_lines(titles(), rows(everything())))


# Rows -------------------------------------------------------------------------------------------


def test_a_line_says_what_was_filed(call):
    application = ApplicationFactory(
        call=call, submitted=True, artist_name="Nœud Élan", applicant_kind=ApplicantKind.COLLECTIVE, postal_code="59000"
    )
    [line] = lines()
    assert line["Numéro"] == application.last_deposit.number
    assert line["Reçu le"] == timezone.localtime(application.last_deposit.received_at).replace(
        tzinfo=None, microsecond=0
    )
    assert line["Nom d'artiste ou du collectif"] == "Nœud Élan"
    assert line["Candidature"] == "un collectif"
    assert line["Membres du collectif"] == "Basile Autre (son)"
    assert line["Adresse électronique"] == application.owner.email
    assert line["Département"] == "59"
    assert line["Disciplines"] == "arts visuels"
    assert line["Budget : coût total (€)"] == Decimal("21000.00")
    assert line["Pièces reçues"] == "Lettre d'intention, CV, Portfolio, Œuvres à diffuser"
    assert line["Accepte d'être recontacté"] == "non"
    assert line["État"] == "déposée"


def test_the_deposit_is_the_source_and_not_what_is_being_typed(call):
    application = ApplicationFactory(call=call, submitted=True, artist_name="Déposé", city="Lens")
    Application.objects.filter(pk=application.pk).update(artist_name="En cours", city="Ailleurs")
    [line] = lines()
    assert (line["Nom d'artiste ou du collectif"], line["Ville"]) == ("Déposé", "Lens")
    file_again(application)
    [line] = lines()
    assert (line["Nom d'artiste ou du collectif"], line["Nombre de dépôts"]) == ("En cours", 2)


def test_a_line_says_what_was_found_and_what_is_awaited(call):
    application = ApplicationFactory(call=call, submitted=True)
    criterion = call.criteria.last()
    EligibilityCheck.objects.create(
        application=application, criterion=criterion, result=CheckResult.NOT_MET, reason="Permis périmé."
    )
    PieceRequestFactory(application=application)
    PieceRequestFactory(application=application, piece=call.pieces.get(code="lettre"), answered_at=timezone.now())
    [line] = lines()
    assert line["Conditions non remplies"] == "J'ai le permis et une voiture. Permis périmé."
    assert line["Pièces demandées, attendues"] == "CV"


def test_a_line_says_the_other_territories_and_their_jury(call):
    application = ApplicationFactory(call=call, applies_elsewhere=True)
    TerritoryClaim.objects.create(application=application, territory="Val d'Ailleurs", jury_on=date(2027, 3, 9))
    TerritoryClaim.objects.create(application=application, territory="Plateau", order=1)
    file_application(fill_application(application))
    [line] = lines()
    assert line["Candidate dans d'autres territoires"] == "oui"
    assert line["Autres territoires sollicités"] == "Val d'Ailleurs (jury : 09/03/2027) ; Plateau"


def test_a_draft_is_in_no_list(call):
    ApplicationFactory(call=call, complete=True)
    assert lines() == []


def test_the_list_costs_the_same_at_3_and_at_30(call, assert_num_queries_constant):
    for _n in range(3):
        PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))

    def grow():
        for _n in range(27):
            PieceRequestFactory(application=ApplicationFactory(call=call, submitted=True))

    read = []
    assert_num_queries_constant(lambda: read.append(len(list(rows(everything())))), grow, at_most=3)
    assert read[-1] == 30


# Spreadsheets -----------------------------------------------------------------------------------


def test_the_workbook_keeps_types_and_runs_nothing(call):
    ApplicationFactory(call=call, submitted=True, artist_name=FORMULA, organisation="+33 6", city="Lens")
    opened = sheet(spreadsheets.xlsx(titles(), rows(everything()), title="Candidatures 2026/2027 [CLEA] : toutes ?"))
    headers = [cell.value for cell in opened[1]]
    assert headers == titles()
    cells = dict(zip(headers, opened[2], strict=True))
    assert cells["Nom d'artiste ou du collectif"].value == FORMULA
    assert cells["Nom d'artiste ou du collectif"].data_type == "s"
    assert cells["Compagnie ou structure employeuse"].data_type == "s"
    assert cells["Ville"].value == "Lens"
    assert cells["Budget : coût total (€)"].value == 21000
    assert cells["Budget : coût total (€)"].number_format.startswith("#,##0.00")
    assert cells["Reçu le"].is_date
    assert opened.freeze_panes == "B2"
    assert opened.auto_filter.ref.endswith("2")
    assert not any(cell.data_type == "f" for row in opened.iter_rows() for cell in row)


def test_the_csv_opens_in_french_excel_and_runs_nothing(call):
    ApplicationFactory(
        call=call, submitted=True, artist_name=FORMULA, organisation="@somme", address='1; rue « des » "Mines"'
    )
    content = as_csv()
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert list(read[0]) == titles()
    [line] = read
    assert line["Nom d'artiste ou du collectif"] == f"'{FORMULA}"
    assert line["Compagnie ou structure employeuse"] == "'@somme"
    assert line["Adresse"] == '1; rue « des » "Mines"'
    assert line["Budget : coût total (€)"] == "21000,00"
    assert datetime.strptime(line["Reçu le"], "%d/%m/%Y %H:%M")  # noqa: DTZ007 - as Excel reads it


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_libreoffice_opens_it_and_reads_back_what_was_typed(call, form, tmp_path):
    ApplicationFactory(call=call, submitted=True, artist_name=FORMULA, city="Nœux-les-Mines")
    ApplicationFactory(call=call, submitted=True, artist_name="Deuxième")
    source = tmp_path / f"liste.{form}"
    if form == "xlsx":
        with spreadsheets.xlsx(titles(), rows(everything()), title="Candidatures") as out:
            source.write_bytes(out.read())
        reading = []
    else:
        source.write_bytes(as_csv())
        # Semicolons, quotes, UTF-8, first line 1: what a French double click does.
        reading = ["--infilter=Text - txt - csv (StarCalc):59,34,76,1,,1036,false,true"]
    office = shutil.which("soffice")
    assert office, "LibreOffice Calc is part of the tests' tools (make test installs it)"
    subprocess.run(
        [
            office,
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            *reading,
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):59,34,76,1",
            "--outdir",
            str(tmp_path / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    text = Path(tmp_path / "out" / "liste.csv").read_text(encoding="utf-8-sig")
    read = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert len(read) == 2
    assert read[0]["Nom d'artiste ou du collectif"].lstrip("'") == FORMULA
    assert read[0]["Ville"] == "Nœux-les-Mines"
    assert read[1]["Nom d'artiste ou du collectif"] == "Deuxième"


# ZIP --------------------------------------------------------------------------------------------


def opened_zip(*applications):
    return zipfile.ZipFile(io.BytesIO(b"".join(archive.stream(applications))))


def test_each_dossier_is_a_folder_that_a_person_reads(call):
    first = ApplicationFactory(call=call, submitted=True, artist_name="Élan / du soir")
    second = ApplicationFactory(call=call, submitted=True, artist_name="Nœud")
    with opened_zip(first, second) as opened:
        assert opened.testzip() is None
        folder = f"{first.last_deposit.number} Élan du soir"
        assert [name for name in opened.namelist() if name.startswith(folder)] == [
            f"{folder}/00 Dossier complet {first.last_deposit.number}.pdf",
            f"{folder}/01 Lettre d'intention.txt",
            f"{folder}/02 CV.pdf",
            f"{folder}/03 Portfolio.txt",
            f"{folder}/04 Œuvres à diffuser.txt",
        ]
        assert f"{second.last_deposit.number} Nœud/02 CV.pdf" in opened.namelist()
        with first.last_deposit.pieces.get(code="cv").stored_file.file.open("rb") as stored:
            assert opened.read(f"{folder}/02 CV.pdf") == stored.read()
        with assembly.ensure(first.last_deposit_id).file.open("rb") as whole:
            assert opened.read(f"{folder}/00 Dossier complet {first.last_deposit.number}.pdf") == whole.read()
        assert opened.read(f"{folder}/01 Lettre d'intention.txt").decode("utf-8-sig") == (
            "Je souhaite créer avec vous.\r\n"
        )
        assert "Lisières – 2024 – film" in opened.read(f"{folder}/04 Œuvres à diffuser.txt").decode("utf-8-sig")
        listed = list(csv.DictReader(io.StringIO(opened.read("liste.csv").decode("utf-8-sig")), delimiter=";"))
        assert [line["Numéro"] for line in listed] == [first.last_deposit.number, second.last_deposit.number]


def test_the_archive_leaves_as_it_is_made(call):
    """Its first bytes come before any dossier is read: nothing is held whole."""
    application = ApplicationFactory(call=call, submitted=True)
    stream = archive.stream([application])
    assert next(stream).startswith(b"PK")
    assert not hasattr(Application.objects.get(pk=application.pk).last_deposit, "assembly")


def test_a_file_that_is_gone_does_not_keep_the_others_from_leaving(call):
    broken = ApplicationFactory(call=call, submitted=True, artist_name="Perdu")
    sound = ApplicationFactory(call=call, submitted=True, artist_name="Sauf")
    default_storage.delete(broken.last_deposit.pieces.get(code="cv").stored_file.file.name)
    with opened_zip(broken, sound) as opened:
        assert opened.testzip() is None
        note = opened.read("À LIRE – fichiers manquants.txt").decode("utf-8-sig")
        assert f"{broken.last_deposit.number}/02 CV.pdf" in note
        assert sound.last_deposit.number not in note
        assert opened.read(f"{sound.last_deposit.number} Sauf/02 CV.pdf").startswith(b"%PDF")


def test_a_dossier_erased_since_does_not_keep_the_others_from_leaving(call):
    sound = ApplicationFactory(call=call, submitted=True, artist_name="Sauf")
    with opened_zip(Application(pk=0), sound) as opened:
        assert f"{sound.last_deposit.number} Sauf/02 CV.pdf" in opened.namelist()


def test_the_dossiers_of_an_archive_are_read_together(call, assert_num_queries_constant):
    def grow():
        for _n in range(2):
            assembly.ensure(ApplicationFactory(call=call, submitted=True).last_deposit_id)

    grow()
    assert_num_queries_constant(lambda: list(archive.stream(list(Application.objects.all()))), grow, at_most=6)


def test_a_whole_archive_has_no_note(call):
    with opened_zip(ApplicationFactory(call=call, submitted=True)) as opened:
        assert not any("LIRE" in name for name in opened.namelist())


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Windows\\système.exe", "C Windows système.exe"),
        ("nul", "_nul"),
        ("CON.pdf", "_CON.pdf"),
        ("...", "_"),
        ("", "_"),
        ("fin. ", "fin"),
        ("a\x00b\u202egpj", "abgpj"),
        ("e\u0301lan", "élan"),
        ("x" * 300, "x" * 80),
    ],
)
def test_a_name_is_safe_on_every_system(given, safe):
    assert safe_name(given) == safe


def test_two_pieces_of_one_name_do_not_hide_each_other(call):
    call.pieces.filter(code="portfolio").update(title="cv", form="file", order=2)
    application = ApplicationFactory(call=call, submitted=True)
    cv = application.last_deposit.pieces.get(code="cv")
    DepositPiece.objects.filter(pk=cv.pk).update(title="Lettre d'intention")
    with opened_zip(application) as opened:
        names = [name.rpartition("/")[2].casefold() for name in opened.namelist()]
        assert len(names) == len(set(names))
