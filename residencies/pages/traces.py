"""The pages about traces that the coordination and the artists share: one kind at a time, in words of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from candidatures.models import Season
from clea.documents.errors import PieceRefused
from clea.errors import Refused
from residencies.forms.traces import PictureForm, ProductionForm, TestimonyForm, TraceForm
from residencies.models import Picture, Production, Residency, Testimony
from residencies.services import pictures, productions, testimonies

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class TraceKind:
    """One kind of trace. ``word`` is its part of the addresses; ``argument``, its name in the services."""

    word: str
    argument: str
    model: Any
    form: type[TraceForm]
    service: Any
    add_title: _StrPromise
    change_title: _StrPromise
    remove_title: _StrPromise
    added: _StrPromise
    removed: _StrPromise

    def add(self, **values: Any) -> Any:
        return self.service.add(**values)

    def change(self, row: Any, **values: Any) -> Any:
        return self.service.change(**{self.argument: row}, **values)

    def act(self, name: str, row: Any, **values: Any) -> Any:
        """``publish``, ``unpublish``, ``remove``; for a picture also ``put_in_kit``, ``take_from_kit``."""
        return getattr(self.service, name)(**{self.argument: row}, **values)


KINDS: dict[str, TraceKind] = {
    kind.word: kind
    for kind in (
        TraceKind(
            word="productions",
            argument="production",
            model=Production,
            form=ProductionForm,
            service=productions,
            add_title=_("Ajouter une production"),
            change_title=_("Modifier une production"),
            remove_title=_("Supprimer cette production ?"),
            added=_("La production est enregistrée. La coordination la publie."),
            removed=_("La production est supprimée."),
        ),
        TraceKind(
            word="images",
            argument="picture",
            model=Picture,
            form=PictureForm,
            service=pictures,
            add_title=_("Ajouter une image"),
            change_title=_("Modifier une image"),
            remove_title=_("Supprimer cette image ?"),
            added=_("L'image est enregistrée. La coordination la publie."),
            removed=_("L'image et son fichier sont supprimés."),
        ),
        TraceKind(
            word="temoignages",
            argument="testimony",
            model=Testimony,
            form=TestimonyForm,
            service=testimonies,
            add_title=_("Ajouter un témoignage"),
            change_title=_("Modifier un témoignage"),
            remove_title=_("Supprimer ce témoignage ?"),
            added=_("Le témoignage est enregistré. La coordination le publie."),
            removed=_("Le témoignage est supprimé."),
        ),
    )
}


def kind_of(word: str) -> TraceKind:
    """The kind that an address names, or 404."""
    try:
        return KINDS[word]
    except KeyError:
        raise Http404 from None


def row_of(kind: TraceKind, season: Season, residency: Residency | None, key: UUID) -> Any:
    """One of them, of this residency or of the whole season. 404 for another's. One query."""
    related = ["residency"]
    if kind.model is Picture:
        related += ["stored_file", "thumbnail"]
    rows = kind.model.objects.filter(season=season, residency=residency, uuid=key)
    if kind.model is Production:
        # Those of an older report are written with its line.
        rows = rows.filter(entry=None)
    found = rows.select_related(*related).first()
    if found is None:
        raise Http404
    found.season = season
    return found


def at_file(error: Refused | ValidationError, field: str = "upload") -> Refused | ValidationError:
    """What the inspection of a file says belongs beside that file."""
    if isinstance(error, PieceRefused):
        error.field = field
    return error
