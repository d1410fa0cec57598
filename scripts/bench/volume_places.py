"""The territory at its size: communes and structures that exist, then invented ones, teams, accounts, files."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.text import slugify

from bench.volume_rows import Journal, Rows, some
from candidatures.demo import pdfs
from candidatures.demo.build import PASSWORD
from candidatures.demo.content import personas
from clea.accounts.models import User
from clea.documents.models import StoredFile
from clea.text import normalise
from residencies.demo import data as demo_data
from structures.models import (
    Commune,
    Institution,
    Professional,
    Structure,
    StructureKind,
    Territory,
    TerritoryMembership,
)

if TYPE_CHECKING:
    from bench.volume import Shape

FIRST_NAMES = [
    *demo_data.FIRST_NAMES.split(),
    *[
        "Aïcha",
        "Bérénice",
        "Clélia",
        "Désiré",
        "Eugénie",
        "Fatou",
        "Géraud",
        "Hélène",
        "Ismaël",
        "Joséphine",
        "Kévin",
        "Loïc",
        "Maïté",
        "Noé",
        "Océane",
    ],
    *[
        "Pénélope",
        "Rémi",
        "Siméon",
        "Thaïs",
        "Ugo",
        "Violaine",
        "Wassila",
        "Yannick",
        "Zoé",
        "Anaëlle",
        "Béatrice",
        "Cédric",
        "Éloi",
        "Flavie",
        "Gaëtan",
    ],
]
LAST_NAMES = [
    *demo_data.LAST_NAMES.split(),
    *[
        "Aubépine",
        "Belette",
        "Châtaigne",
        "Dentellière",
        "Églantier",
        "Fougère",
        "Grésil",
        "Hêtraie",
        "Îlot",
        "Jonquille",
        "Képi",
        "Lézard",
    ],
    *[
        "Mûrier",
        "Nénuphar",
        "Osier",
        "Pâquerette",
        "Quenouille",
        "Réséda",
        "Sénevé",
        "Tramontane",
        "Uranie",
        "Vénerie",
        "Zéphir",
        "Brindille",
    ],
]
CITIES = [
    ("Lens", "62300"), ("Liévin", "62800"), ("Béthune", "62400"), ("Arras", "62000"), ("Lille", "59000"),
    ("Roubaix", "59100"), ("Amiens", "80000"), ("Reims", "51100"), ("Rouen", "76000"), ("Paris", "75018"),
    ("Montreuil", "93100"), ("Nantes", "44000"), ("Rennes", "35000"), ("Brest", "29200"), ("Lyon", "69007"),
    ("Saint-Étienne", "42000"), ("Marseille", "13003"), ("Toulouse", "31000"), ("Strasbourg", "67000"),
    ("Metz", "57000"),
]  # fmt: skip
#: What an invented structure is called, by kind.
PREFIXES = {
    "primary": "École élémentaire",
    "secondary": "Collège",
    "library": "Médiathèque",
    "social": "Centre social",
    "leisure": "Maison de la jeunesse",
    "medico_social": "Résidence",
    "association": "Association",
    "culture_center": "Espace culturel",
    "health": "Établissement de santé",
    "integration": "Atelier d'insertion",
}
#: Real files, each shared by many rows: downloads, assemblies and archives have bytes to read.
FILES_OF_A_KIND = 6


class Held(NamedTuple):
    """A file that lies in the storage, for rows that name it."""

    name: str
    content_type: str
    size: int
    sha256: str
    pages: int | None


class Place(NamedTuple):
    pk: int
    uuid: UUID
    name: str
    commune: int | None
    kind: str


class Person(NamedTuple):
    pk: int
    uuid: UUID
    email: str
    first: str
    last: str

    @property
    def actor(self) -> tuple[UUID, str, str]:
        """As the journal names them."""
        return self.uuid, f"{self.first} {self.last}", "person"


@dataclass
class World:
    """What every part of the volume builds on."""

    rows: Rows
    journal: Journal
    shape: Shape
    now: datetime
    territory: Territory
    desk: User
    password: str
    communes: list[Commune] = field(default_factory=list)
    institutions: list[Institution] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    jurors: list[Person] = field(default_factory=list)
    artists: list[Person] = field(default_factory=list)
    files: dict[str, list[Held]] = field(default_factory=dict)
    people: int = 0

    @property
    def rng(self) -> random.Random:
        return self.rows.rng

    @property
    def by_desk(self) -> tuple[UUID, str, str]:
        return self.desk.uuid, str(self.desk), "coordinator"

    def name(self) -> tuple[str, str]:
        """A first and a last name; the last is of two words once the plain ones are used up."""
        rng = self.rng
        self.people += 1
        last = rng.choice(LAST_NAMES)
        if self.people > len(FIRST_NAMES) * len(LAST_NAMES) / 4:
            last = f"{last}-{rng.choice(LAST_NAMES)}"
        return rng.choice(FIRST_NAMES), last

    def account(self, email: str, at: datetime, name: tuple[str, str] | None = None) -> Person:
        """Somebody with a verified address, who signs in with the demonstration's password."""
        first, last = name or self.name()
        uuid = self.rows.uuid()
        key = self.rows.add(
            User, uuid=uuid, email=email, first_name=first, last_name=last, password=self.password, date_joined=at
        )
        self.rows.add(EmailAddress, user_id=key, email=email, verified=True, primary=True)
        return Person(key, uuid, email, first, last)

    def file(self, kind: str, name: str, at: datetime, by: UUID | None = None) -> tuple[int, Held]:
        """A row for a file of this kind. The bytes are shared: only the row is its own."""
        held = self.rng.choice(self.files[kind])
        key = self.rows.add(
            StoredFile, file=held.name, original_name=name, content_type=held.content_type, size=held.size,
            sha256=held.sha256, pages=held.pages, created_at=at, created_by_uuid=by,
        )  # fmt: skip
        return key, held


