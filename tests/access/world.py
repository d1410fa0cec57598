"""The one small world of the matrix: a territory, its desk, a dossier, and their neighbours.

The people and the two territories are here; each ``rows_<app>.py`` may add its own things with a
``build(world)`` function, called in the order of the modules' names.
"""

from __future__ import annotations

from types import SimpleNamespace

from clea.accounts.models import User
from tests.access.matrix import Role, row_modules
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.structures import CoordinatorFactory, TerritoryFactory


class World(SimpleNamespace):
    """What the rows name: ``world.people``, ``world.territory``, and what the apps add."""

    people: dict[Role, User]


def build_world() -> World:
    world = World()
    world.territory = TerritoryFactory(slug="territoire-du-monde", name="Communauté du monde", short_name="Monde")
    world.other_territory = TerritoryFactory(slug="territoire-voisin", name="Communauté voisine", short_name="Voisin")
    world.people = {
        Role.OWNER: UserFactory(email="owner@exemple.test"),
        Role.STRANGER: UserFactory(email="stranger@exemple.test"),
        Role.CO_EDITOR: UserFactory(email="co-editor@exemple.test"),
        Role.CO_READER: UserFactory(email="co-reader@exemple.test"),
        Role.COORDINATOR: CoordinatorFactory(email="coordinator@exemple.test", territory=world.territory),
        Role.OTHER_COORDINATOR: CoordinatorFactory(
            email="other-coordinator@exemple.test", territory=world.other_territory
        ),
        Role.ADMINISTRATOR: AdministratorFactory(email="administrator@exemple.test"),
        Role.JUROR: UserFactory(email="juror@exemple.test"),
        Role.OTHER_JUROR: UserFactory(email="other-juror@exemple.test"),
        Role.RECUSED_JUROR: UserFactory(email="recused-juror@exemple.test"),
        Role.ARTIST: UserFactory(email="artist@exemple.test"),
        Role.OTHER_ARTIST: UserFactory(email="other-artist@exemple.test"),
        Role.TEAM: UserFactory(email="team@exemple.test"),
        Role.OTHER_TEAM: UserFactory(email="other-team@exemple.test"),
    }
    for module in row_modules():
        build = getattr(module, "build", None)
        if build is not None:
            build(world)
    return world
