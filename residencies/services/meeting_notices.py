"""What the participants of a committee are told. Call inside the act's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from clea.mail import services as mail
from clea.ui.dates import day, moment
from residencies.messages import steering as texts
from residencies.models import Action, Attendee, Meeting
from residencies.reports import meeting_ics
from residencies.services.event_notices import contact

if TYPE_CHECKING:
    from clea.accounts.models import User

LANGUAGE = "fr"
Attached = tuple[str, bytes, str]


def invited(*, by: User, meeting: Meeting, to: Attendee, words: str, papers: Sequence[Attached] = ()) -> None:
    """With the agenda, and the meeting for one's calendar."""
    agenda = _agenda(meeting)
    _queue(
        texts.INVITED,
        by=by,
        meeting=meeting,
        to=to.email,
        context={"mots": words, "ordre_du_jour": "\n".join(f"- {title}" for title in agenda)},
        attachments=[_calendar(meeting, to.email, agenda), *papers],
    )


def moved(*, by: User, meeting: Meeting, to: Attendee, before: str) -> None:
    agenda = _agenda(meeting)
    calendar = _calendar(meeting, to.email, agenda)
    _queue(texts.MOVED, by=by, meeting=meeting, to=to.email, context={"avant": before}, attachments=[calendar])


def cancelled(*, by: User, meeting: Meeting, to: Attendee, words: str) -> None:
    calendar = _calendar(meeting, to.email, ())
    _queue(texts.CANCELLED, by=by, meeting=meeting, to=to.email, context={"mots": words}, attachments=[calendar])


def minutes(*, by: User, meeting: Meeting, to: Attendee, pdf: Attached) -> None:
    _queue(texts.MINUTES, by=by, meeting=meeting, to=to.email, context={}, attachments=[pdf])


def reminded(*, action: Action, today: date) -> None:
    """A week before, then once late. The key keeps a message from leaving twice."""
    late = action.due_on < today
    with translation.override(LANGUAGE):
        territory = action.meeting.territory
        mail.queue(
            by=None,
            kind=texts.ACTION_LATE if late else texts.ACTION_SOON,
            to=action.owner_email,
            language=LANGUAGE,
            context={
                "qui": action.owner,
                "action": action.what,
                "echeance": day(action.due_on),
                "reunion": action.meeting.title,
                "contact": contact(territory),
            },
            about=action.meeting,
            scope=territory.slug,
            reply_to=territory.contact_email,
            dedupe_key=f"action:{action.uuid}:{'late' if late else 'soon'}:{action.due_on.isoformat()}",
        )


def when_and_where(meeting: Meeting) -> str:
    """« lundi 5 octobre 2026, 14 h – Salle du conseil », before and after a change."""
    return " – ".join(part for part in (moment(meeting.starts_at), _place(meeting)) if part)


def _place(meeting: Meeting) -> str:
    return ", ".join(part for part in (meeting.place, meeting.link) if part)


def _agenda(meeting: Meeting) -> list[str]:
    return [item.title for item in meeting.items.all()]


def _calendar(meeting: Meeting, to: str, agenda: Sequence[str]) -> Attached:
    content = meeting_ics.written(meeting, organiser=meeting.territory.contact_email, to=to, agenda=agenda)
    return (meeting_ics.NAME, content, meeting_ics.TYPE)


def _queue(
    kind: str,
    *,
    by: User,
    meeting: Meeting,
    to: str,
    context: dict[str, object],
    attachments: Sequence[Attached],
) -> None:
    territory = meeting.territory
    with translation.override(LANGUAGE):
        mail.queue(
            by=by,
            kind=kind,
            to=to,
            language=LANGUAGE,
            context={
                "reunion": meeting.title,
                "nature": meeting.get_kind_display(),
                "quand": moment(meeting.starts_at),
                "lieu": _place(meeting) or _("lieu à préciser"),
                "contact": contact(territory),
            }
            | context,
            about=meeting,
            scope=territory.slug,
            reply_to=territory.contact_email,
            attachments=attachments,
        )
