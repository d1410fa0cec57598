"""What an import or an export of structures and teams holds, column by column.

Headings are French whatever the reader's language: the file travels between people.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tablib
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext as _
from import_export import resources, widgets
from import_export.fields import Field
from import_export.results import InvalidRow, Result

from clea.text import normalise
from structures.enums import Circle
from structures.models import Commune, FormerStructure, Professional, Structure, StructureKind, Territory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


LINE = "__line"
_YES, _NO = {"oui", "o", "1", "vrai", "true", "x", "yes"}, {"non", "n", "0", "faux", "false", "no"}


def explain(message: str) -> ValueError:
    """An error for the person who made the file; the package attaches it to the row and the column."""
    return ValueError(message)


class YesNo(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        word = normalise(value)
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise explain(_("« %(value)s » : écrivez oui ou non.") % {"value": value})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return _("oui") if value else _("non")


class CircleWord(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        word = normalise(value)
        if not word:
            return ""
        if word in {"premier cercle", "1er cercle", "1", normalise(Circle.FIRST.value), normalise(Circle.FIRST.label)}:
            return str(Circle.FIRST)
        if word in {"proximite", normalise(Circle.NEAR.value), normalise(Circle.NEAR.label)}:
            return str(Circle.NEAR)
        raise explain(
            _("« %(value)s » : écrivez « premier cercle », « proximité », ou laissez vide.") % {"value": value}
        )

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(Circle(value).label) if value else ""


class HttpsAddress(widgets.CharWidget):
    """A web address; people often write it without ``https://``."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        return f"https://{value}" if value and "://" not in value else value


class PlainDiff(resources.Diff):
    """What a row changes, as ``del`` and ``ins``: the package's own writes styles that our CSP refuses."""

    def __init__(self, resource: Any, instance: Any, new: bool) -> None:
        self.new = new
        self.left = [] if new else self._values(resource, instance)
        self.right: list[str] = []

    def compare_with(self, resource: Any, instance: Any) -> None:
        self.right = self._values(resource, instance)

    def as_html(self) -> list[str]:
        if self.new:
            return [str(value) for value in self.right]
        return [
            after if before == after else format_html("<del>{}</del> <ins>{}</ins>", before, after)
            for before, after in zip(self.left, self.right, strict=True)
        ]

    @staticmethod
    def _values(resource: Any, instance: Any) -> list[str]:
        return [str(resource.export_field(field, instance) or "") for field in resource.get_import_fields()]


class LineResult(Result):
    """Says the line of the sheet, where the package counts rows that it kept."""

    def append_error_row(self, number: int, row: Any, errors: Any) -> None:
        super().append_error_row(row.get(LINE, number), row, errors)

    def append_invalid_row(self, number: int, row: Any, validation_error: Any) -> None:
        values = tuple(row[title] for title in self.diff_headers if row.get(title))
        self.invalid_rows.append(InvalidRow(row.get(LINE, number), validation_error, values))


