"""What the members say of a dossier together, and the coordination with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from candidatures.models import Application, DiscussionComment, Juror, Jury
from candidatures.rules import jury as jury_rules
from candidatures.rules import reading as reading_rules
from candidatures.selectors import reading
from candidatures.services.jury.base import require_desk
from candidatures.services.jury.reviews import NoLongerTheirs
from clea.errors import Forbidden, Refused, require
from clea.journal import services as journal

if TYPE_CHECKING:
    from clea.accounts.models import User

MAX_LENGTH = 4000
#: The same words from the same person within this time are a second click.
SECOND_CLICK = timedelta(minutes=1)


def say(*, by: User, application: Application, text: str, juror: Juror | None = None) -> DiscussionComment:
    """Add a remark: a member who may see the others' readings, or the coordination (``juror=None``).

    Raises ``Refused`` (field ``text``) when it is empty or too long, or when the discussion is not
    open on this dossier; :class:`NoLongerTheirs` when the dossier left this juror's hands.
    """
    with transaction.atomic():
        locked, jury = _enter(by, application, juror)
        require(reading_rules.can_discuss(jury, locked))
        text = text.strip()
        if not text:
            raise Refused(_("Écrivez votre remarque avant de l'ajouter."), code="empty", field="text")
        if len(text) > MAX_LENGTH:
            raise Refused(
                _("Votre remarque compte %(length)d signes ; %(limit)d au plus.")
                % {"length": len(text), "limit": MAX_LENGTH},
                code="too_long",
                field="text",
            )
        since = timezone.now() - SECOND_CLICK
        again = DiscussionComment.objects.filter(
            application=locked, author=by, text=text, removed_at=None, created_at__gte=since
        ).first()
        if again is not None:
            return again
        remark = DiscussionComment(application=locked, juror=juror, author=by, text=text)
        try:
            remark.clean_fields(exclude=["application", "juror", "author"])
        except ValidationError as error:
            raise Refused(" ".join(error.messages), code="invalid", field="text") from None
        remark.save(force_insert=True)
        journal.record(by=by, verb="discussion.said", target=remark, data={"application": str(locked.uuid)})
        return remark


def remove(*, by: User, comment: DiscussionComment) -> DiscussionComment:
    """Take one's own remark back while the discussion lasts: its words are shown to nobody any more.

    Raises ``Forbidden`` to anyone but its author, ``Refused`` when the discussion is over.
    """
    with transaction.atomic():
        locked, jury = _enter(by, comment.application, comment.juror)
        require(reading_rules.can_discuss(jury, locked))
        fresh = DiscussionComment.objects.select_for_update().get(pk=comment.pk)
        if fresh.author_id != by.pk:
            raise Forbidden(_("Seul l'auteur d'une remarque la retire."), code="not_author")
        if fresh.removed_at is None:
            fresh.removed_at = timezone.now()
            fresh.save(update_fields=["removed_at"])
            journal.record(by=by, verb="discussion.removed", target=fresh, data={"application": str(locked.uuid)})
        return fresh


def _enter(by: User, application: Application, juror: Juror | None) -> tuple[Application, Jury]:
    """Lock the dossier, then check that this person takes part in its discussion."""
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__season__programme__territory", "call__jury")
        .get(pk=application.pk)
    )
    if juror is None:
        require_desk(by, locked.call)
        return locked, locked.call.jury
    if juror.user_id != by.pk:
        raise Forbidden(_("Seul l'auteur d'une remarque la retire."), code="not_author")
    juror.jury = locked.call.jury
    juror.jury.call = locked.call
    try:
        place = reading.place(juror, locked.uuid)
    except Application.DoesNotExist:
        raise NoLongerTheirs(_("Ce dossier n'est plus à lire."), code="gone") from None
    require(jury_rules.can_see_others(juror, place.assignment, place.review))
    return locked, juror.jury
