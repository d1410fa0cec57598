"""What structures say of a season: who was asked, what was answered, nothing that leads back to anyone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from candidatures.models import Season
from residencies.enums import ActivityState, SessionState
from residencies.methods import feedback as methods
from residencies.models import (
    Activity,
    Feedback,
    FeedbackInvitation,
    FeedbackQuestion,
    FeedbackScore,
    Residency,
    Session,
)
from structures.models import Structure, Territory

#: An activity that ended longer ago is not asked about any more.
NOT_AFTER = timedelta(days=60)
#: Who has not answered is reminded once, that long after being asked.
REMINDED_AFTER = timedelta(days=10)


@dataclass(frozen=True)
class QuestionResult:
    question: FeedbackQuestion
    answers: methods.Answers


@dataclass(frozen=True)
class ResidencyResult:
    """One residency beside the others. ``questions`` empty: too few answers, or the others could be guessed."""

    residency: Residency
    questions: Sequence[QuestionResult]


@dataclass(frozen=True)
class Results:
    """Everything the desk reads of a season. ``questions`` and ``words`` are empty below five answers."""

    asked: int
    answered: int
    questions: Sequence[QuestionResult]
    words: Sequence[str]
    residencies: Sequence[ResidencyResult]

    @property
    def shown(self) -> bool:
        return self.answered >= methods.FEWEST

    @property
    def missing(self) -> int:
        """Answers that are still needed before anything is shown."""
        return max(0, methods.FEWEST - self.answered)


def results(season: Season) -> Results:
    """The answers of a season, by question and by residency. Six queries, whatever the number of answers."""
    invitations = FeedbackInvitation.objects.filter(activity__season=season, sent_at__isnull=False)
    rows = list(Feedback.objects.filter(season=season).values_list("pk", "words"))
    answered = len(rows)
    residencies = list(Residency.objects.filter(season=season))
    if answered < methods.FEWEST:
        return Results(invitations.count(), answered, [], [], [ResidencyResult(one, []) for one in residencies])
    of: dict[int, set[int]] = defaultdict(set)
    for feedback, residency in Feedback.residencies.through.objects.filter(feedback__season=season).values_list(
        "feedback_id", "residency_id"
    ):
        of[residency].add(feedback)
    scores = list(
        FeedbackScore.objects.filter(feedback__season=season).values_list("feedback_id", "question_id", "value")
    )
    asked = {question for _feedback, question, _value in scores}
    questions = list(
        FeedbackQuestion.objects.filter(Q(pk__in=asked) | Q(territory=season.programme.territory, is_active=True))
    )
    keys = [one.pk for one in residencies]
    shown = methods.showable({key: of[key] for key in keys}, {pk for pk, _words in rows})
    answers = {question.pk: _answers(question, scores, {key: of[key] for key in shown}) for question in questions}
    return Results(
        asked=invitations.count(),
        answered=answered,
        questions=[QuestionResult(question, answers[question.pk][None]) for question in questions],
        words=methods.mixed(words for _pk, words in rows),
        residencies=[
            ResidencyResult(
                one,
                [QuestionResult(question, answers[question.pk][one.pk]) for question in questions]
                if one.pk in shown
                else [],
            )
            for one in residencies
        ],
    )


def _answers(
    question: FeedbackQuestion, scores: Sequence[tuple[int, int, int]], slices: Mapping[int, set[int]]
) -> dict[int | None, methods.Answers]:
    """One question, of all the answers (``None``) and of each slice: not everybody answers everything, so what may
    be shown is decided question by question."""
    given = {feedback: value for feedback, asked, value in scores if asked == question.pk}
    among = {key: one & given.keys() for key, one in slices.items()}
    shown = methods.showable(among, given.keys())
    found: dict[int | None, methods.Answers] = {None: methods.answers(list(given.values()))}
    for key, one in among.items():
        found[key] = methods.answers([given[pk] for pk in one]) if key in shown else methods.Answers()
    return found


def questions(territory: Territory) -> list[FeedbackQuestion]:
    """What is asked today, in order. One query."""
    return list(FeedbackQuestion.objects.filter(territory=territory, is_active=True))


def invitation(key: UUID) -> FeedbackInvitation | None:
    """The request behind a link, or nothing. One query."""
    return (
        FeedbackInvitation.objects.filter(uuid=key)
        .select_related("activity__season__programme__territory", "structure")
        .first()
    )


def waiting(structure: Structure) -> list[FeedbackInvitation]:
    """What the structure may still say something about. One query."""
    return list(
        FeedbackInvitation.objects.filter(structure=structure, answered=False, activity__season__closed_at=None)
        .exclude(sent_at=None)
        .select_related("activity")
        .order_by("-pk")
    )


def pending(season: Season) -> QuerySet[FeedbackInvitation]:
    """Asked, and without an answer."""
    return (
        FeedbackInvitation.objects.filter(activity__season=season, answered=False)
        .exclude(sent_at=None)
        .select_related("activity", "structure")
        .order_by("sent_at", "pk")
    )


def to_ask(today: date) -> list[tuple[Activity, Structure]]:
    """Structures that took part in an activity that is over, lately, and were not asked about it. Three queries."""
    held = Session.objects.filter(state=SessionState.HELD)
    over = (
        Activity.objects.filter(
            Exists(held.filter(activity=OuterRef("pk"), ends_at__date__gte=today - NOT_AFTER)),
            state__in=[ActivityState.DONE, ActivityState.EVALUATED],
            season__closed_at=None,
        )
        .select_related("season__programme__territory")
        .order_by("pk")
    )
    activities = {row.pk: row for row in over}
    asked = set(FeedbackInvitation.objects.filter(activity__in=activities).values_list("activity_id", "structure_id"))
    links = (
        Session.structures.through.objects.filter(
            session__in=held.filter(activity__in=activities), structure__is_active=True
        )
        .values_list("session__activity_id", "structure_id")
        .distinct()
    )
    missing = sorted(set(links) - asked)
    places = Structure.objects.in_bulk({structure for _activity, structure in missing})
    return [(activities[activity], places[structure]) for activity, structure in missing]


def to_remind() -> QuerySet[FeedbackInvitation]:
    """Asked ten days ago or more, silent, never reminded."""
    return (
        FeedbackInvitation.objects.filter(
            answered=False,
            reminded_at=None,
            sent_at__lte=timezone.now() - REMINDED_AFTER,
            sent_at__gte=timezone.now() - NOT_AFTER,
            activity__season__closed_at=None,
        )
        .select_related("activity__season__programme__territory", "structure")
        .order_by("pk")
    )
