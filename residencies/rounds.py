"""What the residencies do by the clock. Each subject adds its own line."""

from __future__ import annotations

from clea.rounds import Round
from residencies.services import documents, feedback, paper_rounds

ROUNDS: dict[str, Round] = {
    "residencies.documents": documents.remind,
    "residencies.documents_purge": documents.purge,
    "residencies.signatures": paper_rounds.remind_signatures,
    "residencies.confirmations": paper_rounds.remind_confirmations,
    "residencies.feedback": feedback.ask_all,
    "residencies.feedback_reminders": feedback.remind_all,
}