def staff(password: str | None = None) -> tuple[User, str]:
    """The coordinator and an administrator, before anything else: they act."""
    password = password or make_password(PASSWORD)
    people = {}
    for email, first, last, admin in (
        ("coordination@demo.test", "Camille", "Trameverte", False),
        ("admin@demo.test", "Dominique", "Régie", True),
    ):
        user = User(email=email, first_name=first, last_name=last, is_staff=True, is_superuser=admin, password=password)
        user.save()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        people[email] = user
    TerritoryMembership.objects.create(territory=Territory.objects.get(), user=people["coordination@demo.test"])
    return people["coordination@demo.test"], password


def fill(world: World, at: datetime) -> None:
    """Files, jurors, structures up to the shape's number, and their teams."""
    world.communes = list(Commune.objects.filter(territory=world.territory).order_by("pk"))
    world.institutions = list(Institution.objects.filter(territory=world.territory).order_by("order", "pk"))
    world.rows.at = at
    world.files = _files(world.rng)
    world.jurors = [world.account(f"jure{rank}@demo.test", at) for rank in range(1, world.shape.jurors + 1)]
    _structures(world, at)
    _teams(world, at)
    world.journal.write()


def _structures(world: World, at: datetime) -> None:
    rng, rows = world.rng, world.rows
    kinds = {kind.slug: kind for kind in StructureKind.objects.filter(territory=world.territory)}
    real = Structure.objects.filter(territory=world.territory).prefetch_related("kinds").order_by("pk")
    for structure in real:
        if not structure.is_category:
            kind = next((kind.slug for kind in structure.kinds.all()), "association")
            world.places.append(Place(structure.pk, structure.uuid, structure.name, structure.commune_id, kind))
    history = Structure.history.model
    kinds_of = Structure.kinds.through
    history_of_kinds = apps.get_model("structures", "HistoricalStructure_kinds")
    wanted = world.shape.structures - real.count()
    weights = [max(commune.population or 1, 1) for commune in world.communes]
    homes = rng.choices(world.communes, weights, k=max(wanted, 0))
    for rank, commune in enumerate(homes):
        slug = rng.choice([*PREFIXES, "primary", "primary", "secondary"])
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        name = f"{PREFIXES[slug]} {first} {last}, {commune.name}"
        values: dict[str, Any] = {
            "uuid": rows.uuid(),
            "territory_id": world.territory.pk,
            "slug": f"{slugify(name)[:100]}-{rank}",
            "name": name,
            "commune_id": commune.pk,
            "circle": rng.choice(["", "", "premier_cercle", "proximite"]) if slug == "culture_center" else "",
            "address": f"{rng.randrange(1, 90)} rue de l'Exemple",
            "email": f"accueil{rank}@demo.test",
            "is_active": rng.random() > 0.02,
        }
        key = rows.add(Structure, **values, updated_at=at)
        kept = rows.add(history, **values, id=key, history_date=at, history_type="+", history_change_reason=None)
        link = rows.add(kinds_of, structure_id=key, structurekind_id=kinds[slug].pk)
        rows.add(history_of_kinds, id=link, history_id=kept, structure_id=key, structurekind_id=kinds[slug].pk)
        if values["is_active"]:
            world.places.append(Place(key, values["uuid"], name, commune.pk, slug))


