"""The territory: public pages, and its desk."""

from __future__ import annotations

from structures.models import StandardLetter
from tests.access.desk import NOBODY, Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, EVERYONE, OTHER_COORDINATOR, STAFF, Row
from tests.access.world import World
from tests.factories.structures import (
    CommuneFactory,
    InstitutionFactory,
    PriorityDistrictFactory,
    ProfessionalFactory,
    SchoolDistrictFactory,
    StructureFactory,
)

PUBLIC = {EVERYONE: 200}
LIST = "/coordination/structures/structure/"


def build(world: World) -> None:
    world.commune = CommuneFactory(territory=world.territory, slug="bourg-du-monde", name="Bourg-du-Monde")
    world.structure = StructureFactory(commune=world.commune, slug="lieu-du-monde", name="Lieu du monde")
    world.other_structure = StructureFactory(commune=world.commune, slug="autre-lieu", name="Autre lieu du monde")
    world.professional = ProfessionalFactory(structure=world.structure)
    world.school_district = SchoolDistrictFactory(territory=world.territory)
    world.priority_district = PriorityDistrictFactory(territory=world.territory, communes=[world.commune])
    world.institution = InstitutionFactory(territory=world.territory)
    world.standard_letter = StandardLetter.objects.create(
        territory=world.territory, name="Invitation du monde", subject="Venez", message="Bonjour {{ nom }}."
    )


DESK = {
    "structures.territory": Desk(lambda w: w.territory, add=ADMINISTRATOR, delete=NOBODY),
    "structures.commune": Desk(lambda w: w.commune),
    "structures.schooldistrict": Desk(lambda w: w.school_district),
    "structures.prioritydistrict": Desk(lambda w: w.priority_district),
    "structures.structurekind": Desk(lambda w: w.structure.kinds.get()),
    "structures.structure": Desk(lambda w: w.structure),
    "structures.professional": Desk(lambda w: w.professional),
    "structures.institution": Desk(lambda w: w.institution),
    "structures.standardletter": Desk(lambda w: w.standard_letter),
}

# Sheets in and out. Nothing sent: the form again, or back to it.
SHEETS = [
    row
    for model in ("structure", "professional")
    for row in (
        Row(f"admin:structures_{model}_import", get={STAFF: 200}, post={STAFF: (200, 302)}),
        Row(f"admin:structures_{model}_process_import", get={}, post={STAFF: (200, 302)}),
        Row(f"admin:structures_{model}_export", get={STAFF: 200}, post={STAFF: (200, 302)}),
    )
]


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
    Row(
        "admin:structures_structure_merge",
        query=lambda w: {"structures": f"{w.structure.uuid},{w.other_structure.uuid}"},
        get={COORDINATOR | ADMINISTRATOR: 200, OTHER_COORDINATOR: LIST},
        post={STAFF: LIST},
    ),
    *SHEETS,
]
