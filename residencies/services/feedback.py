"""Asking structures what they think of an activity, and keeping what they say apart from who said it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from candidatures.models import Season
from clea.errors import Refused
from clea.journal import services as journal
from clea.mail import services as mail
from residencies.models import (
    Activity,
    Feedback,
    FeedbackInvitation,
    FeedbackQuestion,
    FeedbackScore,
)
from residencies.selectors import feedback as selectors
from residencies.selectors.papers import Recipient, reachable
from residencies.services.base import lock_activity, lock_season, require_desk
from residencies.services.paper_notices import coordinates
from structures.models import Structure, Territory

if TYPE_CHECKING:
    from clea.accounts.models import User

#: What a territory asks until it writes its own questions: text, what 1 means, what 5 means.
FIRST_QUESTIONS = [
    ("L'activité a-t-elle répondu à ce que vous en attendiez ?", "pas du tout", "tout à fait"),
    ("Le public y a-t-il pris part ?", "peu", "pleinement"),
    ("La préparation avec l'artiste a-t-elle été facile ?", "difficile", "très facile"),
    ("L'organisation (dates, lieux, échanges) convenait-elle ?", "mal", "très bien"),
    ("Referiez-vous une activité de cette sorte ?", "non", "volontiers"),
]


@transaction.atomic
def first_questions(*, by: User, territory: Territory) -> list[FeedbackQuestion]:
    """The questions of a territory that has none. Raises ``Forbidden`` outside the desk; nothing if it has some."""
    require_desk(by, territory)
    Territory.objects.select_for_update().get(pk=territory.pk)
    if FeedbackQuestion.objects.filter(territory=territory).exists():
        return []
    rows = FeedbackQuestion.objects.bulk_create(
        FeedbackQuestion(territory=territory, text=text, low=low, high=high, position=rank)
        for rank, (text, low, high) in enumerate(FIRST_QUESTIONS)
    )
    journal.record(by=by, verb="feedback.questions_written", target=territory, data={"questions": len(rows)})
    return rows


@transaction.atomic
def save_question(*, by: User, question: FeedbackQuestion) -> FeedbackQuestion:
    """Write a question. Once answered, its words stay: another meaning would change what was said.

    Raises :class:`Refused` (``answered``) on a text or an end of the scale changed after an answer.
    """
    require_desk(by, question.territory)
    if question.pk:
        former = (
            FeedbackQuestion.objects.select_for_update(of=("self",)).select_related("territory").get(pk=question.pk)
        )
        require_desk(by, former.territory)
        kept = ("text", "low", "high", "territory_id")
        same = all(getattr(former, name) == getattr(question, name) for name in kept)
        if not same and former.scores.exists():
            raise Refused(
                _("Des structures ont déjà répondu à cette question : décochez « posée » et ajoutez-en une autre."),
                code="answered",
                field="text",
            )
    question.full_clean()
    question.save()
    journal.record(by=by, verb="feedback.questions_written", target=question.territory, data={"question": question.pk})
    return question


@transaction.atomic
def remove_question(*, by: User, question: FeedbackQuestion) -> None:
    """Remove a question that nobody answered. Raises :class:`Refused` (``answered``)."""
    require_desk(by, question.territory)
    locked = FeedbackQuestion.objects.select_for_update().get(pk=question.pk)
    if locked.scores.exists():
        raise Refused(
            _("Des structures ont déjà répondu à cette question : décochez « posée » pour ne plus la poser."),
            code="answered",
        )
    journal.record(by=by, verb="feedback.questions_written", target=locked.territory, data={"removed": locked.pk})
    locked.delete()


def ask_all() -> int:
    """By the clock: ask every structure about the activities it took part in that are over. Idempotent."""
    done = 0
    for activity, structure in selectors.to_ask(timezone.localdate()):
        done += _ask(activity, structure)
    return done


@transaction.atomic
def _ask(activity: Activity, structure: Structure) -> bool:
    locked = lock_activity(activity)
    if not selectors.questions(locked.territory):
        return False
    people = reachable([], [structure]).people
    if not people:
        # Nobody to write to yet: asked another day.
        return False
    invitation, new = FeedbackInvitation.objects.get_or_create(activity=locked, structure=structure)
    if not new:
        return False
    for person in people:
        _write("feedback.asked", invitation, person)
    invitation.sent_at = timezone.now()
    invitation.save(update_fields=["sent_at"])
    journal.record(by=None, verb="feedback.asked", target=locked, data={"structure": str(structure.uuid)})
    return True


def remind_all() -> int:
    """By the clock: remind, once, who was asked ten days ago and said nothing. Idempotent."""
    done = 0
    for invitation in selectors.to_remind():
        with transaction.atomic():
            locked = FeedbackInvitation.objects.select_for_update().get(pk=invitation.pk)
            if locked.answered or locked.reminded_at is not None:
                continue
            locked.reminded_at = timezone.now()
            locked.save(update_fields=["reminded_at"])
            for person in reachable([], [invitation.structure]).people:
                _write("feedback.reminded", invitation, person)
        done += 1
    return done


@transaction.atomic
def remind(*, by: User, season: Season) -> int:
    """Remind now everybody who has not answered and was not reminded. Raises ``Forbidden`` outside the desk."""
    season = lock_season(season)
    require_desk(by, season.programme.territory)
    rows = list(
        selectors.pending(season).filter(reminded_at=None).select_for_update(of=("self",)).select_related("structure")
    )
    for invitation in rows:
        for person in reachable([], [invitation.structure]).people:
            _write("feedback.reminded", invitation, person)
    FeedbackInvitation.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=timezone.now())
    journal.record(by=by, verb="feedback.reminded", target=season, data={"structures": len(rows)})
    return len(rows)


@transaction.atomic
def answer(*, invitation: FeedbackInvitation, scores: Mapping[FeedbackQuestion, int | None], words: str) -> None:
    """Keep what a structure says. The link is the right; the answer is stored without the structure nor the hour.

    Raises :class:`Refused`: ``answered`` (once an activity and a structure), ``empty`` (neither a note nor a word),
    ``season_closed``.
    """
    activity = Activity.objects.select_related("season").get(pk=invitation.activity_id)
    lock_season(activity.season)
    locked = FeedbackInvitation.objects.select_for_update().get(pk=invitation.pk)
    if locked.answered:
        raise Refused(_("Votre structure a déjà donné son avis sur cette activité. Merci !"), code="answered")
    given = {question: value for question, value in scores.items() if value is not None}
    words = words.strip()
    if not given and not words:
        raise Refused(_("Répondez à une question au moins, ou écrivez quelques mots."), code="empty")
    feedback = Feedback(season=activity.season, kind=activity.kind, words=words)
    feedback.full_clean()
    feedback.save()
    feedback.residencies.set(activity.residencies.all())
    rows = [FeedbackScore(feedback=feedback, question=question, value=value) for question, value in given.items()]
    for row in rows:
        row.full_clean()
    FeedbackScore.objects.bulk_create(rows)
    locked.answered = True
    locked.save(update_fields=["answered"])
    # Neither the structure nor the activity: the journal tells the hour.
    journal.record(by=None, verb="feedback.answered", target=activity.season)


def _write(kind: str, invitation: FeedbackInvitation, to: Recipient) -> None:
    territory = invitation.activity.territory
    with override(to.language):
        mail.queue(
            by=None,
            kind=kind,
            to=to.email,
            language=to.language,
            context={
                "nom": to.name,
                "activite": invitation.activity.title,
                "structure": invitation.structure.name,
                "lien": f"{settings.SITE_URL}{reverse('residencies:feedback', args=[invitation.uuid])}",
                "territoire": territory.name,
                "coordonnees": coordinates(territory),
            },
            about=invitation.activity,
            scope=territory.slug,
            reply_to=territory.contact_email,
            dedupe_key=f"{kind}:{invitation.uuid}:{to.email.lower()}",
        )
