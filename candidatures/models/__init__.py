"""Calls, dossiers, deposits."""

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
from candidatures.models.programme import Programme, Season
from candidatures.models.sharing import Collaborator, Invitation

__all__ = [
    "Application",
    "Assembly",
    "Axis",
    "BudgetLine",
    "Call",
    "CallPeriod",
    "CallPiece",
    "CallSection",
    "Collaborator",
    "ContactMessage",
    "Deposit",
    "DepositCounter",
    "DepositPiece",
    "Discipline",
    "Document",
    "EligibilityCheck",
    "EligibilityCriterion",
    "EligibilityDeclaration",
    "Extension",
    "FrequentQuestion",
    "Invitation",
    "Member",
    "MoneyRules",
    "PieceAnswer",
    "PieceRequest",
    "Position",
    "Programme",
    "ScoringCriterion",
    "Season",
    "TerritoryClaim",
    "WorkItem",
]
