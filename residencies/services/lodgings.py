"""Lodging: reference rows, stays and who sleeps where, inventories and the artist's agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import InventoryMoment, LineCondition
from residencies.models import Inventory, InventoryLine, Lodging, Residency, Stay
from residencies.rules import welcome as rules
from residencies.services import welcome_notices as notices
from residencies.services.base import lock_residency, require_artist, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User

#: Lines of an inventory. A house has fewer things worth a line.
MOST_LINES = 150


# The lodgings ----------------------------------------------------------------------------------


def save_lodging(*, by: User, lodging: Lodging) -> Lodging:
    """Write a lodging, new or changed. ``Refused`` when it would have fewer beds than people asleep there."""
    with transaction.atomic():
        require_desk(by, lodging.territory)
        if lodging.commune is not None and lodging.commune.territory_id != lodging.territory_id:
            raise Refused(_("Cette commune appartient à un autre territoire."), code="foreign", field="commune")
        if lodging.pk is not None:
            Lodging.objects.select_for_update().get(pk=lodging.pk)
            require_beds(lodging)
        lodging.full_clean()
        lodging.save()
        journal.record(by=by, verb="lodging.saved", target=lodging, data={"beds": lodging.beds})
        return lodging


def require_beds(lodging: Lodging) -> None:
    """Raise ``Refused`` when the stays to come do not fit any more. One query."""
    today = timezone.localdate()
    stays = lodging.stays.filter(ends_on__gt=today).values_list("starts_on", "ends_on", "people")
    most = rules.most_people(stays, today, date.max)
    if most > lodging.beds:
        raise Refused(
            _("%(n)d personnes y dorment une même nuit : gardez au moins autant de couchages.") % {"n": most},
            code="too_small",
            field="beds",
        )


def remove_lodging(*, by: User, lodging: Lodging) -> None:
    """Erase a lodging in which nobody ever stayed."""
    with transaction.atomic():
        require_desk(by, lodging.territory)
        if lodging.stays.exists():
            raise Refused(
                _("Des artistes y ont séjourné : décochez « utilisé » plutôt que de supprimer ce logement."),
                code="used",
            )
        key = str(lodging.uuid)
        territory = lodging.territory
        lodging.delete()
        journal.record(by=by, verb="lodging.removed", target=territory, data={"lodging": key})


# The stays -------------------------------------------------------------------------------------


def book(
    *,
    by: User,
    residency: Residency,
    lodging: Lodging,
    starts_on: date,
    ends_on: date,
    people: int,
    note: str = "",
    stay: Stay | None = None,
) -> Stay:
    """Give a residency a lodging between two days, or change its ``stay``.

    ``Refused`` when a night would have more people than the lodging has beds.
    """
    with transaction.atomic():
        locked = lock_residency(residency)
        require_desk(by, locked.territory)
        require_reach(locked.season, starts_on, field="starts_on")
        require_reach(locked.season, ends_on, field="ends_on")
        house = _lock_lodging(lodging)
        if house.territory_id != locked.territory.pk:
            raise Refused(_("Ce logement est d'un autre territoire."), code="foreign", field="lodging")
        row = Stay(residency=locked) if stay is None else Stay.objects.select_for_update().get(pk=stay.pk)
        if row.pk is not None and row.lodging_id != house.pk and row.inventories.exists():
            raise Refused(
                _("Ce séjour a un état des lieux : il reste dans ce logement. Ajoutez un second séjour."),
                code="inventoried",
                field="lodging",
            )
        if not house.is_active and row.lodging_id != house.pk:
            raise Refused(_("Ce logement n'est plus utilisé."), code="inactive", field="lodging")
        row.lodging, row.starts_on, row.ends_on = house, starts_on, ends_on
        row.people, row.note = people, note.strip()
        row.full_clean()
        others = house.stays.exclude(pk=row.pk).values_list("starts_on", "ends_on", "people")
        verdict = rules.can_stay(house.beds, others, starts_on, ends_on, people)
        if not verdict:
            raise Refused(verdict.reason, code=verdict.code, field="lodging")
        row.save()
        journal.record(
            by=by,
            verb="stay.booked" if stay is None else "stay.changed",
            target=locked,
            data={
                "stay": str(row.uuid),
                "lodging": str(house.uuid),
                "from": starts_on.isoformat(),
                "to": ends_on.isoformat(),
                "people": people,
            },
        )
        return row


def remove_stay(*, by: User, stay: Stay) -> None:
    """Erase a stay that did not take place."""
    with transaction.atomic():
        locked = lock_residency(stay.residency)
        require_desk(by, locked.territory)
        row = Stay.objects.select_for_update().get(pk=stay.pk)
        require(rules.can_remove_stay(row.inventories.count()))
        key = str(row.uuid)
        row.delete()
        journal.record(by=by, verb="stay.removed", target=locked, data={"stay": key})


def _lock_lodging(lodging: Lodging) -> Lodging:
    return Lodging.objects.select_for_update().get(pk=lodging.pk)


# The inventories -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One object and how it is."""

    item: str
    condition: LineCondition = LineCondition.GOOD
    note: str = ""


