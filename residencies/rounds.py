"""What the residencies do by the clock. Each subject adds its own line."""

from __future__ import annotations

from clea.rounds import Round
from residencies.services import actions, closing, documents, feedback, paper_rounds, pictures, subscribers, trips

ROUNDS: dict[str, Round] = {
    "residencies.documents": documents.remind,
    "residencies.documents_purge": documents.purge,
    "residencies.signatures": paper_rounds.remind_signatures,
    "residencies.confirmations": paper_rounds.remind_confirmations,
    "residencies.actions": actions.remind,
    "residencies.feedback": feedback.ask_all,
    "residencies.feedback_reminders": feedback.remind_all,
    "residencies.subscriptions": subscribers.purge,
    "residencies.trip_receipts": trips.purge_receipts,
    "residencies.pictures": pictures.lighten,
    "residencies.archives": closing.renew_archives,
}
