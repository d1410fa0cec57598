"""What a jury's work becomes in other people's tools: it opens right, nothing runs, nothing private leaves."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from candidatures.enums import Advice, ApplicationState
from candidatures.models import Position, Score, ScoringCriterion
from clea.journal.models import Entry
from tests.candidatures.desk import text_of
from tests.factories.candidatures import ApplicationFactory
from tests.factories.jury import JurorFactory, JuryFactory, RecusalFactory, ReviewFactory, eligible

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("https://exemple.test";"cliquez")'
SECRET = "Pour moi seul : à revoir."


@pytest.fixture
def jury(territory):
    jury = JuryFactory(territory=territory)
    Position.objects.filter(call=jury.call).update(count=1)
    ScoringCriterion.objects.filter(call=jury.call).update(max_score=5)
    for row, title in zip(jury.call.scoring.all(), ("Qualité", "Rencontre"), strict=True):
        ScoringCriterion.objects.filter(pk=row.pk).update(title=title, weight=1)
    return jury


@pytest.fixture
def two(jury):
    """Two dossiers, three readers: an abstention, a recusal, a draft, and words that a spreadsheet would run."""
    first, second = eligible(jury.call, 2)
    first.artist_name = FORMULA
    first.save()
    one, other, third = (JurorFactory(jury=jury, user__last_name=name) for name in ("Aube", "Brume", "Crue"))
    review = ReviewFactory(
        juror=one, application=first, notes=[5, 4], comment="+fort", private_notes=SECRET, advice=Advice.FAVOURABLE
    )
    Score.objects.filter(review=review, criterion__title="Qualité").update(comment="Une écriture.")
    ReviewFactory(juror=other, application=first, notes=[3, 2], advice=Advice.RESERVED)
    ReviewFactory(juror=third, application=first, notes=[0, 0], advice=Advice.UNFAVOURABLE)
    RecusalFactory(juror=third, application=first)
    ReviewFactory(juror=one, application=second, notes=[2, 2], advice=Advice.ABSTAIN)
    ReviewFactory(juror=other, application=second, notes=[4, 4])
    ReviewFactory(juror=third, application=second, notes=[1, 1], draft=True)
    return first, second, one, other


def export(desk, jury, form, **more):
    return desk.post(reverse("admin:candidatures_jury_export", args=[jury.uuid]), {"form": form} | more)


def body(answer):
    return b"".join(answer.streaming_content)


def as_csv(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def workbook(desk, jury):
    return load_workbook(io.BytesIO(body(export(desk, jury, "classement.xlsx"))))


def lines(sheet):
    headers = [cell.value for cell in sheet[1]]
    return [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]


# Workbook ---------------------------------------------------------------------------------------


def test_the_workbook_has_the_ranking_and_the_readings(desk, jury, two):
    first, second, one, _other = two
    opened = workbook(desk, jury)
    assert opened.sheetnames == ["Classement", "Lectures"]
    top, last = lines(opened["Classement"])
    assert (top["Rang"], top["Numéro"], top["Moyenne sur 20"]) == (1, second.last_deposit.number, 16)
    assert (last["Moyenne sur 20"], last["Lectures comptées"], last["Écart-type"]) == (14, 2, 5.66)
    assert (top["Abstentions"], top["Favorable"]) == (1, 1)
    assert (last["Note la plus basse"], last["Note la plus haute"]) == (10, 18)
    assert (last["Favorable"], last["Réservé"], last["Défavorable"]) == (1, 1, 0)
    assert last["Qualité (sur 5)"] == 4
    assert 1 <= top["Meilleur rang (intervalle à 90 %)"] <= top["Moins bon rang (intervalle à 90 %)"] <= 2
    assert opened["Classement"]["F2"].number_format == "0.00"
    readings = lines(opened["Lectures"])
    assert [(row["Numéro"], row["Total sur 20"], row["Comptée dans la moyenne"]) for row in readings] == [
        (first.last_deposit.number, 18, "oui"),
        (first.last_deposit.number, 10, "oui"),
        (second.last_deposit.number, 8, "non"),
        (second.last_deposit.number, 16, "oui"),
    ]
    assert readings[0]["Membre du jury"] == str(one.user)
    assert readings[0]["Institution"] == one.institution.name
    assert readings[0]["Qualité (sur 5)"] == 5
    assert readings[0]["Qualité : commentaire"] == "Une écriture."
    assert readings[0]["Dépôt lu"] == first.last_deposit.number
    assert readings[2]["Avis"] == "abstention"


def test_private_notes_and_recused_readings_are_in_no_file(desk, jury, two):
    assert b"Qualit" in body(export(desk, jury, "lectures.csv"))
    for form in ("classement.csv", "lectures.csv"):
        text = body(export(desk, jury, form)).decode("utf-8-sig")
        assert SECRET not in text
        assert "défavorable" not in text
    cells = [str(cell.value) for sheet in workbook(desk, jury) for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if SECRET in cell or cell == "défavorable"]


def test_nothing_runs_in_either_format(desk, jury, two):
    opened = workbook(desk, jury)
    assert not any(cell.data_type == "f" for sheet in opened for row in sheet.iter_rows() for cell in row)
    assert FORMULA in [row["Nom d'artiste ou du collectif"] for row in lines(opened["Classement"])]
    assert "+fort" in [row["Appréciation générale"] for row in lines(opened["Lectures"])]
    ranked = as_csv(body(export(desk, jury, "classement.csv")))
    assert f"'{FORMULA}" in [row["Nom d'artiste ou du collectif"] for row in ranked]
    read = as_csv(body(export(desk, jury, "lectures.csv")))
    assert read[0]["Appréciation générale"] == "'+fort"
    assert read[0]["Total sur 20"] == "18,00"


def test_libreoffice_opens_both_sheets(desk, jury, two, tmp_path):
    source = tmp_path / "jury.xlsx"
    source.write_bytes(body(export(desk, jury, "classement.xlsx")))
    office = shutil.which("soffice")
    assert office, "LibreOffice Calc is part of the tests' tools (make test installs it)"
    subprocess.run(
        [
            office,
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            # The last figure writes each sheet in a file of its own.
            "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1",
            "--outdir",
            str(tmp_path / "out"),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    out = {path.stem.rpartition("-")[2]: path for path in Path(tmp_path / "out").glob("*.csv")}
    assert set(out) == {"Classement", "Lectures"}
    ranked = as_csv(out["Classement"].read_bytes())
    assert [float(row["Moyenne sur 20"].replace(",", ".")) for row in ranked] == [16, 14]
    assert ranked[1]["Nom d'artiste ou du collectif"].lstrip("'") == FORMULA
    assert len(as_csv(out["Lectures"].read_bytes())) == 4


# The journal and the cost -----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["classement.xlsx", "classement.csv", "lectures.csv"])
def test_each_export_is_journaled_before_it_leaves(desk, jury, two, form):
    answer = export(desk, jury, form)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert form.rpartition(".")[2] in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert body(answer)
    entry = Entry.objects.get(verb="jury.exported")
    assert entry.data == {"form": form, "count": 2, "applications": sorted(str(row.uuid) for row in two[:2])}


def test_an_unknown_file_is_asked_again(desk, jury, two):
    answer = desk.post(reverse("admin:candidatures_jury_export", args=[jury.uuid]), {"form": "autre"}, follow=True)
    assert "Choisissez le fichier à prendre." in text_of(answer)
    assert not Entry.objects.filter(verb="jury.exported").exists()


@pytest.mark.parametrize("form", ["classement.xlsx", "lectures.csv"])
def test_an_export_costs_the_same_for_3_and_for_30(desk, jury, form, assert_num_queries_constant):
    readers = [JurorFactory(jury=jury) for _ in range(3)]

    def grow(count):
        for application in eligible(jury.call, count):
            for reader in readers:
                ReviewFactory(juror=reader, application=application, notes=[4, 3])

    grow(3)
    made = []
    # The whole request: the session, the rights, the file, the journal's line and its transaction.
    assert_num_queries_constant(lambda: made.append(len(body(export(desk, jury, form)))), lambda: grow(27), at_most=12)
    assert made[-1] > made[0]


# The shortlist's dossiers -----------------------------------------------------------------------


def test_the_shortlist_leaves_as_folders_that_a_person_reads(desk, jury):
    kept = ApplicationFactory(call=jury.call, submitted=True, state=ApplicationState.SHORTLISTED, artist_name="Élan")
    seen = ApplicationFactory(call=jury.call, submitted=True, state=ApplicationState.INTERVIEWED, artist_name="Nœud")
    ApplicationFactory(call=jury.call, submitted=True, state=ApplicationState.ELIGIBLE, artist_name="Laissée")
    with zipfile.ZipFile(io.BytesIO(body(export(desk, jury, "dossiers.zip")))) as opened:
        folders = {name.partition("/")[0] for name in opened.namelist() if "/" in name}
        assert folders == {f"{kept.last_deposit.number} Élan", f"{seen.last_deposit.number} Nœud"}
        assert f"{kept.last_deposit.number} Élan/02 CV.pdf" in opened.namelist()
    entry = Entry.objects.get(verb="jury.exported")
    assert entry.data["form"] == "dossiers.zip"
    assert entry.data["applications"] == sorted([str(kept.uuid), str(seen.uuid)])


def test_an_empty_shortlist_leaves_nothing(desk, jury):
    answer = desk.post(
        reverse("admin:candidatures_jury_export", args=[jury.uuid]), {"form": "dossiers.zip"}, follow=True
    )
    assert "La présélection est vide" in text_of(answer)
    assert not Entry.objects.filter(verb="jury.exported").exists()