class SheetResource(resources.ModelResource):
    """What both imports share: one territory, forgiving headings, lines counted as in the sheet.

    ``territory`` is where rows are read and written; ``None`` to export a set already scoped.
    """

    required: tuple[str, ...] = ()
    #: The line of the sheet that the first row stands on: a long sheet goes in by parts.
    first_line = 2

    def __init__(self, *, territory: Territory | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.territory = territory
        self.seen: dict[Any, int] = {}

    def get_result_class(self) -> type[Result]:
        return LineResult

    def get_diff_class(self) -> type[PlainDiff]:
        return PlainDiff

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Give each column its proper heading, each row its line; leave empty rows out."""
        known = {normalise(field.column_name): field.column_name for field in self.fields.values()}
        headings = [normalise(heading) for heading in dataset.headers]
        unknown = [heading for heading in dataset.headers if normalise(heading) not in known]
        if unknown:
            raise explain(
                _("Colonnes inconnues : %(unknown)s. Les colonnes possibles sont : %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(known.values())}
            )
        missing = [name for name in self.required if normalise(name) not in headings]
        if missing:
            raise explain(_("Il manque la colonne %(missing)s.") % {"missing": ", ".join(missing)})
        if len(set(headings)) != len(headings):
            raise explain(_("Deux colonnes portent le même titre."))
        rows = [(line, list(row)) for line, row in enumerate(dataset, start=self.first_line) if any(row)]
        dataset.wipe()
        dataset.headers = [*(known[heading] for heading in headings), LINE]
        for line, row in rows:
            dataset.append([*row, line])
        self.prepare()

    def prepare(self) -> None:
        """Read what every row will be compared with, once."""

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        return None

    def validate_instance(
        self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Name columns as the file does."""
        try:
            super().validate_instance(instance, import_validation_errors, validate_unique)
        except ValidationError as error:
            titles = {field.attribute: field.column_name for field in self.fields.values()} | {"kinds": "Types"}
            raise ValidationError(
                {titles.get(name, name): messages for name, messages in error.message_dict.items()}
            ) from error

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        # A new row that says nothing is not an unchanged one: it is an error to tell.
        return original.pk is not None and bool(super().skip_row(instance, original, row, import_validation_errors))

    def once(self, key: Any, row: Any) -> None:
        """Refuse the second row of the same thing."""
        if key in self.seen:
            raise ValidationError(_("Même ligne que la ligne %(line)s du fichier.") % {"line": self.seen[key]})
        self.seen[key] = row[LINE]

    def import_field(self, field: Field, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        # A yes-or-no left empty says nothing.
        if isinstance(field.widget, YesNo) and not row.get(field.column_name, ""):
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)


class Communes:
    """The communes of a territory, found by INSEE code or by any name people use."""

    def __init__(self, communes: Iterable[Commune]) -> None:
        self.known: dict[str, Commune] = {}
        for commune in communes:
            self.known[normalise(commune.insee)] = commune
            for key in commune.name_keys:
                self.known[key] = commune

    def find(self, value: str) -> Commune | None:
        if not value:
            return None
        commune = self.known.get(normalise(value))
        if commune is None:
            raise explain(
                _("La commune « %(value)s » n'est pas du territoire. Vérifiez le nom, ou laissez vide.")
                % {"value": value}
            )
        return commune


class CommuneName(widgets.Widget):
    """A commune by its name. The resource gives ``communes`` before the import."""

    communes = Communes(())

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Commune | None:
        return self.communes.find(value)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value else ""


class StructureResource(SheetResource):
    """Structures. Known by their identifier, else by their name within a commune."""

    required = ("Nom",)

    slug = Field(attribute="slug", column_name="Identifiant", widget=widgets.CharWidget())
    name = Field(attribute="name", column_name="Nom", widget=widgets.CharWidget())
    types = Field(column_name="Types")
    commune = Field(attribute="commune", column_name="Commune", widget=CommuneName())
    circle = Field(attribute="circle", column_name="Cercle", widget=CircleWord())
    is_category = Field(attribute="is_category", column_name="Catégorie", widget=YesNo())
    address = Field(attribute="address", column_name="Adresse", widget=widgets.CharWidget())
    email = Field(attribute="email", column_name="Adresse électronique", widget=widgets.CharWidget())
    phone = Field(attribute="phone", column_name="Téléphone", widget=widgets.CharWidget())
    website = Field(attribute="website", column_name="Site internet", widget=HttpsAddress())
    note = Field(attribute="note", column_name="Note", widget=widgets.CharWidget())
    is_active = Field(attribute="is_active", column_name="En activité", widget=YesNo())

    class Meta:
        model = Structure
        fields = (
            "slug", "name", "types", "commune", "circle", "is_category", "address", "email", "phone", "website", "note",
            "is_active",
        )  # fmt: skip
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    # Export --------------------------------------------------------------------------------------

    def filter_export(self, queryset: QuerySet[Structure], **kwargs: Any) -> QuerySet[Structure]:
        return queryset.select_related("commune").prefetch_related("kinds")

    def dehydrate_types(self, structure: Structure) -> str:
        return ", ".join(kind.label for kind in structure.kinds.all()) if structure.pk else ""

    # Import --------------------------------------------------------------------------------------

    def prepare(self) -> None:
        communes = Communes(Commune.objects.filter(territory=self.territory))
        self.fields["commune"].widget.communes = communes
        self.communes = communes
        self.kinds: dict[str, StructureKind] = {}
        for kind in StructureKind.objects.filter(territory=self.territory):
            for word in (kind.slug, kind.label, kind.plural):
                self.kinds[normalise(word)] = kind
        self.by_slug: dict[str, Structure] = {}
        self.by_name: dict[tuple[str, int | None], list[Structure]] = {}
        rows = Structure.objects.filter(territory=self.territory).select_related("commune").prefetch_related("kinds")
        for structure in rows:
            self.by_slug[structure.slug] = structure
            self.by_name.setdefault((structure.name_key, structure.commune_id), []).append(structure)
        by_pk = {structure.pk: structure for structure in self.by_slug.values()}
        for former in FormerStructure.objects.filter(territory=self.territory):
            self.by_slug.setdefault(former.slug, by_pk[former.structure_id])

    def get_instance(self, instance_loader: Any, row: Any) -> Structure | None:
        slug = row.get("Identifiant", "")
        if slug in self.by_slug:
            return self._once(self.by_slug[slug], row)
        try:
            commune = self.communes.find(row.get("Commune", ""))
        except ValueError:
            return None  # said with the row's other errors
        same = self.by_name.get((normalise(row["Nom"]), commune.pk if commune else None), [])
        if len(same) > 1:
            raise ValidationError(_("Plusieurs structures portent ce nom : indiquez l'identifiant."))
        if same and slug:
            raise ValidationError(
                _("L'identifiant « %(slug)s » est inconnu, mais cette structure existe : « %(known)s ».")
                % {"slug": slug, "known": same[0].slug}
            )
        if same:
            return self._once(same[0], row)
        self.once((normalise(row["Nom"]), commune.pk if commune else None), row)
        return None

    def _once(self, structure: Structure, row: Any) -> Structure:
        self.once(structure.pk, row)
        row["Identifiant"] = structure.slug  # an empty cell, or a former identifier, changes nothing
        return structure

    def after_init_instance(self, instance: Structure, new: bool, row: Any, **kwargs: Any) -> None:
        instance._change_reason = "import"
        if new:
            instance.territory = self.territory  # type: ignore[assignment]

    def import_instance(self, instance: Structure, row: Any, **kwargs: Any) -> None:
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict({})
        instance.wanted_kinds = None  # type: ignore[attr-defined]
        if "Types" in row or instance.pk is None:
            try:
                instance.wanted_kinds = self._kinds(row.get("Types", ""))  # type: ignore[attr-defined]
            except ValueError as error:
                errors["kinds"] = ValidationError(str(error), code="invalid")
        if instance.pk is None and not instance.slug:
            instance.slug = self._free_slug(instance)
        if errors:
            raise ValidationError(errors)

    def _kinds(self, value: str) -> list[StructureKind]:
        words = [word.strip() for word in value.replace(";", ",").split(",") if word.strip()]
        unknown = [word for word in words if normalise(word) not in self.kinds]
        if unknown:
            raise explain(_("Type inconnu : %(unknown)s.") % {"unknown": ", ".join(unknown)})
        if not words:
            raise explain(_("Indiquez au moins un type."))
        return list({self.kinds[normalise(word)].pk: self.kinds[normalise(word)] for word in words}.values())

    def _free_slug(self, structure: Structure) -> str:
        """An identifier nobody has, from the name, then the commune, then a number."""
        base = slugify(structure.name)[:100] or "structure"
        choices = [base]
        if structure.commune is not None:
            choices.append(f"{base}-{structure.commune.slug}"[:115])
        choices += [f"{base}-{number}" for number in range(2, 1000)]
        slug = next(choice for choice in choices if choice not in self.by_slug)
        self.by_slug[slug] = structure
        return slug

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        wanted = instance.wanted_kinds
        if wanted is not None and {kind.pk for kind in wanted} != (
            {kind.pk for kind in original.kinds.all()} if original.pk else set()
        ):
            return False
        return super().skip_row(instance, original, row, import_validation_errors)

    def save_m2m(self, instance: Structure, row: Any, **kwargs: Any) -> None:
        wanted = instance.wanted_kinds  # type: ignore[attr-defined]
        if wanted is not None and {kind.pk for kind in wanted} != {kind.pk for kind in instance.kinds.all()}:
            instance.kinds.set(wanted)
            getattr(instance, "_prefetched_objects_cache", {}).clear()


class ProfessionalResource(SheetResource):
    """Members of teams. Known by their name within a structure, and their address when two share it."""

    required = ("Structure", "Nom")

    structure = Field(column_name="Structure")
    commune = Field(column_name="Commune")
    first_name = Field(attribute="first_name", column_name="Prénom", widget=widgets.CharWidget())
    last_name = Field(attribute="last_name", column_name="Nom", widget=widgets.CharWidget())
    role = Field(attribute="role", column_name="Fonction", widget=widgets.CharWidget())
    email = Field(attribute="email", column_name="Adresse électronique", widget=widgets.CharWidget())
    phone = Field(attribute="phone", column_name="Téléphone", widget=widgets.CharWidget())
    is_contact = Field(attribute="is_contact", column_name="À contacter", widget=YesNo())

    class Meta:
        model = Professional
        fields = ("structure", "commune", "first_name", "last_name", "role", "email", "phone", "is_contact")
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    # Export --------------------------------------------------------------------------------------

    def filter_export(self, queryset: QuerySet[Professional], **kwargs: Any) -> QuerySet[Professional]:
        return queryset.select_related("structure__commune")

    def dehydrate_structure(self, person: Professional) -> str:
        return person.structure.name if person.structure_id else ""

    def dehydrate_commune(self, person: Professional) -> str:
        return person.structure.commune.name if person.structure_id and person.structure.commune else ""

    # Import --------------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.communes = Communes(Commune.objects.filter(territory=self.territory))
        self.by_slug: dict[str, Structure] = {}
        self.by_name: dict[str, list[Structure]] = {}
        for structure in Structure.objects.filter(territory=self.territory).select_related("commune"):
            self.by_slug[structure.slug] = structure
            self.by_name.setdefault(structure.name_key, []).append(structure)
        self.people: dict[tuple[int, str], list[Professional]] = {}
        for person in Professional.objects.filter(structure__territory=self.territory).select_related(
            "structure__commune"
        ):
            self.people.setdefault((person.structure_id, person.name_key), []).append(person)

    def _structure(self, row: Any) -> Structure:
        value = row["Structure"]
        if not value:
            raise explain(_("Indiquez la structure, par son nom ou son identifiant."))
        if value in self.by_slug:
            return self.by_slug[value]
        commune = self.communes.find(row.get("Commune", ""))
        found = self.by_name.get(normalise(value), [])
        if commune is not None:
            found = [structure for structure in found if structure.commune_id == commune.pk]
        if not found:
            raise explain(
                _("La structure « %(value)s » est inconnue. Créez-la d'abord, ou vérifiez son nom et sa commune.")
                % {"value": value}
            )
        if len(found) > 1:
            raise explain(
                _("Plusieurs structures s'appellent « %(value)s » : ajoutez la commune, ou mettez l'identifiant.")
                % {"value": value}
            )
        return found[0]

    def get_instance(self, instance_loader: Any, row: Any) -> Professional | None:
        try:
            structure = self._structure(row)
        except ValueError as error:
            raise ValidationError({"Structure": [str(error)]}) from error
        row["__structure"] = structure
        key = (structure.pk, normalise(row.get("Prénom", ""), row["Nom"]))
        email = row.get("Adresse électronique", "").casefold()
        self.once((*key, email), row)
        same = self.people.get(key, [])
        exact = [person for person in same if person.email.casefold() == email]
        if exact:
            return exact[0]
        # One of the two may have no address yet: the same person, completed.
        open_ended = [person for person in same if not email or not person.email]
        if len(open_ended) > 1:
            raise ValidationError(
                _("Plusieurs personnes de l'équipe portent ce nom : indiquez l'adresse électronique.")
            )
        if open_ended and not email:
            row["Adresse électronique"] = open_ended[0].email
        return open_ended[0] if open_ended else None

    def after_init_instance(self, instance: Professional, new: bool, row: Any, **kwargs: Any) -> None:
        instance._change_reason = "import"
        if new:
            instance.structure = row["__structure"]

    def after_import_row(self, row: Any, row_result: Any, **kwargs: Any) -> None:
        row.pop("__structure", None)
