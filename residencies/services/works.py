"""Works proposed for diffusion: by the artist, put in the catalogue by the coordination, asked for by teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from clea.errors import Refused, StaleWrite, require
from clea.journal import services as journal
from residencies.enums import ActivityKind, BookingState
from residencies.models import Residency, Work, WorkBooking
from residencies.rules import events as rules
from residencies.services import activities
from residencies.services import event_notices as notices
from residencies.services.base import lock_residency, require_artist, require_desk, require_team

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Structure

#: What is written of a work.
FIELDS = ("title", "form", "description", "audience", "minutes", "technical_needs", "setup_minutes")


def mark(work: Work) -> str:
    """What a person is looking at. Another since is a stale page."""
    return work.updated_at.isoformat()


def propose(*, by: User, residency: Residency, **values: Any) -> Work:
    """The artist adds a work; the coordination puts it in the catalogue."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_artist(by, locked)
        work = Work(residency=locked, **_known(values))
        work.full_clean()
        work.save()
        journal.record(by=by, verb="work.proposed", target=work, data={"residency": str(locked.uuid)})
        return work


def take_from_dossier(*, by: User, residency: Residency) -> list[Work]:
    """Take up the works of the dossier that are not here yet, by title. Done twice, nothing comes twice."""
    with transaction.atomic():
        locked = lock_residency(residency)
        require_artist(by, locked)
        if locked.application_id is None:
            raise Refused(_("Cette résidence n'a pas de dossier de candidature : ajoutez vos œuvres ici."), code="none")
        known = {title.casefold() for title in locked.works.values_list("title", flat=True)}
        made = []
        for item in locked.application.works.all():  # type: ignore[union-attr]
            if item.title.strip().casefold() in known:
                continue
            known.add(item.title.strip().casefold())
            work = Work(
                residency=locked,
                title=item.title.strip(),
                form=item.form.strip() or _("à préciser"),
                description=_("Année : %(year)s.") % {"year": item.year} if item.year.strip() else "",
                technical_needs=item.needs,
            )
            work.full_clean()
            work.save()
            journal.record(by=by, verb="work.proposed", target=work, data={"residency": str(locked.uuid)})
            made.append(work)
        return made


def change(*, by: User, work: Work, seen: str, **values: Any) -> Work:
    """The artist writes it again. ``StaleWrite`` when somebody else of the group did in between."""
    with transaction.atomic():
        locked = lock_residency(work.residency)
        require_artist(by, locked)
        row = _lock(work)
        if mark(row) != seen:
            raise StaleWrite(
                _("Quelqu'un d'autre a modifié cette œuvre pendant que vous écriviez. Rien n'est enregistré."),
                code="stale",
            )
        for name, value in _known(values).items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        journal.record(by=by, verb="work.changed", target=row, data={"residency": str(locked.uuid)})
        return row


def remove(*, by: User, work: Work) -> None:
    """The artist takes it back, unless a structure asked for it."""
    with transaction.atomic():
        locked = lock_residency(work.residency)
        require_artist(by, locked)
        row = _lock(work)
        if row.bookings.exists():
            raise Refused(
                _(
                    "Une structure a demandé cette œuvre : elle reste dans l'historique. Demandez à la coordination "
                    "de la retirer du catalogue."
                ),
                code="booked",
            )
        journal.record(by=by, verb="work.removed", target=row, data={"residency": str(locked.uuid)})
        row.delete()


def publish(*, by: User, work: Work, published: bool) -> Work:
    """Put it in the public catalogue, or take it off. Requests already made stand."""
    with transaction.atomic():
        locked = lock_residency(work.residency)
        require_desk(by, locked.territory)
        row = _lock(work)
        if row.is_published == published:
            return row
        row.is_published = published
        row.full_clean()
        row.save()
        verb = "work.published" if published else "work.unpublished"
        journal.record(by=by, verb=verb, target=row, data={"residency": str(locked.uuid)})
        return row


