"""The pages of the coverage: the desk's, the artist's, the sheets, the reference rows."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from clea.errors import Forbidden
from clea.journal.models import Entry
from residencies.admin.coverage import desk_items
from residencies.admin.waits import open_seasons
from residencies.enums import SessionState
from residencies.maps import Measure, coverage_map
from residencies.models import PastAction, PlanningRules, Residency, Session
from residencies.selectors.coverage import coverage
from residencies.services import past_actions, planning_rules
from structures.models import Structure
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, plan_many, team
from tests.factories.structures import CommuneFactory, CoordinatorFactory, StructureFactory, TerritoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    """A residency with one structure met in Bourg and one planned in Hameau; nothing in Écart."""
    territory = TerritoryFactory()
    bourg, hameau, _ecart = (
        CommuneFactory(territory=territory, name=name, slug=slug, population=people, latitude=50.4, longitude=lon)
        for name, slug, people, lon in [
            ("Bourg", "bourg", 4000, 2.7),
            ("Hameau", "hameau", 500, 2.8),
            ("Écart", "ecart", 800, 2.9),
        ]
    )
    met, planned = StructureFactory(commune=bourg, name="Foyer"), StructureFactory(commune=hameau, name="Halle")
    team(met)
    residency: Residency = ResidencyFactory(territory=territory, structures_target=4)
    held = SessionFactory(activity=ActivityFactory(residency=residency, structure=met))
    Session.objects.filter(pk=held.pk).update(state=SessionState.HELD)
    SessionFactory(activity=ActivityFactory(residency=residency, structure=planned), on="2027-02-04")
    return residency


@pytest.fixture
def desk(residency: Residency, client: Client) -> Client:
    client.force_login(CoordinatorFactory(territory=residency.territory))
    return client


def season_url(residency: Residency, name: str, query: str = "") -> str:
    return reverse(f"admin:residencies_season_{name}", args=[residency.season.uuid]) + query


def test_the_desk_reads_a_season(residency: Residency, desk: Client) -> None:
    other = ResidencyFactory(season=residency.season)
    page = desk.get(season_url(residency, "coverage")).content.decode()
    assert "2 communes prévues ou rencontrées sur 3" in page
    assert "2 communes sur 3 n'ont jamais été rencontrées" in page.replace("&#x27;", "'").replace("&nbsp;", " ")
    assert page.count("cover--") == 3
    sorted_page = desk.get(season_url(residency, "coverage", "?tri=habitants&sens=decroissant")).content.decode()
    rows = [sorted_page.index(f'id="commune-{slug}"') for slug in ("bourg", "ecart", "hameau")]
    assert rows == sorted(rows)
    assert 'aria-sort="descending"' in sorted_page
    filtered = desk.get(season_url(residency, "coverage", f"?residence={other.uuid}&mesure=jamais")).content.decode()
    assert re.search(r"<p>0 communes? prévues? ou rencontrées? sur 3</p>", filtered)
    assert f'value="{other.uuid}" selected' in filtered


def test_a_residency_and_the_artist_read_the_same_gauge(residency: Residency, desk: Client) -> None:
    page = desk.get(reverse("admin:residencies_residency_coverage", args=[residency.uuid])).content.decode()
    for words in ("1 autre est prévue, soit 2 en tout", "2 restent à trouver", "a pas encore une équipe de 2"):
        assert words in page
    artist = Client()
    artist.force_login(artist_of(residency))
    own = artist.get(reverse("studio:coverage", args=[residency.uuid])).content.decode()
    assert "1 autre est prévue, soit 2 en tout" in own
    assert "Foyer" in own
    assert "/coordination/" not in own


def test_pages_cost_the_same_at_three_and_thirty(residency: Residency, desk: Client) -> None:
    addresses = [
        season_url(residency, "coverage"),
        season_url(residency, "where_next", "?semaine=2027-02-08"),
        reverse("admin:residencies_residency_coverage", args=[residency.uuid]),
    ]

    def cost() -> list[int]:
        taken = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert desk.get(address).status_code == 200
            taken.append(len(queries))
        return taken

    places = list(Structure.objects.filter(territory=residency.territory))
    plan_many(residency, 3, places)
    cost()  # what is read once a process
    few = cost()
    places += [StructureFactory(commune=places[0].commune) for _ in range(20)]
    plan_many(residency, 30, places)
    assert cost() == few
    assert max(few) <= 32


def test_the_map_keeps_its_circles_and_writes_its_figures(residency: Residency) -> None:
    lines = coverage(residency.season).lines
    planned = coverage_map(lines, Measure.PLANNED)
    never = coverage_map(lines, Measure.NEVER)
    assert planned.count("<circle") == 3
    for drawing in (planned, never):
        assert 'aria-labelledby="couverture-t couverture-d"' in drawing
    assert [part.split('"')[0] for part in planned.split('cx="')[1:]] == [
        part.split('"')[0] for part in never.split('cx="')[1:]
    ]
    assert "Bourg, Séances programmées : 1" in planned.replace("\xa0", " ")
    assert "Écart, jamais rencontrée" in never
    assert "Hameau, jamais rencontrée, prévue cette saison" in never
    assert coverage_map([], Measure.PLANNED) == ""


def test_the_table_leaves_as_a_sheet_and_the_journal_knows(residency: Residency, desk: Client) -> None:
    address = season_url(residency, "coverage_export")
    book = desk.post(address, {"form": "xlsx", "residence": residency.uuid})
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("Groupe", "Nom", "Code INSEE")
    assert [row[1] for row in rows[1:4]] == ["Bourg", "Écart", "Hameau"]
    assert rows[1][7:9] == (1, 1)
    comma = desk.post(address, {"form": "csv"})
    lines = list(csv.reader(io.StringIO(comma.content.decode("utf-8-sig")), delimiter=";"))
    assert lines[1][1] == "Bourg"
    entries = Entry.objects.filter(verb="coverage.exported").order_by("seq")
    assert [entry.data for entry in entries] == [
        {"form": "xlsx", "residency": str(residency.uuid)},
        {"form": "csv", "residency": None},
    ]
    assert desk.post(address, {"form": "ods"}).status_code == 404
    assert desk.get(address).status_code == 405


# Reference rows ----------------------------------------------------------------------------------


def test_planning_rules_are_written_through_the_journal(residency: Residency, desk: Client) -> None:
    form = desk.get(reverse("admin:residencies_planningrules_add"))
    assert form.status_code == 200
    data = {
        "territory": residency.territory.pk, "day_starts": "08:30", "day_ends": "18:00", "detour_factor": "1.4",
        "speed_kmh": 35, "fixed_minutes": 10, "local_km": "2", "travel_source": "relevé", "carbon_g_per_km": 200,
        "carbon_source": "ADEME", "structures_target": 20, "team_size": 2,
    }  # fmt: skip
    backwards = desk.post(reverse("admin:residencies_planningrules_add"), data | {"day_ends": "08:00"})
    assert "La journée doit finir après son début." in backwards.content.decode()
    desk.post(reverse("admin:residencies_planningrules_add"), data)
    rules = PlanningRules.objects.get()
    assert (rules.speed_kmh, str(rules.detour_factor)) == (35, "1.40")
    entry = Entry.objects.get(verb="planning_rules.written")
    assert (entry.data["speed_kmh"], entry.data["detour_factor"]) == (35, "1.4")
    assert "travel_source" not in entry.data
    with pytest.raises(Forbidden):
        planning_rules.write(by=artist_of(residency), rules=rules, changed=[])


def test_past_actions_come_from_a_sheet_and_come_back(residency: Residency, desk: Client) -> None:
    text = (
        "Saison;Commune;Structure;Temps de vie;Séances;Personnes;Précision;Source\r\n"
        "2024-2025;BOURG;Foyer;temps scolaire;3;75;environ;bilan\r\n"
        "2024-2025;Hameau;;;;;;\r\n"
    )

    def send(content: str) -> str:
        upload = SimpleUploadedFile("avant.csv", content.encode(), content_type="text/csv")
        preview = desk.post(
            reverse("admin:residencies_pastaction_import"),
            {"territory": residency.territory.pk, "import_file": upload},
        )
        confirm = preview.context.get("confirm_form")
        if confirm is not None:
            desk.post(reverse("admin:residencies_pastaction_process_import"), confirm.initial)
        return preview.content.decode()

    send(text)
    first, second = PastAction.objects.order_by("commune__slug")
    assert (first.sessions, first.people, first.qualifier, str(first.structure)) == (3, 75, "about", "Foyer")
    assert (second.sessions, second.people, second.structure) == (None, None, None)
    send(text.replace(";3;75;", ";4;75;"))  # the same lines, one corrected: none is doubled
    assert sorted(PastAction.objects.values_list("sessions", flat=True), key=str) == [4, None]
    assert Entry.objects.filter(verb="past_action.imported").count() == 2
    wrong = send("Saison;Commune;Séances\r\n2024-2025;Ailleurs;beaucoup\r\n")
    assert "territoire" in wrong
    assert "nombre entier" in wrong
    assert PastAction.objects.count() == 2
    assert {line.commune.name for line in coverage(residency.season).never_communes} == {"Écart"}


def test_a_past_action_stays_in_its_territory(residency: Residency, desk: Client) -> None:
    own, foreign = residency.territory.communes.first(), CommuneFactory()
    add = reverse("admin:residencies_pastaction_add")
    data = {"territory": residency.territory.pk, "season_name": "2024-2025", "qualifier": "exact", "people": "12"}
    desk.post(add, data | {"commune": foreign.pk})
    assert not PastAction.objects.exists()
    desk.post(add, data | {"commune": own.pk})
    action = PastAction.objects.get()
    stranger = CoordinatorFactory()
    with pytest.raises(Forbidden):
        past_actions.remove(by=stranger, action=action)
    desk.post(reverse("admin:residencies_pastaction_delete", args=[action.pk]), {"post": "yes"})
    assert not PastAction.objects.exists()
    verbs = Entry.objects.filter(verb__startswith="past_action").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["past_action.written", "past_action.removed"]


# The desk's first page ---------------------------------------------------------------------------


def asked(residency: Residency) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = CoordinatorFactory(territory=residency.territory)
    return request


def test_a_residency_late_on_its_structures_is_said_from_half_way(residency: Residency) -> None:
    Residency.objects.filter(pk=residency.pk).update(structures_target=5)  # two of five
    half = date(2026, 10, 5) + (date(2027, 6, 11) - date(2026, 10, 5)) / 2
    for day, told in [("2026-12-01", 0), (half.isoformat(), 1), ("2027-06-11", 1), ("2027-06-12", 0)]:
        with time_machine.travel(f"{day}T10:00:00Z", tick=False):
            assert sum(item.count for item in desk_items(asked(residency))) == told, day
    with time_machine.travel("2027-03-01T10:00:00Z", tick=False):
        request = asked(residency)
        open_seasons(request)
        with CaptureQueriesContext(connection) as queries:
            (item,) = desk_items(request)
        assert len(queries) == 1
        assert item.detail == residency.artist_name
        Residency.objects.filter(pk=residency.pk).update(structures_target=4)  # two of four is half
        assert desk_items(request) == []
