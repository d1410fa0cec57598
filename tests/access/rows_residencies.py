"""The world of the deployment: two residencies of one season, two structures with a team, one activity.

``world.residency`` (run by ARTIST), ``world.other_residency`` (by OTHER_ARTIST), ``world.host`` (team: TEAM),
``world.other_host`` (OTHER_TEAM), ``world.activity`` and its session ``world.moment`` of the first with the first. The
addresses are in ``rows_residencies_<subject>.py``.
"""

from __future__ import annotations

from tests.access.matrix import ARTISTS, SIGNED_IN, TEAMS, Role, Row
from tests.access.world import World
from tests.factories.residencies import ActivityFactory, ResidencyFactory, SessionFactory
from tests.factories.structures import CommuneFactory, ProfessionalFactory, StructureFactory


def build(world: World) -> None:
    world.residency = ResidencyFactory(
        territory=world.territory, artist=world.people[Role.ARTIST], slug="residence-du-monde"
    )
    world.other_residency = ResidencyFactory(
        season=world.residency.season, artist=world.people[Role.OTHER_ARTIST], slug="autre-residence"
    )
    place = CommuneFactory(territory=world.territory, slug="lieu-des-residences")
    world.host = StructureFactory(commune=place, slug="hote", name="Hôte du monde")
    world.other_host = StructureFactory(commune=place, slug="autre-hote", name="Autre hôte")
    ProfessionalFactory(structure=world.host, email=world.people[Role.TEAM].email)
    ProfessionalFactory(structure=world.other_host, email=world.people[Role.OTHER_TEAM].email)
    world.activity = ActivityFactory(residency=world.residency, structure=world.host)
    world.moment = SessionFactory(activity=world.activity)


ROWS: list[Row] = [
    # Nobody's space but one's own: to the others, a page that says so.
    Row("studio:index", get={SIGNED_IN: 200, ARTISTS: "/ma-residence/"}),
    Row("team:index", get={SIGNED_IN: 200, TEAMS: "/ma-structure/"}),
]
