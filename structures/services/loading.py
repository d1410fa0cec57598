"""Loading a territory from a folder of files. See structures/data/SOURCES.md for their layout."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from clea.journal import services as journal
from clea.text import normalise
from structures.models import (
    Commune,
    FormerStructure,
    Institution,
    PriorityDistrict,
    SchoolDistrict,
    Structure,
    StructureKind,
    Territory,
)
from structures.search import lines
from structures.services.tables import (
    Column,
    Layout,
    Problems,
    Row,
    decimal,
    flag,
    integer,
    number,
    on_lines,
    read_object,
    read_rows,
    several,
)

if TYPE_CHECKING:
    from clea.accounts.models import User

DATA = Path(__file__).resolve().parent.parent / "data"
DEFAULT_FOLDER = DATA / "lens-lievin"

_REQUIRED = Column(required=True)
_FREE = Column()

TERRITORY = Layout(
    dict.fromkeys(["slug", "name", "short_name", "contact_email"], _REQUIRED)
    | dict.fromkeys(
        ["siren", "service_name", "contact_phone", "contact_address", "website", "mileage_scale", "school_zone"], _FREE
    )
)
KINDS = Layout(
    dict.fromkeys(["slug", "label", "plural"], _REQUIRED)
    | dict.fromkeys(["label_en", "plural_en"], _FREE)
    | {"order": Column(integer)}
)
SCHOOL_DISTRICTS = Layout({"slug": _REQUIRED, "name": _REQUIRED, "order": Column(integer)})
COMMUNES = Layout(
    dict.fromkeys(["insee", "slug", "name"], _REQUIRED)
    | {
        "other_names": Column(on_lines),
        "misspellings": Column(on_lines),
        "postal_code": _FREE,
        "siren": _FREE,
        "population": Column(integer),
        "population_year": Column(integer),
        "latitude": Column(number),
        "longitude": Column(number),
        "area_km2": Column(decimal),
        "rural_heart": Column(flag),
        "school_district": _FREE,
    },
    codes=("insee", "slug", "siren"),
)
PRIORITY_DISTRICTS = Layout(
    {
        "slug": _REQUIRED,
        "label": _REQUIRED,
        "communes": Column(several, required=True),
        "components_count": Column(integer),
        "official_code": _FREE,
        "order": Column(integer),
    },
    codes=("slug", "official_code"),
)
STRUCTURES = Layout(
    {"slug": _REQUIRED, "name": _REQUIRED, "kinds": Column(several, required=True), "is_category": Column(flag)}
    | dict.fromkeys(
        ["commune", "circle", "address", "email", "phone", "website", "location_basis", "source", "note"], _FREE
    )
)
INSTITUTIONS = Layout(
    dict.fromkeys(["slug", "name", "role"], _REQUIRED)
    | {"selection_committee": Column(flag), "order": Column(integer)}
    | dict.fromkeys(["website", "note", "source"], _FREE)
)


@dataclass
class Files:
    """A territory's files, read."""

    territory: list[Row]
    kinds: list[Row]
    school_districts: list[Row]
    communes: list[Row]
    priority_districts: list[Row]
    structures: list[Row]
    institutions: list[Row]
    presentation: str = ""
    presentation_en: str = ""


@dataclass
class LoadReport:
    """What a load did, counted by model: ``created``, ``updated``, ``unchanged``."""

    territory: Territory
    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)


def load_territory(*, by: User | None, folder: Path = DEFAULT_FOLDER, territory_file: Path | None = None) -> LoadReport:
    """Load or refresh a territory, all or nothing; a second run with the same files changes nothing.

    Reference facts (communes, districts) take the file's value again. What the coordination edits
    (territory, kinds, structures, institutions) is kept: only what it left blank is filled.
    Journaled when something changed. Raises :class:`LoadRefused` with every problem found.
    """
    problems = Problems()
    files = _read(folder, territory_file, problems)
    _check_references(files, problems)
    problems.stop_if_any()
    with transaction.atomic():
        loader = _Loader(files, problems)
        report = loader.run()
        problems.stop_if_any()
        if report.changed:
            journal.record(
                by=by,
                verb="territory.loaded",
                target=report.territory,
                data={"created": dict(report.created), "updated": dict(report.updated)},
            )
    return report


