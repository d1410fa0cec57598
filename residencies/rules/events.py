"""Who may register for an event, and until when. Works and their bookings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clea.rules import ALLOWED, Verdict, forbid, refuse
from residencies.enums import BookingState, EventState, RegistrationState

if TYPE_CHECKING:
    from residencies.models import Event, Registration, Work, WorkBooking


def closes_at(event: Event) -> datetime:
    """The first instant that is too late: the deadline, and in any case the event's beginning."""
    if event.registration_closes_at is None:
        return event.starts_at
    return min(event.registration_closes_at, event.starts_at)


def takes_registrations(event: Event, now: datetime) -> Verdict:
    """Whether somebody may register, or change what was sent. To be asked inside the lock."""
    if event.state == EventState.CANCELLED:
        return refuse(_("Cet évènement est annulé : il n'y a plus d'inscription à y faire."), "cancelled")
    if event.state != EventState.PUBLISHED:
        return refuse(_("Cet évènement n'est pas encore annoncé : revenez quand il le sera."), "draft")
    if now >= event.ends_at:
        return refuse(
            _("Cet évènement a eu lieu : on ne s'y inscrit plus. Les prochains paraissent dans l'agenda."), "over"
        )
    if now >= closes_at(event):
        return refuse(
            _("Les inscriptions sont closes. Écrivez à la coordination, dont l'adresse est au bas de la page."),
            "closed",
        )
    return ALLOWED


def can_cancel(event: Event, registration: Registration, now: datetime) -> Verdict:
    """A place may be given back until the event begins, after the deadline too: somebody waits for it."""
    if registration.state == RegistrationState.CANCELLED:
        return refuse(_("Cette inscription est déjà annulée."), "already")
    if now >= event.starts_at:
        return refuse(_("L'évènement a commencé : écrivez à la coordination."), "begun")
    return ALLOWED


def has_meetings(event: Event) -> bool:
    return event.meetings_from is not None and event.meetings_to is not None


def can_plan_meetings(event: Event) -> Verdict:
    """Whether a timetable may be computed or changed."""
    if event.state == EventState.CANCELLED:
        return refuse(_("Cet évènement est annulé : il n'a plus de rendez-vous."), "cancelled")
    if not has_meetings(event):
        return refuse(
            _("Donnez d'abord l'heure de début et de fin des rendez-vous, dans la fiche de l'évènement."), "no_hours"
        )
    return ALLOWED


def can_book(work: Work) -> Verdict:
    if not work.is_published:
        return refuse(_("Cette œuvre n'est plus au catalogue : choisissez-en une autre."), "unpublished")
    return ALLOWED


def can_answer(booking: WorkBooking) -> Verdict:
    if booking.state != BookingState.ASKED:
        return refuse(_("Cette demande a déjà reçu une réponse, ou la structure l'a annulée."), "answered")
    return ALLOWED


def can_call_off(booking: WorkBooking) -> Verdict:
    """The structure gives up. Accepted, it is an activity, which is called off as such."""
    if booking.state == BookingState.ACCEPTED:
        return refuse(
            _("Cette demande est acceptée : c'est maintenant une activité. Annulez-la avec la coordination."),
            "accepted",
        )
    if booking.state != BookingState.ASKED:
        return refuse(_("Cette demande est déjà close."), "closed")
    return ALLOWED


def same_territory(one: int, other: int) -> Verdict:
    if one != other:
        return forbid(_("Cet évènement est celui d'un autre territoire."), "foreign")
    return ALLOWED
