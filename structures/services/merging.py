"""Merging duplicate structures: one is kept, everything that pointed to the others points to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from simple_history.models import HistoricalChanges

from clea.errors import Refused, require
from clea.journal import services as journal
from structures.models import FormerStructure, Professional, Structure
from structures.rules import can_merge
from structures.services.people import same_person

if TYPE_CHECKING:
    from clea.accounts.models import User

# What the kept structure takes from the others where it says nothing itself.
COMPLETED = ("commune", "circle", "address", "email", "phone", "website", "location_basis", "source")


def pointers(model: type[models.Model]) -> Iterator[models.ForeignKey]:
    """Every column of every app that points to this model, many-to-many tables included.

    History tables are left out: they tell what was true then.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel) or isinstance(relation, models.ManyToManyRel):
            continue
        if not issubclass(relation.related_model, HistoricalChanges):
            yield relation.field  # type: ignore[misc]


def merge_structures(*, by: User | None, keep: Structure, others: Sequence[Structure]) -> Structure:
    """Make ``others`` one with ``keep``. Cannot be undone.

    Fields that ``keep`` leaves blank are filled from the others, in their order; kinds add up;
    notes follow one another. Rows of any app that pointed to the others point to ``keep``; a row
    that would then exist twice is written once. The others' addresses lead to ``keep`` from now
    on. Raises :class:`Refused` when the person may not, or when two rows that must stay distinct
    (an agreement for the same activity, say) would collide: nothing is then changed.
    """
    require(can_merge(by, [keep, *others]))
    with transaction.atomic():
        wanted = [keep.pk, *(other.pk for other in others)]
        locked = {row.pk: row for row in Structure.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
        if len(locked) != len(set(wanted)):
            raise Refused(
                _("L'une de ces structures vient d'être modifiée ou fusionnée. Reprenez votre choix dans la liste."),
                code="gone",
            )
        kept = locked[keep.pk]
        doubles = [locked[other.pk] for other in others if other.pk != keep.pk]
        moved: dict[str, int] = {}
        for double in doubles:
            _complete(kept, double)
            _merge_team(kept, double)
            _merge_week(kept, double)
            for pointer in pointers(Structure):
                count = _move(pointer, double, kept)
                if count:
                    label = f"{pointer.model._meta.label_lower}.{pointer.name}"
                    moved[label] = moved.get(label, 0) + count
        former = [
            FormerStructure(
                territory_id=kept.territory_id, structure=kept, uuid=double.uuid, slug=double.slug, name=double.name
            )
            for double in doubles
        ]
        for double in doubles:
            double.delete()
        FormerStructure.objects.bulk_create(former)
        kept._history_user = by
        kept._change_reason = "merge_structures"
        kept.full_clean()
        kept.save()
        journal.record(
            by=by,
            verb="structure.merged",
            target=kept,
            data={"merged": [str(row.uuid) for row in former], "moved": moved},
        )
    return kept


def _complete(kept: Structure, double: Structure) -> None:
    for name in COMPLETED:
        if not getattr(kept, name) and getattr(double, name):
            setattr(kept, name, getattr(double, name))
    notes = [note for note in (kept.note.strip(), double.note.strip()) if note]
    kept.note = "\n\n".join(dict.fromkeys(notes))
    # A named place, in activity, wins over a category and over a closed one.
    kept.is_category = kept.is_category and double.is_category
    kept.is_active = kept.is_active or double.is_active


def _merge_team(kept: Structure, double: Structure) -> None:
    """People known in both teams become one person, completed; the others will move."""
    for person in double.professionals.all():
        twin = same_person(kept, person.first_name, person.last_name, person.email)
        if twin is None:
            continue
        for name in ("role", "email", "phone"):
            if not getattr(twin, name):
                setattr(twin, name, getattr(person, name))
        twin.is_contact = twin.is_contact or person.is_contact
        for pointer in pointers(Professional):
            _move(pointer, person, twin)
        person.delete()
        twin.save()


def _merge_week(kept: Structure, double: Structure) -> None:
    """A day of the week when both are closed is said once."""
    known = kept.closures.exclude(weekday=None).values("weekday")
    double.closures.filter(weekday__in=known).delete()


def _move(pointer: models.ForeignKey, old: models.Model, new: models.Model) -> int:
    """Point the rows of one table from ``old`` to ``new``; how many were moved."""
    rows = pointer.model._base_manager.filter(**{pointer.name: old})
    # A model whose rows may be dropped for their twin says so itself: nothing is lost with them.
    redundant = pointer.model._meta.auto_created or getattr(pointer.model, "dropped_by_merge", False)
    moved = 0
    for row in rows:
        try:
            with transaction.atomic():
                moved += pointer.model._base_manager.filter(pk=row.pk).update(**{pointer.name: new})
        except IntegrityError:
            if redundant:
                row.delete()  # the pair is already there
                continue
            raise Refused(
                _(
                    "Fusion impossible : les deux structures ont chacune « %(label)s » à garder distinct. "
                    "Réglez ce doublon, puis recommencez."
                )
                % {"label": pointer.model._meta.verbose_name},
                code="collision",
            ) from None
    return moved