def _teams(world: World, at: datetime) -> None:
    """Two people a structure, one for one in ten; whoever is called first signs in, for one in three."""
    rng, rows = world.rng, world.rows
    history = Professional.history.model
    for rank, place in enumerate(world.places):
        mine = rank == 0
        for seat in range(1 if not mine and rng.random() < 0.1 else 2):
            first, last = ("Rosalie", "Préau") if mine and seat == 0 else world.name()
            email = f"{normalise(first, last).replace(' ', '.')}.{rank}@demo.test"
            if mine and seat == 0:
                email = "structure1@demo.test"
            if seat == 0 and (mine or rng.random() < 0.33):
                world.account(email, at, (first, last))
            values = {
                "uuid": rows.uuid(),
                "structure_id": place.pk,
                "first_name": first,
                "last_name": last,
                "role": rng.choice(demo_data.ROLES),
                "email": email,
                "is_contact": seat == 0,
            }
            key = rows.add(Professional, **values)
            rows.add(history, **values, id=key, history_date=at, history_type="+", history_change_reason=None)
            world.journal.say(
                at + timedelta(seconds=rank), "team.member_added", "structures.structure", place.uuid,
                {"person": str(values["uuid"])}, world.by_desk,
            )  # fmt: skip


def _files(rng: random.Random) -> dict[str, list[Held]]:
    """A few letters, curricula, portfolios, whole dossiers, and pictures."""
    cast = some(rng, personas().values(), FILES_OF_A_KIND)
    found: dict[str, list[Held]] = {"letter": [], "cv": [], "portfolio": [], "whole": [], "picture": [], "small": []}
    for persona in cast:
        made = {
            "letter": pdfs.letter_pdf(persona),
            "cv": pdfs.cv_pdf(persona),
            "portfolio": pdfs.portfolio_pdf(persona),
        }
        for kind, content in made.items():
            found[kind].append(_keep(rng, content, "application/pdf"))
        found["whole"].append(_keep(rng, _joined(list(made.values())), "application/pdf"))
        for kind, side in (("picture", 1600), ("small", 720)):
            found[kind].append(_keep(rng, _picture(rng, side), "image/webp"))
    return found


def _keep(rng: random.Random, content: bytes, content_type: str) -> Held:
    import pikepdf

    ending = {"application/pdf": ".pdf", "image/webp": ".webp"}[content_type]
    name = f"{rng.getrandbits(128):032x}"
    kept = default_storage.save(f"files/{name[:2]}/{name}{ending}", ContentFile(content))
    pages = None
    if content_type == "application/pdf":
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pages = len(pdf.pages)
    return Held(kept, content_type, len(content), hashlib.sha256(content).hexdigest(), pages)


def _joined(parts: list[bytes]) -> bytes:
    import pikepdf

    whole = pikepdf.Pdf.new()
    opened = [pikepdf.open(io.BytesIO(part)) for part in parts]
    for pdf in opened:
        whole.pages.extend(pdf.pages)
    out = io.BytesIO()
    whole.save(out)
    for pdf in opened:
        pdf.close()
    return out.getvalue()


def _picture(rng: random.Random, side: int) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (side, side * 2 // 3), (232, 226, 216))
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        points = [(rng.randrange(side), rng.randrange(side * 2 // 3)) for _ in range(3)]
        draw.polygon(points, fill=(rng.randrange(256), rng.randrange(256), rng.randrange(256)))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=60, method=0)
    return out.getvalue()
