"""Who may book, move, decline, hold an interview, and when. Pure predicates.

An artist reads neither the state of their dossier nor that of the study in a refusal.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.enums import DECIDED_STATES, DELIBERATED_STATES, ApplicationState, InterviewOutcome
from candidatures.rules.jury import can_open_dossiers
from clea.mail.enums import MailState
from clea.rules import ALLOWED, Verdict, forbid, refuse
from clea.ui.dates import day, moment

if TYPE_CHECKING:
    from candidatures.models import Application, InterviewInvitation, InterviewSlot, Juror
    from candidatures.rules.dossier import Access

#: An artist moves no interview that begins this soon: the jury has its grid in hand.
LAST_CHANGE = timedelta(hours=24)


def letter_left(invitation: InterviewInvitation | None) -> bool:
    """The artist has been told: the letter is sent. Read from a loaded ``mail``."""
    return invitation is not None and invitation.mail is not None and invitation.mail.state == MailState.SENT


def is_known(invitation: InterviewInvitation | None, slot: InterviewSlot | None) -> bool:
    """The interview exists for the artist: their letter has left, or a slot is theirs."""
    return slot is not None or letter_left(invitation)


def last_change(invitation: InterviewInvitation, slot: InterviewSlot | None) -> datetime:
    """First instant too late to book, or to change for another slot: the deadline, or a day before one's own."""
    return min(invitation.book_by, slot.starts_at - LAST_CHANGE) if slot is not None else invitation.book_by


def can_invite(application: Application, invitation: InterviewInvitation | None, now: datetime) -> Verdict:
    """Prepare a letter: to a shortlisted dossier, once, unless the former letter led nowhere."""
    if application.state != ApplicationState.SHORTLISTED:
        return refuse(
            _("« %(name)s » n'est pas dans la présélection : seuls ces dossiers sont invités.")
            % {"name": application.display_name},
            "not_shortlisted",
        )
    if invitation is None or invitation.declined_at is not None or invitation.book_by <= now:
        return ALLOWED
    if invitation.mail is not None and invitation.mail.state in {
        MailState.DRAFT,
        MailState.APPROVED,
        MailState.SENT,
    }:
        return refuse(
            _("« %(name)s » a déjà une invitation en cours.") % {"name": application.display_name}, "already_invited"
        )
    return ALLOWED


def _writes(access: Access) -> Verdict:
    if not access.can_write:
        return forbid(
            _("Vous pouvez lire ce dossier. L'entretien se réserve par son responsable, ou par qui peut le modifier."),
            "read_only",
        )
    return ALLOWED


def _closed(contact: str) -> Verdict:
    return refuse(_("Cet entretien ne se réserve plus. Écrivez à %(email)s.") % {"email": contact}, "closed_file")


def can_book(
    access: Access,
    application: Application,
    invitation: InterviewInvitation | None,
    slot: InterviewSlot | None,
    now: datetime,
) -> Verdict:
    """Choose a slot, or another in place of one's own ``slot``: invited, before the deadline."""
    contact = application.call.contact_email
    if not (verdict := _writes(access)):
        return verdict
    if slot is not None and (slot.outcome != InterviewOutcome.PLANNED or slot.starts_at <= now):
        return refuse(_("Cet entretien a eu lieu, ou devait avoir lieu : il ne se déplace plus ici."), "past")
    if invitation is None:
        return _closed(contact)
    # The clock first: past it, the reason tells no state of the study from another.
    if now >= invitation.book_by:
        return refuse(
            _("Les réservations sont closes depuis le %(when)s. Écrivez à %(email)s.")
            % {"when": moment(invitation.book_by), "email": contact},
            "too_late",
        )
    if now >= last_change(invitation, slot):
        return refuse(
            _("Votre entretien commence dans moins de 24 heures : pour le déplacer, écrivez à %(email)s.")
            % {"email": contact},
            "too_near",
        )
    return ALLOWED if application.state == ApplicationState.SHORTLISTED else _closed(contact)


def can_decline(
    access: Access,
    application: Application,
    invitation: InterviewInvitation | None,
    slot: InterviewSlot | None,
    now: datetime,
) -> Verdict:
    """Say that one will not come: until the interview begins, whatever the deadline."""
    if not (verdict := _writes(access)):
        return verdict
    if invitation is None or invitation.declined_at is not None:
        return refuse(_("Vous avez déjà décliné cet entretien."), "declined")
    if slot is not None and (slot.outcome != InterviewOutcome.PLANNED or slot.starts_at <= now):
        return refuse(_("Cet entretien a eu lieu, ou devait avoir lieu."), "past")
    # Decided and not announced, one may still decline: a refusal would announce it.
    untold = application.state in DECIDED_STATES and not application.is_left and not application.was_told
    return ALLOWED if application.state in DELIBERATED_STATES or untold else _closed(application.call.contact_email)


def can_take(slot: InterviewSlot | None, now: datetime) -> Verdict:
    """A slot is there to be taken: open, ahead, nobody's."""
    if slot is None or slot.cancelled_at is not None:
        return refuse(_("Ce créneau n'est plus proposé. Choisissez-en un autre."), "gone")
    if slot.application_id is not None:
        return refuse(
            _("Quelqu'un vient de réserver ce créneau. Choisissez parmi ceux qui restent."),
            "taken",
        )
    if slot.starts_at <= now:
        return refuse(_("Ce créneau est passé. Choisissez-en un autre."), "past")
    return ALLOWED


def can_change_slot(slot: InterviewSlot) -> Verdict:
    """Edit, cancel or free a slot: while nothing has happened in it."""
    if slot.cancelled_at is not None:
        return refuse(_("Ce créneau est annulé."), "cancelled")
    if slot.outcome != InterviewOutcome.PLANNED:
        return refuse(_("L'issue de cet entretien est notée : reprenez-la d'abord."), "recorded")
    return ALLOWED


def can_record(slot: InterviewSlot, application: Application | None, outcome: InterviewOutcome, today: date) -> Verdict:
    """Note that an interview was held or missed, from its day on; or take that back before the decision."""
    if slot.cancelled_at is not None or application is None:
        return refuse(_("Personne n'a ce créneau."), "nobody")
    if outcome == slot.outcome:
        return refuse(_("C'est déjà noté ainsi."), "same")
    if timezone.localdate(slot.starts_at) > today:
        return refuse(_("L'issue se note à partir du %(day)s.") % {"day": day(slot.starts_at)}, "too_early")
    before = ApplicationState.INTERVIEWED if slot.outcome == InterviewOutcome.HELD else ApplicationState.SHORTLISTED
    if application.state != before:
        return refuse(
            _("Ce dossier est maintenant « %(state)s » : l'issue de son entretien ne change plus.")
            % {"state": ApplicationState(application.state).label},
            "decided",
        )
    return ALLOWED


def can_write_note(juror: Juror, application: Application, today: date) -> Verdict:
    """Write one's notes on an interview: a member who may open dossiers, before the decision."""
    if not (verdict := can_open_dossiers(juror, today)):
        return verdict
    if application.state not in DELIBERATED_STATES:
        return refuse(_("Le jury s'est prononcé sur ce dossier : les notes ne changent plus."), "decided")
    return ALLOWED
