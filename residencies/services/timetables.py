"""The meetings of an event: computed, set by hand, told to each one. All under the event's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.methods.timetable import Span
from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from clea.ui.dates import hour
from residencies.enums import EventState, RegistrationState
from residencies.methods import timetable
from residencies.models import Event, MeetingSlot, Registration, Residency, Room, Unavailability
from residencies.rules import events as rules
from residencies.selectors import events as selectors
from residencies.services import event_notices as notices
from residencies.services.base import lock_event, require_desk

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Structure


@dataclass(frozen=True)
class Preview:
    """A timetable not yet applied. ``seen`` names what it was computed from."""

    world: selectors.World
    plan: timetable.Plan
    seen: str


def preview(event: Event) -> Preview:
    """Compute, without writing anything. Seven queries."""
    require(rules.can_plan_meetings(event))
    found = selectors.world(event)
    if not found.problem.rooms:
        raise Refused(_("Donnez d'abord les salles ou les tables, dans la fiche de l'évènement."), code="no_rooms")
    return Preview(found, timetable.arrange(found.problem), selectors.digest(found))


def apply(*, by: User, event: Event, seen: str) -> list[MeetingSlot]:
    """Write the timetable that was previewed; fixed meetings stay. ``StaleWrite`` when a registration, a wish or
    a meeting changed since the preview: it would not be the same."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        found = preview(locked)
        if found.seen != seen:
            raise StaleWrite(
                _("Une inscription ou un rendez-vous a changé depuis cet aperçu. Voici le nouveau : relisez-le."),
                code="stale",
            )
        kept = {row.pk for row in found.world.standing if row.fixed and str(row.structure_id) in found.world.structures}
        MeetingSlot.objects.filter(event=locked).exclude(pk__in=kept).delete()
        fixed = set(found.world.problem.fixed)
        made = MeetingSlot.objects.bulk_create(
            MeetingSlot(
                event=locked,
                residency=found.world.artists[one.artist],
                structure=found.world.structures[one.structure],
                room=found.world.rooms[one.room],
                starts_at=one.start,
            )
            for one in found.plan.meetings
            if one not in fixed
        )
        locked.timetable_at = timezone.now()
        locked.save(update_fields=["timetable_at", "updated_at"])
        journal.record(
            by=by,
            verb="event.timetable_applied",
            target=locked,
            data={"meetings": len(found.plan.meetings), "fixed": len(fixed), "unplaced": len(found.plan.unplaced)},
        )
        return made


def set_meeting(
    *,
    by: User,
    event: Event,
    residency: Residency,
    structure: Structure,
    room: Room,
    starts_at: datetime,
    meeting: MeetingSlot | None = None,
) -> MeetingSlot:
    """Put a meeting by hand, or move ``meeting``; the next computation keeps it. ``Refused``, with what it collides
    with, when somebody or something would be in two places."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        require(rules.can_plan_meetings(locked))
        row = MeetingSlot(event=locked) if meeting is None else _standing(locked, meeting)
        former = row.starts_at.isoformat() if meeting is not None else None
        row.residency, row.structure, row.room, row.starts_at = residency, structure, room, starts_at
        row.fixed = True
        _require_known(locked, row)
        found = selectors.world(locked)
        _require_free(found, row)
        row.full_clean()
        row.save()
        journal.record(
            by=by,
            verb="event.meeting_set",
            target=locked,
            data={"meeting": str(row.uuid), "from": former, "to": starts_at.isoformat()},
        )
        return row


def fix(*, by: User, meeting: MeetingSlot, fixed: bool) -> MeetingSlot:
    """Keep this meeting at the next computation, or give it back to it."""
    with transaction.atomic():
        locked = lock_event(meeting.event)
        require_desk(by, locked.territory)
        require(rules.can_plan_meetings(locked))
        row = _standing(locked, meeting)
        row.fixed = fixed
        row.save(update_fields=["fixed"])
        verb = "event.meeting_set" if fixed else "event.meeting_freed"
        journal.record(by=by, verb=verb, target=locked, data={"meeting": str(row.uuid)})
        return row


def remove(*, by: User, meeting: MeetingSlot) -> None:
    """Take a meeting off. The next computation may put it back: the wish is still there."""
    with transaction.atomic():
        locked = lock_event(meeting.event)
        require_desk(by, locked.territory)
        require(rules.can_plan_meetings(locked))
        row = _standing(locked, meeting)
        key, start = str(row.uuid), row.starts_at.isoformat()
        row.delete()
        journal.record(by=by, verb="event.meeting_removed", target=locked, data={"meeting": key, "from": start})


def set_artist_away(*, by: User, event: Event, residency: Residency, spans: Sequence[Span]) -> None:
    """When an artist is not there, for the next computation. The artist says it to the coordination."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        require(rules.can_plan_meetings(locked))
        if not locked.residencies.filter(pk=residency.pk).exists():
            raise Refused(_("Cet artiste n'est pas présent à cet évènement."), code="absent", field="residency")
        Unavailability.objects.filter(event=locked, residency=residency).delete()
        rows = [
            Unavailability(event=locked, residency=residency, starts_at=one.start, ends_at=one.end) for one in spans
        ]
        for row in rows:
            row.full_clean()
        Unavailability.objects.bulk_create(rows)
        journal.record(
            by=by,
            verb="event.away_set",
            target=locked,
            data={
                "residency": str(residency.uuid),
                "spans": [[one.start.isoformat(), one.end.isoformat()] for one in spans],
            },
        )


