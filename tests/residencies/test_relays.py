"""Relays, information kits and who received them, reuse suppliers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clea.accounts.models import User
from clea.documents.access import grant_for
from clea.documents.errors import PieceRefused
from clea.documents.models import StoredFile
from clea.errors import Forbidden, Refused
from clea.journal.models import Entry
from clea.mail.models import OutgoingMail
from residencies.enums import KitAudience, KitChannel, RelayKind
from residencies.models import Kit, KitDelivery, Lodging, Relay, Residency, Supplier
from residencies.selectors import relays as selectors
from residencies.selectors import welcome as welcome_selectors
from residencies.services import kits, relays
from structures.models import Structure
from tests.factories.candidatures import tiny_pdf
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory, artist_of, member_of, team
from tests.factories.structures import (
    CommuneFactory,
    CoordinatorFactory,
    SchoolDistrictFactory,
    StructureFactory,
    TerritoryFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]


@pytest.fixture
def _today():
    with time_machine.travel("2026-10-12 08:00", tick=False):
        yield


@pytest.fixture
def residency() -> Residency:
    return ResidencyFactory()


@pytest.fixture
def desk(residency: Residency) -> User:
    return CoordinatorFactory(territory=residency.territory)


@pytest.fixture
def schools(residency: Residency) -> list[Structure]:
    """Two schools of one district, one of another commune without any."""
    district = SchoolDistrictFactory(territory=residency.territory, name="Liévin")
    one = CommuneFactory(territory=residency.territory, school_district=district)
    other = CommuneFactory(territory=residency.territory)
    return [
        StructureFactory(commune=one, name="École Alpha", kinds=["primary"], email="alpha@exemple.test"),
        StructureFactory(commune=one, name="École Bêta", kinds=["primary"], email="beta@exemple.test"),
        StructureFactory(commune=other, name="Collège Gamma", kinds=["secondary"]),
    ]


@pytest.fixture
def kit(residency: Residency, desk: User) -> Kit:
    row = Kit(season=residency.season, audience=KitAudience.SCHOOLS, title="=Le guide", text="**Bienvenue**")
    return kits.save(by=desk, kit=row)


def relay(residency: Residency, name: str = "Noël", **more: Any) -> Relay:
    return Relay.objects.create(territory=residency.territory, kind=RelayKind.INSPECTOR, last_name=name, **more)


def give(desk: User, kit: Kit, structures: Any, channel: KitChannel = KitChannel.HAND, **more: Any) -> kits.Given:
    return kits.give(
        by=desk, kit=kit, structures=structures, channel=channel, given_on=date(2026, 10, 1), **more
    )  # fmt: skip


# Relays ------------------------------------------------------------------------------------------


def test_a_relay_opens_the_doors_of_its_district_and_of_its_structures(residency, desk, schools):
    district = schools[0].commune.school_district
    inspector, head, gone = relay(residency), relay(residency, "Zola"), relay(residency, "Parti", is_active=False)
    relays.save(by=desk, relay=inspector, school_districts=[district])
    relays.save(by=desk, relay=gone, school_districts=[district])
    relays.save(by=desk, relay=head, structures=[schools[1], schools[2]])
    rows = list(Structure.objects.select_related("commune").filter(territory=residency.territory).order_by("name"))
    with CaptureQueriesContext(connection) as queries:
        found = selectors.relays_for(rows)
    assert len(queries) == 3
    assert {row.name: [str(one) for one in found[row.pk]] for row in rows} == {
        "Collège Gamma": ["Zola"],
        "École Alpha": ["Noël"],
        "École Bêta": ["Noël", "Zola"],
    }
    with pytest.raises(Refused):
        relays.save(by=desk, relay=head, structures=[StructureFactory()])
    with pytest.raises(Forbidden):
        relays.save(by=CoordinatorFactory(), relay=head)


def test_the_desk_finds_a_relay_without_accents_and_erases_it(residency, desk, client: Client):
    client.force_login(desk)
    row = relay(residency)
    relay(residency, "Zola")
    url = reverse("admin:residencies_relay_changelist")
    page = client.get(url, {"q": "noel"}).content.decode()
    assert "Noël" in page
    assert "Zola" not in page
    response = client.post(reverse("admin:residencies_relay_delete", args=[row.pk]), {"post": "yes"})
    assert response.status_code == 302
    assert not Relay.objects.filter(pk=row.pk).exists()
    assert Entry.objects.get(verb="relay.removed").data == {"relay": str(row.uuid)}


# Kits --------------------------------------------------------------------------------------------


def test_a_kit_is_given_once_and_who_lacks_it_is_listed(residency, desk, schools, kit):
    given = give(desk, kit, schools[:2])
    assert (len(given.deliveries), given.already) == (2, 0)
    again = give(desk, kit, schools)
    assert (len(again.deliveries), again.already) == (1, 2)
    assert len(give(desk, kit, schools[:1], again=True).deliveries) == 1
    assert selectors.counts(kit) == {"concerned": 3, "received": 3, "relays": 0}
    KitDelivery.objects.filter(structure=schools[2]).delete()
    lacking = selectors.candidates(kit, selectors.Choice(had=False))
    assert [row.name for row in lacking] == ["Collège Gamma"]
    of_district = selectors.Choice(district=schools[0].commune.school_district_id, text="ecole")
    assert [row.name for row in selectors.candidates(kit, of_district)] == ["École Alpha", "École Bêta"]
    with pytest.raises(Refused, match="une fois faite"):
        kits.give(by=desk, kit=kit, structures=schools, channel=KitChannel.HAND, given_on=date(2026, 10, 13))
    with pytest.raises(Refused, match="de ce territoire"):
        give(desk, kit, [StructureFactory()])
    with pytest.raises(Refused, match="à qui"):
        kits.remove(by=desk, kit=kit)
    kits.take_back(by=desk, delivery=kit.deliveries.first())


def test_a_mail_opens_the_kit_without_an_account_and_needs_an_address(residency, desk, schools, kit, client: Client):
    with pytest.raises(Refused, match="Collège Gamma"):
        give(desk, kit, schools, KitChannel.MAIL)
    assert not OutgoingMail.objects.exists()
    contact = team(schools[2])[0]
    give(desk, kit, schools, KitChannel.MAIL)
    assert {row.to for row in OutgoingMail.objects.all()} == {
        "alpha@exemple.test",
        "beta@exemple.test",
        contact.email,
    }
    delivery = kit.deliveries.get(structure=schools[0])
    url = reverse("residencies:kit", args=[kits.token(delivery)])
    assert url in OutgoingMail.objects.get(to="alpha@exemple.test").body
    assert "<strong>Bienvenue</strong>" in client.get(url).content.decode()
    assert client.get(url.replace("dossiers-d-information/", "dossiers-d-information/x")).status_code == 404
    with pytest.raises(Refused, match="parti"):
        kits.take_back(by=desk, delivery=delivery)


def test_the_pdf_of_a_kit_opens_for_who_received_it(residency, desk, schools, kit):
    team(schools[0])
    team(schools[1])
    member, other = member_of(schools[0]), member_of(schools[1])
    with pytest.raises(PieceRefused):
        kits.attach(by=desk, kit=kit, upload=SimpleUploadedFile("guide.pdf", b"pas un PDF"))
    kit = kits.attach(by=desk, kit=kit, upload=SimpleUploadedFile("guide.pdf", tiny_pdf()))
    stored = kit.stored_file
    assert stored is not None
    give(desk, kit, schools[:1])
    readers: list[User] = [desk, artist_of(residency), member]
    assert all(grant_for(who, stored) for who in readers)
    strangers: list[User] = [other, CoordinatorFactory(), artist_of(ResidencyFactory())]
    assert not any(grant_for(who, stored) for who in strangers)
    sent = give(desk, kit, schools[1:2], KitChannel.MAIL, attached=True)
    mail = OutgoingMail.objects.get()
    assert [row.name for row in mail.attachments.all()] == ["le-guide.pdf"]
    # Another PDF: the link opens the new one, the former file is gone.
    replaced = kits.attach(by=desk, kit=kit, upload=SimpleUploadedFile("guide2.pdf", tiny_pdf(2)))
    assert not StoredFile.objects.filter(pk=stored.pk).exists()
    assert kits.opened(kits.token(sent.deliveries[0])).kit.stored_file == replaced.stored_file


def test_the_page_of_a_kit_reads_a_mailing_back_then_sends_it(residency, desk, schools, kit, client: Client):
    client.force_login(desk)
    url = reverse("admin:residencies_kit_deliveries", args=[kit.uuid])
    relay_of_all = relay(residency, "Zola", email="zola@exemple.test")
    picked = {"recipients": [f"structure:{schools[0].uuid}"], "channel": "mail", "given_on": "2026-10-12"}
    page = client.post(url, picked).content.decode()
    assert "alpha@exemple.test" in page
    assert not kit.deliveries.exists()
    assert client.post(url, picked | {"confirmer": "1"}).status_code == 302
    assert kit.deliveries.get().structure == schools[0]
    # The whole list as it is narrowed: the relays.
    assert (
        client.post(f"{url}?qui=relais", {"tous": "1", "channel": "hand", "given_on": "2026-10-11"}).status_code == 302
    )
    assert kit.deliveries.get(relay=relay_of_all).channel == "hand"
    page = client.post(url, {"recipients": [], "channel": "hand", "given_on": "2026-10-11"}).content.decode()
    assert "Choisissez au moins un relais ou une structure" in page
    sheet = client.get(reverse("admin:residencies_kit_deliveries_csv", args=[kit.uuid]), {"recu": "oui"})
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in lines] == ["Destinataire", "École Alpha"]
    Structure.objects.filter(pk=schools[0].pk).update(name="=1+1")
    sheet = client.get(reverse("admin:residencies_kit_deliveries_csv", args=[kit.uuid]), {"recu": "oui"})
    assert "'=1+1" in sheet.content.decode()


def test_the_list_of_a_kit_costs_the_same_whatever_its_length(residency, desk, schools, kit, client: Client):
    client.force_login(desk)
    url, counts = reverse("admin:residencies_kit_deliveries", args=[kit.uuid]), []
    for more in (0, 9):
        extra = [StructureFactory(commune=schools[0].commune, kinds=["primary"]) for _ in range(more)]
        give(desk, kit, extra or schools)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).content.decode()
        assert page.count('name="recipients"') == 3 + more
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Suppliers, and reference rows of the desk --------------------------------------------------------


def test_the_nearest_supplier_of_the_next_session_comes_first(residency, client: Client):
    territory = residency.territory
    here, far = (
        CommuneFactory(territory=territory, latitude=50.4, longitude=2.8 + n / 10, name=f"Lieu {n}") for n in (0, 2)
    )
    Supplier.objects.create(territory=territory, name="A lointaine", commune=far)
    Supplier.objects.create(territory=territory, name="B voisine", latitude=50.41, longitude=2.81)
    Supplier.objects.create(territory=territory, name="C sans lieu")
    Supplier.objects.create(territory=territory, name="Fermée", commune=here, is_active=False)
    names = [row.supplier.name for row in welcome_selectors.suppliers_near(territory, None)]
    assert names == ["A lointaine", "B voisine", "C sans lieu"]
    host = StructureFactory(commune=here)
    SessionFactory(activity=ActivityFactory(residency=residency, structure=host), on="2027-02-02")
    client.force_login(artist_of(residency))
    url = reverse("studio:welcome_suppliers", args=[residency.uuid])
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url).content.decode()
    assert page.index("B voisine</h2>") < page.index("A lointaine</h2>") < page.index("C sans lieu</h2>")
    assert "Fermée" not in page
    assert 'class="carto"' in page
    assert len(queries) <= 12


def test_the_desk_writes_its_reference_rows_and_is_told_what_is_wrong(residency, desk, client: Client):
    client.force_login(desk)
    url = reverse("admin:residencies_supplier_add")
    typed = {"territory": residency.territory.pk, "name": "Recyclerie", "latitude": "50.4", "is_active": "on"}
    assert "aucune des deux" in client.post(url, typed).content.decode()
    assert client.post(url, typed | {"longitude": "2.8"}).status_code == 302
    assert Entry.objects.filter(verb="supplier.saved").count() == 1
    foreign = CommuneFactory(territory=TerritoryFactory())
    typed = {
        "territory": residency.territory.pk,
        "name": "Gîte",
        "address": "1 rue",
        "beds": "2",
        "commune": foreign.pk,
    }
    assert client.post(reverse("admin:residencies_lodging_add"), typed).status_code == 200
    assert not Lodging.objects.exists()
