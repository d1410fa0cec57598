"""Living here: lodging, the immersion's programme, talks, incidents, kits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from candidatures.demo.story import paris
from residencies.demo import data, start
from residencies.enums import (
    IncidentState,
    IncidentTopic,
    InventoryMoment,
    KitAudience,
    KitChannel,
    LineCondition,
    Severity,
    VisitState,
)
from residencies.models import CheckIn, Kit, Lodging, Relay, Residency, Stay, Visit
from residencies.services import check_ins, incidents, lodgings, presence, visits
from residencies.services import kits as kit_services
from residencies.services.lodgings import Line, Reading

if TYPE_CHECKING:
    from clea.accounts.models import User
    from residencies.demo.build import Scene


def artist(residency: Residency) -> User:
    user = residency.artists.get(is_lead=True).user
    assert user is not None
    return user


def welcome(scene: Scene) -> None:
    """Where each one sleeps, what they will see, when they will be called."""
    beds = list(Lodging.objects.filter(territory=scene.territory).order_by("pk"))
    for rank, residency in enumerate(scene.residencies.values()):
        for arrival, departure in ((date(2026, 10, 4), date(2026, 10, 10)), (date(2027, 1, 31), date(2027, 2, 20))):
            lodgings.book(
                by=scene.desk,
                residency=residency,
                lodging=beds[rank % len(beds)],
                starts_on=arrival,
                ends_on=departure,
                people=1,
            )
        check_ins.plan_series(by=scene.desk, residency=residency, first=date(2026, 10, 8), weeks=3)
    everyone = list(scene.residencies.values())
    for day, start_at, end_at, title, place, guide in data.VISITS:
        visits.plan(
            by=scene.desk,
            residencies=everyone,
            facts=visits.Facts(
                title=title,
                starts_at=paris(f"2026-10-{day:02d} {start_at}"),
                ends_at=paris(f"2026-10-{day:02d} {end_at}"),
                structure=scene.places[place],
                guide=guide,
            ),
        )


def kits(scene: Scene) -> None:
    """An information kit for schools, another for the others; who got them."""
    season = start.season_of(scene)
    made = {
        KitAudience.SCHOOLS: "Accueillir un artiste à l'école",
        KitAudience.OTHERS: "Accueillir un artiste dans votre structure",
    }
    for audience, title in made.items():
        kit = kit_services.save(
            by=scene.desk,
            kit=Kit(
                season=season,
                audience=audience,
                title=title,
                text="Ce qu'est un geste artistique, qui fait quoi, comment formuler un souhait.",
            ),
        )
        if audience == KitAudience.SCHOOLS:
            given = list(Relay.objects.filter(territory=scene.territory, kind__in=["inspector", "adviser"]))
            kit_services.give(by=scene.desk, kit=kit, relays=given, channel=KitChannel.HAND, given_on=date(2026, 9, 7))
        else:
            structures = list(scene.places.values())[::2]
            kit_services.give(
                by=scene.desk, kit=kit, structures=structures, channel=KitChannel.HAND, given_on=date(2026, 9, 7)
            )


def entry_inventories(scene: Scene) -> None:
    """Each lodging is read through on arrival; the artists agree, but for one."""
    for key, residency in scene.residencies.items():
        stay = Stay.objects.filter(residency=residency).order_by("starts_on").first()
        assert stay is not None
        lines = [Line(item=item) for item in data.INVENTORY.splitlines()]
        if key == "wagonnet":
            lines[1] = Line(item=lines[1].item, condition=LineCondition.WORN, note="deux verres ébréchés")
        inventory = lodgings.write_inventory(
            by=scene.desk,
            stay=stay,
            moment=InventoryMoment.ENTRY,
            reading=Reading(done_on=date(2026, 10, 5), keys=2),
            lines=lines,
        )
        if key != "houille":
            lodgings.agree(by=artist(residency), inventory=inventory, version=inventory.version)


def after_immersion(scene: Scene) -> None:
    """The week is over: visits done, days noted, talks held, one incident closed, another open."""
    for visit in Visit.objects.filter(season=start.season_of(scene), ends_at__lte=scene.stage.clock()):
        visits.mark(by=scene.desk, visit=visit, state=VisitState.DONE)
    monday = date(2026, 10, 5)
    for key, residency in scene.residencies.items():
        presence.as_planned(by=artist(residency), residency=residency, week=monday)
        if key != "depeche":
            presence.check(by=scene.desk, residency=residency, days=[monday + timedelta(days=n) for n in range(5)])
        talk = CheckIn.objects.filter(residency=residency).order_by("due_on").first()
        assert talk is not None
        check_ins.write(
            by=scene.desk,
            check_in=talk,
            account=check_ins.Account(
                due_on=talk.due_on,
                held_on=date(2026, 10, 8),
                words="Bonne installation ; prévoir un vélo.",
                shared="Envies : partir des équipes rencontrées mercredi.",
                next_steps="Fixer les premières séances avant décembre.",
            ),
        )
    closed = incidents.report(
        by=artist(scene.residencies["wagonnet"]),
        residency=scene.residencies["wagonnet"],
        topic=IncidentTopic.LODGING,
        severity=Severity.SERIOUS,
        title="Plus d'eau chaude depuis mardi",
    )
    incidents.step(
        by=scene.desk, incident=closed, target=IncidentState.CLOSED, text="Chauffagiste passé mercredi.", shared=True
    )
    incidents.report(
        by=artist(scene.residencies["rivelaine"]),
        residency=scene.residencies["rivelaine"],
        topic=IncidentTopic.VEHICLE,
        severity=Severity.LOW,
        title="Voiture au garage jusqu'à la fin du mois",
        words="Il me faudra un covoiturage pour les rendez-vous de novembre.",
    )
