"""Notes on interviews, and the private address of a member's calendar."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Application, InterviewNote, InterviewSlot, Juror
from candidatures.rules import interviews as rules
from candidatures.services.jury.base import lock_juror, require_desk
from clea.errors import Forbidden, Refused, StaleWrite, require
from clea.journal import services as journal
from clea.journal.models import Entry
from clea.journal.selectors import identify
from clea.ui.dates import hour

if TYPE_CHECKING:
    from clea.accounts.models import User

#: The journal keeps one line for a run of saves.
JOURNAL_EVERY = timedelta(minutes=15)
_SALT = "candidatures.interviews.feed"


def save(
    *, by: User, application: Application, text: str, version: int | None, juror: Juror | None = None
) -> InterviewNote:
    """Write one's notes on an interview: as a member, or for the coordination (``juror=None``).

    ``version`` is the one the person was shown, ``None`` writes over. Another since, with other
    words, is a ``StaleWrite``. ``Forbidden`` when the dossier is not open to this member.
    """
    with transaction.atomic():
        # The dossier before the seat, as a recusal takes them: its state is read again, and a first note
        # needs the dossier's row to stay.
        application = _locked(application)
        if juror is not None:
            seat = lock_juror(juror)
            if seat.user_id != by.pk or not Application.objects.readable_by(seat).filter(pk=application.pk).exists():
                raise Forbidden(_("Ce dossier ne vous est pas ouvert."), code="not_open")
            require(rules.can_write_note(seat, application, timezone.localdate()))
        else:
            require_desk(by, application.call)
        if not InterviewSlot.objects.booked().filter(application=application).exists():
            raise Refused(_("Aucun entretien n'est prévu pour ce dossier."), code="no_interview")
        note = InterviewNote.objects.select_for_update().filter(application=application, author=by).first()
        if note is None:
            note, _made = InterviewNote.objects.get_or_create(application=application, author=by)
        text = text.replace("\r\n", "\n")
        if note.text == text:
            return note
        if version is not None and version != note.version:
            raise StaleWrite(
                _(
                    "Ces notes ont été enregistrées à %(when)s depuis un autre onglet. "
                    "Rien n'est perdu : comparez, puis enregistrez de nouveau pour garder votre version."
                )
                % {"when": hour(note.updated_at)},
                code="stale",
            )
        note.text = text
        note.version += 1
        try:
            note.clean_fields(exclude=["application", "author"])
        except ValidationError as error:
            raise Refused(" ".join(error.messages), code="invalid", field="text") from None
        note.save()
        if not _told_lately(by, application):
            journal.record(by=by, verb="interview.noted", target=application, data={"version": note.version})
        return note


def _locked(application: Application) -> Application:
    """The dossier, fresh, its call and territory with it. One query."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("call__season__programme__territory")
    return rows.get(pk=application.pk)


def _told_lately(by: User, application: Application) -> bool:
    kind, key = identify(application)
    return Entry.objects.filter(
        verb="interview.noted",
        target_type=kind,
        target_id=key,
        actor__user_uuid=by.uuid,
        at__gt=timezone.now() - JOURNAL_EVERY,
    ).exists()


# The feed's address ------------------------------------------------------------------------------


def feed_token(juror: Juror) -> str:
    """The secret part of a member's calendar address. Void once ``reset_feed`` was called."""
    return signing.Signer(sep=".", salt=_SALT).sign(f"{juror.uuid.hex}-{juror.feed_version}")


def juror_of(token: str) -> Juror:
    """The sitting member behind an address. Raises ``Juror.DoesNotExist``. One query at most."""
    try:
        key, _dash, version = signing.Signer(sep=".", salt=_SALT).unsign(token).partition("-")
    except signing.BadSignature:
        raise Juror.DoesNotExist from None
    found: Juror = (
        Juror.objects.joined()
        .filter(user__is_active=True)
        .select_related("jury__call__season__programme__territory", "user")
        .get(uuid=key, feed_version=int(version))
    )
    return found


def reset_feed(*, by: User, juror: Juror) -> Juror:
    """Make the former address void: it was shown to somebody."""
    with transaction.atomic():
        seat = lock_juror(juror)
        if seat.user_id != by.pk or not seat.is_sitting:
            raise Forbidden(_("Cette adresse n'est pas la vôtre."), code="not_yours")
        seat.feed_version += 1
        seat.save(update_fields=["feed_version"])
        journal.record(by=by, verb="interview.feed_reset", target=seat)
        return seat
