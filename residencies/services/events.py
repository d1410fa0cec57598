"""Events: prepared, announced, changed, cancelled by the coordination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from candidatures.models import Season
from clea.errors import Refused, StaleWrite
from clea.journal import services as journal
from clea.ui.dates import moment
from residencies.enums import EventState
from residencies.models import Event, EventItem, MeetingSlot, Residency, Room
from residencies.services import event_notices as notices
from residencies.services import registrations
from residencies.services.base import lock_event, lock_season, require_desk, require_reach

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What the coordination writes of an event.
FIELDS = (
    "kind",
    "title",
    "slug",
    "summary",
    "starts_at",
    "ends_at",
    "place",
    "structure",
    "commune",
    "capacity",
    "open_to_public",
    "registration_closes_at",
    "meetings_from",
    "meetings_to",
    "slot_minutes",
    "break_minutes",
    "meetings_per_structure",
)


@dataclass(frozen=True)
class Item:
    """A line of the programme."""

    starts_at: datetime
    title: str
    text: str = ""


def create(
    *,
    by: User,
    season: Season,
    residencies: Sequence[Residency] = (),
    programme: Sequence[Item] = (),
    rooms: Sequence[str] = (),
    **values: Any,
) -> Event:
    """Prepare an event: nobody but the coordination sees it before it is announced."""
    with transaction.atomic():
        season = lock_season(season)
        require_desk(by, season.programme.territory)
        event = Event(season=season, **_known(values))
        event.slug = event.slug or _free_slug(event)
        _check(event)
        event.full_clean()
        event.save()
        _write_lists(event, residencies, programme, rooms)
        journal.record(by=by, verb="event.created", target=event, data={"season": str(season.uuid), "kind": event.kind})
        return event


def change(
    *,
    by: User,
    event: Event,
    version: int,
    residencies: Sequence[Residency],
    programme: Sequence[Item],
    rooms: Sequence[str],
    **values: Any,
) -> Event:
    """Write the event again. Another moment or place of an announced one is told to who registered.

    More places go to the waiting list at once. Meetings already planned stay where they are: the page of
    the meetings shows those that no longer fit.
    """
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        if locked.version != version:
            raise StaleWrite(
                _(
                    "Quelqu'un d'autre a modifié cet évènement pendant que vous écriviez. Rien n'est enregistré : "
                    "ouvrez la page dans un autre onglet, puis reportez-y vos changements."
                ),
                code="stale",
            )
        if locked.state == EventState.CANCELLED:
            raise Refused(_("Cet évènement est annulé : il ne se modifie plus."), code="cancelled")
        before = (locked.starts_at, locked.ends_at, locked.place, locked.structure_id, locked.commune_id)
        told = f"{moment(locked.starts_at)}, {notices.place(locked)}"
        for name, value in _known(values).items():
            setattr(locked, name, value)
        locked.slug = locked.slug or _free_slug(locked)
        _check(locked)
        _require_capacity(locked)
        after = (locked.starts_at, locked.ends_at, locked.place, locked.structure_id, locked.commune_id)
        moved = before != after
        locked.sequence += moved
        locked.version += 1
        locked.full_clean()
        locked.save()
        _write_lists(locked, residencies, programme, rooms)
        if moved and locked.state == EventState.PUBLISHED:
            notices.changed(by=by, event=locked, before=told, rows=registrations.standing(locked))
        registrations.promote(by=by, event=locked)
        journal.record(
            by=by, verb="event.changed", target=locked, data={"version": locked.version, "moved": bool(moved)}
        )
        return locked


def publish(*, by: User, event: Event) -> Event:
    """Announce it: the public page exists, registrations open."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        if locked.state != EventState.DRAFT:
            raise Refused(_("Cet évènement est déjà annoncé, ou annulé."), code="state")
        locked.state = EventState.PUBLISHED
        locked.version += 1
        locked.full_clean()
        locked.save()
        journal.record(by=by, verb="event.published", target=locked, data={"from": EventState.DRAFT.value})
        return locked


