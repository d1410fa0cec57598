"""The territory: public pages, and its desk."""

from __future__ import annotations

from tests.access.matrix import EVERYONE, Row
from tests.access.world import World
from tests.factories.structures import CommuneFactory, StructureFactory

PUBLIC = {EVERYONE: 200}


def build(world: World) -> None:
    world.commune = CommuneFactory(territory=world.territory, slug="bourg-du-monde", name="Bourg-du-Monde")
    world.structure = StructureFactory(commune=world.commune, slug="lieu-du-monde", name="Lieu du monde")


ROWS = [
    Row("territory:index", get=PUBLIC),
    Row("territory:index(territory)", kwargs=lambda w: {"territory": w.territory.slug}, get=PUBLIC),
    # Two territories: one must choose.
    Row("territory:directory", get={EVERYONE: "/territoire/"}),
    Row("territory:directory(territory)", kwargs=lambda w: {"territory": w.territory.slug}, get=PUBLIC),
    Row(
        "territory:short_commune",
        kwargs=lambda w: {"slug": w.commune.slug},
        get={EVERYONE: "/territoire/territoire-du-monde/communes/"},
    ),
    Row(
        "territory:short_structure",
        kwargs=lambda w: {"slug": w.structure.slug},
        get={EVERYONE: "/territoire/territoire-du-monde/structures/"},
    ),
    Row(
        "territory:commune",
        kwargs=lambda w: {"territory": w.territory.slug, "slug": w.commune.slug},
        get=PUBLIC,
    ),
    Row(
        "territory:structure",
        kwargs=lambda w: {"territory": w.territory.slug, "slug": w.structure.slug},
        get=PUBLIC,
    ),
]
