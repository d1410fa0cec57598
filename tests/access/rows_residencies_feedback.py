"""What structures say afterwards: the questionnaire by its link, the desk's pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from residencies.models import FeedbackInvitation, FeedbackQuestion
from tests.access.desk import Desk
from tests.access.matrix import ADMINISTRATOR, COORDINATOR, EVERYONE, Row
from tests.access.world import World
from tests.factories.residencies import ActivityFactory

HANDS = COORDINATOR | ADMINISTRATOR


def build(world: World) -> None:
    """A question and somebody asked."""
    world.feedback_question = FeedbackQuestion.objects.create(
        territory=world.territory, text="Et alors ?", low="non", high="oui"
    )
    world.feedback_invitation = FeedbackInvitation.objects.create(
        activity=ActivityFactory(residency=world.residency, structure=world.host),
        structure=world.host,
        sent_at=timezone.now(),
    )


def season(w: World) -> dict[str, Any]:
    return {"key": w.residency.season.uuid}


DESK = {"residencies.feedbackquestion": Desk(lambda w: w.feedback_question)}
ROWS: list[Row] = [
    # The link is the right.
    Row(
        "residencies:feedback",
        kwargs=lambda w: {"key": w.feedback_invitation.uuid},
        get={EVERYONE: 200},
        post={EVERYONE: 422},
    ),
    Row("admin:residencies_season_feedback", kwargs=season, get={HANDS: 200}),
    Row("admin:residencies_season_feedback_remind", kwargs=season, get={HANDS: 405}, post={HANDS: 302}),
    Row("admin:residencies_season_feedback_questions", kwargs=season, get={HANDS: 405}, post={HANDS: 302}),
]
