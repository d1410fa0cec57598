"""What is written all day long and shows the public nothing: drafts, files sent, readings, letters.

A table that is missing here only has public pages made once more (``clea.journal.changes``).
"""

from candidatures import models

TABLES = (
    models.Application.axes.through,
    models.Application.disciplines.through,
    models.Assembly,
    models.Assignment,
    models.Attendance,
    models.BlindCopy,
    models.BudgetLine,
    models.ChosenSet,
    models.ChosenSet.applications.through,
    models.Collaborator,
    models.ContactMessage,
    models.Decision,
    models.Deposit,
    models.DepositCounter,
    models.DepositPiece,
    models.DiscussionComment,
    models.Document,
    models.EligibilityCheck,
    models.EligibilityDeclaration,
    models.Extension,
    models.InterviewInvitation,
    models.InterviewNote,
    models.InterviewSlot,
    models.Invitation,
    models.JurySession,
    models.Letter,
    models.LetterRule,
    models.Member,
    models.Minutes,
    models.OutsideDecision,
    models.PieceAnswer,
    models.PieceRequest,
    models.Recusal,
    models.Review,
    models.Score,
    models.TerritoryClaim,
    models.WorkItem,
)

DOSSIER = models.Application
#: A call tells who accepted, by name. What is neither a draft being written nor a filing may change that, nor what
#: writes a whole row, its call with the rest.
CHOSEN = r'^DELETE|^UPDATE (?!.*"(content_version|last_deposit_id)" =)|^UPDATE .*"call_id" ='
