"""The jury among the desk's pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from candidatures.admin.jury import (
    answers,
    assignment,
    conflicts,
    dossiers,
    interviews,
    letters,
    members,
    ranking,
    sessions,
    sets,
)
from candidatures.admin.jury.answers import AnswersMixin
from candidatures.admin.jury.assignment import AssignmentMixin
from candidatures.admin.jury.base import JuryPages, Tab
from candidatures.admin.jury.conflicts import ConflictsMixin
from candidatures.admin.jury.dossiers import DossiersMixin
from candidatures.admin.jury.interviews import InterviewsMixin
from candidatures.admin.jury.letters import LettersMixin
from candidatures.admin.jury.members import MembersMixin
from candidatures.admin.jury.ranking import RankingMixin
from candidatures.admin.jury.sessions import SessionsMixin
from candidatures.admin.jury.sets import SetsMixin
from candidatures.models import Jury
from clea.ui.desk import DeskItem


@admin.register(Jury)
class JuryAdmin(
    MembersMixin,
    AssignmentMixin,
    ConflictsMixin,
    DossiersMixin,
    RankingMixin,
    SetsMixin,
    InterviewsMixin,
    SessionsMixin,
    LettersMixin,
    AnswersMixin,
    JuryPages,
):
    """One row a call; each part of the selection has its own page, in the order of its life."""

    can_add = can_delete = False
    list_display = ["__str__"]
    tabs = (
        Tab("members", _("Membres")),
        Tab("assignment", _("Attribution")),
        Tab("conflicts", _("Déports")),
        Tab("dossiers", _("Dossiers")),
        Tab("ranking", _("Classement")),
        Tab("interviews", _("Entretiens")),
        Tab("sets", _("Ensembles")),
        Tab("sessions", _("Séance")),
        Tab("letters", _("Courriers")),
        Tab("answers", _("Réponses")),
    )


def items(request: HttpRequest) -> list[DeskItem]:
    """What the selection asks of the coordinator today."""
    subjects: tuple[Any, ...] = (
        members,
        assignment,
        conflicts,
        dossiers,
        ranking,
        interviews,
        sets,
        sessions,
        letters,
        answers,
    )
    return [line for subject in subjects for line in subject.desk_items(request)]
