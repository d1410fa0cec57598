"""Registrations: a place, or one's turn on the waiting list. All under the event's lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.methods.timetable import Span
from clea.errors import Refused, require
from clea.journal import services as journal
from residencies.enums import RegistrationState
from residencies.models import Event, MeetingSlot, MeetingWish, Registration, Residency, Unavailability
from residencies.rules import events as rules
from residencies.selectors.events import addresses
from residencies.services import event_notices as notices
from residencies.services.base import lock_event, require_team
from structures.rules import coordinates

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Structure

#: A resident comes with family or friends; a coach of people is a structure's matter.
MOST_PUBLIC = 10


def register_team(
    *,
    by: User,
    event: Event,
    structure: Structure,
    name: str,
    email: str,
    people: int,
    attendees: str = "",
    note: str = "",
    wishes: Sequence[Residency] = (),
    away: Sequence[Span] = (),
) -> Registration:
    """Register a structure, or write its registration again. The coordination may do it for a team, at any time
    before the event is over.

    Wishes are kept in their order. Beyond the capacity, the waiting list: a registration that grows beyond what is
    left is refused, so that nobody loses a place by adding one person.
    """
    with transaction.atomic():
        locked = lock_event(event)
        desk = bool(coordinates(by, locked.territory))
        if not desk:
            require_team(by, structure)
        require(rules.same_territory(structure.territory_id, locked.season.programme.territory_id))
        now = timezone.now()
        verdict = rules.takes_registrations(locked, now)
        if not (desk and verdict.code == "closed" and now < locked.ends_at):
            require(verdict)
        row = (
            Registration.objects.filter(event=locked, structure=structure)
            .exclude(state=RegistrationState.CANCELLED)
            .first()
        )
        before = row.people if row is not None else 0
        made = row or Registration(event=locked, structure=structure, made_at=now, made_by=by)
        made.name, made.email, made.people = name.strip(), email.strip(), people
        made.attendees, made.note = attendees.strip(), note.strip()
        named = len(addresses(made.attendees))
        if named > people:
            raise Refused(
                _("Vous nommez %(named)d personnes et en annoncez %(people)d : accordez les deux.")
                % {"named": named, "people": people},
                code="people",
                field="people",
            )
        _seat(locked, made, before, is_new=row is None)
        made.full_clean()
        made.save()
        _write_wishes(locked, structure, wishes)
        _write_away(locked, structure, away)
        if row is None:
            notices.registered(by=by, registration=made)
        elif made.people < before:
            promote(by=by, event=locked)
        journal.record(
            by=by,
            verb="event.registered" if row is None else "event.registration_changed",
            target=locked,
            data=_data(made) | {"wishes": [str(residency.uuid) for residency in wishes]},
        )
        return made


def register_public(*, event: Event, name: str, email: str, people: int) -> Registration:
    """A resident registers, without an account. The same address again gets its first registration's mail again:
    the page says nothing of who is registered."""
    with transaction.atomic():
        locked = lock_event(event)
        require(rules.takes_registrations(locked, timezone.now()))
        if not locked.open_to_public:
            raise Refused(
                _("Cet évènement est réservé aux équipes des structures : elles s'inscrivent depuis leur espace."),
                code="teams_only",
            )
        if not 1 <= people <= MOST_PUBLIC:
            raise Refused(
                _("De 1 à %(n)d personnes. Au-delà, écrivez à la coordination.") % {"n": MOST_PUBLIC},
                code="people",
                field="people",
            )
        known = (
            Registration.objects.filter(event=locked, structure=None, email__iexact=email.strip())
            .exclude(state=RegistrationState.CANCELLED)
            .first()
        )
        if known is not None:
            notices.registered(by=None, registration=known)
            return known
        made = Registration(event=locked, name=name.strip(), email=email.strip(), people=people, made_at=timezone.now())
        _seat(locked, made, 0, is_new=True)
        made.full_clean()
        made.save()
        notices.registered(by=None, registration=made)
        journal.record(by=None, verb="event.registered", target=locked, data=_data(made))
        return made


def cancel(*, by: User | None, registration: Registration) -> Registration:
    """Give the places back; the first on the waiting list who fits has them at once.

    ``by=None``: a resident, through the private address of the mail. A structure's meetings and wishes go too.
    """
    with transaction.atomic():
        locked = lock_event(registration.event)
        row = (
            Registration.objects.select_for_update(of=("self",))
            .select_related("structure__territory")
            .get(pk=registration.pk)
        )
        row.event = locked
        if by is None:
            if row.structure_id is not None:
                raise Refused(_("Annulez cette inscription depuis l'espace de votre structure."), code="team")
        elif not coordinates(by, locked.territory):
            if row.structure is None:
                raise Refused(_("Suivez l'adresse reçue par courriel pour annuler cette inscription."), code="public")
            require_team(by, row.structure)
        require(rules.can_cancel(locked, row, timezone.now()))
        before, row.state = row.state, RegistrationState.CANCELLED
        row.save(update_fields=["state"])
        if row.structure_id is not None:
            for model in (MeetingSlot, MeetingWish, Unavailability):
                model._default_manager.filter(event=locked, structure=row.structure_id).delete()
        notices.given_back(by=by, registration=row)
        promote(by=by, event=locked)
        journal.record(by=by, verb="event.registration_cancelled", target=locked, data=_data(row) | {"from": before})
        return row


# Inside a transaction, the event locked -----------------------------------------------------------


def people_taken(event: Event) -> int:
    """People who have a place. One query."""
    rows = Registration.objects.filter(event=event, state=RegistrationState.CONFIRMED)
    return rows.aggregate(total=Sum("people"))["total"] or 0


def standing(event: Event) -> list[Registration]:
    """Those that hold or wait for a place, the event's row with each. One query."""
    rows = list(
        Registration.objects.filter(event=event)
        .exclude(state=RegistrationState.CANCELLED)
        .select_related("structure__territory")
    )
    for row in rows:
        row.event = event
    return rows