@dataclass(frozen=True)
class Reading:
    """What goes with the lines."""

    done_on: date
    keys: int | None = None
    meters: str = ""
    note: str = ""


def write_inventory(
    *,
    by: User,
    stay: Stay,
    moment: InventoryMoment,
    reading: Reading,
    lines: Sequence[Line],
    version: int | None = None,
) -> Inventory:
    """Write the inventory of a stay, its lines in this order. ``version``: the one the page showed.

    What the artist had agreed with, rewritten, is no longer agreed: they are asked again.
    """
    with transaction.atomic():
        locked = lock_residency(stay.residency)
        require_desk(by, locked.territory)
        rows = {row.moment: row for row in Inventory.objects.select_for_update().filter(stay=stay)}
        require(rules.can_write_inventory(moment, rows.get(InventoryMoment.ENTRY)))
        row = rows.get(moment)
        if (row.version if row is not None else 0) != (version or 0):
            raise StaleWrite(
                _(
                    "Cet état des lieux a changé pendant que vous l'écriviez. Rien n'est enregistré : relisez ce qui "
                    "suit, puis enregistrez de nouveau."
                ),
                code="stale",
            )
        kept = _checked(lines)
        if reading.done_on > timezone.localdate():
            raise Refused(_("Un état des lieux se date du jour où il est fait."), code="future", field="done_on")
        asked_again = row is None or row.agreed_at is not None
        if row is None:
            row = Inventory(stay=stay, moment=moment)
        row.done_on, row.keys, row.meters, row.note = (
            reading.done_on,
            reading.keys,
            reading.meters.strip(),
            reading.note.strip(),
        )
        row.agreed_at = row.agreed_by = None
        row.version += 1
        row.full_clean()
        row.save()
        _write_lines(row, kept)
        if asked_again:
            notices.inventory_to_read(by=by, inventory=row, residency=locked)
        journal.record(
            by=by,
            verb="inventory.written",
            target=locked,
            data={"inventory": str(row.uuid), "moment": str(moment), "version": row.version, "lines": len(kept)},
        )
        return row


def agree(*, by: User, inventory: Inventory, version: int, words: str = "") -> Inventory:
    """The artist agrees with an inventory, with reservations if any. ``version``: the one they read."""
    with transaction.atomic():
        locked = lock_residency(inventory.stay.residency)
        require_artist(by, locked)
        row = Inventory.objects.select_for_update(of=("self",)).select_related("stay__lodging").get(pk=inventory.pk)
        if row.version != version:
            raise StaleWrite(
                _("La coordination vient de modifier cet état des lieux : relisez-le avant de l'accepter."),
                code="stale",
            )
        if row.agreed_at is not None:
            raise Refused(
                _("Cet état des lieux est déjà accepté. Écrivez à la coordination s'il faut y revenir."),
                code="agreed",
            )
        row.agreed_at, row.agreed_by, row.artist_words = timezone.now(), by, words.strip()
        row.full_clean()
        row.save()
        if row.artist_words:
            notices.inventory_reserved(by=by, inventory=row, residency=locked)
        journal.record(
            by=by,
            verb="inventory.agreed",
            target=locked,
            data={"inventory": str(row.uuid), "version": version, "reserved": bool(row.artist_words)},
        )
        return row


def _checked(lines: Sequence[Line]) -> list[Line]:
    kept = [Line(" ".join(line.item.split()), line.condition, line.note.strip()) for line in lines]
    kept = [line for line in kept if line.item]
    if not kept:
        raise Refused(_("Écrivez au moins une ligne."), code="empty")
    if len(kept) > MOST_LINES:
        raise Refused(_("Un état des lieux compte au plus %(n)d lignes.") % {"n": MOST_LINES}, code="too_many")
    seen: set[str] = set()
    for line in kept:
        if line.item in seen:
            raise Refused(
                _("« %(item)s » est écrit deux fois : distinguez les deux objets.") % {"item": line.item},
                code="twice",
            )
        seen.add(line.item)
    return kept


def _write_lines(inventory: Inventory, lines: Sequence[Line]) -> None:
    inventory.lines.all().delete()
    rows = [
        InventoryLine(inventory=inventory, order=n, item=line.item, condition=line.condition, note=line.note)
        for n, line in enumerate(lines)
    ]
    for row in rows:
        row.clean_fields(exclude=["inventory"])
    InventoryLine.objects.bulk_create(rows)
