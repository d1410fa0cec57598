"""Calls, dossiers, deposits."""

from candidatures.models.answering import Letter, LetterRule, Offer, OutsideDecision
from candidatures.models.answers import (
    BudgetLine,
    Document,
    EligibilityDeclaration,
    Member,
    PieceAnswer,
    TerritoryClaim,
    WorkItem,
)
from candidatures.models.application import Application, Discipline
from candidatures.models.call import (
    Axis,
    Call,
    CallPeriod,
    CallPiece,
    CallSection,
    EligibilityCriterion,
    FrequentQuestion,
    MoneyRules,
    Position,
    ScoringCriterion,
)
from candidatures.models.checking import EligibilityCheck, Extension, PieceRequest
from candidatures.models.contact import ContactMessage
from candidatures.models.deposit import Assembly, Deposit, DepositCounter, DepositPiece
from candidatures.models.interviews import InterviewInvitation, InterviewNote, InterviewSlot
from candidatures.models.jury import Assignment, Juror, Jury, Recusal
from candidatures.models.programme import Programme, Season
from candidatures.models.reading import BlindCopy, DiscussionComment, Review, Score
from candidatures.models.session import Attendance, ChosenSet, Decision, JurySession, Minutes
from candidatures.models.sharing import Collaborator, Invitation

__all__ = [
    "Application",
    "Assembly",
    "Assignment",
    "Attendance",
    "Axis",
    "BlindCopy",
    "BudgetLine",
    "Call",
    "CallPeriod",
    "CallPiece",
    "CallSection",
    "ChosenSet",
    "Collaborator",
    "ContactMessage",
    "Decision",
    "Deposit",
    "DepositCounter",
    "DepositPiece",
    "Discipline",
    "DiscussionComment",
    "Document",
    "EligibilityCheck",
    "EligibilityCriterion",
    "EligibilityDeclaration",
    "Extension",
    "FrequentQuestion",
    "InterviewInvitation",
    "InterviewNote",
    "InterviewSlot",
    "Invitation",
    "Juror",
    "Jury",
    "JurySession",
    "Letter",
    "LetterRule",
    "Member",
    "Minutes",
    "MoneyRules",
    "Offer",
    "OutsideDecision",
    "PieceAnswer",
    "PieceRequest",
    "Position",
    "Programme",
    "Recusal",
    "Review",
    "Score",
    "ScoringCriterion",
    "Season",
    "TerritoryClaim",
    "WorkItem",
]
