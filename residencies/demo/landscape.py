"""The territory before the artists come: who works where, who opens doors, what was done before."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from candidatures.demo.build import account
from clea.text import normalise
from residencies.demo import data
from residencies.models import Lodging, PastAction, PlanningRules, Relay, Supplier
from residencies.services import lodgings, past_actions, planning_rules, suppliers
from residencies.services import relays as relay_services
from structures.models import Commune, SchoolDistrict, Structure
from structures.services import closures, team

if TYPE_CHECKING:
    from residencies.demo.build import Scene


def places(scene: Scene) -> None:
    """The named structures of the territory that are in a commune."""
    found = Structure.objects.active().venues().filter(territory=scene.territory, commune__isnull=False)
    scene.places = {row.slug: row for row in found.select_related("commune", "territory").order_by("slug")}


def rules_and_past(scene: Scene) -> None:
    """The figures of the planning, and the seasons before."""
    rules = PlanningRules(territory=scene.territory)
    planning_rules.write(by=scene.desk, rules=rules, changed=[])
    communes = {row.slug: row for row in Commune.objects.filter(territory=scene.territory)}
    for season, commune, artist, stage, sessions, people, qualifier in data.PAST:
        past_actions.write(
            by=scene.desk,
            action=PastAction(
                territory=scene.territory,
                season_name=season,
                commune=communes[commune],
                artist=artist,
                life_stage=stage,
                sessions=sessions,
                people=people,
                qualifier=qualifier,
                source="Bilans de la coordination",
            ),
        )


def teams(scene: Scene) -> None:
    """Two or three people a structure, but for those of which one knows nobody, or one person only."""
    rng = random.Random(1720)  # noqa: S311 - always the same story
    names = [(first, last) for first in data.FIRST_NAMES.split() for last in data.LAST_NAMES.split()]
    rng.shuffle(names)
    for slug, structure in scene.places.items():
        size = 0 if slug in data.NO_TEAM else 1 if slug in data.ONE_PERSON else rng.choice([2, 2, 3])
        for rank in range(size):
            first, last = names.pop()
            mine = slug == data.FIRST_TEAM and rank == 0
            address = "structure1@demo.test" if mine else f"{normalise(first, last).replace(' ', '.')}@demo.test"
            if rank == 0 and not mine:
                # Whoever is called first has signed in already.
                account(address, first, last, password=scene.password)
            team.add(
                by=scene.desk,
                structure=structure,
                first_name="Rosalie" if mine else first,
                last_name="Préau" if mine else last,
                role=rng.choice(data.ROLES),
                email=address,
                is_contact=rank == 0,
            )
    for slug, weekdays in data.CLOSED_WEEKDAYS.items():
        closures.set_weekdays(by=scene.desk, structure=scene.places[slug], weekdays=weekdays)
    for slug, start, end, reason in data.CLOSED_SPANS:
        closures.add_span(by=scene.desk, structure=scene.places[slug], starts_on=start, ends_on=end, reason=reason)


def relays(scene: Scene) -> None:
    """People who open doors, places where one sleeps, places where one finds things."""
    districts = {row.slug: row for row in SchoolDistrict.objects.filter(territory=scene.territory)}
    communes = {row.slug: row for row in Commune.objects.filter(territory=scene.territory)}
    for kind, first, last, function, organisation, slugs in data.RELAYS:
        relay_services.save(
            by=scene.desk,
            relay=Relay(
                territory=scene.territory,
                kind=kind,
                first_name=first,
                last_name=last,
                function=function,
                organisation=organisation,
                email=f"{normalise(first, last).replace(' ', '.')}@demo.test",
            ),
            school_districts=[districts[slug] for slug in slugs],
        )
    for name, commune, materials, opening in data.SUPPLIERS:
        suppliers.save(
            by=scene.desk,
            supplier=Supplier(
                territory=scene.territory,
                name=name,
                commune=communes[commune],
                address="Adresse inventée pour la démonstration",
                materials=materials,
                opening=opening,
            ),
        )
    for name, address, commune, owner, beds in data.LODGINGS:
        lodgings.save_lodging(
            by=scene.desk,
            lodging=Lodging(
                territory=scene.territory,
                name=name,
                address=address,
                commune=communes[commune],
                owner=owner,
                beds=beds,
                contact="Le gardien, 06 39 98 12 12",
                access="Clés au secrétariat, de 9 h à 17 h.",
                inventory=data.INVENTORY,
            ),
        )
