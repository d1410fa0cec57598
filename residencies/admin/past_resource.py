"""What a sheet of past actions holds, column by column. Headings are French: the file travels between people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export import widgets
from import_export.fields import Field

from candidatures.enums import LifeStage
from clea.text import normalise
from residencies.enums import Qualifier
from residencies.models import PastAction
from structures.admin.resources import CommuneName, Communes, SheetResource, explain
from structures.models import Commune, Structure

if TYPE_CHECKING:
    from django.db.models import QuerySet, TextChoices


class Word(widgets.Widget):
    """One word of a closed list, by its label or its code."""

    def __init__(self, choices: type[TextChoices], empty: str = "") -> None:
        super().__init__()
        self.choices, self.empty = choices, empty

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        word = normalise(value)
        if not word:
            return self.empty
        for choice in self.choices:
            if word in {normalise(choice.value), normalise(str(choice.label))}:
                return str(choice.value)
        known = ", ".join(str(choice.label) for choice in self.choices)
        raise explain(_("« %(value)s » : écrivez l'un de ces mots : %(known)s.") % {"value": value, "known": known})

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.choices(value).label) if value else ""


class Number(widgets.Widget):
    """A whole number; an empty cell is unknown, which is not zero."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> int | None:
        text = "".join(str(value or "").split())
        if not text:
            return None
        if not (text.isascii() and text.isdecimal()):
            raise explain(
                _("« %(value)s » : écrivez un nombre entier, ou laissez vide s'il n'est pas connu.") % {"value": value}
            )
        return int(text)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else value


class StructureName(widgets.Widget):
    """A structure by its name or its identifier. The resource gives what is known before the import."""

    by_slug: dict[str, Structure]
    by_name: dict[str, list[Structure]]
    communes: Communes

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Structure | None:
        if not value:
            return None
        if value in self.by_slug:
            return self.by_slug[value]
        found = self.by_name.get(normalise(value), [])
        if len(found) > 1:
            commune = self.communes.find(row.get("Commune", ""))
            found = [structure for structure in found if commune and structure.commune_id == commune.pk]
        if len(found) != 1:
            raise explain(
                _("La structure « %(value)s » n'est pas reconnue : mettez son identifiant, ou laissez vide.")
                % {"value": value}
            )
        return found[0]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.name if value else ""


class PastActionResource(SheetResource):
    """Past actions. Known by their season, commune, structure, artist and life stage: a file may come back."""

    required = ("Saison", "Commune")

    season_name = Field(attribute="season_name", column_name="Saison", widget=widgets.CharWidget())
    commune = Field(attribute="commune", column_name="Commune", widget=CommuneName())
    structure = Field(attribute="structure", column_name="Structure", widget=StructureName())
    artist = Field(attribute="artist", column_name="Artiste", widget=widgets.CharWidget())
    life_stage = Field(attribute="life_stage", column_name="Temps de vie", widget=Word(LifeStage))
    sessions = Field(attribute="sessions", column_name="Séances", widget=Number())
    people = Field(attribute="people", column_name="Personnes", widget=Number())
    qualifier = Field(attribute="qualifier", column_name="Précision", widget=Word(Qualifier, Qualifier.EXACT))
    source = Field(attribute="source", column_name="Source", widget=widgets.CharWidget())

    class Meta:
        model = PastAction
        fields = (
            "season_name", "commune", "structure", "artist", "life_stage", "sessions", "people", "qualifier", "source",
        )  # fmt: skip
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def filter_export(self, queryset: QuerySet[PastAction], **kwargs: Any) -> QuerySet[PastAction]:
        return queryset.select_related("commune", "structure")

    def prepare(self) -> None:
        communes = Communes(Commune.objects.filter(territory=self.territory))
        self.communes = communes
        self.fields["commune"].widget.communes = communes
        named = self.fields["structure"].widget
        named.communes, named.by_slug, named.by_name = communes, {}, {}
        for structure in Structure.objects.filter(territory=self.territory).select_related("commune"):
            named.by_slug[structure.slug] = structure
            named.by_name.setdefault(structure.name_key, []).append(structure)
        rows = PastAction.objects.filter(territory=self.territory).select_related("commune", "structure")
        self.known = {
            self._key(row.season_name, row.commune_id, row.structure_id, row.artist, row.life_stage): row
            for row in rows
        }

    @staticmethod
    def _key(season: str, commune: int, structure: int | None, artist: str, stage: str) -> tuple[Any, ...]:
        return normalise(season), commune, structure, normalise(artist), stage

    def get_instance(self, instance_loader: Any, row: Any) -> PastAction | None:
        try:
            commune = self.communes.find(row["Commune"])
            structure = self.fields["structure"].widget.clean(row.get("Structure", ""), row)
            stage = self.fields["life_stage"].widget.clean(row.get("Temps de vie", ""), row)
        except ValueError:
            return None  # said with the row's other errors
        if commune is None:
            raise ValidationError({"Commune": [_("Indiquez la commune.")]})
        key = self._key(row["Saison"], commune.pk, structure.pk if structure else None, row.get("Artiste", ""), stage)
        self.once(key, row)
        return self.known.get(key)

    def after_init_instance(self, instance: PastAction, new: bool, row: Any, **kwargs: Any) -> None:
        if new:
            instance.territory = self.territory  # type: ignore[assignment]
