"""Who opens the pages of the welcome, of relays and of kits.

The residency of the world has a visit, a stay with its entry inventory, a check-in and an incident that its
artist told; its kit was given to the host.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from residencies.enums import IncidentTopic, InventoryMoment, KitAudience, KitChannel, RelayKind, Severity
from residencies.models import (
    CheckIn,
    Incident,
    Inventory,
    Kit,
    KitDelivery,
    Lodging,
    Relay,
    Stay,
    Supplier,
    Visit,
)
from residencies.services import kits
from tests.access.desk import Desk
from tests.access.matrix import (
    ADMINISTRATOR,
    ARTIST,
    COORDINATOR,
    EVERYONE,
    Arguments,
    Row,
)
from tests.access.world import World
from tests.factories.residencies import moment

COORDINATION = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    residency, territory, today = world.residency, world.territory, timezone.localdate()
    world.visit = Visit.objects.create(
        season=residency.season,
        title="Visite du monde",
        starts_at=moment("2026-10-06", "10:00"),
        ends_at=moment("2026-10-06", "11:00"),
        structure=world.host,
    )
    world.visit.residencies.set([residency])
    world.lodging = Lodging.objects.create(territory=territory, name="Logis du monde", address="1 rue du Monde", beds=2)
    world.stay = Stay.objects.create(
        lodging=world.lodging, residency=residency, starts_on=today, ends_on=today + timedelta(days=5)
    )
    world.inventory = Inventory.objects.create(stay=world.stay, moment=InventoryMoment.ENTRY, done_on=today, version=1)
    world.check_in = CheckIn.objects.create(residency=residency, due_on=today, words="Mots internes du monde")
    world.incident = Incident.objects.create(
        residency=residency,
        topic=IncidentTopic.LODGING,
        severity=Severity.LOW,
        title="Chauffage du monde",
        opened_at=timezone.now(),
        by_artist=True,
    )
    world.relay = Relay.objects.create(territory=territory, kind=RelayKind.HEAD, last_name="Relaisdumonde")
    world.supplier = Supplier.objects.create(territory=territory, name="Ressourcerie du monde")
    world.kit = Kit.objects.create(
        season=residency.season, audience=KitAudience.OTHERS, title="Dossier du monde", text="Bienvenue."
    )
    world.given_kit = Kit.objects.create(season=residency.season, audience=KitAudience.OTHERS, title="Dossier remis")
    world.delivery = KitDelivery.objects.create(
        kit=world.given_kit, structure=world.host, channel=KitChannel.HAND, given_on=today
    )


def studio(**more: Any) -> Arguments:
    return lambda w: {"uuid": w.residency.uuid} | {name: getattr(w, thing).uuid for name, thing in more.items()}


def desk(**more: Any) -> Arguments:
    return lambda w: {"key": w.residency.uuid} | {name: getattr(w, thing).uuid for name, thing in more.items()}


def papers(w: World) -> dict[str, Any]:
    return {"key": w.residency.uuid, "stay_key": w.stay.uuid, "moment": "entree"}


def kit(w: World) -> dict[str, Any]:
    return {"key": w.kit.uuid}


def token(w: World) -> dict[str, Any]:
    return {"token": kits.token(w.delivery)}


def form(name: str, arguments: Arguments, **more: Any) -> Row:
    """A page with a form: empty, it comes back with its errors."""
    return Row(
        f"admin:residencies_residency_{name}",
        kwargs=arguments,
        get={COORDINATION: 200},
        post={COORDINATION: (200, 302)},
        **more,
    )


def page(name: str, arguments: Arguments, **more: Any) -> Row:
    return Row(f"admin:residencies_residency_{name}", kwargs=arguments, get={COORDINATION: 200}, **more)


def act(name: str, arguments: Arguments) -> Row:
    return Row(f"admin:residencies_residency_{name}", kwargs=arguments, post={COORDINATION: 302})


VISIT, STAY = desk(visit_key="visit"), desk(stay_key="stay")
CHECK_IN, INCIDENT = desk(check_key="check_in"), desk(incident_key="incident")

DESK = {
    "residencies.lodging": Desk(lambda w: w.lodging),
    "residencies.relay": Desk(lambda w: w.relay),
    "residencies.supplier": Desk(lambda w: w.supplier),
    "residencies.kit": Desk(lambda w: w.kit),
}

ROWS = [
    Row(
        "studio:welcome",
        kwargs=studio(),
        get={ARTIST: 200},
        shown={ARTIST: lambda w: "Chauffage du monde"},
        hidden={ARTIST: lambda w: "Mots internes du monde"},
    ),
    Row(
        "studio:welcome_programme",
        kwargs=studio(),
        get={ARTIST: 200},
        shown={ARTIST: lambda w: "Visite du monde"},
    ),
    Row("studio:welcome_inventory", kwargs=studio(key="inventory"), get={ARTIST: 200}, post={ARTIST: 422}),
    Row("studio:welcome_inventory_pdf", kwargs=studio(key="inventory"), get={ARTIST: 200}),
    Row("studio:welcome_incident_new", kwargs=studio(), get={ARTIST: 200}, post={ARTIST: 422}),
    Row("studio:welcome_incident", kwargs=studio(key="incident"), get={ARTIST: 200}, post={ARTIST: 422}),
    Row(
        "studio:welcome_suppliers",
        kwargs=studio(),
        get={ARTIST: 200},
        shown={ARTIST: lambda w: "Ressourcerie du monde"},
    ),
    page("welcome", desk(), shown={COORDINATION: lambda w: "Visite du monde"}),
    form("welcome_visit_add", desk()),
    form("welcome_visits_copy", desk()),
    page("welcome_programme", desk()),
    form("welcome_visit", VISIT),
    form("welcome_visit_cancel", VISIT),
    act("welcome_visit_mark", VISIT),
    form("welcome_stay_add", desk()),
    form("welcome_stay", STAY),
    form("welcome_stay_remove", STAY),
    form("welcome_inventory", papers),
    page("welcome_inventory_pdf", papers),
    form("welcome_check_ins_add", desk()),
    form("welcome_check_in", CHECK_IN),
    act("welcome_check_in_remove", CHECK_IN),
    form("welcome_incident_add", desk()),
    form("welcome_incident", INCIDENT),
    Row("admin:residencies_kit_file", kwargs=kit, get={COORDINATION: 200}, post={COORDINATION: 200}),
    Row("admin:residencies_kit_deliveries", kwargs=kit, get={COORDINATION: 200}, post={COORDINATION: 200}),
    Row("admin:residencies_kit_deliveries_csv", kwargs=kit, get={COORDINATION: 200}),
    Row(
        "admin:residencies_kit_take_back",
        kwargs=lambda w: {"key": w.given_kit.uuid, "delivery": w.delivery.uuid},
        post={COORDINATION: 302},
    ),
    # The link of the message is the right: it was sent to this person.
    Row("residencies:kit", kwargs=token, get={EVERYONE: 200}, shown={EVERYONE: lambda w: "Dossier remis"}),
    # Nothing to download: this kit has no PDF.
    Row("residencies:kit_pdf", kwargs=token, get={EVERYONE: 404}),
]