def book(
    *, by: User, work: Work, structure: Structure, dates: str, public: str, people: int | None, words: str = ""
) -> WorkBooking:
    """A team asks for a work: possible dates, for whom, where. The coordination answers."""
    with transaction.atomic():
        locked = lock_residency(work.residency)
        require_team(by, structure)
        require(rules.same_territory(structure.territory_id, locked.season.programme.territory_id))
        row = _lock(work)
        require(rules.can_book(row))
        if WorkBooking.objects.filter(work=row, structure=structure, state=BookingState.ASKED).exists():
            raise Refused(
                _("Votre structure a déjà demandé cette œuvre : attendez la réponse, ou annulez la demande."),
                code="twice",
            )
        booking = WorkBooking(
            work=row,
            structure=structure,
            dates=dates.strip(),
            public=public.strip(),
            people=people,
            words=words.strip(),
            made_by=by,
        )
        booking.full_clean()
        booking.save()
        row.residency = locked
        notices.booked(by=by, booking=booking)
        journal.record(by=by, verb="work.booked", target=booking, data=_data(booking))
        return booking


def call_off(*, by: User, booking: WorkBooking) -> WorkBooking:
    """The team no longer asks for it."""
    with transaction.atomic():
        row = _lock_booking(booking)
        require_team(by, row.structure)
        require(rules.can_call_off(row))
        row.state = BookingState.CANCELLED
        row.full_clean()
        row.save()
        notices.called_off(by=by, booking=row)
        journal.record(by=by, verb="work.booking_called_off", target=row, data=_data(row))
        return row


def accept(*, by: User, booking: WorkBooking, answer: str = "") -> WorkBooking:
    """Yes: the request becomes an activity of diffusion, which may take place outside the periods (rules.md 15)."""
    with transaction.atomic():
        row = _lock_booking(booking)
        residency = row.work.residency
        require_desk(by, residency.territory)
        require(rules.can_answer(row))
        row.activity = activities.create(
            by=by,
            season=residency.season,
            residencies=[residency],
            structures=[row.structure],
            kind=ActivityKind.DIFFUSION,
            title=row.work.title,
            public=row.public,
            people_expected=row.people,
            intention=_intention(row),
            needs=_needs(row.work),
        )
        row.state, row.answer = BookingState.ACCEPTED, answer.strip()
        row.full_clean()
        row.save()
        notices.accepted(by=by, booking=row)
        data = _data(row) | {"activity": str(row.activity.uuid)}
        journal.record(by=by, verb="work.booking_accepted", target=row, data=data)
        return row


def refuse(*, by: User, booking: WorkBooking, answer: str) -> WorkBooking:
    """No, with words that the team and the artists read."""
    with transaction.atomic():
        row = _lock_booking(booking)
        require_desk(by, row.work.residency.territory)
        require(rules.can_answer(row))
        if not answer.strip():
            raise Refused(_("Dites pourquoi : la structure le lira."), code="no_words", field="answer")
        row.state, row.answer = BookingState.REFUSED, answer.strip()
        row.full_clean()
        row.save()
        notices.refused(by=by, booking=row)
        journal.record(by=by, verb="work.booking_refused", target=row, data=_data(row))
        return row


# Inside a transaction -----------------------------------------------------------------------------


def _known(values: dict[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"unknown: {sorted(unknown)}")
    return values


def _lock(work: Work) -> Work:
    return (
        Work.objects.select_for_update(of=("self",))
        .select_related("residency__season__programme__territory")
        .get(pk=work.pk)
    )


def _lock_booking(booking: WorkBooking) -> WorkBooking:
    """The residency first, as everywhere, then the request."""
    residency = lock_residency(booking.work.residency)
    row = (
        WorkBooking.objects.select_for_update(of=("self",))
        .select_related("work", "structure__territory", "structure__commune", "made_by")
        .get(pk=booking.pk)
    )
    row.work.residency = residency
    return row


def _intention(booking: WorkBooking) -> str:
    parts = [
        booking.work.description,
        _("Dates possibles, selon la structure : %(dates)s") % {"dates": booking.dates},
        booking.words,
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip())[:4000]


def _needs(work: Work) -> str:
    parts = [work.technical_needs.strip()]
    if work.minutes:
        parts.append(_("Durée : %(n)d minutes.") % {"n": work.minutes})
    if work.setup_minutes:
        parts.append(_("Montage : %(n)d minutes.") % {"n": work.setup_minutes})
    return "\n".join(part for part in parts if part)[:2000]


def _data(booking: WorkBooking) -> dict[str, object]:
    return {
        "work": str(booking.work.uuid),
        "structure": str(booking.structure.uuid),
        "state": str(booking.state),
    }