def tell(*, by: User, event: Event) -> int:
    """Write to each structure and artist their own timetable. Told again, only those whose own has changed, who had
    one and have none any more included. Returns how many structures and artists are written to."""
    with transaction.atomic():
        locked = lock_event(event)
        require_desk(by, locked.territory)
        require(rules.can_plan_meetings(locked))
        if locked.state != EventState.PUBLISHED:
            raise Refused(_("Annoncez d'abord l'évènement : il n'est encore connu de personne."), code="draft")
        if problems(selectors.world(locked)):
            raise Refused(
                _("Des rendez-vous ne tiennent plus : corrigez-les ou recalculez avant de les annoncer."),
                code="broken",
            )
        parties = _parties(locked)
        changed = [party for party in parties if party.mark != locked.told.get(party.key, "")]
        if not changed:
            raise Refused(_("Chacun a déjà reçu son horaire, et rien n'a changé depuis."), code="nothing")
        for party in changed:
            if party.registration is not None:
                notices.timetable_of_structure(by=by, event=locked, registration=party.registration, rows=party.rows)
            elif party.residency is not None:
                notices.timetable_of_artist(by=by, event=locked, residency=party.residency, rows=party.rows)
        locked.told = {party.key: party.mark for party in parties if party.mark}
        locked.timetable_told_at = timezone.now()
        locked.save(update_fields=["told", "timetable_told_at", "updated_at"])
        journal.record(by=by, verb="event.timetable_told", target=locked, data={"told": len(changed)})
        return len(changed)


# Reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A structure or an artist, and the mark of its own timetable (empty: no meeting)."""

    key: str
    mark: str
    rows: tuple[MeetingSlot, ...]
    registration: Registration | None = None
    residency: Residency | None = None


def untold(event: Event) -> int:
    """How many structures and artists have another timetable than the one they were told. Three queries."""
    return sum(party.mark != event.told.get(party.key, "") for party in _parties(event))


def _parties(event: Event) -> list[Told]:
    """Everybody who has meetings, or was told some."""
    by_structure: dict[int, list[MeetingSlot]] = defaultdict(list)
    by_artist: dict[int, list[MeetingSlot]] = defaultdict(list)
    rows = MeetingSlot.objects.filter(event=event).select_related("residency", "structure__commune", "room")
    for row in rows.order_by("starts_at", "pk"):
        by_structure[row.structure_id].append(row)
        by_artist[row.residency_id].append(row)
    registered = (
        Registration.objects.filter(event=event, structure__isnull=False, state=RegistrationState.CONFIRMED)
        .select_related("structure")
        .order_by("made_at", "pk")
    )
    found = []
    for registration in registered:
        assert registration.structure is not None
        own = by_structure.get(registration.structure.pk, [])
        key = f"s:{registration.structure.uuid}"
        found.append(Told(key, selectors.fingerprint(own), tuple(own), registration=registration))
    for residency in event.residencies.order_by("artist_name", "pk"):
        own = by_artist.get(residency.pk, [])
        found.append(Told(f"a:{residency.uuid}", selectors.fingerprint(own), tuple(own), residency=residency))
    return found


def problems(found: selectors.World) -> list[str]:
    """What no longer holds in the standing timetable, in words: a registration changed after it was computed."""
    said = []
    before: list[timetable.Meeting] = []
    for row in found.standing:
        one = found.meeting(row)
        label = f"{hour(row.starts_at)}, {row.residency.artist_name} – {row.structure.name}"
        if one.structure not in found.structures:
            said.append(_("%(meeting)s : la structure n'est plus inscrite.") % {"meeting": label})
        elif found.event.meetings_from and not (
            found.event.meetings_from <= row.starts_at
            and row.starts_at + found.problem.length <= (found.event.meetings_to or row.starts_at)
        ):
            said.append(_("%(meeting)s : hors des heures de rendez-vous.") % {"meeting": label})
        said += [f"{label} : {in_words(found, clash)}" for clash in timetable.collisions(found.problem, one, before)]
        before.append(one)
    return said