def _read(folder: Path, territory_file: Path | None, problems: Problems) -> Files:
    def optional(name: str, layout: Layout) -> list[Row]:
        path = folder / name
        return read_rows(path, layout, problems) if path.exists() else []

    def markdown(name: str) -> str:
        path = folder / name
        try:
            return path.read_text(encoding="utf-8-sig").strip() if path.exists() else ""
        except UnicodeDecodeError:
            problems.add(name, 0, _("le fichier n'est pas en UTF-8."))
            return ""

    territory_path = territory_file or folder / "territory.csv"
    reader = read_object if territory_path.suffix == ".json" else read_rows
    territory = reader(territory_path, TERRITORY, problems)
    if len(territory) > 1:
        problems.add(territory_path.name, territory[1].line, _("un fichier décrit un seul territoire."))
    kinds_path = folder / "kinds.csv"
    return Files(
        territory=territory,
        kinds=read_rows(kinds_path if kinds_path.exists() else DEFAULT_FOLDER / "kinds.csv", KINDS, problems),
        school_districts=optional("school_districts.csv", SCHOOL_DISTRICTS),
        communes=read_rows(folder / "communes.csv", COMMUNES, problems),
        priority_districts=optional("priority_districts.csv", PRIORITY_DISTRICTS),
        structures=optional("structures.csv", STRUCTURES),
        institutions=optional("institutions.csv", INSTITUTIONS),
        presentation=markdown("presentation.fr.md"),
        presentation_en=markdown("presentation.en.md"),
    )


def _check_references(files: Files, problems: Problems) -> None:
    """Refuse codes that no file defines, names that designate two communes, twin structures."""
    districts = {row.value["slug"] for row in files.school_districts}
    insee = {row.value["insee"] for row in files.communes}
    kinds = {row.value["slug"] for row in files.kinds}

    def unknown(row: Row, column: str, code: str) -> None:
        problems.add(
            row.file, row.line, _("%(column)s : le code « %(code)s » est inconnu.") % {"column": column, "code": code}
        )

    names: dict[str, Row] = {}
    for row in files.communes:
        if row.value["school_district"] and row.value["school_district"] not in districts:
            unknown(row, "school_district", row.value["school_district"])
        spellings = [row.value["name"], *lines(row.value["other_names"]), *lines(row.value["misspellings"])]
        for key in {normalise(name) for name in spellings}:
            if key in names:
                problems.add(
                    row.file,
                    row.line,
                    _("le nom « %(name)s » désigne déjà la commune de la ligne %(line)s.")
                    % {"name": key, "line": names[key].line},
                )
            names[key] = row
    for row in files.priority_districts:
        for code in row.value["communes"]:
            if code not in insee:
                unknown(row, "communes", code)
    twins: dict[tuple[str, str], int] = {}
    for row in files.structures:
        for code in row.value["kinds"]:
            if code not in kinds:
                unknown(row, "kinds", code)
        commune = row.value["commune"]
        if commune and commune not in insee:
            unknown(row, "commune", commune)
        twin = (normalise(row.value["name"]), commune)
        if twin in twins:
            problems.add(
                row.file,
                row.line,
                _("même nom et même commune qu'à la ligne %(line)s.") % {"line": twins[twin]},
            )
        twins.setdefault(twin, row.line)


M = TypeVar("M", bound=models.Model)


