"""What people are told about events and works. Call inside the act's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clea.mail import services as mail
from clea.ui.dates import hour, moment
from residencies.messages import events as texts
from residencies.models import Event, MeetingSlot, Registration, Residency, ResidencyArtist, WorkBooking

if TYPE_CHECKING:
    from clea.accounts.models import User
    from structures.models import Structure, Territory

#: Teams and residents are written to in French, as their pages are.
LANGUAGE = "fr"
_SALT = "residencies.registration"


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def token(registration: Registration) -> str:
    """The end of the private address where a resident sees and cancels a registration."""
    return signing.Signer(salt=_SALT).sign(registration.uuid.hex)


def key_of(text: str) -> str | None:
    """The registration behind such an address; nothing when it was made up."""
    try:
        return signing.Signer(salt=_SALT).unsign(text)
    except signing.BadSignature:
        return None


def contact(territory: Territory) -> str:
    service = territory.service_name or territory.name
    return ", ".join(part for part in (service, territory.contact_email, territory.contact_phone) if part)


def people(count: int) -> str:
    return ngettext("%(n)d personne", "%(n)d personnes", count) % {"n": count}


def place(event: Event) -> str:
    commune = event.where
    return f"{event.place}, {commune.name}" if commune and commune.name not in event.place else event.place


def registered(*, by: User | None, registration: Registration) -> None:
    """The place, or the waiting list, and how to give it back."""
    kind = texts.REGISTERED if registration.state == "confirmed" else texts.WAITING
    _to_registered(kind, by=by, registration=registration)


def promoted(*, by: User | None, registration: Registration) -> None:
    _to_registered(texts.PROMOTED, by=by, registration=registration)


def given_back(*, by: User | None, registration: Registration) -> None:
    _to_registered(texts.GIVEN_BACK, by=by, registration=registration)


def changed(*, by: User, event: Event, before: str, rows: Iterable[Registration]) -> None:
    """Another moment or place, to everybody who holds or waits for one."""
    for row in rows:
        _to_registered(texts.CHANGED, by=by, registration=row, context={"avant": before})


def cancelled(
    *, by: User, event: Event, words: str, rows: Iterable[Registration], artists: Iterable[Residency]
) -> None:
    """It will not take place: everybody registered, and the artists who were to be there."""
    for row in rows:
        _to_registered(texts.CANCELLED, by=by, registration=row, context={"mots": words})
    for seat in _seats(artists):
        with translation.override(seat.language):
            _queue(
                texts.ARTIST_CANCELLED,
                by=by,
                to=seat.email,
                language=seat.language,
                territory=event.territory,
                about=event,
                context=_event(event) | {"mots": words, "lien": absolute(event.get_absolute_url())},
            )


def timetable_of_structure(*, by: User, event: Event, registration: Registration, rows: Sequence[MeetingSlot]) -> None:
    assert registration.structure is not None
    with translation.override(LANGUAGE):
        _queue(
            texts.TIMETABLE,
            by=by,
            to=registration.email,
            language=LANGUAGE,
            territory=event.territory,
            about=event,
            context=_event(event)
            | {
                "structure": registration.structure.name,
                "rendez_vous": _listed((row, row.residency.artist_name) for row in rows),
                "lien": absolute(reverse("team:event", args=[registration.structure.uuid, event.uuid])),
            },
        )


def timetable_of_artist(*, by: User, event: Event, residency: Residency, rows: Sequence[MeetingSlot]) -> None:
    for seat in _seats([residency]):
        with translation.override(seat.language):
            _queue(
                texts.ARTIST_TIMETABLE,
                by=by,
                to=seat.email,
                language=seat.language,
                territory=event.territory,
                about=event,
                context=_event(event)
                | {
                    "artiste": residency.artist_name,
                    "rendez_vous": _listed((row, _place_of(row.structure)) for row in rows),
                    "lien": absolute(reverse("studio:meetings", args=[residency.uuid])),
                },
            )


def booked(*, by: User, booking: WorkBooking) -> None:
    """To who asked, to the artists, to the coordination."""
    structure, residency = booking.structure, booking.work.residency
    mine = absolute(reverse("team:works", args=[structure.uuid]))
    _to_team(texts.BOOKED, by=by, booking=booking, to=by.email, link=mine)
    _to_artists(texts.BOOKED_FOR_ARTIST, by=by, booking=booking)
    desk = absolute(reverse("admin:residencies_workbooking_change", args=[booking.uuid]))
    _to_team(texts.BOOKED_FOR_DESK, by=by, booking=booking, to=residency.territory.contact_email, link=desk)


def accepted(*, by: User, booking: WorkBooking) -> None:
    words: dict[str, object] = {"mots": booking.answer}
    link = absolute(reverse("team:activities", args=[booking.structure.uuid]))
    if booking.made_by is not None:
        _to_team(texts.ACCEPTED, by=by, booking=booking, to=booking.made_by.email, link=link, more=words)
    _to_artists(texts.ACCEPTED, by=by, booking=booking, more=words, page="studio:activities")


def refused(*, by: User, booking: WorkBooking) -> None:
    words: dict[str, object] = {"mots": booking.answer}
    link = absolute(reverse("team:works", args=[booking.structure.uuid]))
    if booking.made_by is not None:
        _to_team(texts.REFUSED, by=by, booking=booking, to=booking.made_by.email, link=link, more=words)
    _to_artists(texts.REFUSED, by=by, booking=booking, more=words)


def called_off(*, by: User, booking: WorkBooking) -> None:
    desk = absolute(reverse("admin:residencies_workbooking_change", args=[booking.uuid]))
    to = booking.work.residency.territory.contact_email
    _to_team(texts.CALLED_OFF, by=by, booking=booking, to=to, link=desk)
    _to_artists(texts.CALLED_OFF, by=by, booking=booking)


# Inside -------------------------------------------------------------------------------------------


def _event(event: Event) -> dict[str, object]:
    return {"evenement": event.title, "quand": moment(event.starts_at), "lieu": place(event)}


def _listed(rows: Iterable[tuple[MeetingSlot, str]]) -> str:
    lines = [f"- {hour(row.starts_at)} : **{name}**, {row.room.name}" for row, name in rows]
    return "\n".join(lines) or _("Aucun rendez-vous n'est prévu.")


def _place_of(structure: Structure) -> str:
    return f"{structure.name} ({structure.commune.name})" if structure.commune else structure.name


def _seats(residencies: Iterable[Residency]) -> list[User]:
    """The accounts of these residencies, each once. One query."""
    rows = ResidencyArtist.objects.filter(
        residency__in=list(residencies), left_at=None, user__is_active=True
    ).select_related("user")
    return list({row.user.pk: row.user for row in rows if row.user is not None}.values())


def _to_registered(
    kind: str, *, by: User | None, registration: Registration, context: dict[str, object] | None = None
) -> None:
    event = registration.event
    link = (
        reverse("team:event", args=[registration.structure.uuid, event.uuid])
        if registration.structure is not None
        else reverse("residencies:event_registered", args=[event.slug, token(registration)])
    )
    with translation.override(LANGUAGE):
        _queue(
            kind,
            by=by,
            to=registration.email,
            language=LANGUAGE,
            territory=event.territory,
            about=event,
            context=_event(event)
            | {"nom": registration.name, "personnes": people(registration.people), "lien": absolute(link)}
            | (context or {}),
        )


def _booking(booking: WorkBooking, link: str) -> dict[str, object]:
    return {
        "oeuvre": booking.work.title,
        "artiste": booking.work.residency.artist_name,
        "structure": booking.structure.name,
        "dates": " ".join(booking.dates.split()),
        "public": booking.public,
        "lien": link,
    }


def _to_team(
    kind: str, *, by: User, booking: WorkBooking, to: str, link: str, more: dict[str, object] | None = None
) -> None:
    with translation.override(LANGUAGE):
        _queue(
            kind,
            by=by,
            to=to,
            language=LANGUAGE,
            territory=booking.work.residency.territory,
            about=booking,
            context=_booking(booking, link) | (more or {}),
        )


def _to_artists(
    kind: str,
    *,
    by: User,
    booking: WorkBooking,
    more: dict[str, object] | None = None,
    page: str = "studio:works",
) -> None:
    residency = booking.work.residency
    for seat in _seats([residency]):
        with translation.override(seat.language):
            _queue(
                kind,
                by=by,
                to=seat.email,
                language=seat.language,
                territory=residency.territory,
                about=booking,
                context=_booking(booking, absolute(reverse(page, args=[residency.uuid]))) | (more or {}),
            )


def _queue(
    kind: str,
    *,
    by: User | None,
    to: str,
    language: str,
    territory: Territory,
    about: Event | WorkBooking,
    context: dict[str, object],
) -> None:
    mail.queue(
        by=by,
        kind=kind,
        to=to,
        language=language,
        context={"contact": contact(territory)} | context,
        about=about,
        scope=territory.slug,
        reply_to=territory.contact_email,
    )
