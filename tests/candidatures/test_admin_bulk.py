"""Several dossiers at once: taken out in a file. Each is told before it is done."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from openpyxl import load_workbook

from clea.journal.models import Entry
from tests.candidatures.desk import LIST, text_of
from tests.factories.candidatures import (
    ApplicationFactory,
    CallFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(territory):
    return CallFactory(complete=True, territory=territory, title="Appel du Val")


# Several at once --------------------------------------------------------------------------------


def act(desk, action, *applications, across="0", **more):
    data = {"action": action, "_selected_action": [a.pk for a in applications] or ["0"], "select_across": across}
    asked = desk.post(LIST, data)
    return asked, lambda: desk.post(LIST, data | {"confirme": asked.context["seen"]} | more)


@pytest.mark.parametrize("form", ["xlsx", "csv", "zip"])
def test_an_export_is_told_then_made_then_journaled(desk, call, form):
    chosen = ApplicationFactory(call=call, submitted=True, artist_name="Choisie")
    ApplicationFactory(call=call, submitted=True, artist_name="Laissée")
    asked, confirm = act(desk, f"export_{form}", chosen)
    assert "Exporter 1 dossier" in text_of(asked)
    assert "inscrit au journal" in text_of(asked)
    assert "Choisie" in text_of(asked)
    assert "Laissée" not in text_of(asked)
    assert not Entry.objects.filter(verb="application.exported").exists()
    answer = confirm()
    assert f".{form}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content = b"".join(answer.streaming_content)
    if form == "xlsx":
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        names = [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)]
    elif form == "csv":
        names = [
            row["Nom d'artiste ou du collectif"]
            for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        ]
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            folders = {name.partition("/")[0] for name in opened.namelist() if "/" in name}
        names = [folder.partition(" ")[2] for folder in folders]
    assert names == ["Choisie"]
    entry = Entry.objects.get(verb="application.exported")
    assert entry.target_id == str(call.uuid)
    assert entry.data == {"form": form, "count": 1, "applications": [str(chosen.uuid)]}


def test_the_whole_list_of_a_search_is_taken_out_at_once(desk, call):
    for name in ("Élan", "élan bis", "Autre"):
        ApplicationFactory(call=call, submitted=True, artist_name=name)
    url = f"{LIST}?q=elan"
    assert 'name="action" value="export_csv"' in text_of(desk.get(url))
    data = {"action": "export_csv", "_selected_action": ["0"], "select_across": "1"}
    asked = desk.post(url, data)
    content = b"".join(desk.post(url, data | {"confirme": asked.context["seen"]}).streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(content), delimiter=";"))) == 2


def test_a_list_that_changed_is_shown_again_before_it_leaves(desk, call):
    ApplicationFactory(call=call, submitted=True)
    _asked, confirm = act(desk, "export_csv", across="1")
    newcomer = ApplicationFactory(call=call, submitted=True)
    again = confirm()
    assert "La liste a changé" in text_of(again)
    assert newcomer.last_deposit.number in text_of(again)
    assert not Entry.objects.filter(verb="application.exported").exists()


def test_an_export_costs_the_same_for_3_and_for_30(desk, call, assert_num_queries_constant):
    def grow(count):
        for _n in range(count):
            ApplicationFactory(call=call, submitted=True)

    def export():
        _asked, confirm = act(desk, "export_csv", across="1")
        assert b"".join(confirm().streaming_content)

    grow(3)
    assert_num_queries_constant(export, lambda: grow(27))


def test_nobody_else_s_dossier_is_taken_out(desk, call):
    foreign = ApplicationFactory(submitted=True, artist_name="Voisine secrète")
    ApplicationFactory(call=call, submitted=True)
    for action in ("export_csv", "export_zip", "write_to_people"):
        asked, _confirm = act(desk, action, foreign)
        assert "Voisine" not in text_of(asked)
        asked, _confirm = act(desk, action, across="1")
        assert "Voisine" not in text_of(asked)