def cancel(*, by: User, event: Event, why: str) -> Event:
    """Call it off, for good. Everybody registered and the artists present are told. Only what was announced is."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        if locked.state == EventState.CANCELLED:
            raise Refused(_("Cet évènement est déjà annulé."), code="state")
        if locked.state == EventState.DRAFT:
            raise Refused(
                _("Cet évènement n'a pas été annoncé : personne ne le voit, il n'y a rien à annuler."), code="draft"
            )
        if not why.strip():
            raise Refused(_("Dites pourquoi : les inscrits le liront."), code="no_words", field="why")
        locked.state, locked.cancelled_why = EventState.CANCELLED, why.strip()
        locked.sequence += 1
        locked.version += 1
        locked.full_clean()
        locked.save()
        notices.cancelled(
            by=by,
            event=locked,
            words=locked.cancelled_why,
            rows=registrations.standing(locked),
            artists=locked.residencies.all(),
        )
        journal.record(by=by, verb="event.cancelled", target=locked, data={"from": EventState.PUBLISHED.value})
        return locked


def discard(*, by: User, event: Event) -> None:
    """Throw away an event that was never announced, with its programme and its tables."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        if locked.state != EventState.DRAFT:
            raise Refused(_("Cet évènement a été annoncé : annulez-le, sa page le dira."), code="announced")
        season = locked.season
        data = {"event": str(locked.uuid)}
        locked.meetings.all().delete()
        locked.delete()
        journal.record(by=by, verb="event.discarded", target=season, data=data)


# Inside a transaction -----------------------------------------------------------------------------


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown: {sorted(unknown)}")
    return values


def _check(event: Event) -> None:
    """What several columns say together."""
    territory = event.season.programme.territory_id
    for field, place in (("structure", event.structure), ("commune", event.commune)):
        if place is not None and place.territory_id != territory:
            raise Refused(
                _("Ce lieu est d'un autre territoire : choisissez-en un du vôtre."), code="foreign", field=field
            )
    require_reach(event.season, event.starts_at.date(), field="day")
    require_reach(event.season, event.ends_at.date(), field="last_day")
    if event.ends_at <= event.starts_at:
        raise Refused(_("L'évènement doit finir après son début."), code="order", field="ends_at")
    if (event.meetings_from is None) != (event.meetings_to is None):
        raise Refused(
            _("Donnez le début et la fin des rendez-vous, ou aucun des deux."), code="half", field="meetings_to"
        )
    if event.meetings_from and event.meetings_to:
        if event.meetings_to <= event.meetings_from:
            raise Refused(_("Les rendez-vous doivent finir après leur début."), code="order", field="meetings_to")
        if event.meetings_from < event.starts_at or event.meetings_to > event.ends_at:
            raise Refused(
                _("Les rendez-vous ont lieu pendant l'évènement : corrigez leurs heures, ou les siennes."),
                code="outside",
                field="meetings_from",
            )


def _require_capacity(event: Event) -> None:
    """Nobody who has a place loses it."""
    taken = registrations.people_taken(event)
    if event.capacity is not None and event.capacity < taken:
        raise Refused(
            _("%(n)d personnes ont déjà leur place : laissez au moins ce nombre, ou annulez d'abord des inscriptions.")
            % {"n": taken},
            code="too_few",
            field="capacity",
        )


def _free_slug(event: Event) -> str:
    """From the title; a number after it when another event has it."""
    base = slugify(event.title)[:90] or "evenement"
    taken = set(Event.objects.exclude(pk=event.pk).filter(slug__startswith=base).values_list("slug", flat=True))
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    return found


def _write_lists(
    event: Event, residencies: Sequence[Residency], programme: Sequence[Item], rooms: Sequence[str]
) -> None:
    if any(row.season_id != event.season_id for row in residencies):
        raise Refused(
            _("Seules les résidences de la saison de l'évènement y sont présentes."),
            code="foreign",
            field="residencies",
        )
    leaving = MeetingSlot.objects.filter(event=event).exclude(residency__in=residencies)
    if leaving.exists():
        raise Refused(
            _("%(name)s a des rendez-vous à cet évènement : supprimez-les d'abord.")
            % {"name": leaving.select_related("residency")[0].residency.artist_name},
            code="meetings",
            field="residencies",
        )
    event.residencies.set(residencies)
    EventItem.objects.filter(event=event).delete()
    items = [EventItem(event=event, starts_at=row.starts_at, title=row.title, text=row.text) for row in programme]
    for item in items:
        item.clean_fields(exclude=["event"])
    EventItem.objects.bulk_create(items)
    _write_rooms(event, rooms)


def _write_rooms(event: Event, names: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    known = {room.name: room for room in Room.objects.filter(event=event)}
    for name, room in known.items():
        if name in wanted:
            continue
        if room.meetings.exists():
            raise Refused(
                _("« %(room)s » a des rendez-vous : gardez cette salle, ou déplacez-les d'abord.") % {"room": name},
                code="room_taken",
                field="rooms",
            )
        room.delete()
    for order, name in enumerate(wanted):
        room = known.get(name) or Room(event=event, name=name)
        room.order = order
        room.full_clean()
        room.save()