def in_words(found: selectors.World, clash: timetable.Collision) -> str:
    """A collision as a sentence. No query."""
    other = clash.other
    names = {"artist": "", "structure": "", "room": "", "when": "", "who": clash.who}
    if other is not None:
        artist, structure, room = (
            found.artists.get(other.artist),
            found.structures.get(other.structure),
            found.rooms.get(other.room),
        )
        names |= {
            "artist": artist.artist_name if artist else "",
            "structure": structure.name if structure else "",
            "room": room.name if room else "",
            "when": hour(other.start),
        }
    sentence = {
        timetable.Clash.ARTIST: _("l'artiste rencontre déjà « %(structure)s » à %(when)s."),
        timetable.Clash.STRUCTURE: _("la structure rencontre déjà %(artist)s à %(when)s."),
        timetable.Clash.PERSON: _(
            "une même personne, %(who)s, est déjà au rendez-vous de « %(structure)s » avec %(artist)s à %(when)s."
        ),
        timetable.Clash.ROOM: _("« %(room)s » est déjà prise à %(when)s par %(artist)s et « %(structure)s »."),
        timetable.Clash.ARTIST_AWAY: _("l'artiste n'est pas disponible à cette heure."),
        timetable.Clash.STRUCTURE_AWAY: _("la structure n'est pas disponible à cette heure."),
        timetable.Clash.TWICE: _("la structure et l'artiste se rencontrent déjà à %(when)s."),
    }[clash.code]
    return sentence % names


def missing_in_words(code: timetable.Missing) -> str:
    """Why a wish is not met, for the coordination."""
    return {
        timetable.Missing.LIMIT: _("la structure a déjà tous les rendez-vous permis"),
        timetable.Missing.NEVER_TOGETHER: _("ils ne sont jamais là ensemble"),
        timetable.Missing.ARTIST_FULL: _("l'artiste n'a plus de créneau"),
        timetable.Missing.STRUCTURE_FULL: _("la structure n'a plus de créneau où elle est disponible"),
        timetable.Missing.PERSON_FULL: _("une personne de deux groupes n'a plus de créneau"),
        timetable.Missing.ROOMS_FULL: _("il n'y a plus de salle"),
        timetable.Missing.NO_ARRANGEMENT: _("aucun arrangement ne le permet avec les autres rendez-vous"),
        timetable.Missing.SEARCH_ENDED: _("aucun arrangement trouvé dans le temps de calcul donné"),
    }[code]


# Inside a transaction -----------------------------------------------------------------------------


def _standing(event: Event, meeting: MeetingSlot) -> MeetingSlot:
    row = MeetingSlot.objects.filter(pk=meeting.pk, event=event).first()
    if row is None:
        raise StaleWrite(
            _("Ce rendez-vous n'existe plus : l'horaire a été recalculé entre-temps. Relisez-le."), code="stale"
        )
    return row


def _require_known(event: Event, row: MeetingSlot) -> None:
    """The room is the event's, the artist is present, the structure is registered, the hour is a meeting's."""
    if row.room.event_id != event.pk:
        raise Refused(_("Cette salle est d'un autre évènement."), code="foreign", field="room")
    if not event.residencies.filter(pk=row.residency_id).exists():
        raise Refused(_("Cet artiste n'est pas présent à cet évènement."), code="absent", field="residency")
    registered = Registration.objects.filter(
        event=event, structure=row.structure_id, state=RegistrationState.CONFIRMED
    ).exists()
    if not registered:
        raise Refused(
            _("Cette structure n'a pas de place à cet évènement : inscrivez-la d'abord."),
            code="not_registered",
            field="structure",
        )
    grid = timetable.slots(
        event.meetings_from or event.starts_at,
        event.meetings_to or event.ends_at,
        event.slot_minutes,
        event.break_minutes,
    )
    if row.starts_at not in {slot.start for slot in grid}:
        raise Refused(_("Choisissez l'une des heures de rendez-vous."), code="off_grid", field="starts_at")


def _require_free(found: selectors.World, row: MeetingSlot) -> None:
    others: Iterable[timetable.Meeting] = [found.meeting(one) for one in found.standing if one.pk != row.pk]
    clashes = timetable.collisions(found.problem, found.meeting(row), others)
    if clashes:
        reasons = " ".join(text[:1].upper() + text[1:] for text in (in_words(found, clash) for clash in clashes))
        raise Refused(
            _("Ce rendez-vous n'est pas possible. %(why)s Choisissez une autre heure ou une autre salle.")
            % {"why": reasons},
            code="collides",
        )
