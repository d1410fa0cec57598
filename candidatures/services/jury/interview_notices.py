"""What artists and the coordination are told about interviews. Call inside the act's transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from candidatures.models import Application, InterviewInvitation, InterviewSlot
from candidatures.reports import interview_calendars
from candidatures.selectors.interviews import days as days_of
from candidatures.selectors.interviews import where
from candidatures.services.notices import _number, _service, absolute
from clea.i18n import localised
from clea.mail import services as mail
from clea.ui.dates import day, deadline, moment, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clea.accounts.models import User
    from clea.mail.models import OutgoingMail

ICS = "text/calendar"


def invited(*, by: User, invitation: InterviewInvitation, slots: Sequence[InterviewSlot]) -> OutgoingMail:
    """Draft the invitation: the coordination reads and approves it in the outbox."""
    application = invitation.application
    with translation.override(application.owner.language):
        days = days_of(slots)
        when = _("le %(day)s") % {"day": day(days[0])} if len(days) == 1 else span(days[0], days[-1])
        return _to(
            application.owner,
            "interview.invitation",
            by=by,
            application=application,
            context={"delai": deadline(invitation.book_by), "jours": when},
            approved=False,
        )


def confirmed(*, by: User, invitation: InterviewInvitation, slot: InterviewSlot) -> None:
    """A slot is booked: where, when, and a file for the calendar."""
    _with_event("interview.confirmed", by=by, invitation=invitation, slot=slot)


def changed(*, by: User, invitation: InterviewInvitation, slot: InterviewSlot, former: datetime) -> None:
    """Another moment or place; the file replaces the one they have."""
    _with_event("interview.changed", by=by, invitation=invitation, slot=slot, former=former)


def cancelled(*, by: User, invitation: InterviewInvitation, slot: InterviewSlot, words: str) -> None:
    """The coordination takes the slot back, with its reason."""
    application = invitation.application
    with translation.override(application.owner.language):
        again = (
            _("Vous pouvez choisir un autre créneau, au plus tard %(when)s :") % {"when": deadline(invitation.book_by)}
            if invitation.book_by > timezone.now()
            else _("La coordination vous proposera un autre moment. Votre dossier reste à l'étude :")
        )
        _to(
            application.owner,
            "interview.cancelled",
            by=by,
            application=application,
            context={"quand": moment(slot.starts_at), "mots": words, "suite": again},
            attachments=_event_file(invitation, slot, cancelled=True),
        )


def declined(*, by: User, invitation: InterviewInvitation, slot: InterviewSlot | None, words: str) -> None:
    """The artist will not come: a confirmation to them, the news to the coordination."""
    application = invitation.application
    for person in _people(application, by):
        with translation.override(person.language):
            _to(
                person,
                "interview.declined",
                by=by,
                application=application,
                attachments=_event_file(invitation, slot, cancelled=True) if slot is not None else (),
            )
    freed(by=by, application=application, slot=slot, words=words)


def freed(*, by: User, application: Application, slot: InterviewSlot | None, words: str) -> None:
    """Tell the coordination that somebody will not come."""
    call = application.call
    with translation.override("fr"):
        mail.queue(
            by=by,
            kind="interview.freed",
            to=call.contact_email,
            context={
                "nom": application.display_name,
                "appel": call.title,
                "numero": _number(application),
                "quand": moment(slot.starts_at) if slot is not None else _("aucun"),
                "mots": words or _("(sans explication)"),
                "lien": absolute(reverse("admin:candidatures_jury_interviews", args=[call.jury.uuid])),
            },
            about=application,
            scope=call.territory.slug,
        )


def reminded(*, slot: InterviewSlot, application: Application) -> None:
    """The interview is near. Once a dossier and a moment."""
    with translation.override(application.owner.language):
        _to(
            application.owner,
            "interview.reminder",
            by=None,
            application=application,
            context=_slot(slot),
            dedupe_key=reminder_key(slot, application),
        )


def reminded_to_book(*, invitation: InterviewInvitation) -> None:
    """The deadline is near and no slot is chosen. Once a deadline."""
    application = invitation.application
    with translation.override(application.owner.language):
        _to(
            application.owner,
            "interview.booking_reminder",
            by=None,
            application=application,
            context={"delai": deadline(invitation.book_by)},
            dedupe_key=booking_key(invitation),
        )


def reminder_key(slot: InterviewSlot, application: Application) -> str:
    return f"interview:{application.uuid}:{slot.starts_at.isoformat()}"


def booking_key(invitation: InterviewInvitation) -> str:
    return f"interview-booking:{invitation.uuid}:{invitation.book_by.isoformat()}"


def _people(application: Application, by: User) -> list[User]:
    """The owner, and the editor who acts for them. Never the coordination."""
    acting = any(row.user_id == by.pk for row in application.collaborators.all())
    return [application.owner, by] if acting and by.pk != application.owner_id else [application.owner]


def _with_event(
    kind: str, *, by: User, invitation: InterviewInvitation, slot: InterviewSlot, former: datetime | None = None
) -> None:
    application = invitation.application
    for person in _people(application, by):
        with translation.override(person.language):
            context = _slot(slot)
            if former is not None:
                context["avant"] = moment(former)
            _to(
                person,
                kind,
                by=by,
                application=application,
                context=context,
                attachments=_event_file(invitation, slot),
            )


def _slot(slot: InterviewSlot) -> dict[str, object]:
    return {
        "quand": moment(slot.starts_at),
        "duree": ngettext("%(n)d minute", "%(n)d minutes", slot.minutes) % {"n": slot.minutes},
        "forme": slot.get_mode_display(),
        "lieu": where(slot),
    }


def _event_file(
    invitation: InterviewInvitation, slot: InterviewSlot, *, cancelled: bool = False
) -> list[tuple[str, bytes, str]]:
    application = invitation.application
    content = interview_calendars.for_artist(
        slot, application, sequence=invitation.sequence, stamp=timezone.now(), cancelled=cancelled
    )
    return [(interview_calendars.file_name(application.call), content, ICS)]


def _to(
    person: User,
    kind: str,
    *,
    by: User | None,
    application: Application,
    context: dict[str, object] | None = None,
    attachments: Sequence[tuple[str, bytes, str]] = (),
    approved: bool = True,
    dedupe_key: str = "",
) -> OutgoingMail:
    """Write to one person, in the language in force."""
    call = application.call
    return mail.queue(
        by=by,
        kind=kind,
        to=person.email,
        language=person.language,
        context=_service(call)
        | {
            "nom": application.display_name,
            "appel": localised(call, "title"),
            "numero": _number(application),
            "lien": absolute(reverse("applications:interview", args=[application.uuid])),
        }
        | (context or {}),
        about=application,
        scope=call.territory.slug,
        reply_to=call.contact_email,
        attachments=attachments,
        approved=approved,
        dedupe_key=dedupe_key,
    )