class _Loader:
    """Writes checked files. One use, inside a transaction; problems met here undo everything."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self.files = files
        self.problems = problems

    def run(self) -> LoadReport:
        row = self.files.territory[0]
        values = {name: value for name, value in row.value.items() if name != "slug" and value}
        values |= {"presentation": self.files.presentation, "presentation_en": self.files.presentation_en}
        existing = Territory.objects.filter(slug=row.value["slug"]).first()
        territory = existing or Territory(slug=row.value["slug"])
        self.report = LoadReport(territory)
        if not self._put(territory, row, values, keep=True):
            return self.report
        self.territory = territory
        kinds = self._rows(StructureKind, self.files.kinds, keep=True)
        districts = self._rows(SchoolDistrict, self.files.school_districts, keep=False)
        communes = self._communes(districts)
        self._priority_districts(communes)
        self._structures(communes, kinds)
        self._rows(Institution, self.files.institutions, keep=True)
        return self.report

    def _rows(self, model: type[M], rows: list[Row], *, keep: bool) -> dict[str, M]:
        """Rows of a plain model, by slug."""
        known = {item.slug: item for item in model._default_manager.filter(territory=self.territory)}  # type: ignore[attr-defined]
        result = {}
        for row in rows:
            slug = row.value["slug"]
            item = known.get(slug) or model(territory=self.territory, slug=slug)
            values = {name: value for name, value in row.value.items() if name != "slug" and value is not None}
            if self._put(item, row, values, keep=keep):
                result[slug] = item
        return result

    def _communes(self, districts: dict[str, SchoolDistrict]) -> dict[str, Commune]:
        rows = {row.value["insee"]: row for row in self.files.communes}
        known = {commune.insee: commune for commune in Commune.objects.filter(insee__in=rows)}
        result = {}
        for insee, row in rows.items():
            commune = known.get(insee) or Commune(insee=insee, territory=self.territory)
            if commune.territory_id != self.territory.pk:
                self.problems.add(
                    row.file,
                    row.line,
                    _("la commune « %(insee)s » appartient déjà à un autre territoire.") % {"insee": insee},
                )
                continue
            values = dict(row.value)
            for names in ("other_names", "misspellings"):
                # The coordination may have met other spellings: none is lost.
                values[names] = "\n".join(dict.fromkeys([*lines(getattr(commune, names)), *lines(values[names])]))
            values["school_district"] = districts.get(values["school_district"])
            # An empty cell says nothing: it does not erase what is known.
            values = {name: value for name, value in values.items() if value not in {None, ""}}
            if self._put(commune, row, values, keep=False):
                result[insee] = commune
        return result

    def _priority_districts(self, communes: dict[str, Commune]) -> None:
        known = {
            district.slug: district
            for district in PriorityDistrict.objects.filter(territory=self.territory).prefetch_related("communes")
        }
        for row in self.files.priority_districts:
            values = {
                name: value
                for name, value in row.value.items()
                if name not in {"slug", "communes"} and value not in {None, ""}
            }
            district = known.get(row.value["slug"]) or PriorityDistrict(
                territory=self.territory, slug=row.value["slug"]
            )
            wanted = {communes[insee] for insee in row.value["communes"] if insee in communes}
            before = {commune.pk for commune in district.communes.all()} if district.pk else set()
            moved = before != {commune.pk for commune in wanted}
            if self._put(district, row, values, keep=False, also_changed=moved) and moved:
                district.communes.set(wanted)

    def _structures(self, communes: dict[str, Commune], kinds: dict[str, StructureKind]) -> None:
        known = list(Structure.objects.filter(territory=self.territory).prefetch_related("kinds"))
        by_slug = {structure.slug: structure for structure in known}
        by_name = {(structure.name_key, structure.commune_id): structure for structure in known}
        merged = set(FormerStructure.objects.filter(territory=self.territory).values_list("slug", flat=True))
        for row in self.files.structures:
            slug = row.value["slug"]
            if slug in merged:
                self.report.unchanged["structure"] += 1
                continue
            commune = communes.get(row.value["commune"])
            structure = by_slug.get(slug) or by_name.get(
                (normalise(row.value["name"]), commune.pk if commune else None)
            )
            values = {name: value for name, value in row.value.items() if name not in {"slug", "kinds"}}
            values["commune"] = commune
            if structure is None:
                structure = Structure(territory=self.territory, slug=slug)
            without_kinds = structure.pk is None or not structure.kinds.all()
            structure._change_reason = "load_territory"
            if self._put(structure, row, values, keep=True, also_changed=without_kinds) and without_kinds:
                structure.kinds.set([kinds[code] for code in row.value["kinds"] if code in kinds])

    def _put(
        self, item: models.Model, row: Row, values: dict[str, Any], *, keep: bool, also_changed: bool = False
    ) -> bool:
        """Write one row if it changes anything; count it. False, and a problem noted, if it is refused.

        ``keep``: on a row that exists, fill the blanks only.
        """
        new = item.pk is None
        label = item._meta.model_name or ""
        changed = new or also_changed
        for name, value in values.items():
            current = getattr(item, name)
            if not new and keep and not _is_blank(current):
                continue
            if current != value:
                setattr(item, name, value)
                changed = True
        if not changed:
            self.report.unchanged[label] += 1
            return True
        try:
            item.full_clean()
        except ValidationError as error:
            for message in _messages(error):
                self.problems.add(row.file, row.line, message)
            return False
        item.save()
        (self.report.created if new else self.report.updated)[label] += 1
        return True


def _is_blank(value: Any) -> bool:
    """Whether nobody filled the field. ``False`` and zero are answers."""
    return value is None or value == ""


def _messages(error: ValidationError) -> list[str]:
    """The messages of a model's validation, each with its field."""
    result: list[str] = []
    for name, messages in error.message_dict.items():
        prefix = "" if name == "__all__" else f"{name} : "
        result.extend(f"{prefix}{message}" for message in messages)
    return result