def promote(*, by: User | None, event: Event) -> list[Registration]:
    """Give what is left to the waiting list, in its order: the first who fits, until nobody does."""
    waiting = list(
        Registration.objects.filter(event=event, state=RegistrationState.WAITING)
        .select_related("structure__territory")
        .order_by("made_at", "pk")
    )
    if not waiting:
        return []
    left = None if event.capacity is None else event.capacity - people_taken(event)
    given = []
    for row in waiting:
        if left is not None and row.people > left:
            continue
        row.event = event
        row.state = RegistrationState.CONFIRMED
        row.save(update_fields=["state"])
        left = None if left is None else left - row.people
        notices.promoted(by=by, registration=row)
        journal.record(by=by, verb="event.promoted", target=event, data=_data(row))
        given.append(row)
    return given


def _seat(event: Event, row: Registration, before: int, *, is_new: bool) -> None:
    """Say whether the registration has its place. Nobody who waits would fit what is left: see ``promote``."""
    if event.capacity is None:
        row.state = RegistrationState.CONFIRMED
        return
    if not is_new and row.state == RegistrationState.WAITING:
        return
    taken = people_taken(event) - (before if not is_new else 0)
    left = event.capacity - taken
    if not is_new:
        if row.people > left:
            raise Refused(
                _(
                    "Il ne reste pas assez de places pour %(people)d personnes : %(left)d au plus. Gardez ce nombre, "
                    "ou écrivez à la coordination."
                )
                % {"people": row.people, "left": left},
                code="full",
                field="people",
            )
        return
    row.state = RegistrationState.CONFIRMED if row.people <= left else RegistrationState.WAITING


def _write_wishes(event: Event, structure: Structure, wishes: Sequence[Residency]) -> None:
    wanted = list({residency.pk: residency for residency in wishes}.values())
    present = set(event.residencies.values_list("pk", flat=True)) if wanted else set()
    if any(residency.pk not in present for residency in wanted):
        raise Refused(_("Choisissez parmi les artistes présents à cet évènement."), code="absent", field="wish_1")
    MeetingWish.objects.filter(event=event, structure=structure).delete()
    MeetingWish.objects.bulk_create(
        MeetingWish(event=event, structure=structure, residency=residency, rank=rank)
        for rank, residency in enumerate(wanted, start=1)
    )


def _write_away(event: Event, structure: Structure, away: Sequence[Span]) -> None:
    Unavailability.objects.filter(event=event, structure=structure).delete()
    rows = [Unavailability(event=event, structure=structure, starts_at=row.start, ends_at=row.end) for row in away]
    for row in rows:
        row.full_clean()
    Unavailability.objects.bulk_create(rows)


def _data(row: Registration) -> dict[str, object]:
    return {
        "registration": str(row.uuid),
        "structure": str(row.structure.uuid) if row.structure is not None else None,
        "people": row.people,
        "state": str(row.state),
    }
