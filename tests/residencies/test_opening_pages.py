"""The desk's pages of a residency and the artist's own, as people click through them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from candidatures.services.jury import offers
from residencies.enums import (
    DocumentKind,
    DocumentState,
    InventoryMoment,
    PaperKind,
    PaperState,
    ResidencyState,
    SessionState,
)
from residencies.models import Inventory, Lodging, Paper, RequestedDocument, Residency, Stay, Visit
from residencies.services import documents, opening
from tests.candidatures.jury.decided import Decided, faults
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, moment, plan_many
from tests.factories.structures import CoordinatorFactory, StructureFactory
from tests.pdfs.build import sound

pytestmark = pytest.mark.django_db


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory(presentation="Nous **dessinons**.")


@pytest.fixture
def desk(residency, client):
    found = CoordinatorFactory(territory=residency.territory)
    client.force_login(found)
    return found


def desk_url(name: str, residency: Residency, *more: object) -> str:
    if name == "hub":
        return reverse("admin:residencies_residency_change", args=[residency.pk])
    return reverse(f"admin:residencies_residency_{name}", args=[residency.uuid, *more])


def read(client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    text = response.content.decode()
    assert faults(text) == []
    return text.replace("\xa0", " ")


def opens(client, url: str) -> bool:
    """Whether the file is served, read to its end."""
    response = client.get(url)
    content = b"".join(response.streaming_content) if response.streaming else b""
    return response.status_code == 200 and content.startswith(b"%PDF")


def queries(client, url: str) -> int:
    client.get(url)  # what is asked once a process is not the page's
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


# Opening -------------------------------------------------------------------------------------


def test_the_answers_of_the_jury_lead_to_the_residency(client):
    decided = Decided(selected=2)
    for application in decided.selected:
        offers.accept(by=application.owner, offer=decided.offer(application))
    client.force_login(decided.desk)
    answers = read(client, reverse("admin:candidatures_jury_answers", args=[decided.jury.uuid]))
    assert answers.count("Ouvrir la résidence") == 2
    page = read(client, reverse("admin:residencies_residency_open"))
    assert "Tout ouvrir" in page
    offer = decided.selected[0].offers.get()
    response = client.post(reverse("admin:residencies_residency_open"), {"offre": str(offer.uuid)}, follow=True)
    first = Residency.objects.get(offer=offer)
    assert response.redirect_chain[-1][0] == desk_url("hub", first)
    client.post(reverse("admin:residencies_residency_open"), {"offre": "toutes"})
    assert Residency.objects.count() == 2
    answers = read(client, reverse("admin:candidatures_jury_answers", args=[decided.jury.uuid]))
    assert "Ouvrir la résidence" not in answers
    assert desk_url("hub", first) in answers


def test_the_desk_is_told_of_what_waits_in_one_query(client):
    from residencies.admin.opening_desk import desk_items

    decided = Decided()
    application = decided.selected[0]
    offers.accept(by=application.owner, offer=decided.offer(application))
    residency = ResidencyFactory(season=decided.call.season)
    RequestedDocument.objects.create(
        residency=residency, kind="bank", title="RIB", due_on=date(2026, 1, 1), state=DocumentState.ASKED
    )
    request = type("Request", (), {"user": decided.desk})()
    with time_machine.travel("2026-10-01"), CaptureQueriesContext(connection) as seen:
        found = {(item.url.rpartition("/")[2], item.count) for item in desk_items(request)}
    assert found == {("?alerte=contrat", 1), ("", 1), ("?alerte=documents-en-retard", 1)}
    # One's territories and their open seasons, which every subject shares, and the one question.
    assert len(seen) == 3
    assert desk_items(type("Request", (), {"user": CoordinatorFactory()})()) == []


def test_an_artist_from_outside_comes_back_filled_when_something_is_missing(residency, desk, client):
    url = reverse("admin:residencies_residency_open_outside")
    typed = {
        "season": residency.season.pk,
        "kind": "artistic",
        "artist_name": "Les Fosses",
        "last_name": "Dubois",
        "email": "lou@fosses.exemple",
    }
    refused = client.post(url, typed)
    assert refused.status_code == 200
    assert "Les Fosses" in refused.content.decode()
    client.post(url, typed | {"reason": "Partenariat."})
    assert Residency.objects.get(artist_name="Les Fosses").artists.get().user.email == "lou@fosses.exemple"


# The hub -------------------------------------------------------------------------------------


@time_machine.travel("2026-10-06 09:00 +02:00")
def test_the_hub_says_first_what_is_missing_and_leads_to_it(residency, desk, client):
    page = read(client, desk_url("hub", residency))
    assert "alors que la résidence a commencé le lundi 5 octobre 2026" in page
    assert page.index("points à régler") < page.index("Le contrat et les faits")
    assert "90 jours de semaine, 87 jours ouvrés" in page
    assert desk_url("contract", residency) in page
    assert "<strong>dessinons</strong>" in page
    for name in ("edit", "periods", "person_add", "documents", "document_ask"):
        read(client, desk_url(name, residency))
    for act in ("terminer", "interrompre", "publier", "reprendre"):
        read(client, desk_url("act", residency, act))
    assert client.get(desk_url("act", residency, "voler")).status_code == 404


def test_what_two_people_write_is_not_lost(residency, desk, client):
    facts = {
        "artist_name": residency.artist_name,
        "contract_days": "88,5",
        "count_basis": "working_days",
        "structures_target": "22",
        "title": "Noir sur noir",
        "version": "0",
    }
    assert client.post(desk_url("edit", residency), facts).status_code == 302
    residency.refresh_from_db()
    assert (str(residency.contract_days), residency.structures_target) == ("88.5", 22)
    stale = client.post(desk_url("edit", residency), facts | {"title": "Autre titre"}).content.decode()
    assert "a changé depuis" in stale
    assert "Autre titre" in stale
    residency.refresh_from_db()
    assert residency.title == "Noir sur noir"


def periods_data(residency: Residency, **changes: str) -> dict[str, str]:
    rows = list(residency.periods.all())
    data = {
        "periodes-TOTAL_FORMS": str(len(rows) + 2),
        "periodes-INITIAL_FORMS": str(len(rows)),
        "version": str(residency.version),
        "recount": "on",
    }
    for n, row in enumerate(rows):
        data |= {
            f"periodes-{n}-uuid": str(row.uuid),
            f"periodes-{n}-kind": row.kind,
            f"periodes-{n}-title": row.title,
            f"periodes-{n}-starts_on": f"{row.starts_on:%d/%m/%Y}",
            f"periodes-{n}-ends_on": f"{row.ends_on:%d/%m/%Y}",
        }
    return data | changes


def test_dates_are_changed_together_and_an_emptied_row_goes(residency, desk, client):
    url = desk_url("periods", residency)
    wrong = client.post(url, periods_data(residency, **{"periodes-1-ends_on": "01/01/2027"}))
    assert "La période doit finir" in wrong.content.decode()
    overlapping = client.post(url, periods_data(residency, **{"periodes-1-ends_on": "10/03/2027"}))
    assert "se chevauchent" in overlapping.content.decode()
    gone = {f"periodes-2-{name}": "" for name in ("title", "starts_on", "ends_on")}
    assert client.post(url, periods_data(residency, **gone)).status_code == 302
    residency.refresh_from_db()
    assert [row.title for row in residency.periods.all()] == ["Immersion", "Phase 1"]
    assert residency.contract_days == 20


def test_states_and_people_from_the_desk(residency, desk, client):
    client.post(desk_url("act", residency, "publier"))
    residency.refresh_from_db()
    assert residency.published_at is not None
    asked = client.post(desk_url("act", residency, "interrompre"), {"reason": ""})
    assert asked.status_code == 200
    client.post(desk_url("act", residency, "interrompre"), {"reason": "Santé."})
    residency.refresh_from_db()
    assert (residency.state, residency.published_at) == (ResidencyState.STOPPED, None)
    assert "Santé." in read(client, desk_url("hub", residency))
    opening.resume(by=desk, residency=residency)
    client.post(desk_url("person_add", residency), {"last_name": "Sol", "email": "ana@sol.exemple"})
    seat = residency.artists.get(user__email="ana@sol.exemple")
    read(client, desk_url("person", residency, seat.uuid))
    read(client, desk_url("person_remove", residency, seat.uuid))
    client.post(desk_url("person_remove", residency, seat.uuid))
    seat.refresh_from_db()
    assert seat.left_at is not None


# Documents -----------------------------------------------------------------------------------


def test_a_paper_goes_from_the_desk_to_the_artist_and_back(residency, desk, client):
    client.post(desk_url("document_ask", residency), {"kind": "licence", "due_on": "01/02/2027"})
    row = residency.requested_documents.get()
    refused = client.post(desk_url("document_ask", residency), {"kind": "safeguarding", "due_on": "01/02/2027"})
    assert "ne se demande que si" in refused.content.decode()

    client.force_login(artist_of(residency))
    page = reverse("studio:document", args=[residency.uuid, row.uuid])
    assert "Envoyer le fichier" in read(client, page)
    empty = client.post(page)
    assert (empty.status_code, "Choisissez" in empty.content.decode()) == (422, True)
    client.post(page, {"fichier": SimpleUploadedFile("permis.pdf", sound(1))})
    assert "en cours de vérification" in read(client, page)
    read(client, reverse("studio:documents", args=[residency.uuid]))
    row.refresh_from_db()
    file_url = reverse("documents:file", args=[row.stored_file.uuid])
    assert opens(client, file_url)

    client.force_login(desk)
    assert opens(client, file_url)
    listed = read(client, desk_url("documents", residency))
    assert (file_url in listed, "reçu, à vérifier" in listed) == (True, True)
    for act in ("verifier", "renvoyer", "dispenser"):
        read(client, desk_url("document_act", residency, row.uuid, act))
    client.post(desk_url("document_act", residency, row.uuid, "verifier"), {"valid_until": ""})
    assert client.get(file_url).status_code == 404
    assert "effacé" in read(client, desk_url("documents", residency))
    client.force_login(artist_of(ResidencyFactory()))
    assert client.get(page).status_code == 404


# The artist ----------------------------------------------------------------------------------


def test_the_artist_s_first_page_says_what_to_do_now(residency, client):
    with time_machine.travel("2027-02-03 18:00 +01:00"):
        place = StructureFactory(commune__territory=residency.territory, name="Médiathèque du Terril")
        activity = ActivityFactory(residency=residency, structure=place)
        SessionFactory(activity=activity, on="2027-02-02")
        SessionFactory(activity=activity, on="2027-02-10", at="14:00")
        Paper.objects.create(
            kind=PaperKind.CONTRACT,
            residency=residency,
            number="C1",
            title="Contrat",
            body="…",
            state=PaperState.ISSUED,
        )
        lodging = Lodging.objects.create(territory=residency.territory, name="La maison", address="…")
        stay = Stay.objects.create(
            lodging=lodging, residency=residency, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 20)
        )
        Inventory.objects.create(stay=stay, moment=InventoryMoment.ENTRY, done_on=date(2027, 2, 1))
        RequestedDocument.objects.create(
            residency=residency, kind=DocumentKind.BANK, title="RIB", due_on=date(2027, 2, 1)
        )
        client.force_login(artist_of(residency))
        page = read(client, reverse("studio:home", args=[residency.uuid]))
        for words in ("Signer le contrat", "Confirmer une séance", "La maison", "en retard"):
            assert words in page
        assert "mercredi 10 février 2027, 14 h" in page
        assert "Médiathèque du Terril" in page
        assert "sur 90 dus" in page


def test_the_first_page_costs_the_same_with_much_to_show(residency, client):
    with time_machine.travel("2027-02-03 18:00 +01:00"):
        client.force_login(artist_of(residency))
        url = reverse("studio:home", args=[residency.uuid])
        StructureFactory(commune__territory=residency.territory)
        plan_many(residency, 3)
        few = queries(client, url)
        plan_many(residency, 30)
        for n in range(5):
            visit = Visit.objects.create(
                season=residency.season,
                title=f"V{n}",
                starts_at=moment("2027-02-04"),
                ends_at=moment("2027-02-04", "11:00"),
            )
            visit.residencies.add(residency)
            RequestedDocument.objects.create(
                residency=residency, kind=DocumentKind.OTHER, title=f"D{n}", due_on=date(2027, 2, 1)
            )
        assert queries(client, url) == few


def test_several_residencies_are_a_list_and_one_a_way_straight_in(residency, client):
    artist = artist_of(residency)
    client.force_login(artist)
    assert client.get(reverse("studio:index")).url == reverse("studio:home", args=[residency.uuid])
    other = ResidencyFactory(artist=artist, season=residency.season, artist_name="Duo des Fosses")
    page = read(client, reverse("studio:index"))
    assert reverse("studio:home", args=[other.uuid]) in page


# The list ------------------------------------------------------------------------------------


def test_the_list_counts_structures_and_alerts_at_the_same_cost_for_three_and_thirty(residency, desk, client):
    url = reverse("admin:residencies_residency_changelist")
    place = StructureFactory(commune__territory=residency.territory)
    activity = ActivityFactory(residency=residency, structure=place)
    SessionFactory(activity=activity, state=SessionState.HELD)
    with time_machine.travel("2026-10-06"):
        for _n in range(2):
            ResidencyFactory(season=residency.season)
        three = queries(client, url)
        page = read(client, url)
        assert "1 sur 20" in page
        assert "urgence" in page
        assert reverse("admin:residencies_season_calendar", args=[residency.season.uuid]) in page
        for _n in range(10):
            ResidencyFactory(season=residency.season)
        assert queries(client, url) == three
    assert read(client, f"{url}?saison={residency.season.uuid}&state__exact=current").count('class="field-artist') == 13
    due = timezone.localdate() + timedelta(days=9)
    documents.ask(by=desk, residency=residency, kind=DocumentKind.BANK, due_on=due)
    RequestedDocument.objects.update(state=DocumentState.RECEIVED)
    filtered = read(client, f"{url}?alerte=documents-recus")
    assert filtered.count('class="field-artist') == 1
