"""What the members of a jury are told. Nothing here names an applicant or a dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from candidatures.selectors.panel import reading_sentence
from candidatures.services.notices import absolute
from clea.mail import kinds
from clea.mail import services as mail
from clea.ui.dates import day

if TYPE_CHECKING:
    from candidatures.models import Juror
    from clea.accounts.models import User
    from clea.mail.models import OutgoingMail

INVITATION = "jury.invitation"
INVITATION_REMINDER = "jury.invitation_reminder"
READING_REMINDER = "jury.reading_reminder"
DECLINED = "jury.declined"
ASSIGNED = "jury.assigned"
#: The members' space is in French; so are its letters.
LANGUAGE = "fr"


def _send(
    kind: str, *, by: User | None, juror: Juror, dedupe_key: str, context: dict[str, object] | None = None
) -> OutgoingMail:
    """Write to a member, at once (call inside :data:`LANGUAGE`)."""
    return mail.queue(
        by=by,
        kind=kind,
        to=juror.user.email,
        language=LANGUAGE,
        context=_common(juror) | (context or {}),
        about=juror,
        scope=juror.jury.territory.slug,
        reply_to=juror.jury.call.contact_email,
        dedupe_key=dedupe_key,
    )


def _common(juror: Juror) -> dict[str, object]:
    """What every letter to a member may say."""
    jury = juror.jury
    call, territory = jury.call, jury.territory
    service = territory.service_name or territory.name
    phone = call.contact_phone or territory.contact_phone
    return {
        "nom": str(juror.user),
        "appel": call.title,
        "territoire": territory.name,
        "lecture": reading_sentence(jury),
        "lien": absolute(jury.get_absolute_url()),
        "courriel": juror.user.email,
        "contact": ", ".join(part for part in (service, call.contact_email, phone) if part),
    }


def invited(*, by: User, juror: Juror) -> OutgoingMail:
    """The invitation, once for each time the person is invited."""
    assert juror.invited_at is not None
    with translation.override(LANGUAGE):
        return _send(
            INVITATION,
            by=by,
            juror=juror,
            dedupe_key=f"jury-invitation:{juror.uuid}:{juror.invited_at.isoformat()}",
            context={"role": juror.get_role_display(), "institution": juror.institution.name},
        )


def still_invited(*, juror: Juror) -> OutgoingMail:
    """One reminder for an invitation without an answer."""
    with translation.override(LANGUAGE):
        return _send(INVITATION_REMINDER, by=None, juror=juror, dedupe_key=join_key(juror))


def join_key(juror: Juror) -> str:
    return f"jury-join:{juror.uuid}:{juror.invited_at.isoformat() if juror.invited_at else ''}"


def readings_left(*, by: User | None, juror: Juror, left: int, dedupe_key: str) -> OutgoingMail:
    """How many readings are still to file, and until when."""
    with translation.override(LANGUAGE):
        return _send(READING_REMINDER, by=by, juror=juror, dedupe_key=dedupe_key, context=_left(juror, left))


def readings_left_text(*, juror: Juror, left: int) -> tuple[str, str]:
    """Subject and text of that letter, as it would leave now. One query."""
    known = kinds.get(READING_REMINDER)
    with translation.override(LANGUAGE):
        text = mail.text_in_force(known, LANGUAGE, juror.jury.territory.slug)
        values = {name: str(value) for name, value in (_common(juror) | _left(juror, left)).items()}
        return kinds.fill(text.subject, values), kinds.fill(text.body, values)


def _left(juror: Juror, left: int) -> dict[str, object]:
    until = juror.jury.reads_to
    return {
        "reste": ngettext("%(n)d lecture à déposer", "%(n)d lectures à déposer", left) % {"n": left},
        "delai": day(until) if until else "–",
    }


def declined(*, juror: Juror) -> OutgoingMail:
    """Tell the coordination, at the call's address, that somebody will not sit."""
    jury = juror.jury
    assert juror.declined_at is not None
    with translation.override(LANGUAGE):
        return mail.queue(
            by=juror.user,
            kind=DECLINED,
            to=jury.call.contact_email,
            language=LANGUAGE,
            context={
                "nom": str(juror.user),
                "appel": jury.call.title,
                "institution": juror.institution.name,
                "lien": absolute(reverse("admin:candidatures_jury_members", args=[jury.uuid])),
            },
            about=juror,
            scope=jury.territory.slug,
            dedupe_key=f"jury-declined:{juror.uuid}:{juror.declined_at.isoformat()}",
        )


def given(*, by: User, juror: Juror, count: int) -> OutgoingMail:
    """Dossiers were given to them to read: ``count``, once for the whole act."""
    with translation.override(LANGUAGE):
        return _send(
            ASSIGNED,
            by=by,
            juror=juror,
            dedupe_key="",
            context={"nombre": ngettext("%(n)d dossier à lire", "%(n)d dossiers à lire", count) % {"n": count}},
        )
