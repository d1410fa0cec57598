"""Answers of structures. ``answered(residency, n)`` gives ``n`` of them, every question noted 4."""

from __future__ import annotations

from django.utils import timezone

from residencies.enums import ActivityState, SessionState
from residencies.models import FeedbackInvitation, FeedbackQuestion, Residency, Session
from residencies.services import feedback
from structures.models import Territory
from tests.factories.residencies import ActivityFactory, SessionFactory, team


def ask(territory: Territory, count: int = 2) -> list[FeedbackQuestion]:
    """Questions of the territory."""
    return [
        FeedbackQuestion.objects.create(territory=territory, text=f"Question {n} ?", low="non", high="oui", position=n)
        for n in range(count)
    ]


def held(residency: Residency, *, on: str) -> Session:
    """A session that took place in an activity that is over; its structure has a team."""
    activity = ActivityFactory(residency=residency, state=ActivityState.DONE)
    session = SessionFactory(activity=activity, on=on, state=SessionState.HELD)
    team(activity.structures.get())
    return session


def answered(residency: Residency, count: int, *, note: int = 4, words: str = "") -> None:
    """As many structures answer, through the service."""
    questions = list(FeedbackQuestion.objects.filter(territory=residency.territory))
    for rank in range(count):
        activity = ActivityFactory(residency=residency, state=ActivityState.DONE)
        invitation = FeedbackInvitation.objects.create(
            activity=activity, structure=activity.structures.get(), sent_at=timezone.now()
        )
        feedback.answer(
            invitation=invitation,
            scores=dict.fromkeys(questions, note),
            words=f"{words} {rank}" if words else "",
        )
